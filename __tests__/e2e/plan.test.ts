import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { planOf, plansOf, type Setting, startSetting } from './plan-setting.ts';
import { lineOf, SMALL_FILES, SMALL_TEMPLATE } from './small-stack.ts';

let setting: Setting;
beforeAll(async () => {
  setting = await startSetting();
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
afterEach(() => setting.aws.play({}));

const editTemplate = (before: string, after: string) => {
  const edited = SMALL_TEMPLATE.replace(before, after);
  if (edited === SMALL_TEMPLATE) throw new Error(`'${before}' is not in the template`);
  return { files: { ...SMALL_FILES, 'stack.yml': edited } };
};

describe('a stack that does not exist', () => {
  test('is planned under a throw-away name, shown as the real one, and leaves nothing', async () => {
    const run = await setting.plan({ 'stack-name': 'fresh' });
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'has-changes': 'true' } });
    const plan = planOf(run);
    expect(plan).toMatchObject({ stackName: 'fresh', isNew: true, empty: false, risk: 'safe' });
    expect(plan.changes.map(({ action, logicalId }) => `${action} ${logicalId}`)).toEqual([
      'Add Cluster',
      'Add Group',
      'Add Launch',
      'Add Logs',
    ]);
    expect(plan.impacts[0]?.text).toBe('creates the stack: 4 resources, with 0 container instances');
    const named = setting.aws.calls().filter(({ action }) => action === 'CreateChangeSet');
    expect(JSON.stringify(named)).toMatch(/muster-plan-fresh-4711-1-/);
    expect(JSON.stringify(run)).not.toContain('muster-plan-');
    expect(await setting.stacks()).toEqual([]);
    expect(run.summary).toContain('fresh');
  }, 60_000);

  test('is told under its own name, also where CloudFormation refuses it', async () => {
    const then = { error: 'ValidationError', message: 'Template error: no' };
    setting.aws.play({ calls: [{ when: { action: 'CreateChangeSet' }, then }] });
    const run = await setting.plan({ 'stack-name': 'refused' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'change-set-failed' } });
    expect(run.annotations[0]?.title).toBe('CloudFormation refused the change set for stack refused');
    expect(JSON.stringify([run, setting.comments()])).not.toContain('muster-plan-');
    expect(await setting.stacks()).toEqual([]);
  }, 60_000);

  test('leaves nothing either where CloudFormation takes its time to remove it', async () => {
    setting.aws.play({ calls: [{ when: { action: 'DeleteChangeSet' }, then: { delayMs: 6_000 } }] });
    const run = await setting.plan({ 'stack-name': 'slow' });
    expect(run.exitCode).toBe(0);
    expect(planOf(run).findings).toEqual([]);
    expect(await setting.stacks()).not.toContainEqual(expect.stringContaining('slow'));
  }, 60_000);

  test('leaves the shell that somebody else made alone', async () => {
    await setting.cfn.createChangeSet({
      StackName: 'shelled',
      ChangeSetName: 'theirs',
      ChangeSetType: 'CREATE',
      TemplateBody: SMALL_TEMPLATE,
    });
    const run = await setting.plan({ 'stack-name': 'shelled' });
    expect(planOf(run)).toMatchObject({ isNew: true, stackName: 'shelled' });
    expect(await setting.changeSets('shelled')).toEqual(['theirs']);
    await setting.cfn.deleteStack({ StackName: 'shelled' });
  }, 60_000);
});

