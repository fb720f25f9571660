import type { Change } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type DriftLab, startDriftLab } from './lab.ts';

// CloudFormation User Guide, "Using drift-aware change sets"; AWS DevOps blog, "Safely Handle Configuration Drift with
// CloudFormation Drift-Aware Change Sets"; API Reference, ResourceChange and ResourceTargetDefinition.

let lab: DriftLab;
beforeAll(async () => {
  lab = await startDriftLab();
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});
beforeEach(() => lab.scenarios.play({}));

const logGroup = (days: number, more: object = {}) => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { RetentionInDays: days, ...more },
});

let sets = 0;
/** Makes a drift-aware change set, of the previous template unless another is given. */
async function revert(StackName: string, template?: object, more: object = {}) {
  const { Id: ChangeSetName = '' } = await lab.client.createChangeSet({
    StackName,
    ChangeSetName: `revert-${++sets}`,
    DeploymentMode: 'REVERT_DRIFT',
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    ...(template ? { TemplateBody: JSON.stringify(template) } : { UsePreviousTemplate: true }),
    ...more,
  });
  return lab.until(async () => {
    const found = await lab.client.describeChangeSet({ ChangeSetName, IncludePropertyValues: true });
    return /PENDING|IN_PROGRESS/.test(found.Status ?? '') ? undefined : found;
  });
}

async function execute(StackName: string, ChangeSetName = '') {
  await lab.client.executeChangeSet({ ChangeSetName, DisableRollback: false });
  return lab.settled(StackName);
}

const physicalId = async (StackName: string, LogicalResourceId: string) => {
  const { StackResourceDetail } = await lab.client.describeStackResource({ StackName, LogicalResourceId });
  return StackResourceDetail?.PhysicalResourceId ?? '';
};

const retention = async (logGroupName: string) => {
  const { logGroups } = await lab.services.logs.describeLogGroups({ logGroupNamePrefix: logGroupName });
  return logGroups?.[0]?.retentionInDays;
};

/** `Action LogicalId (drift): change path before -> after`. */
const told = (changes: readonly Change[] = []) =>
  changes.flatMap(({ ResourceChange: change }) => [
    `${change?.Action} ${change?.LogicalResourceId} (${change?.ResourceDriftStatus})`,
    ...(change?.Details ?? []).map(
      ({ Target: target }) =>
        `  ${target?.AttributeChangeType} ${target?.Path}: ${target?.BeforeValue} -> ${target?.AfterValue}`,
    ),
  ]);

test('what was changed by hand is shown with its three states, and changed back', async () => {
  await lab.create('value', { Resources: { A: logGroup(30), B: logGroup(7) } });
  const A = await physicalId('value', 'A');
  await lab.services.logs.putRetentionPolicy({ logGroupName: A, retentionInDays: 1 });
  const changeSet = await revert('value');
  expect(changeSet).toMatchObject({ DeploymentMode: 'REVERT_DRIFT', StackDriftStatus: 'DRIFTED' });
  expect(told(changeSet.Changes)).toEqual(['Modify A (MODIFIED)', '  Modify /Properties/RetentionInDays: 1 -> 30']);
  const change = changeSet.Changes?.[0]?.ResourceChange;
  expect(change?.Details?.[0]?.Target).toMatchObject({
    BeforeValueFrom: 'ACTUAL_STATE',
    AfterValueFrom: 'TEMPLATE',
    Drift: { PreviousValue: '30', ActualValue: '1', DriftDetectionTimestamp: expect.any(Date) },
  });
  expect(JSON.parse(change?.BeforeContext ?? '')).toEqual({ Properties: { RetentionInDays: '1' } });
  expect(JSON.parse(change?.PreviousDeploymentContext ?? '')).toEqual({ Properties: { RetentionInDays: '30' } });

  expect(await execute('value', changeSet.ChangeSetId)).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
  expect(await retention(A)).toBe(30);
  expect((await lab.detect('value')).StackDriftStatus).toBe('IN_SYNC');
});

test('without drift there is nothing to change', async () => {
  await lab.create('in-sync', { Resources: { A: logGroup(30) } });
  const changeSet = await revert('in-sync');
  expect(changeSet).toMatchObject({
    Status: 'FAILED',
    StatusReason: expect.stringContaining("didn't contain changes"),
    StackDriftStatus: 'IN_SYNC',
  });
});

