import { describe, expect, test } from '@jest/globals';
import { findCluster } from '../../src/template/cluster.ts';
import { templateOf, valuesWith } from './fixtures.ts';

const GROUP = (logicalId: string, launch: string, more = '') => `
  ${logicalId}:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: { MinSize: 0, MaxSize: 4, LaunchTemplate: { LaunchTemplateId: !Ref ${launch}, Version: 1 }${more} }`;
const LAUNCH = (logicalId: string, userData: string) => `
  ${logicalId}:
    Type: AWS::EC2::LaunchTemplate
    Properties: { LaunchTemplateData: { UserData: !Base64 { ${userData} } } }`;
const CLUSTER = (logicalId: string, properties = '') => `
  ${logicalId}: { Type: AWS::ECS::Cluster, Properties: { ${properties} } }`;

function found(resources: string, requested?: string, parameters = '', values = valuesWith()) {
  const { cluster, findings } = findCluster(templateOf(`${parameters}\nResources:${resources}\n`), values, requested);
  return {
    cluster: cluster?.logicalId,
    name: cluster?.name,
    groups: cluster?.groups.map(({ logicalId, evidence }) => `${logicalId} by ${evidence}`),
    findings: findings.map(({ level, message, remedy = '' }) => `${level}: ${message} ${remedy}`),
  };
}

describe('which groups feed the cluster', () => {
  test('one cluster and no evidence: every group', () => {
    const { groups, findings } = found(
      `${CLUSTER('C')}${LAUNCH('L', '"Fn::Sub": hello')}${GROUP('A', 'L')}${GROUP('B', 'L')}`,
    );
    expect(groups).toEqual(['A by the only cluster of the template', 'B by the only cluster of the template']);
    expect(findings).toEqual([]);
  });

  test.each([
    ['Ref in a Sub', '', "Fn::Sub: 'echo ECS_CLUSTER=${C} >> /etc/ecs/ecs.config'"],
    ['Ref in a Join', '', "Fn::Join: ['', ['ECS_CLUSTER=', !Ref C]]"],
    ['a variable of a Sub', '', "Fn::Sub: ['ECS_CLUSTER=${Name}', { Name: !Ref C }]"],
    ['a literal name', 'ClusterName: web', "Fn::Sub: 'echo ECS_CLUSTER=web > x'"],
    ['a quoted literal name', 'ClusterName: web', `Fn::Sub: "ECS_CLUSTER='web'"`],
    ['a name of a parameter', 'ClusterName: !Ref Name', "Fn::Sub: 'ECS_CLUSTER=${Name}'"],
    [
      'a name that only AWS knows',
      "ClusterName: !Sub '${AWS::StackName}-x'",
      "Fn::Sub: 'ECS_CLUSTER=${AWS::StackName}-x'",
    ],
  ])('by %s', (_, properties, userData) => {
    const parameters = 'Parameters: { Name: { Type: String } }';
    const resources = `${CLUSTER('C', properties)}${CLUSTER('D')}${LAUNCH('L', userData)}${LAUNCH('M', "Fn::Sub: 'ECS_CLUSTER=${D}'")}${GROUP('A', 'L')}${GROUP('B', 'M')}`;
    expect(found(resources, 'C', parameters).groups).toEqual(['A by its user data']);
    expect(found(resources, 'D', parameters).groups).toEqual(['B by its user data']);
  });

  test('a name that is only part of another is not it', () => {
    const resources = `${CLUSTER('C', 'ClusterName: web')}${CLUSTER('D', 'ClusterName: web-2')}${LAUNCH('L', 'Fn::Sub: ECS_CLUSTER=web-2')}${GROUP('A', 'L')}`;
    expect(found(resources, 'C').groups).toEqual([]);
    expect(found(resources, 'web-2').groups).toEqual(['A by its user data']);
  });

  test('through the environment of a CloudFormation Init command of a launch configuration', () => {
    const resources = `${CLUSTER('C')}${CLUSTER('D')}
  L:
    Type: AWS::AutoScaling::LaunchConfiguration
    Metadata:
      AWS::CloudFormation::Init:
        config: { commands: { 10_first_run: { command: sh firstrun.sh, env: { ECS_CLUSTER: !Ref C } } } }
  A:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: { MinSize: 0, MaxSize: 1, LaunchConfigurationName: !Ref L }`;
    expect(found(resources, 'C').groups).toEqual(['A by its user data']);
    expect(found(resources, 'D').groups).toEqual([]);
  });

  test('through the metadata of whatever resource user data asks cfn-init for, and a mixed instances policy', () => {
    const resources = `${CLUSTER('C')}${CLUSTER('D')}
  Boot:
    Type: AWS::CloudFormation::WaitConditionHandle
    Metadata: { 'AWS::CloudFormation::Init': { config: { files: { /etc/ecs/ecs.config: { content: !Sub 'ECS_CLUSTER=\${C}' } } } } }
${LAUNCH('L', 'Fn::Sub: "cfn-init -v --stack x --resource Boot --region y"')}
  A:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 0
      MaxSize: 1
      MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: !Ref L, Version: 1 } } }`;
    expect(found(resources, 'C').groups).toEqual(['A by its user data']);
  });

  test.each([
    ['listed by the cluster', 'CapacityProviders: [!Ref P]', ''],
    [
      'tied by an association',
      '',
      '\n  T: { Type: AWS::ECS::ClusterCapacityProviderAssociations, Properties: { Cluster: !Ref C, CapacityProviders: [FARGATE, !Ref P] } }',
    ],
    ['listed by its name', 'CapacityProviders: [mine]', ''],
  ])('through a capacity provider that is %s', (_, properties, association) => {
    const provider =
      '\n  P: { Type: AWS::ECS::CapacityProvider, Properties: { Name: mine, AutoScalingGroupProvider: { AutoScalingGroupArn: !Ref A } } }';
    const resources = `${CLUSTER('C', properties)}${CLUSTER('D')}${provider}${association}${LAUNCH('L', 'Fn::Sub: x')}${GROUP('A', 'L')}`;
    expect(found(resources, 'C').groups).toEqual(['A by the capacity provider P']);
    expect(found(resources, 'D').groups).toEqual([]);
  });

  test('a group whose condition is false is not there', () => {
    const resources = `${CLUSTER('C')}${LAUNCH('L', 'Fn::Sub: x')}${GROUP('A', 'L')}\n    Condition: Never${GROUP('B', 'L')}\n    Condition: Perhaps`;
    const conditions = 'Conditions: { Never: !Equals [a, b], Perhaps: !Equals [!Ref AWS::AccountId, 1] }';
    expect(found(resources, undefined, conditions).groups).toEqual(['B by the only cluster of the template']);
  });
});