describe('a live stack', () => {
  beforeAll(async () => {
    const run = await setting.deploy({ 'stack-name': 'live' });
    expect(run).toMatchObject({ exitCode: 0 });
  }, 60_000);

  const plan = (options: Parameters<Setting['plan']>[1] = {}, inputs: Readonly<Record<string, string>> = {}) =>
    setting.plan({ 'stack-name': 'live', ...inputs }, options);

  afterEach(async () => expect(await setting.changeSets('live')).toEqual([]));

  test('in which nothing would change', async () => {
    const run = await plan();
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged', 'has-changes': 'false' } });
    expect(planOf(run)).toMatchObject({ empty: true, changes: [], impacts: [] });
  }, 60_000);

  test('that would change in place by a parameter', async () => {
    const run = await plan({}, { 'parameter-overrides': 'Retention=30' });
    expect(planOf(run)).toMatchObject({
      risk: 'safe',
      parameters: [{ name: 'Retention', before: '7', after: '30' }],
      changes: [
        {
          action: 'Modify',
          logicalId: 'Logs',
          replacement: 'False',
          properties: [
            {
              path: ['Properties', 'RetentionInDays'],
              causes: [{ kind: 'parameter', entity: 'Retention' }],
              diff: { kind: 'changed', before: '7', after: '30' },
            },
          ],
          location: { file: 'stack.yml', line: lineOf(SMALL_TEMPLATE, '  Logs:') },
        },
      ],
    });
  }, 60_000);

  test('that would lose its data by a replacement, which fail-on-replacement refuses', async () => {
    const edited = editTemplate('{ RetentionInDays: !Ref', '{ LogGroupName: other, RetentionInDays: !Ref');
    const run = await plan(edited, { 'fail-on-replacement': 'AWS::Logs::LogGroup' });
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'replacement-refused', replacements: '1', 'has-changes': 'true' },
    });
    expect(planOf(run)).toMatchObject({
      risk: 'data-lost',
      impacts: [{ text: 'replaces Logs (AWS::Logs::LogGroup), and what it holds is deleted' }],
      refused: [{ title: 'The deployment replaces Logs (AWS::Logs::LogGroup)' }],
    });
    expect(run.annotations[0]).toMatchObject({ level: 'error', line: lineOf(SMALL_TEMPLATE, '  Logs:') });
  }, 60_000);

  test('that would lose a resource', async () => {
    const edited = SMALL_TEMPLATE.replace(/ {2}Logs:\n[\s\S]*?(?=Outputs)/, '').replace(/ {2}LogGroup: .*\n/, '');
    const run = await plan({ files: { ...SMALL_FILES, 'stack.yml': edited } });
    expect(planOf(run)).toMatchObject({
      risk: 'data-lost',
      changes: [{ action: 'Remove', logicalId: 'Logs', policyAction: 'Delete' }],
      sections: [{ section: 'Outputs', name: 'LogGroup', diff: { kind: 'removed' } }],
    });
  }, 60_000);

  test('of which outputs alone would change', async () => {
    const run = await plan(editTemplate('{ Value: !Ref Logs }', '{ Value: !Ref Cluster }'));
    expect(run).toMatchObject({ outputs: { outcome: 'succeeded', 'has-changes': 'true' } });
    expect(planOf(run)).toMatchObject({
      empty: false,
      changes: [],
      sections: [{ section: 'Outputs', name: 'LogGroup', location: { line: lineOf(SMALL_TEMPLATE, 'LogGroup:') } }],
    });
  }, 60_000);

  test('of which a parameter alone would change, that only an output shows', async () => {
    const stack = { 'stack-name': 'parameter-only' };
    const files = {
      ...SMALL_FILES,
      'stack.yml': SMALL_TEMPLATE.replace('Resources:', '  Stage: { Type: String, Default: blue }\nResources:').replace(
        '{ Value: !Ref Logs }',
        '{ Value: !Ref Stage }',
      ),
    };
    expect(await setting.deploy(stack, { files })).toMatchObject({ exitCode: 0 });
    const run = await setting.plan({ ...stack, 'parameter-overrides': 'Stage=green' }, { files });
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'has-changes': 'true' } });
    expect(planOf(run)).toMatchObject({
      empty: false,
      risk: 'safe',
      changes: [],
      parameters: [{ name: 'Stage', before: 'blue', after: 'green' }],
    });
    expect(run.summary).toContain('parameter-only would change: no resource, 1 parameter');
    expect(await setting.changeSets('parameter-only')).toEqual([]);
  }, 60_000);

  test('whose boot script would be another: a text diff, and what it means', async () => {
    const run = await plan(editTemplate('echo ECS_CLUSTER', 'set -e; echo ECS_CLUSTER'));
    const { changes, impacts } = planOf(run);
    const launch = changes.find(({ logicalId }) => logicalId === 'Launch');
    expect(launch?.properties).toEqual([
      expect.objectContaining({
        path: ['Properties', 'LaunchTemplateData', 'UserData'],
        unresolved: true,
        diff: {
          kind: 'changed',
          before: 'echo ECS_CLUSTER=${Cluster}',
          after: 'set -e; echo ECS_CLUSTER=${Cluster}',
        },
      }),
    ]);
    expect(impacts[0]?.text).toBe(
      'changes the launch template Launch: only instances that Group starts from now on get it, since it has no UpdatePolicy',
    );
  }, 60_000);

  test('with a template that CloudFormation refuses, at the property', async () => {
    const edited = editTemplate('InstanceType: t3.micro', 'InstanceTypo: t3.micro');
    const run = await plan(edited);
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'change-set-failed' } });
    expect(plansOf(run)).toMatchObject([{ kind: 'failed', environment: 'dev', stackName: 'live' }]);
    const line = lineOf(edited.files['stack.yml'], 'InstanceTypo');
    expect(run.annotations).toMatchObject([{ level: 'error', file: 'stack.yml', line }]);
    expect(setting.comments().at(-1)).toContain(`stack.yml:${line}`);
  }, 60_000);

  test('with a secret that is told nowhere', async () => {
    const run = await plan(editTemplate('RetentionInDays: !Ref Retention', 'LogGroupName: !Ref Password'), {
      'parameter-overrides': 'Password=correct-horse-battery',
    });
    expect(planOf(run).changes[0]).toMatchObject({ logicalId: 'Logs' });
    const told = JSON.stringify([run.log, run.summary, run.outputs, run.report, setting.comments()]);
    expect(told).not.toMatch(/correct-horse|hunter2/);
  }, 60_000);
});

