import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startLocalGitHub } from '../../emulator/github/local-github.ts';
import type { Scenario } from '../../emulator/types.ts';
import {
  DRIFT_FILES,
  DRIFT_TEMPLATE,
  type DriftSetting,
  driftsOf,
  errorsOf,
  startDriftSetting,
} from './drift-setting.ts';
import type { ActionRun, RunActionOptions } from './run-action.ts';
import { lineOf } from './small-stack.ts';

let setting: DriftSetting;
beforeAll(async () => {
  setting = await startDriftSetting();
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
afterEach(() => setting.aws.play({}));

interface Repair {
  readonly kind: string;
  readonly fingerprint: string;
  readonly harms: readonly { readonly path: readonly string[]; readonly kind: string }[];
  readonly left: readonly string[];
  readonly alsoIgnored: readonly string[];
}

const isRepair = (value: unknown): value is Repair => typeof value === 'object' && value !== null && 'kind' in value;

/** What a look for drift has told of a repair. */
function repairIn(run: ActionRun): Repair {
  const repair = driftsOf(run)[0]?.repair;
  if (!isRepair(repair)) throw new Error(`The report tells no repair:\n${run.log}`);
  return repair;
}

/** A stack of its own, and what is done with it. */
async function stackOf(name: string, files: RunActionOptions['files'] = DRIFT_FILES, options: RunActionOptions = {}) {
  const { outputs } = await setting.deploy(name, { ...options, files: { ...DRIFT_FILES, ...files } });
  const run = async (inputs: Record<string, string>, more: RunActionOptions = {}) => {
    const done = await setting.drift(
      name,
      { ...options.inputs, ...inputs },
      { files: { ...DRIFT_FILES, ...files }, ...more },
    );
    expect(JSON.stringify({ ...done, unmasked: '' })).not.toContain('hunter2-hunter2');
    return done;
  };
  const { autoScaling, ec2 } = setting.aws.services;
  const rule = { GroupId: outputs.DoorsId ?? '', IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
  return {
    outputs,
    show: (options?: RunActionOptions) => run({ 'drift-revert': 'plan' }, options),
    revert: (inputs: Record<string, string>, options?: RunActionOptions) => run({ mode: 'revert', ...inputs }, options),
    resize: (MaxSize: number) =>
      autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: outputs.GroupName ?? '', MaxSize }),
    open: () => ec2.authorizeSecurityGroupIngress(rule),
    /** Change sets that are there and were not executed. */
    async left() {
      const { Summaries = [] } = await setting.cfn.listChangeSets({ StackName: name });
      return Summaries.filter(({ ExecutionStatus }) => ExecutionStatus !== 'EXECUTE_COMPLETE');
    },
  };
}

const actionsSince = (before: number) =>
  setting.aws
    .calls()
    .slice(before)
    .map(({ action }) => action);

test('a repair is shown in the summary and the issue, then done, then in sync by evidence', async () => {
  const stack = await stackOf('shown');
  await stack.resize(4);
  await setting.aws.services.logs.deleteLogGroup({ logGroupName: stack.outputs.LogGroup ?? '' });
  const before = setting.aws.calls().length;
  await using github = await startLocalGitHub();
  const shown = await stack.show({ githubToken: github.token, github: { apiUrl: github.url } });
  expect(shown).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted' } });
  expect(actionsSince(before)).not.toContain('ExecuteChangeSet');
  expect(await stack.left()).toEqual([]);
  const { fingerprint, harms, left } = repairIn(shown);
  expect({ harms, left }).toEqual({ harms: [], left: [] });
  const command = `gh workflow run revert.yml -f environment=dev -f fingerprint=${fingerprint}`;
  for (const told of [shown.summary, github.issues()[0]?.body ?? '']) {
    expect(told).toContain('#### What a repair would do');
    expect(told).toContain('greatest size of Group 4 → 2');
    expect(told).toContain('makes Logs');
    expect(told).toContain(command);
  }

  const done = await stack.revert({ fingerprint });
  expect(done).toMatchObject({
    exitCode: 0,
    outputs: {
      outcome: 'succeeded',
      'drift-status': 'in-sync',
      'drifted-resources': '[]',
      'has-changes': 'true',
      replacements: '0',
      'registered-count': '0',
    },
  });
  expect(done.summary).toContain('2 resources changed back');
  expect(done.summary).toContain('### What the repair did');
  expect(await setting.drift('shown')).toMatchObject({ exitCode: 0, outputs: { 'drift-status': 'in-sync' } });

  const again = await stack.revert({ fingerprint });
  expect(again).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged', 'has-changes': 'false' } });
  expect(await stack.left()).toEqual([]);
}, 120_000);

test('the repair restores what was deployed, and never brings what the repository says by now', async () => {
  const stack = await stackOf('undeployed');
  await stack.resize(4);
  const files = { ...DRIFT_FILES, 'stack.yml': DRIFT_TEMPLATE.replace("MaxSize: '2'", "MaxSize: '3'") };
  const { fingerprint } = repairIn(await stack.show({ files }));
  const done = await stack.revert({ fingerprint }, { files });
  expect(done).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'drift-status': 'undeployed' } });
  const { AutoScalingGroups } = await setting.aws.services.autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: [stack.outputs.GroupName ?? ''],
  });
  expect(AutoScalingGroups?.[0]?.MaxSize).toBe(2);
}, 90_000);