test('a rule that was added to a security group is removed', async () => {
  const rule = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' };
  const Properties = { GroupDescription: 'web', VpcId: lab.vpcId, SecurityGroupIngress: [rule] };
  await lab.create('rules', { Resources: { Web: { Type: 'AWS::EC2::SecurityGroup', Properties } } });
  const GroupId = await physicalId('rules', 'Web');
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '15.248.7.53/32' }] };
  await lab.services.ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [ssh] });
  const changeSet = await revert('rules');
  expect(told(changeSet.Changes)).toEqual([
    'Modify Web (MODIFIED)',
    '  Remove /Properties/SecurityGroupIngress/1: {"IpProtocol":"tcp","FromPort":"22","ToPort":"22","CidrIp":"15.248.7.53/32"} -> undefined',
  ]);
  await execute('rules', changeSet.ChangeSetId);
  const { SecurityGroups } = await lab.services.ec2.describeSecurityGroups({ GroupIds: [GroupId] });
  expect(SecurityGroups?.[0]?.IpPermissions?.map(({ FromPort }) => FromPort)).toEqual([80]);
});

test('what was deleted is made again, and what refers to it follows', async () => {
  const parameter = (more: object) => ({ Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', ...more } });
  await lab.create('deleted', {
    Resources: {
      Logs: logGroup(30),
      Follows: parameter({ Value: { Ref: 'Logs' } }),
      Replaced: parameter({ Value: 'x', Name: { 'Fn::Sub': '/logs/${Logs}' } }),
    },
  });
  const gone = await physicalId('deleted', 'Logs');
  await lab.services.logs.deleteLogGroup({ logGroupName: gone });
  const changeSet = await revert('deleted');
  const replacements = changeSet.Changes?.map(({ ResourceChange: change }) => [
    change?.Action,
    change?.LogicalResourceId,
    change?.ResourceDriftStatus,
    change?.Replacement,
  ]);
  expect(replacements).toEqual([
    ['Modify', 'Follows', 'IN_SYNC', 'False'],
    ['Add', 'Logs', 'DELETED', undefined],
    ['Modify', 'Replaced', 'IN_SYNC', 'True'],
  ]);
  const [cause] = changeSet.Changes?.[0]?.ResourceChange?.Details ?? [];
  expect(cause).toMatchObject({ Evaluation: 'Static', ChangeSource: 'ResourceReference', CausingEntity: 'Logs' });
  expect(await execute('deleted', changeSet.ChangeSetId)).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
  const made = await physicalId('deleted', 'Logs');
  expect(made).not.toBe(gone);
  expect(await retention(made)).toBe(30);
  expect((await lab.detect('deleted')).StackDriftStatus).toBe('IN_SYNC');
});

describe('with another template', () => {
  test('before is what is, not what was deployed', async () => {
    await lab.create('three-way', { Resources: { A: logGroup(30) } });
    const A = await physicalId('three-way', 'A');
    await lab.services.logs.putRetentionPolicy({ logGroupName: A, retentionInDays: 1 });
    const changeSet = await revert('three-way', { Resources: { A: logGroup(14) } });
    expect(told(changeSet.Changes)).toEqual(['Modify A (MODIFIED)', '  Modify /Properties/RetentionInDays: 1 -> 14']);
    expect(changeSet.Changes?.[0]?.ResourceChange?.Details?.[0]?.Target?.Drift?.PreviousValue).toBe('30');
  });

  test('that says what is, the drift ends without a change', async () => {
    await lab.create('accepted', { Resources: { A: logGroup(30) } });
    const A = await physicalId('accepted', 'A');
    await lab.services.logs.putRetentionPolicy({ logGroupName: A, retentionInDays: 1 });
    expect((await lab.detect('accepted')).StackDriftStatus).toBe('DRIFTED');
    const changeSet = await revert('accepted', { Resources: { A: logGroup(1) } });
    expect(told(changeSet.Changes)).toEqual([
      'SyncWithActual A (MODIFIED)',
      '  SyncWithActual /Properties/RetentionInDays: 1 -> 1',
    ]);
    expect(changeSet.Changes?.[0]?.ResourceChange?.Details?.[0]?.ChangeSource).toBe('NoModification');
    await execute('accepted', changeSet.ChangeSetId);
    expect(await retention(A)).toBe(1);
    const { Stacks } = await lab.client.describeStacks({ StackName: 'accepted' });
    expect(Stacks?.[0]?.DriftInformation?.StackDriftStatus).toBe('NOT_CHECKED');
    expect((await lab.detect('accepted')).StackDriftStatus).toBe('IN_SYNC');
  });

  test('unsupported types are compared with the previous deployment', async () => {
    const role = (actions: string[]) => ({
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
        },
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            PolicyName: 'p',
            Roles: [{ Ref: 'Role' }],
            PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] },
          },
        },
      },
    });
    await lab.create('unsupported', role(['s3:GetObject']));
    const changeSet = await revert('unsupported', role(['s3:PutObject']));
    expect(told(changeSet.Changes)[0]).toBe('Modify Policy (UNSUPPORTED)');
    const target = changeSet.Changes?.[0]?.ResourceChange?.Details?.[0]?.Target;
    expect(target).toMatchObject({ BeforeValue: 's3:GetObject', BeforeValueFrom: 'PREVIOUS_DEPLOYMENT_STATE' });
  });
});

