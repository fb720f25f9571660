import { SSM } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HEAD, MERGED, PULL_REQUEST, planOf, type Setting, startSetting } from './plan-setting.ts';
import type { RunActionOptions } from './run-action.ts';
import { SMALL_FILES, SMALL_TEMPLATE } from './small-stack.ts';

let setting: Setting;
beforeAll(async () => {
  setting = await startSetting();
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
afterEach(() => setting.aws.play({}));
beforeEach(async () => {
  await setting.restartGitHub();
});

const merge = () =>
  setting.github.pullRequest({ number: PULL_REQUEST, headSha: HEAD, mergeCommitSha: MERGED, state: 'closed' });

let stacks = 0;
/** A stack of which the plan's comment is on the pull request, which is merged. */
async function reviewed(inputs: Readonly<Record<string, string>> = {}, files: RunActionOptions['files'] = SMALL_FILES) {
  stacks += 1;
  const stack = { 'stack-name': `reviewed-${stacks}` };
  const plan = await setting.plan({ ...stack, ...inputs }, { files });
  expect(plan).toMatchObject({ exitCode: 0, outputs: { 'comment-url': expect.stringContaining('issuecomment') } });
  merge();
  return { stack, plan };
}

describe('what was reviewed is what is deployed', () => {
  test('a new stack, and then its update', async () => {
    const { stack } = await reviewed();
    const first = await setting.deploy({ ...stack, 'require-plan': 'true' });
    expect(first).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'CREATE_COMPLETE' } });
    expect(first.log).toContain('This is what was reviewed: https://github.com/octo-org/todobackend/pull/12');

    const change = { ...stack, 'parameter-overrides': 'Retention=30' };
    await setting.plan(change);
    expect(await setting.deploy({ ...change, 'require-plan': 'true' })).toMatchObject({
      exitCode: 0,
      outputs: { 'stack-status': 'UPDATE_COMPLETE' },
    });
    // Running it again has nothing to do, and nothing to compare.
    expect(await setting.deploy({ ...change, 'require-plan': 'true' })).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'unchanged' },
    });
  }, 120_000);

  test('anything else is refused, with the difference, and nothing is left', async () => {
    const { stack } = await reviewed();
    const run = await setting.deploy({ ...stack, 'parameter-overrides': 'Retention=30' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'plan-changed' } });
    const [error, ...more] = run.annotations.filter(({ level }) => level === 'error');
    expect(more).toEqual([]);
    expect(error?.title).toBe(`The deployment of ${stack['stack-name']} is not what was reviewed`);
    expect(error?.message).toContain(`What would happen now is not what the plan of ${HEAD.slice(0, 7)} showed`);
    expect(error?.message).toContain('parameter Retention has another value');
    expect(await setting.stacks()).not.toContain(stack['stack-name']);
  }, 60_000);

  test('another template is named as that, and what it changes', async () => {
    const { stack } = await reviewed();
    const template = SMALL_TEMPLATE.replace('Outputs:', '  More: { Type: AWS::ECS::Cluster }\nOutputs:');
    const files = { ...SMALL_FILES, 'stack.yml': template };
    const run = await setting.deploy({ ...stack, cluster: 'Cluster' }, { files });
    expect(run.outputs['failure-reason']).toBe('plan-changed');
    expect(run.annotations[0]?.message).toContain('the template is another');
    expect(run.annotations[0]?.message).toContain('now, and not in the plan: Add More');
  }, 60_000);

  test('a plan that the token itself has not written is none', async () => {
    const { stack } = await reviewed();
    const [forged = ''] = setting.comments();
    await setting.restartGitHub();
    merge();
    setting.github.comment(PULL_REQUEST, forged, { login: 'mallory', type: 'User' });
    const run = await setting.deploy({ ...stack, 'require-plan': 'true' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'plan-changed' } });
    expect(run.annotations[0]?.title).toBe(`No plan has shown this deployment of ${stack['stack-name']}`);
  }, 60_000);

  test.each([
    ['CloudFormation', '{ Type: "AWS::SSM::Parameter::Value<String>" }', '/golden/days'],
    ['the environment file', '{ Type: Number, Default: 7 }', '!Ssm /golden/days'],
  ])(
    'a difference that is only a newer SSM value is named as that: looked up by %s',
    async (_, declared, written) => {
      const ssm = new SSM({
        endpoint: setting.aws.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'person', secretAccessKey: 'person' },
      });
      const put = (Value: string) => ssm.putParameter({ Name: '/golden/days', Value, Type: 'String', Overwrite: true });
      await put('7');
      const template = SMALL_TEMPLATE.replace('{ Type: Number, Default: 7 }', declared);
      const environment = `parameters: { Retention: ${written}, Password: hunter2-hunter2 }\n`;
      const files = { 'stack.yml': template, 'env/dev.cfg': null, 'env/dev.yml': environment };
      const { stack } = await reviewed({}, files);
      await put('30');
      const run = await setting.deploy(stack, { files });
      expect(run.outputs['failure-reason']).toBe('plan-changed');
      expect(run.annotations[0]?.title).toContain('An SSM parameter of');
      expect(run.annotations[0]?.message).toContain('the SSM parameter that Retention names has a newer value');
    },
    60_000,
  );
});

