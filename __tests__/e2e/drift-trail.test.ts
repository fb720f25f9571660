import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type LocalGitHub, startLocalGitHub } from '../../emulator/github/local-github.ts';
import { type DriftSetting, driftedIn, startDriftSetting } from './drift-setting.ts';
import type { ActionRun } from './run-action.ts';

let setting: DriftSetting;
let outputs: ActionRun['outputs'];
let jane: { readonly autoScaling: AutoScaling; readonly ec2: EC2; readonly iam: IAM; readonly ecs: ECS };
beforeAll(async () => {
  setting = await startDriftSetting();
  ({ outputs } = await setting.deploy('trailed'));
  const { iam } = setting.aws.services;
  await iam.createUser({ UserName: 'jane' });
  const { AccessKey } = await iam.createAccessKey({ UserName: 'jane' });
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
  const config = { endpoint: setting.aws.endpoint, region: 'us-east-1', credentials };
  jane = { autoScaling: new AutoScaling(config), ec2: new EC2(config), iam: new IAM(config), ecs: new ECS(config) };
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
afterEach(() => setting.aws.play({}));

const drift = (github?: LocalGitHub) =>
  setting.drift('trailed', {}, github && { githubToken: github.token, github: { apiUrl: github.url } });

test('the issue and the summary name the calls that changed a resource, by whom and when', async () => {
  const { GroupName = '', DoorsId = '', RoleName = '' } = outputs;
  await jane.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: GroupName, MaxSize: 4 });
  await jane.autoScaling.describeAutoScalingGroups({ AutoScalingGroupNames: [GroupName] });
  await expect(
    jane.autoScaling.setDesiredCapacity({ AutoScalingGroupName: GroupName, DesiredCapacity: 99 }),
  ).rejects.toThrow();
  const rule = { GroupId: DoorsId, IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.1.0.0/16' };
  await jane.ec2.authorizeSecurityGroupIngress(rule);
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
  await jane.iam.putRolePolicy({ RoleName, PolicyName: 'logs', PolicyDocument: JSON.stringify(document) });
  await using github = await startLocalGitHub();
  const run = await drift(github);
  expect(driftedIn(run)).toEqual(['Doors modified', 'Role modified', 'Group modified']);
  for (const text of [run.summary, github.issues()[0]?.body ?? '']) {
    expect(text).toMatch(/Group\*\*: .*UpdateAutoScalingGroup.* by user jane, \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(text).toMatch(/Doors\*\*: .*AuthorizeSecurityGroupIngress.* by user jane/);
    expect(text).toMatch(/Role\*\*: .*PutRolePolicy.* by user jane/);
    expect(text).not.toMatch(/Describe|SetDesiredCapacity|CreateAutoScalingGroup|127\.0\.0\.1/);
  }
  expect(run.log).toContain('UpdateAutoScalingGroup by user jane');
  expect(run.annotations.filter(({ level }) => level === 'notice')).toEqual([]);
  const asked = setting.aws.calls({ action: 'LookupEvents' }).map(({ at }) => Date.parse(at));
  expect(asked).toHaveLength(3);
  // Two a second are allowed.
  for (const [n, at] of asked.slice(1).entries()) expect(at - (asked[n] ?? 0)).toBeGreaterThan(500);
}, 60_000);

test('who deleted a cluster, which was named by its ARN', async () => {
  const { outputs } = await setting.deploy('clusterless');
  await jane.ecs.deleteCluster({ cluster: outputs.ClusterArn ?? '' });
  const run = await setting.drift('clusterless');
  expect(driftedIn(run)).toContain('Cluster deleted');
  expect(run.summary).toMatch(/Cluster\*\*: .*DeleteCluster.* by user jane/);
}, 60_000);

test('where CloudTrail may not be read, one notice says so, and the verdict is the same', async () => {
  setting.aws.play({ calls: [{ when: { service: 'cloudtrail' }, then: { error: 'AccessDenied' } }] });
  const before = setting.aws.calls({ action: 'LookupEvents' }).length;
  const run = await drift();
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted', 'drift-status': 'drifted' } });
  expect(run.annotations.filter(({ level }) => level === 'notice')).toMatchObject([
    { message: expect.stringContaining('3 resources') },
  ]);
  expect(run.summary).not.toContain('Who changed it');
  expect(run.summary).toContain('CloudTrail was asked about 3 resources in vain');
  // One of each region: where IAM logs, and of the rest.
  expect(setting.aws.calls({ action: 'LookupEvents' }).length - before).toBeLessThanOrEqual(2);
}, 60_000);

test('nobody is asked about what is in sync', async () => {
  await setting.deploy('quiet');
  const before = setting.aws.calls({ action: 'LookupEvents' }).length;
  expect(await setting.drift('quiet')).toMatchObject({ exitCode: 0 });
  expect(setting.aws.calls({ action: 'LookupEvents' }).length).toBe(before);
}, 60_000);