describe('left alone are', () => {
  test('properties that AWS manages', async () => {
    const { Resources } = {
      Resources: {
        Configuration: {
          Type: 'AWS::AutoScaling::LaunchConfiguration',
          Properties: { ImageId: lab.imageId, InstanceType: 't3.micro' },
        },
        Group: {
          Type: 'AWS::AutoScaling::AutoScalingGroup',
          Properties: {
            MinSize: 0,
            MaxSize: 4,
            DesiredCapacity: 1,
            LaunchConfigurationName: { Ref: 'Configuration' },
            AvailabilityZones: ['us-east-1a'],
          },
        },
        Policy: {
          Type: 'AWS::AutoScaling::ScalingPolicy',
          Properties: {
            AutoScalingGroupName: { Ref: 'Group' },
            PolicyType: 'SimpleScaling',
            AdjustmentType: 'ChangeInCapacity',
            ScalingAdjustment: 1,
          },
        },
      },
    };
    await lab.create('managed', { Resources });
    const AutoScalingGroupName = await physicalId('managed', 'Group');
    await lab.services.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, DesiredCapacity: 3, MaxSize: 9 });
    const changeSet = await revert('managed');
    expect(told(changeSet.Changes)).toEqual(['Modify Group (MODIFIED)', '  Modify /Properties/MaxSize: 9 -> 4']);
    expect(changeSet.Changes?.[0]?.ResourceChange?.ResourceDriftIgnoredAttributes).toEqual([
      { Path: '/Properties/DesiredCapacity', Reason: 'MANAGED_BY_AWS' },
    ]);
    await execute('managed', changeSet.ChangeSetId);
    const { AutoScalingGroups } = await lab.services.autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [AutoScalingGroupName],
    });
    expect(AutoScalingGroups?.[0]).toMatchObject({ DesiredCapacity: 3, MaxSize: 4 });
    await lab.detect('managed');
    expect(await lab.drifts('managed')).toContain('  NOT_EQUAL /DesiredCapacity: 1 -> 3');
  });

  test('tags with other keys, and values that cannot be read', async () => {
    const template = {
      Parameters: { Secret: { Type: 'String', NoEcho: true } },
      Resources: {
        A: logGroup(30, { Tags: [{ Key: 'team', Value: 'platform' }] }),
        B: {
          Type: 'AWS::SSM::Parameter',
          Properties: { Type: 'String', Value: { Ref: 'Secret' }, Description: 'd', Tags: { a: 'b' } },
        },
      },
    };
    const Parameters = [{ ParameterKey: 'Secret', ParameterValue: 'hunter2' }];
    await lab.create('ignored', template, { Parameters });
    const A = await physicalId('ignored', 'A');
    const resourceArn = `arn:aws:logs:us-east-1:123456789012:log-group:${A}`;
    await lab.services.logs.tagResource({ resourceArn, tags: { owner: 'me' } });
    const B = await physicalId('ignored', 'B');
    await lab.services.ssm.putParameter({ Name: B, Value: 'other', Overwrite: true });
    const ids = { ResourceType: 'Parameter', ResourceId: B } as const;
    await lab.services.ssm.addTagsToResource({ ...ids, Tags: [{ Key: 'a', Value: 'c' }] });
    const again = { Parameters: [{ ParameterKey: 'Secret', UsePreviousValue: true }] };
    const changeSet = await revert('ignored', undefined, again);
    expect(told(changeSet.Changes)).toEqual(['Modify B (MODIFIED)', '  Modify /Properties/Tags/a: c -> b']);
    expect(changeSet.Changes?.[0]?.ResourceChange?.ResourceDriftIgnoredAttributes).toEqual([
      { Path: '/Properties/Value', Reason: 'SENSITIVE_PROPERTY' },
      { Path: '/Properties/Description', Reason: 'WRITE_ONLY_PROPERTY' },
    ]);
    expect(JSON.stringify(changeSet)).not.toContain('hunter2');
  });
});