describe('running it again after a failure', () => {
  const failing = { resources: [{ logicalId: 'Logs', operation: 'update', fail: 'no' }] } as const;
  const template = SMALL_TEMPLATE.replace("MaxSize: '2'", "MaxSize: '3'");
  const change = { 'parameter-overrides': 'Retention=30' };
  const files = { ...SMALL_FILES, 'stack.yml': template };

  test('goes on where everything was rolled back', async () => {
    stacks += 1;
    const stack = { 'stack-name': `again-${stacks}`, ...change };
    expect(await setting.deploy({ 'stack-name': `again-${stacks}` })).toMatchObject({ exitCode: 0 });
    await setting.plan(stack, { files });
    merge();
    setting.aws.play(failing);
    const failed = await setting.deploy({ ...stack, 'require-plan': 'true' }, { files });
    expect(failed.outputs['failure-reason']).toBe('rolled-back');
    setting.aws.play({});
    expect(await setting.deploy({ ...stack, 'require-plan': 'true' }, { files })).toMatchObject({ exitCode: 0 });
  }, 90_000);

  test('goes on where what was kept has been rolled back by hand', async () => {
    stacks += 1;
    const name = `again-${stacks}`;
    const stack = { 'stack-name': name, ...change, 'on-failure': 'keep' };
    expect(await setting.deploy({ 'stack-name': `again-${stacks}` })).toMatchObject({ exitCode: 0 });
    await setting.plan({ ...stack, 'on-failure': 'rollback' }, { files });
    merge();
    setting.aws.play(failing);
    expect(await setting.deploy(stack, { files })).toMatchObject({ exitCode: 1 });
    setting.aws.play({});
    expect((await setting.deploy(stack, { files })).outputs['failure-reason']).toBe('stack-stuck');
    await setting.cfn.rollbackStack({ StackName: name });
    const run = await setting.deploy({ ...stack, 'require-plan': 'true' }, { files });
    expect(run).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'UPDATE_COMPLETE' } });
  }, 90_000);
});

