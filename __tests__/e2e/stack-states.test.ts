import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import type { ResourceRule } from '../../emulator/types.ts';
import { type ActionRun, type RunActionOptions, runAction } from './run-action.ts';
import { lineOf, SMALL_FILES, SMALL_TEMPLATE } from './small-stack.ts';

let aws: LocalAws;
let cfn: CloudFormation;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 600 });
  cfn = new CloudFormation({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'person', secretAccessKey: 'person' },
  });
}, 300_000); // the first time moto is installed
afterAll(async () => aws[Symbol.asyncDispose]());
afterEach(() => aws.play({}));

let stacks = 0;
const newStack = () => {
  stacks += 1;
  return `states-${stacks}`;
};

const deploy = (stack: string, inputs: Record<string, string> = {}, options: RunActionOptions = {}) =>
  runAction({
    env: aws.env,
    files: SMALL_FILES,
    ...options,
    inputs: { environment: 'dev', 'stack-name': stack, ...inputs },
  });

const changed = { 'parameter-overrides': 'Retention=30' };
const fail = (logicalId: string, ...operations: ResourceRule['operation'][]) =>
  aws.play({
    resources: operations.map((operation) => ({ logicalId, operation, fail: `${logicalId} will not ${operation}` })),
  });

async function statusOf(stack: string): Promise<string | undefined> {
  try {
    return (await cfn.describeStacks({ StackName: stack })).Stacks?.[0]?.StackStatus;
  } catch (error) {
    if (String(error).includes('does not exist')) return undefined;
    throw error;
  }
}

/** Change sets that have been left: the executed one stays listed until the next. */
const leftChangeSets = async (stack: string) =>
  (await cfn.listChangeSets({ StackName: stack })).Summaries?.filter(
    (set) => set.ExecutionStatus !== 'EXECUTE_COMPLETE',
  );

const errors = ({ annotations }: ActionRun) => annotations.filter(({ level }) => level === 'error');

async function settled(stack: string): Promise<void> {
  while ((await statusOf(stack))?.endsWith('_IN_PROGRESS')) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Refused, with the stack's status and a command to paste, and nothing changed or left. */
async function expectStuck(stack: string, status: string, command: string): Promise<void> {
  expect(await statusOf(stack)).toBe(status);
  const run = await deploy(stack, changed);
  expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed', 'failure-reason': 'stack-stuck' } });
  const [error] = errors(run);
  expect(errors(run)).toHaveLength(1);
  expect(error?.title).toContain(status);
  expect(error?.message).toContain(command);
  expect(await statusOf(stack)).toBe(status);
}

describe('a stack at rest that can be deployed', () => {
  test('is created, unchanged, updated, and left without change sets', async () => {
    const stack = newStack();
    expect(await deploy(stack)).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded', 'stack-status': 'CREATE_COMPLETE' },
    });
    expect(await deploy(stack)).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'unchanged', 'has-changes': 'false' },
    });
    expect(await deploy(stack, changed)).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded', 'stack-status': 'UPDATE_COMPLETE', 'has-changes': 'true', replacements: '0' },
    });
    expect(await leftChangeSets(stack)).toEqual([]);
  }, 60_000);

  test('UPDATE_ROLLBACK_COMPLETE, with the root cause of the update at its line', async () => {
    const stack = newStack();
    await deploy(stack);
    fail('Logs', 'update');
    const failed = await deploy(stack, changed);
    expect(failed).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'rolled-back', 'stack-status': 'UPDATE_ROLLBACK_COMPLETE' },
    });
    expect(errors(failed)).toEqual([
      expect.objectContaining({
        file: 'stack.yml',
        line: lineOf(SMALL_TEMPLATE, '  Logs:'),
        message: expect.stringContaining('Logs will not update'),
      }),
    ]);
    aws.play({});
    expect(await deploy(stack, changed)).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
  }, 60_000);

  test('REVIEW_IN_PROGRESS: the shell of a person is created, and their change set goes with it', async () => {
    const stack = newStack();
    await cfn.createChangeSet({
      StackName: stack,
      ChangeSetName: 'by-hand',
      ChangeSetType: 'CREATE',
      TemplateBody: SMALL_TEMPLATE,
    });
    expect(await statusOf(stack)).toBe('REVIEW_IN_PROGRESS');
    expect(await deploy(stack)).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
    expect(await statusOf(stack)).toBe('CREATE_COMPLETE');
  }, 60_000);

  test('an outputs-only change is a change', async () => {
    const stack = newStack();
    await deploy(stack);
    const files = { ...SMALL_FILES, 'stack.yml': `${SMALL_TEMPLATE}  Extra: { Value: !Ref Cluster }\n` };
    expect(await deploy(stack, {}, { files })).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded', 'has-changes': 'true', Extra: expect.stringContaining(stack) },
    });
  }, 60_000);
});