test('a change that CloudFormation leaves out with its values is shown all the same', async () => {
  await setting.deploy({ 'stack-name': 'incomplete' });
  setting.aws.play({ changeSets: [{ logicalId: 'Logs' }] });
  const edited = editTemplate('{ RetentionInDays: !Ref', '{ LogGroupName: other, RetentionInDays: !Ref');
  const run = await setting.plan({ 'stack-name': 'incomplete' }, edited);
  expect(planOf(run)).toMatchObject({ risk: 'data-lost', changes: [{ logicalId: 'Logs', replacement: 'True' }] });
}, 60_000);

test('a stack of 500 resources fits into its comment, and the summary', async () => {
  const parameters = Array.from(
    { length: 496 },
    (_, n) =>
      `  Setting${n}: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: "${'x'.repeat(40)}${n}" } }`,
  );
  const template = SMALL_TEMPLATE.replace('Outputs:', `${parameters.join('\n')}\nOutputs:`);
  const bucket = 'templates-of-plans';
  await setting.aws.services.s3.createBucket({ Bucket: bucket });
  await setting.restartGitHub();
  const run = await setting.plan(
    { 'stack-name': 'large', 'template-bucket': bucket },
    { files: { ...SMALL_FILES, 'stack.yml': template } },
  );
  expect(run.exitCode).toBe(0);
  expect(planOf(run).changes).toHaveLength(500);
  const [comment = ''] = setting.comments();
  expect(comment.length).toBeGreaterThan(1_000);
  expect(comment.length).toBeLessThanOrEqual(65_536);
  expect(comment).toMatch(/Left out, because GitHub shows no more: .*\. The \[job summary\]/);
  expect(Buffer.byteLength(run.summary)).toBeLessThanOrEqual(1_048_576);
  expect(run.summary).toContain('Setting495');
  expect(run.summary).not.toContain('Left out');
}, 120_000);