describe('require-plan', () => {
  test('refuses what no plan has shown; without it the deployment goes on', async () => {
    stacks += 1;
    const stack = { 'stack-name': `unplanned-${stacks}` };
    const proposed = () => setting.aws.calls({ action: 'CreateChangeSet' }).length;
    const before = proposed();
    const refused = await setting.deploy({ ...stack, 'require-plan': 'true' });
    expect(refused).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'plan-changed' } });
    expect(refused.annotations[0]?.message).toContain('ccccccc came from no pull request');
    expect(proposed()).toBe(before);
    expect(await setting.deploy(stack)).toMatchObject({ exitCode: 0 });
    const change = await setting.deploy({ ...stack, 'require-plan': 'true', 'parameter-overrides': 'Retention=30' });
    expect(change).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'plan-changed' } });
    expect(await setting.changeSets(stack['stack-name'])).toEqual([]);
    // What changes nothing needs nobody to have seen it.
    expect(await setting.deploy({ ...stack, 'require-plan': 'true' })).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'unchanged' },
    });
  }, 60_000);

  test('takes the plan of a merged pull request that was made again', async () => {
    merge();
    stacks += 1;
    const stack = { 'stack-name': `replanned-${stacks}`, 'pull-request': `${PULL_REQUEST}` };
    const push = { event: { name: 'push', payload: {} }, github: { sha: MERGED, ref: 'refs/heads/main' } };
    expect(await setting.plan(stack, push)).toMatchObject({ exitCode: 0 });
    expect(setting.comments()).toHaveLength(1);
    expect(await setting.deploy({ ...stack, 'require-plan': 'true' })).toMatchObject({ exitCode: 0 });
  }, 60_000);
});

test('a GitHub that is slow is waited for only where a plan is required', async () => {
  const { stack } = await reviewed();
  setting.github.play([{ when: {}, then: { delayMs: 6_000 } }]);
  const required = await setting.deploy({ ...stack, 'require-plan': 'true', 'parameter-overrides': 'Retention=30' });
  expect(required.outputs['failure-reason']).toBe('plan-changed');
  expect(required.annotations[0]?.message).toContain('parameter Retention has another value');
  const run = await setting.deploy(stack);
  expect(run).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'CREATE_COMPLETE' } });
  expect(run.log).toMatch(/Not compared with a plan: .* did not answer in time/);
}, 90_000);

describe('a change set that was kept', () => {
  test('is executed as it is, once', async () => {
    const { stack, plan } = await reviewed({ 'keep-change-set': 'true' });
    const kept = planOf(plan).keptChangeSet ?? '';
    expect(kept).toMatch(/^muster-kept-4711-1-/);
    const created = setting.aws.calls().filter(({ action }) => action === 'CreateChangeSet').length;
    const deploy = () => setting.deploy({ ...stack, 'change-set': kept, 'require-plan': 'true' });
    expect(await deploy()).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'CREATE_COMPLETE' } });
    expect(setting.aws.calls().filter(({ action }) => action === 'CreateChangeSet')).toHaveLength(created);
    expect(await deploy()).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' } });
  }, 60_000);

  test.each(['obsolete', 'gone'])(
    'that is %s is told as that',
    async (how) => {
      stacks += 1;
      const stack = `${how}-${stacks}`;
      await setting.deploy({ 'stack-name': stack });
      const change = { 'stack-name': stack, 'parameter-overrides': 'Retention=30' };
      const kept = planOf(await setting.plan({ ...change, 'keep-change-set': 'true' })).keptChangeSet ?? '';
      // Another change set that is executed deletes it, an update without one makes it obsolete.
      if (how === 'gone') await setting.deploy({ 'stack-name': stack, 'parameter-overrides': 'Retention=14' });
      else await setting.cfn.updateStack({ StackName: stack, TemplateBody: SMALL_TEMPLATE.replace("'2'", "'3'") });
      const run = await setting.deploy({ ...change, 'change-set': kept });
      expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'plan-changed' } });
      expect(run.annotations[0]?.message).toContain(kept);
      expect(run.annotations[0]?.message).toContain(
        how === 'gone' ? 'CloudFormation does not have it' : 'it is obsolete: the stack was changed after it was made',
      );
    },
    60_000,
  );

  test.each([
    [
      'template',
      'the template has another Resources.Group',
      { files: { ...SMALL_FILES, 'stack.yml': SMALL_TEMPLATE.replace("MaxSize: '2'", "MaxSize: '3'") } },
      {},
    ],
    ['parameter', 'parameter Retention has another value', {}, { 'parameter-overrides': 'Retention=30' }],
    ['tag', 'tag team is another', {}, { tags: 'team=platform' }],
  ])(
    'that was made with another %s is refused, and nothing is executed',
    async (_, told, options, inputs) => {
      const { stack, plan } = await reviewed({ 'keep-change-set': 'true' });
      const kept = planOf(plan).keptChangeSet ?? '';
      const run = await setting.deploy({ ...stack, 'change-set': kept, ...inputs }, options);
      expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'plan-changed' } });
      expect(run.annotations[0]?.message).toContain(`- ${told}`);
      expect(run.annotations[0]?.message).not.toContain('hunter2');
      expect(await setting.changeSets(stack['stack-name'])).toEqual([kept]);
    },
    60_000,
  );

  test('whose template may not be read is executed, with a warning', async () => {
    const { stack, plan } = await reviewed({ 'keep-change-set': 'true' });
    setting.aws.play({ calls: [{ when: { action: 'GetTemplate' }, then: { error: 'AccessDenied' } }] });
    const run = await setting.deploy({ ...stack, 'change-set': planOf(plan).keptChangeSet ?? '' });
    expect(run).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'CREATE_COMPLETE' } });
    expect(run.annotations.find(({ level }) => level === 'warning')?.message).toContain(
      'Whether it is the template that is checked out is not known.',
    );
  }, 60_000);

  test('whose template may not be read is executed where a plan is required only if that plan kept it', async () => {
    const { stack, plan } = await reviewed({ 'keep-change-set': 'true' });
    const files = { ...SMALL_FILES, 'stack.yml': SMALL_TEMPLATE.replace("MaxSize: '2'", "MaxSize: '3'") };
    const newer = await setting.plan({ ...stack, 'keep-change-set': 'true' }, { files, github: { runId: '4712' } });
    setting.aws.play({ calls: [{ when: { action: 'GetTemplate' }, then: { error: 'AccessDenied' } }] });
    const deploy = (kept = '') => setting.deploy({ ...stack, 'change-set': kept, 'require-plan': 'true' }, { files });
    const refused = await deploy(planOf(plan).keptChangeSet);
    expect(refused).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'plan-changed' } });
    expect(refused.annotations[0]?.message).toContain('cloudformation:GetTemplate');
    expect(await deploy(planOf(newer).keptChangeSet)).toMatchObject({ exitCode: 0 });
  }, 60_000);
});