describe('a stack that only a person can bring on', () => {
  test('ROLLBACK_COMPLETE, which may be replaced where that is permitted', async () => {
    const stack = newStack();
    fail('Logs', 'create');
    const failed = await deploy(stack);
    expect(failed).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'rolled-back' } });
    expect(
      errors(failed)
        .map(({ message }) => message)
        .join(),
    ).not.toContain('cancelled');
    aws.play({});
    await expectStuck(stack, 'ROLLBACK_COMPLETE', 'delete-stack --stack-name');
    expect(await deploy(stack, { 'replace-failed-stack': 'true' })).toMatchObject({ exitCode: 0 });
    expect(await statusOf(stack)).toBe('CREATE_COMPLETE');
  }, 60_000);

  test('CREATE_FAILED and UPDATE_FAILED, kept on purpose', async () => {
    const [created, updated] = [newStack(), newStack()];
    await deploy(updated);
    fail('Logs', 'create', 'update');
    expect(await deploy(created, { 'on-failure': 'keep' })).toMatchObject({
      outputs: { 'failure-reason': 'rolled-back' },
    });
    expect(await deploy(updated, { ...changed, 'on-failure': 'keep' })).toMatchObject({ exitCode: 1 });
    aws.play({});
    await expectStuck(created, 'CREATE_FAILED', 'rollback-stack');
    await expectStuck(updated, 'UPDATE_FAILED', 'rollback-stack');
  }, 60_000);

  test('ROLLBACK_FAILED', async () => {
    const stack = newStack();
    aws.play({
      resources: [
        { logicalId: 'Logs', operation: 'create', fail: 'no room' },
        { logicalId: 'Cluster', operation: 'rollback', fail: 'still in use' },
      ],
    });
    const failed = await deploy(stack);
    expect(errors(failed)[0]?.message).toContain('no room');
    aws.play({});
    await expectStuck(stack, 'ROLLBACK_FAILED', '--deletion-mode FORCE_DELETE_STACK');
  }, 60_000);

  test('UPDATE_ROLLBACK_FAILED, with the resources to skip', async () => {
    const stack = newStack();
    await deploy(stack);
    fail('Logs', 'update', 'rollback');
    expect(await deploy(stack, changed)).toMatchObject({ outputs: { 'failure-reason': 'rolled-back' } });
    aws.play({});
    await expectStuck(stack, 'UPDATE_ROLLBACK_FAILED', '--resources-to-skip Logs');
  }, 60_000);

  test('DELETE_FAILED', async () => {
    const stack = newStack();
    await deploy(stack);
    fail('Cluster', 'delete');
    await cfn.deleteStack({ StackName: stack });
    await settled(stack);
    aws.play({});
    await expectStuck(stack, 'DELETE_FAILED', '--deletion-mode FORCE_DELETE_STACK');
  }, 60_000);

  test('a failed stack under termination protection is not replaced', async () => {
    const stack = newStack();
    fail('Logs', 'create');
    await deploy(stack);
    aws.play({});
    await cfn.updateTerminationProtection({ StackName: stack, EnableTerminationProtection: true });
    const run = await deploy(stack, { 'replace-failed-stack': 'true' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'stack-stuck' } });
    expect(errors(run)[0]?.message).toContain('--no-enable-termination-protection');
    expect(await statusOf(stack)).toBe('ROLLBACK_COMPLETE');
  }, 60_000);
});

