import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { providers } from '../../../emulator/cloudformation/resources/index.ts';
import { type Lab, startLab } from './harness.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
}, 300_000); // the first time moto is installed
afterAll(async () => lab[Symbol.asyncDispose]());

const TRUST = {
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** The types that can be imported, each with what the smallest of its kind is made with. */
const IMPORTABLE: Readonly<Record<string, () => Record<string, unknown>>> = {
  'AWS::AutoScaling::AutoScalingGroup': () => ({
    MinSize: '0',
    MaxSize: '0',
    VPCZoneIdentifier: [lab.subnetIds[0]],
    LaunchConfigurationName: 'found',
  }),
  'AWS::EC2::LaunchTemplate': () => ({ LaunchTemplateData: { ImageId: lab.imageId } }),
  'AWS::EC2::SecurityGroup': () => ({ GroupDescription: 'hosts', VpcId: lab.vpcId }),
  'AWS::ECS::Cluster': () => ({}),
  'AWS::IAM::Role': () => ({ AssumeRolePolicyDocument: TRUST }),
  'AWS::Logs::LogGroup': () => ({}),
  'AWS::S3::Bucket': () => ({}),
  'AWS::SSM::Parameter': () => ({ Type: 'String', Value: 'x' }),
};

test('every type that can be imported is tried here', () => {
  const found = [...providers.values()].filter(({ find }) => find !== undefined).map(({ type }) => type);
  expect(found.sort()).toEqual(Object.keys(IMPORTABLE));
});

test.each(Object.keys(IMPORTABLE))('%s is found as its creation told of it, until it is deleted', async (type) => {
  if (type === 'AWS::AutoScaling::AutoScalingGroup')
    await lab.services.autoScaling.createLaunchConfiguration({
      LaunchConfigurationName: 'found',
      ImageId: lab.imageId,
      InstanceType: 't3.micro',
    });
  const resource = lab.resource(type);
  const state = await resource.create(IMPORTABLE[type]?.() ?? {});
  expect(await resource.find(state.physicalId)).toEqual(state);
  const another = state.physicalId.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  expect(await resource.find(another)).toBeUndefined();
  await resource.delete();
  expect(await resource.find(state.physicalId)).toBeUndefined();
});