test('another repair than the one that was shown is refused, with the difference where the issue may be read', async () => {
  const stack = await stackOf('moved-on');
  await stack.resize(4);
  await using github = await startLocalGitHub();
  const asGitHub = { githubToken: github.token, github: { apiUrl: github.url } };
  const { fingerprint } = repairIn(await stack.show(asGitHub));
  await stack.resize(5);
  const before = setting.aws.calls().length;
  const run = await stack.revert({ fingerprint });
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'plan-changed' } });
  expect(errorsOf(run)).toMatchObject([
    { title: 'The repair is not the one that was shown', message: expect.stringContaining('Group: MaxSize 5 → 2') },
  ]);
  const [cause] = errorsOf(await stack.revert({ fingerprint }, asGitHub));
  expect(cause?.message).toMatch(
    /not shown:\n- change Group: MaxSize 5 → 2\nShown, and not now:\n- change Group: MaxSize 4 → 2/,
  );
  expect(actionsSince(before)).not.toContain('ExecuteChangeSet');
  expect(await stack.left()).toEqual([]);
}, 90_000);

test("a rule of a security group goes only where it is named: another stack's would go with it", async () => {
  const stack = await stackOf('opened');
  await stack.open();
  const { fingerprint, harms } = repairIn(await stack.show());
  expect(harms).toMatchObject([{ kind: 'loses-item', path: ['Doors'] }]);
  const refused = await stack.revert({ fingerprint });
  expect(refused).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'replacement-refused' } });
  expect(errorsOf(refused)).toMatchObject([
    {
      title: expect.stringContaining('Doors loses 1 item'),
      file: 'stack.yml',
      line: lineOf(DRIFT_TEMPLATE, '  Doors:'),
    },
  ]);
  expect(await stack.left()).toEqual([]);
  const done = await stack.revert({ fingerprint, 'revert-allow': 'Doors' });
  expect(done).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'drift-status': 'in-sync' } });
}, 90_000);

test('what would be replaced is refused, and so is a group that would become smaller: all at once', async () => {
  const note =
    "  Note: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: x, Name: !Sub '/${Logs}' } }\nOutputs:";
  const template = DRIFT_TEMPLATE.replace('Outputs:', note);
  setting.aws.play({ hosts: [{ behaviour: { kind: 'scripted' } }] });
  const stack = await stackOf('harmful', { 'stack.yml': template });
  await setting.aws.services.logs.deleteLogGroup({ logGroupName: stack.outputs.LogGroup ?? '' });
  await setting.aws.services.autoScaling.setDesiredCapacity({
    AutoScalingGroupName: stack.outputs.GroupName ?? '',
    DesiredCapacity: 2,
  });
  const { fingerprint, harms } = repairIn(await stack.show());
  expect(harms.map(({ kind, path }) => `${path.join('/')} ${kind}`).sort()).toEqual(['Group smaller', 'Note replaced']);
  const refused = await stack.revert({ fingerprint });
  expect(refused).toMatchObject({
    exitCode: 1,
    outputs: { 'failure-reason': 'replacement-refused', replacements: '1' },
  });
  expect(errorsOf(refused).map(({ title, line }) => [title, line])).toEqual([
    [expect.stringContaining('Group becomes smaller: 2 instances of 2 would leave'), lineOf(template, '  Group:')],
    [expect.stringContaining('Note is replaced'), lineOf(template, '  Note:')],
  ]);
  const one = await stack.revert({ fingerprint, 'revert-allow': 'Note' });
  expect(errorsOf(one)).toHaveLength(1);
  expect(await stack.left()).toEqual([]);
}, 90_000);

