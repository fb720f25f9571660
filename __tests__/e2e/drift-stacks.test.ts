import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { DRIFT_FILES, type DriftSetting, driftedIn, driftsOf, errorsOf, startDriftSetting } from './drift-setting.ts';
import { SMALL_TEMPLATE } from './small-stack.ts';

let setting: DriftSetting;
beforeAll(async () => {
  setting = await startDriftSetting();
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
afterEach(() => setting.aws.play({}));

test('a cluster that was deleted by hand', async () => {
  const { outputs } = await setting.deploy('clusterless');
  await setting.aws.services.ecs.deleteCluster({ cluster: outputs.ClusterArn ?? '' });
  const run = await setting.drift('clusterless');
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted' } });
  expect(driftedIn(run)).toContain('Cluster deleted');
  expect(errorsOf(run)[0]?.title).toBe('Cluster is gone');
}, 60_000);

test('drift inside of a nested stack', async () => {
  const nested = { Resources: { Inside: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } } } };
  await setting.aws.services.s3.createBucket({ Bucket: 'nested-templates' });
  await setting.aws.services.s3.putObject({ Bucket: 'nested-templates', Key: 'n.json', Body: JSON.stringify(nested) });
  const url = 'https://nested-templates.s3.us-east-1.amazonaws.com/n.json';
  const template = SMALL_TEMPLATE.replace(
    'Outputs:',
    `  Network: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: '${url}' } }\nOutputs:\n  NetworkId: { Value: !Ref Network }`,
  );
  const files = { ...DRIFT_FILES, 'stack.yml': template };
  const { outputs } = await setting.deploy('nesting', { files });
  const { StackResourceSummaries = [] } = await setting.cfn.listStackResources({ StackName: outputs.NetworkId });
  const logGroupName = StackResourceSummaries[0]?.PhysicalResourceId ?? '';
  expect(await setting.drift('nesting', {}, { files })).toMatchObject({ exitCode: 0 });
  await setting.aws.services.logs.putRetentionPolicy({ logGroupName, retentionInDays: 1 });
  const run = await setting.drift('nesting', {}, { files });
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted' } });
  expect(driftedIn(run)).toEqual(['Network/Inside modified']);
  expect(driftsOf(run)[0]?.detections).toHaveLength(2);
  expect(await setting.drift('nesting', { 'drift-ignore': 'Network/*' }, { files })).toMatchObject({ exitCode: 0 });
}, 90_000);

test('a desired capacity that a scaling policy moves is explained, and is no drift', async () => {
  const template = SMALL_TEMPLATE.replace(
    '  Logs:',
    `  Scaling:
    Type: AWS::AutoScaling::ScalingPolicy
    Properties: { AutoScalingGroupName: !Ref Group, PolicyType: SimpleScaling, AdjustmentType: ChangeInCapacity, ScalingAdjustment: 1 }
  Logs:`,
  ).replace('Outputs:', 'Outputs:\n  GroupName: { Value: !Ref Group }');
  const files = { ...DRIFT_FILES, 'stack.yml': template };
  setting.aws.play({ hosts: [{ behaviour: { kind: 'scripted' } }] });
  const { outputs } = await setting.deploy('scaling', { files });
  await setting.aws.services.autoScaling.setDesiredCapacity({
    AutoScalingGroupName: outputs.GroupName ?? '',
    DesiredCapacity: 1,
  });
  const run = await setting.drift('scaling', { 'roll-call-timeout': '30s' }, { files });
  expect(driftsOf(run)).toMatchObject([{ byDesign: [{ path: ['Group'], property: ['DesiredCapacity'] }] }]);
  expect(driftedIn(run)).toEqual([]);
  expect(run.annotations).toContainEqual(
    expect.objectContaining({ level: 'notice', title: 'Group.DesiredCapacity moves by design' }),
  );
}, 90_000);

test('hosts that are lost are drift, though every property is what it was', async () => {
  setting.aws.play({ hosts: [{ behaviour: { kind: 'scripted' } }] });
  const template = SMALL_TEMPLATE.replace("DesiredCapacity: '0'", "DesiredCapacity: '1'");
  const files = { ...DRIFT_FILES, 'stack.yml': template };
  const { outputs } = await setting.deploy('hosted', { files });
  const { containerInstanceArns: [host = ''] = [] } = await setting.aws.services.ecs.listContainerInstances({
    cluster: outputs.ClusterArn ?? '',
  });
  await setting.aws.services.ecs.deregisterContainerInstance({
    cluster: outputs.ClusterArn ?? '',
    containerInstance: host,
    force: true,
  });
  const run = await setting.drift('hosted', {}, { files });
  expect(run).toMatchObject({
    exitCode: 1,
    outputs: { 'failure-reason': 'drifted', 'registered-count': '0', 'desired-count': '1' },
  });
  expect(driftedIn(run)).toEqual([]);
  expect(run.summary).toContain('registered 0 of 1');

  // Whatever else is not known, and no rule is stale for that.
  setting.aws.play({ calls: [{ when: { action: 'DetectStackDrift' }, then: { error: 'AccessDenied' } }] });
  const denied = await setting.drift('hosted', { 'drift-ignore': 'Logs' }, { files });
  expect(denied).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted' } });
  expect(denied.summary).toContain('registered 0 of 1');
  expect(denied.summary).toContain('DetectStackDrift is not allowed');
  expect(denied.annotations).not.toContainEqual(expect.objectContaining({ level: 'warning' }));
}, 90_000);

test('an environment of another account is looked at through its role', async () => {
  const role = 'role: arn:aws:iam::385605022855:role/muster\naccount: "385605022855"\n';
  const away = `${role}stack-name: away\nparameters: { Retention: 7, Password: not-told-to-you }\n`;
  // The other account has other subnets.
  const template = SMALL_TEMPLATE.replace('VPCZoneIdentifier: [subnet-a5d3ecee]', 'AvailabilityZones: [us-east-1a]');
  const files = { ...DRIFT_FILES, 'stack.yml': template, 'env/away.yml': away };
  const inputs = { environment: 'away', 'stack-name': '' };
  await setting.deploy('', { files, inputs });
  expect(await setting.drift('', inputs, { files })).toMatchObject({
    exitCode: 0,
    outputs: { 'drift-status': 'in-sync' },
  });
  const own = { ...files, 'env/away.yml': away.replace(/^role.*\n/, '') };
  expect(await setting.drift('', inputs, { files: own })).toMatchObject({
    exitCode: 1,
    outputs: { 'failure-reason': 'drift-unknown', 'drift-status': 'not-checked' },
  });
}, 90_000);