describe('a stack that is busy', () => {
  const slow = (operation: ResourceRule['operation'], minutes: number) => ({
    logicalId: 'Logs',
    operation,
    delayMs: minutes * 60_000,
  });
  const create = (stack: string) => cfn.createStack({ StackName: stack, TemplateBody: SMALL_TEMPLATE });

  test.each([
    ['CREATE_IN_PROGRESS', ['create']],
    ['DELETE_IN_PROGRESS', ['delete']],
  ] as const)(
    '%s is waited for, then deployed',
    async (status, [operation]) => {
      const stack = newStack();
      if (operation === 'delete') {
        await create(stack);
        await settled(stack);
      }
      aws.play({ resources: [slow(operation, 20)] });
      if (operation === 'delete') await cfn.deleteStack({ StackName: stack });
      else await create(stack);
      expect(await statusOf(stack)).toBe(status);
      const run = await deploy(stack);
      expect(run).toMatchObject({ exitCode: 0 });
      expect(run.log).toContain(status);
      expect(await statusOf(stack)).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
    },
    60_000,
  );

  test('UPDATE_IN_PROGRESS and its rollback', async () => {
    const stack = newStack();
    await deploy(stack);
    aws.play({
      resources: [{ ...slow('update', 10), fail: 'no' }, slow('rollback', 10)],
    });
    await cfn.updateStack({
      StackName: stack,
      UsePreviousTemplate: true,
      Parameters: [
        { ParameterKey: 'Retention', ParameterValue: '30' },
        { ParameterKey: 'Password', UsePreviousValue: true },
      ],
    });
    expect(await statusOf(stack)).toBe('UPDATE_IN_PROGRESS');
    const run = await deploy(stack);
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' } });
    expect(run.log).toContain('UPDATE_ROLLBACK_COMPLETE');
    expect(run.annotations).toContainEqual(
      expect.objectContaining({ level: 'warning', line: lineOf(SMALL_TEMPLATE, '  Logs:') }),
    );
  }, 60_000);

  test('for longer than busy-timeout: red, with what was going on', async () => {
    const stack = newStack();
    aws.play({ resources: [slow('create', 600)] });
    await create(stack);
    const run = await deploy(stack, { 'busy-timeout': '2s' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'stack-busy' } });
    expect(errors(run)[0]?.message).toContain('Logs');
  }, 60_000);

  test('our own deployment for longer than stack-timeout: red, goes on, and the next run attaches', async () => {
    const stack = newStack();
    aws.play({ resources: [slow('create', 60)] });
    const late = await deploy(stack, { 'stack-timeout': '2s' });
    expect(late).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'timed-out' } });
    expect(errors(late)[0]?.message).toContain('Logs');
    expect(await statusOf(stack)).toBe('CREATE_IN_PROGRESS');
    const next = await deploy(stack);
    expect(next).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged', 'stack-status': 'CREATE_COMPLETE' } });
  }, 60_000);
});

describe('on-failure and fail-on-replacement', () => {
  test('delete leaves no stack behind', async () => {
    const stack = newStack();
    fail('Logs', 'create');
    const run = await deploy(stack, { 'on-failure': 'delete' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'rolled-back' } });
    expect(errors(run)[0]?.message).toContain('Logs will not create');
    expect(await statusOf(stack)).toBeUndefined();
  }, 60_000);

  test('a protected replacement is refused before anything is changed', async () => {
    const stack = newStack();
    await deploy(stack);
    const template = SMALL_TEMPLATE.replace(
      '  Cluster: { Type: AWS::ECS::Cluster }',
      '  Cluster: { Type: AWS::ECS::Cluster, Properties: { ClusterName: other } }',
    );
    const run = await deploy(
      stack,
      { 'fail-on-replacement': 'AWS::ECS::Cluster' },
      { files: { ...SMALL_FILES, 'stack.yml': template } },
    );
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'replacement-refused' } });
    expect(errors(run)).toEqual([expect.objectContaining({ file: 'stack.yml', line: lineOf(template, '  Cluster:') })]);
    expect(await statusOf(stack)).toBe('CREATE_COMPLETE');
    expect(await leftChangeSets(stack)).toEqual([]);
  }, 60_000);

  test('termination protection is set as asked', async () => {
    const stack = newStack();
    await deploy(stack, { 'termination-protection': 'true' });
    expect((await cfn.describeStacks({ StackName: stack })).Stacks?.[0]?.EnableTerminationProtection).toBe(true);
  }, 60_000);
});