test('a nested stack is planned, and deployed as it was planned, with nothing left behind', async () => {
  const { s3 } = setting.aws.services;
  const child = (more: string) => `Resources:\n  Inner: { Type: AWS::Logs::LogGroup${more} }\n`;
  const put = (body: string) => s3.putObject({ Bucket: 'templates', Key: 'child.yml', Body: body });
  await s3.createBucket({ Bucket: 'templates' });
  await put(child(''));
  const parent = SMALL_TEMPLATE.replace(
    'Outputs:',
    '  Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: "https://templates.s3.us-east-1.amazonaws.com/child.yml" } }\nOutputs:',
  );
  const files = { ...SMALL_FILES, 'stack.yml': parent };
  const { stack, plan } = await reviewed({}, files);
  expect(planOf(plan).changes.find(({ logicalId }) => logicalId === 'Child')).toMatchObject({ action: 'Add' });
  expect(await setting.stacks()).not.toContainEqual(expect.stringContaining(stack['stack-name']));
  expect(await setting.deploy({ ...stack, 'require-plan': 'true' }, { files })).toMatchObject({ exitCode: 0 });

  await put(child(', Properties: { LogGroupName: renamed }'));
  const refused = await setting.plan({ ...stack, 'fail-on-replacement': 'AWS::Logs::LogGroup' }, { files });
  expect(refused).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'replacement-refused' } });
  const update = await setting.plan(stack, { files });
  expect(planOf(update)).toMatchObject({ risk: 'data-lost', empty: false });
  expect(planOf(update).impacts[0]?.text).toBe(
    'replaces Child/Inner (AWS::Logs::LogGroup), and what it holds is deleted',
  );
  expect(await setting.changeSets(stack['stack-name'])).toEqual([]);
}, 120_000);