test('a newer value of an SSM parameter is not what was deployed, and is refused with what takes it', async () => {
  await setting.aws.services.ssm.putParameter({ Name: '/level', Type: 'String', Value: 'one' });
  const template = DRIFT_TEMPLATE.replace(
    'Resources:',
    `  Level: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /level }
Resources:
  Note: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !Ref Level } }`,
  );
  const stack = await stackOf('newer', { 'stack.yml': template });
  await stack.resize(4);
  await setting.aws.services.ssm.putParameter({ Name: '/level', Type: 'String', Value: 'two', Overwrite: true });
  const { fingerprint, harms } = repairIn(await stack.show());
  expect(harms).toMatchObject([{ kind: 'not-deployed', path: ['Note'] }]);
  expect(errorsOf(await stack.revert({ fingerprint }))).toMatchObject([
    { title: expect.stringContaining('Note takes a value of Value that was not deployed') },
  ]);
}, 90_000);

test('drift inside of a nested stack is shown with its values, but no secret that it is given, and repaired', async () => {
  const inside = {
    Parameters: { Password: { Type: 'String' } },
    Resources: {
      Inside: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Description: { Ref: 'Password' },
          AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
        },
      },
    },
    Outputs: { LogGroup: { Value: { Ref: 'Inside' } }, Role: { Value: { Ref: 'Role' } } },
  };
  await setting.aws.services.s3.createBucket({ Bucket: 'repaired' });
  await setting.aws.services.s3.putObject({ Bucket: 'repaired', Key: 'n.json', Body: JSON.stringify(inside) });
  const url = 'https://repaired.s3.us-east-1.amazonaws.com/n.json';
  const nested = `  Network:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: '${url}', Parameters: { Password: !Ref Password } }
Outputs:
  Inside: { Value: !GetAtt Network.Outputs.LogGroup }
  InnerRole: { Value: !GetAtt Network.Outputs.Role }`;
  const files = {
    'stack.yml': DRIFT_TEMPLATE.replace('Outputs:', nested),
    // Of a variable that only the job that deploys has, the others cannot know the value.
    'env/dev.cfg': null,
    'env/dev.yml': 'parameters: { Retention: 7, Password: !Env DB_PASSWORD }\n',
  };
  const stack = await stackOf('nesting', files, {
    env: { ...setting.aws.env, DB_PASSWORD: 'hunter2-hunter2' },
    inputs: { 'allow-env': 'DB_PASSWORD' },
  });
  const { StackResources = [] } = await setting.cfn.describeStackResources({ StackName: 'nesting' });
  const child = StackResources.find(({ LogicalResourceId }) => LogicalResourceId === 'Network')?.PhysicalResourceId;
  const { StackResources: inner = [] } = await setting.cfn.describeStackResources({ StackName: child });
  const idOf = (id: string) => inner.find((one) => one.LogicalResourceId === id)?.PhysicalResourceId ?? '';
  await setting.aws.services.logs.putRetentionPolicy({ logGroupName: idOf('Inside'), retentionInDays: 1 });
  await setting.aws.services.iam.updateRole({ RoleName: idOf('Role'), Description: 'by hand' });
  const shown = await stack.show();
  expect(shown.summary).toMatch(/Network \/ Inside[\s\S]*-.*1[\s\S]*\+.*7/);
  const { fingerprint, harms } = repairIn(shown);
  expect(harms).toEqual([]);
  const done = await stack.revert({ fingerprint });
  expect(done).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'drift-status': 'in-sync' } });
  expect(await stack.left()).toEqual([]);
}, 120_000);

