import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  DRIFT_FILES,
  DRIFT_TEMPLATE,
  type DriftSetting,
  driftedIn,
  driftsOf,
  errorsOf,
  startDriftSetting,
} from './drift-setting.ts';
import type { ActionRun } from './run-action.ts';
import { lineOf } from './small-stack.ts';

let setting: DriftSetting;
let deployed: ActionRun;
beforeAll(async () => {
  setting = await startDriftSetting();
  deployed = await setting.deploy('drifting');
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
afterEach(() => setting.aws.play({}));

const drift = (inputs: Readonly<Record<string, string>> = {}, options = {}) =>
  setting.drift('drifting', inputs, options);
const resize = (MinSize: number, MaxSize: number) =>
  setting.aws.services.autoScaling.updateAutoScalingGroup({
    AutoScalingGroupName: deployed.outputs.GroupName ?? '',
    MinSize,
    MaxSize,
  });

describe('a stack that is what was deployed', () => {
  test('is in sync, and nothing of it is changed', async () => {
    const before = setting.aws.calls().length;
    const run = await drift();
    expect(run).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded', 'drift-status': 'in-sync', 'drifted-resources': '[]' },
    });
    expect(driftsOf(run)).toMatchObject([{ state: 'in-sync', detections: [{ path: [], state: 'complete' }] }]);
    const actions = setting.aws
      .calls()
      .slice(before)
      .map(({ action }) => action);
    expect(actions.filter((action) => !/^(Describe|List|Get|DetectStackDrift)/.test(action))).toEqual([]);
    expect(run.summary).toContain('in sync');
    expect(JSON.stringify(run)).not.toContain('hunter2-hunter2');
  }, 60_000);
});

describe('what was changed by hand', () => {
  test('the size of a group: named, at its line, with a rule that would ignore it', async () => {
    await resize(0, 4);
    const run = await drift();
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted', 'drift-status': 'drifted' } });
    expect(driftedIn(run)).toEqual(['Group modified']);
    expect(errorsOf(run)).toMatchObject([
      { title: 'Group.MaxSize has drifted', file: 'stack.yml', line: lineOf(DRIFT_TEMPLATE, "MaxSize: '2'") },
    ]);
    expect(run.summary).toMatch(/-.*2[\s\S]*\+.*4/);
    expect(JSON.parse(run.outputs['drifted-resources'] ?? '')).toEqual([
      { environment: 'dev', resource: 'Group', type: 'AWS::AutoScaling::AutoScalingGroup', state: 'modified' },
    ]);
  }, 60_000);

  test('is ignored where a rule says so; a rule that matches nothing is told', async () => {
    const run = await drift({ 'drift-ignore': 'Group.MaxSize, Grupe.*' });
    expect(run).toMatchObject({ exitCode: 0, outputs: { 'drift-status': 'in-sync' } });
    expect(driftsOf(run)).toMatchObject([
      { ignored: [{ path: ['Group'], property: ['MaxSize'], why: 'Group.MaxSize' }] },
    ]);
    const warnings = run.annotations.filter(({ level }) => level === 'warning');
    expect(warnings).toMatchObject([{ title: expect.stringContaining('Grupe.*') }]);
    await resize(0, 2);
  }, 60_000);

  test('a rule of a security group, open to the world: marked, and shown as the one rule that came', async () => {
    const rule = {
      GroupId: deployed.outputs.DoorsId ?? '',
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      CidrIp: '0.0.0.0/0',
    };
    await setting.aws.services.ec2.authorizeSecurityGroupIngress(rule);
    const run = await drift();
    expect(driftsOf(run)[0]?.resources.find(({ path }) => path[0] === 'Doors')).toMatchObject({
      state: 'modified',
      risk: 'exposed',
      properties: [{ path: ['SecurityGroupIngress'], diff: { kind: 'set', removed: [], kept: 1 } }],
    });
    expect(run.summary).toContain('🔓');
    await setting.aws.services.ec2.revokeSecurityGroupIngress(rule);
  }, 60_000);

  test('a policy of a role', async () => {
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
    const policy = { RoleName: deployed.outputs.RoleName ?? '', PolicyName: 'logs' };
    await setting.aws.services.iam.putRolePolicy({ ...policy, PolicyDocument: JSON.stringify(document) });
    const run = await drift();
    expect(driftedIn(run)).toEqual(['Role modified']);
    expect(errorsOf(run)).toMatchObject([
      { title: 'Role.Policies has drifted', line: lineOf(DRIFT_TEMPLATE, 'Policies:') },
    ]);
  }, 60_000);
});

