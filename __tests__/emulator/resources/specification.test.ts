import { describe, expect, test } from '@jest/globals';
import { readSpecification } from '../../../emulator/cloudformation/resources/generate-specification.ts';
import { providers } from '../../../emulator/cloudformation/resources/index.ts';
import {
  attributesOf,
  knownProperty,
  knownType,
  propertyType,
  replacement,
  requiredProperties,
} from '../../../emulator/cloudformation/resources/replacement.ts';
import { replacingChanges } from '../../../emulator/cloudformation/resources/replaces.ts';
import { specification } from '../../../emulator/cloudformation/resources/specification.ts';

test('the generated facts are those of the installed @aws-cdk/aws-service-spec', () => {
  expect(specification()).toEqual(readSpecification());
});

test('every type that has a provider is in the specification', () => {
  for (const type of providers.keys()) expect([type, knownType(type)]).toEqual([type, true]);
});

describe('replacement', () => {
  test.each([
    ['AWS::AutoScaling::AutoScalingGroup', 'AutoScalingGroupName', 'yes'],
    ['AWS::AutoScaling::AutoScalingGroup', 'DesiredCapacity', 'no'],
    ['AWS::AutoScaling::AutoScalingGroup', 'LaunchTemplate', 'no'],
    ['AWS::AutoScaling::LaunchConfiguration', 'UserData', 'yes'],
    ['AWS::ECS::Cluster', 'ClusterName', 'yes'],
    ['AWS::ECS::Cluster', 'ClusterSettings', 'no'],
    ['AWS::ECS::CapacityProvider', 'AutoScalingGroupProvider', 'maybe'],
    ['AWS::EC2::LaunchTemplate', 'LaunchTemplateData', 'no'],
    ['AWS::EC2::SecurityGroup', 'GroupDescription', 'yes'],
    ['AWS::EC2::VPC', 'InstanceTenancy', 'maybe'],
    ['AWS::IAM::Role', 'Path', 'yes'],
    ['AWS::IAM::Role', 'NoSuchProperty', 'no'],
    ['AWS::No::SuchType', 'Name', 'no'],
  ] as const)('%s %s: %s', (type, property, expected) => {
    expect(replacement(type, property)).toBe(expected);
  });

  test('ends for every property of every type, however its parts refer to each other', () => {
    for (const [type, { properties }] of Object.entries(specification().types)) {
      for (const name of Object.keys(properties)) expect(['yes', 'no', 'maybe']).toContain(replacement(type, name));
    }
  });
});

describe('replacingChanges', () => {
  const capacityProvider = (arn: string, target: number) => ({
    AutoScalingGroupProvider: { AutoScalingGroupArn: arn, ManagedScaling: { TargetCapacity: target } },
  });

  test('a part that replaces does so wherever it is', () => {
    const changes = (after: object) =>
      replacingChanges('AWS::ECS::CapacityProvider', capacityProvider('one', 90), { ...after });
    expect(changes(capacityProvider('two', 90))).toEqual(['AutoScalingGroupProvider']);
    expect(changes(capacityProvider('one', 100))).toEqual([]);
  });

  test('the tenancy of a VPC can only become default in place', () => {
    const change = (before: string, after: string) =>
      replacingChanges('AWS::EC2::VPC', { InstanceTenancy: before }, { InstanceTenancy: after });
    expect(change('dedicated', 'default')).toEqual([]);
    expect(change('default', 'dedicated')).toEqual(['InstanceTenancy']);
  });

  test('AutoScalingReplacingUpdate WillReplace replaces a group for what it launches, and only for that', () => {
    const policy = { AutoScalingReplacingUpdate: { WillReplace: 'true' } };
    const change = (after: object, updatePolicy?: Record<string, unknown>) =>
      replacingChanges(
        'AWS::AutoScaling::AutoScalingGroup',
        { LaunchTemplate: { Version: '1' }, MaxSize: '2' },
        { LaunchTemplate: { Version: '1' }, MaxSize: '2', ...after },
        updatePolicy,
      );
    expect(change({ LaunchTemplate: { Version: '2' } }, policy)).toEqual(['LaunchTemplate']);
    expect(change({ LaunchTemplate: { Version: '2' } })).toEqual([]);
    expect(change({ MaxSize: '3' }, policy)).toEqual([]);
  });
});

test('attributes, required and known properties', () => {
  expect(attributesOf('AWS::EC2::LaunchTemplate')).toEqual([
    'DefaultVersionNumber',
    'LatestVersionNumber',
    'LaunchTemplateId',
  ]);
  expect(requiredProperties('AWS::AutoScaling::AutoScalingGroup')).toEqual(['MaxSize', 'MinSize']);
  expect(propertyType('AWS::AutoScaling::AutoScalingGroup', 'HealthCheckGracePeriod')).toBe('integer');
  expect(knownProperty('AWS::ECS::Cluster', 'ClusterSettings')).toBe(true);
  expect(knownProperty('AWS::ECS::Cluster', 'constructor')).toBe(false);
});