describe('a repair', () => {
  test('does not stop at a rule of drift-ignore: what one passes over is changed back as well, and that is told', async () => {
    const stack = await stackOf('passed-over');
    await stack.resize(4);
    await setting.aws.services.logs.putRetentionPolicy({
      logGroupName: stack.outputs.LogGroup ?? '',
      retentionInDays: 1,
    });
    const shown = await setting.drift('passed-over', { 'drift-revert': 'plan', 'drift-ignore': 'Group.MaxSize' });
    expect(repairIn(shown)).toMatchObject({ alsoIgnored: ['Group.MaxSize'], left: [] });
    expect(shown.summary).toContain('It changes back as well what `drift-ignore` passes over: `Group.MaxSize`');
  }, 90_000);

  test('leaves what CloudFormation leaves alone: that is told, and stays red', async () => {
    const tagged = DRIFT_TEMPLATE.replace(
      '{ RetentionInDays: !Ref Retention }',
      '{ RetentionInDays: !Ref Retention, Tags: [{ Key: team, Value: platform }] }',
    );
    const stack = await stackOf('left-alone', { 'stack.yml': tagged });
    const resourceArn = `arn:aws:logs:us-east-1:123456789012:log-group:${stack.outputs.LogGroup}`;
    await setting.aws.services.logs.tagResource({ resourceArn, tags: { owner: 'me' } });
    const shown = await stack.show();
    expect(repairIn(shown)).toMatchObject({ empty: true, left: ['Logs.Tags'] });
    const { fingerprint } = repairIn(shown);
    const run = await stack.revert({ fingerprint });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted', 'has-changes': 'false' } });
    expect(run.summary).toContain('CloudFormation would change nothing of it back');
    expect(await stack.left()).toEqual([]);
  }, 90_000);

  test('that cannot be shown leaves the drift as it is told', async () => {
    const stack = await stackOf('denied');
    await stack.resize(4);
    setting.aws.play({ calls: [{ when: { action: 'CreateChangeSet' }, then: { error: 'AccessDenied' } }] });
    const shown = await stack.show();
    expect(shown).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted' } });
    expect(driftsOf(shown)[0]?.repair).toMatchObject({ kind: 'impossible' });
    expect(shown.annotations).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('cloudformation:CreateChangeSet') }),
    );
  }, 90_000);
});

describe('interrupted', () => {
  test('while a repair is shown, by a cancellation: nothing is left', async () => {
    const stack = await stackOf('cancelled');
    await stack.resize(4);
    setting.aws.play({ calls: [{ when: { action: 'DescribeChangeSet' }, then: { delayMs: 3_000 } }] });
    const before = setting.aws.calls({ action: 'CreateChangeSet' }).length;
    const run = await stack.show({
      cancelAfter: () => setting.aws.calls({ action: 'CreateChangeSet' }).length > before,
    });
    expect(run).toMatchObject({ conclusion: 'cancelled', post: { exitCode: 0 } });
    expect(await stack.left()).toEqual([]);
  }, 90_000);

  test('before it is done, by a cancellation: nothing is changed, and nothing is left', async () => {
    const stack = await stackOf('cancelled-before');
    await stack.resize(4);
    const { fingerprint } = repairIn(await stack.show());
    setting.aws.play({ calls: [{ when: { action: 'DescribeChangeSet' }, then: { delayMs: 3_000 } }] });
    const before = setting.aws.calls().length;
    const run = await stack.revert(
      { fingerprint },
      { cancelAfter: () => actionsSince(before).includes('CreateChangeSet') },
    );
    expect(run).toMatchObject({ conclusion: 'cancelled', post: { exitCode: 0 } });
    expect(actionsSince(before)).not.toContain('ExecuteChangeSet');
    expect(await stack.left()).toEqual([]);
  }, 90_000);

  test('while it is done, by the end of the runner: the next run follows it to its end, and reads the evidence', async () => {
    const stack = await stackOf('cut-off');
    await stack.resize(4);
    const { fingerprint } = repairIn(await stack.show());
    const slow: Scenario = { resources: [{ logicalId: 'Group', operation: 'update', delayMs: 1_800_000 }] };
    setting.aws.play(slow);
    await stack.revert({ fingerprint }, { cutAfter: /UPDATE_IN_PROGRESS\s+(\S*\s+)?Group/ });
    const run = await stack.revert({ fingerprint });
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged', 'drift-status': 'in-sync' } });
    expect(run.log).toContain('waiting for the operation that is under way');
    expect(await stack.left()).toEqual([]);
  }, 90_000);

  test('a repair that fails is rolled back, and red with its cause', async () => {
    const stack = await stackOf('failing');
    await stack.resize(4);
    const { fingerprint } = repairIn(await stack.show());
    setting.aws.play({ resources: [{ logicalId: 'Group', operation: 'update', fail: 'Internal Failure' }] });
    const run = await stack.revert({ fingerprint });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'rolled-back' } });
    expect(errorsOf(run)[0]?.message).toContain('Internal Failure');
  }, 90_000);
});

test('a stack that is not there cannot be repaired', async () => {
  const run = await setting.drift('nowhere', { mode: 'revert', fingerprint: '0'.repeat(32) });
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
}, 60_000);