describe('what is not known is red', () => {
  test('a detection that failed for one resource keeps what it found of the others', async () => {
    setting.aws.play({ resources: [{ logicalId: 'Doors', operation: 'detect-drift', fail: 'Internal Failure' }] });
    const run = await drift({ 'drift-ignore': 'Role' });
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'drift-unknown', 'drift-status': 'drift-unknown' },
    });
    expect(driftsOf(run)).toMatchObject([{ detections: [{ state: 'failed' }] }]);
    expect(errorsOf(run)[0]?.title).toContain('failed');

    await resize(0, 4);
    const found = await drift({ 'drift-ignore': 'Role' });
    expect(found).toMatchObject({ exitCode: 1, outputs: { 'drift-status': 'drifted' } });
    expect(driftedIn(found)).toEqual(['Group modified']);
    const failed = expect.objectContaining({ title: 'Drift detection of drifting failed' });
    expect(errorsOf(found)).toContainEqual(failed);
    await resize(0, 2);
  }, 60_000);

  test('a stack that was deployed from something else is undeployed: a warning, shown as a plan is', async () => {
    const files = {
      ...DRIFT_FILES,
      'stack.yml': DRIFT_TEMPLATE.replace("MaxSize: '2'", "MaxSize: '3'"),
      'env/dev.cfg': 'Retention=14\nPassword=hunter2-hunter2\n',
    };
    const run = await drift({ 'drift-ignore': 'Role' }, { files });
    expect(run).toMatchObject({ exitCode: 0, outputs: { 'drift-status': 'undeployed' } });
    expect(driftsOf(run)[0]?.undeployed).toMatchObject({
      resources: [{ logicalId: 'Group' }],
      parameters: [{ name: 'Retention', before: '7', after: '14' }],
    });
    expect(run.annotations).toContainEqual(expect.objectContaining({ level: 'warning', file: 'stack.yml' }));
  }, 60_000);

  test('a stack that does not exist', async () => {
    const run = await setting.drift('nowhere');
    expect(run).toMatchObject({ exitCode: 0, outputs: { 'drift-status': 'undeployed' } });
    expect(run.summary).toContain('not deployed');
  }, 60_000);
});

test('several environments: one table, and one that cannot be looked at hides none of the others', async () => {
  const files = {
    ...DRIFT_FILES,
    'env/dev.yml': null,
    'env/dev.cfg': null,
    'env/good.yml':
      'stack-name: drifting\nparameters: { Retention: 7, Password: hunter2-hunter2 }\ndrift: { ignore: [Role] }\n',
    'env/away.yml': 'account: "999999999999"\nparameters: { Retention: 7, Password: hunter2-hunter2 }\n',
    'env/broken.yml': 'parameters: { Retension: 7 }\n',
  };
  const run = await setting.drift('', { environment: 'good, away, broken', 'stack-name': '' }, { files });
  expect(run).toMatchObject({
    exitCode: 1,
    outputs: { 'failure-reason': 'drift-unknown', 'drift-status': 'drift-unknown' },
  });
  expect(driftsOf(run).map(({ state }) => state)).toEqual(['in-sync', 'not-checked', 'drift-unknown']);
  for (const name of ['good', 'away', 'broken']) expect(run.summary).toContain(`**${name}**`);
}, 60_000);

test('a detection that never ends ends red, and tells what it found out by then', async () => {
  setting.aws.play({ resources: [{ logicalId: 'Doors', operation: 'detect-drift', hangs: true }] });
  const run = await drift({ 'drift-timeout': '2s', 'drift-ignore': 'Role' });
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drift-unknown' } });
  expect(driftsOf(run)).toMatchObject([{ detections: [{ state: 'timed-out' }] }]);
  expect(errorsOf(run)[0]?.title).toContain('did not end in time');
}, 60_000);