test('what cannot be read is unknown', async () => {
  await lab.create('unreadable', { Resources: { A: logGroup(30), B: logGroup(7) } });
  lab.scenarios.play({ resources: [{ logicalId: 'B', operation: 'detect-drift', unknown: 'Not readable' }] });
  expect(await revert('unreadable')).toMatchObject({ Status: 'FAILED', StackDriftStatus: 'UNKNOWN' });
});

test('an update that fails is rolled back to the actual state, which is drift as before', async () => {
  const template = { Resources: { A: logGroup(30), B: { ...logGroup(7), DependsOn: 'A' } } };
  await lab.create('failing', template);
  const [A, B] = [await physicalId('failing', 'A'), await physicalId('failing', 'B')];
  for (const logGroupName of [A, B]) await lab.services.logs.putRetentionPolicy({ logGroupName, retentionInDays: 1 });
  const changeSet = await revert('failing');
  lab.scenarios.play({ resources: [{ logicalId: 'B', operation: 'update', fail: 'Internal Failure' }] });
  expect(await execute('failing', changeSet.ChangeSetId)).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  expect([await retention(A), await retention(B)]).toEqual([1, 1]);
  await lab.detect('failing');
  expect(await lab.drifts('failing')).toEqual([
    'A MODIFIED',
    '  NOT_EQUAL /RetentionInDays: 30 -> 1',
    'B MODIFIED',
    '  NOT_EQUAL /RetentionInDays: 7 -> 1',
  ]);
});

test('nested stacks have drift-aware change sets of their own', async () => {
  await lab.services.s3.createBucket({ Bucket: 'nested' });
  const child = JSON.stringify({ Resources: { A: logGroup(30) } });
  await lab.services.s3.putObject({ Bucket: 'nested', Key: 'child.json', Body: child });
  const TemplateURL = 'https://nested.s3.us-east-1.amazonaws.com/child.json';
  const Child = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } };
  await lab.create('nesting', { Resources: { Child } });
  const childId = await physicalId('nesting', 'Child');
  const A = await physicalId(childId, 'A');
  await lab.services.logs.putRetentionPolicy({ logGroupName: A, retentionInDays: 1 });
  const changeSet = await revert('nesting', undefined, { IncludeNestedStacks: true });
  const nested = changeSet.Changes?.[0]?.ResourceChange?.ChangeSetId;
  const inside = await lab.client.describeChangeSet({ ChangeSetName: nested, IncludePropertyValues: true });
  expect(inside).toMatchObject({ DeploymentMode: 'REVERT_DRIFT', StackDriftStatus: 'DRIFTED' });
  expect(told(inside.Changes)).toEqual(['Modify A (MODIFIED)', '  Modify /Properties/RetentionInDays: 1 -> 30']);
  await execute('nesting', changeSet.ChangeSetId);
  expect(await retention(A)).toBe(30);
});

test('only stacks that exist, and only this mode', async () => {
  const asked = {
    StackName: 'fresh',
    ChangeSetName: 'a',
    TemplateBody: JSON.stringify({ Resources: { A: logGroup(1) } }),
  };
  await expect(
    lab.client.createChangeSet({ ...asked, ChangeSetType: 'CREATE', DeploymentMode: 'REVERT_DRIFT' }),
  ).rejects.toMatchObject({ name: 'ValidationError' });
});