describe('which cluster', () => {
  const two = `${CLUSTER('Web')}${CLUSTER('Batch', 'ClusterName: night')}`;

  test('by logical id, by name, by a name that a parameter gives', () => {
    expect(found(two, 'Web').cluster).toBe('Web');
    expect(found(two, 'night')).toMatchObject({ cluster: 'Batch', name: 'night' });
    const named = CLUSTER('C', 'ClusterName: !Ref Name');
    const parameters = 'Parameters: { Name: { Type: String } }';
    expect(found(named, 'prod-web', parameters, valuesWith({ Name: 'prod-web' })).name).toBe('prod-web');
  });

  test('several and none asked for', () => {
    const { cluster, findings } = found(two);
    expect(cluster).toBeUndefined();
    expect(findings).toEqual([expect.stringMatching(/^error: The template has 2 ECS clusters: Web, Batch/)]);
  });

  test('one that is not there', () => {
    expect(found(two, 'Wb').findings).toEqual([expect.stringContaining("Did you mean 'Web'?")]);
    expect(found(two, 'elsewhere').findings).toEqual([expect.stringContaining('Web, Batch')]);
  });

  test('none in the template: one of that name elsewhere, or an error', () => {
    const groups = `${LAUNCH('L', 'Fn::Sub: ECS_CLUSTER=shared')}${LAUNCH('M', 'Fn::Sub: x')}${GROUP('A', 'L')}${GROUP('B', 'M')}`;
    expect(found(groups, 'shared')).toMatchObject({
      cluster: undefined,
      name: 'shared',
      groups: ['A by its user data'],
    });
    expect(found(groups).findings).toEqual([expect.stringMatching(/^error: There is no AWS::ECS::Cluster/)]);
  });

  test('a cluster that nothing feeds is told', () => {
    expect(found(CLUSTER('C')).findings).toEqual([expect.stringMatching(/^warning: No Auto Scaling group/)]);
  });
});

describe('what is said of a group', () => {
  function group(properties: string, more = '', beside = '', values = valuesWith()) {
    const template = templateOf(`
Parameters: { Count: { Type: Number, Default: 2 } }
Resources:
  C: { Type: AWS::ECS::Cluster }
  A:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 0
      MaxSize: '4'
      ${properties}
${more}${beside}
`);
    const [only] = findCluster(template, values).cluster?.groups ?? [];
    if (only === undefined) throw new Error('no group');
    return only;
  }

  test('its sizes, and where the desired capacity is written', () => {
    expect(group('DesiredCapacity: !Ref Count')).toMatchObject({
      logicalId: 'A',
      desiredCapacity: 2,
      minSize: 0,
      maxSize: 4,
      desiredCapacityLocation: { file: 'stack.yml', line: 10 },
      location: { line: 5 },
    });
    expect(group('DesiredCapacity: !Ref Count', '', '', valuesWith({ Count: undefined }))).not.toHaveProperty(
      'desiredCapacity',
    );
    const absent = group('DesiredCapacity: !Ref AWS::NoValue');
    expect(absent).not.toHaveProperty('desiredCapacity');
    expect(absent).not.toHaveProperty('desiredCapacityLocation');
  });

  test.each([
    ['no ManagedScaling', '', false],
    ['ENABLED', ', ManagedScaling: { Status: ENABLED }', true],
    ['DISABLED', ', ManagedScaling: { Status: DISABLED }', false],
    ['no Status', ', ManagedScaling: { TargetCapacity: 90 }', true],
    ['a Status that only AWS knows', ', ManagedScaling: { Status: !ImportValue x }', true],
  ])('managed scaling: %s', (_, scaling, managed) => {
    const provider = `  P: { Type: AWS::ECS::CapacityProvider, Properties: { AutoScalingGroupProvider: { AutoScalingGroupArn: !GetAtt A.AutoScalingGroupARN${scaling} } } }`;
    expect(group('', '', provider).managedScaling).toBe(managed);
  });

  test('what else moves its capacity', () => {
    const beside = `
  Up: { Type: AWS::AutoScaling::ScalingPolicy, Properties: { AutoScalingGroupName: !Ref A } }
  Night: { Type: AWS::AutoScaling::ScheduledAction, Properties: { AutoScalingGroupName: !Ref A } }
  Other: { Type: AWS::AutoScaling::ScheduledAction, Properties: { AutoScalingGroupName: elsewhere } }`;
    expect(group('', '', beside)).toMatchObject({ scalingPolicies: ['Up'], scheduledActions: ['Night'] });
  });

  test.each([
    ['DesiredCapacity: 1', false],
    ['MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ InstanceType: a }, { WeightedCapacity: 2 }] } }', true],
    ['MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ InstanceType: a }] } }', false],
    ['DesiredCapacityType: vcpu', true],
    ['DesiredCapacityType: units', false],
  ])('weights: %s', (properties, weighted) => {
    expect(group(properties).weighted).toBe(weighted);
  });

  test.each([
    ['', undefined],
    ['    CreationPolicy: { ResourceSignal: { Count: 1, Timeout: PT15M } }', 900_000],
    ['    CreationPolicy: { ResourceSignal: { Count: 1 } }', 300_000],
    ['    UpdatePolicy: { AutoScalingRollingUpdate: { WaitOnResourceSignals: true, PauseTime: PT30M } }', 1_800_000],
    ['    UpdatePolicy: { AutoScalingRollingUpdate: { PauseTime: PT30M } }', undefined],
    [
      '    CreationPolicy: { ResourceSignal: { Timeout: PT1H } }\n    UpdatePolicy: { AutoScalingRollingUpdate: { WaitOnResourceSignals: true } }',
      3_600_000,
    ],
    ['    CreationPolicy: { ResourceSignal: { Timeout: !ImportValue x } }', undefined],
  ])('signal timeout: %s', (more, timeout) => {
    expect(group('', more).signalTimeout).toBe(timeout);
  });
});
