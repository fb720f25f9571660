import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import { type ActionRun, type Moment, type RunActionOptions, runAction } from './run-action.ts';
import { SMALL_FILES } from './small-stack.ts';

let aws: LocalAws;
let cfn: CloudFormation;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 600 });
  const credentials = { accessKeyId: 'person', secretAccessKey: 'person' };
  cfn = new CloudFormation({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
}, 300_000); // the first time moto is installed
afterAll(async () => aws[Symbol.asyncDispose]());
afterEach(() => aws.play({}));

let stacks = 0;
const newStack = () => {
  stacks += 1;
  return `cancelled-${stacks}`;
};
const deploy = (stack: string, options: RunActionOptions = {}) =>
  runAction({
    env: aws.env,
    files: SMALL_FILES,
    ...options,
    inputs: { environment: 'dev', 'stack-name': stack, ...options.inputs },
  });

/** As soon as the action has made this call for the stack. */
const called =
  (action: string, stack: string): Moment =>
  () =>
    aws.calls({ service: 'cloudformation', action, resource: stack }).length > 0;

async function statusOf(stack: string): Promise<string | undefined> {
  try {
    return (await cfn.describeStacks({ StackName: stack })).Stacks?.[0]?.StackStatus;
  } catch (error) {
    if (String(error).includes('does not exist')) return undefined;
    throw error;
  }
}

async function leftChangeSets(stack: string): Promise<(string | undefined)[]> {
  if ((await statusOf(stack)) === undefined) return [];
  const { Summaries = [] } = await cfn.listChangeSets({ StackName: stack });
  return Summaries.filter(({ ExecutionStatus }) => !ExecutionStatus?.startsWith('EXECUTE_')).map(
    ({ ChangeSetName }) => ChangeSetName,
  );
}

/** Once the change set has been read its validations are: a moment in which it is owed and not yet executed. */
const holdBeforeExecution = { when: { action: 'DescribeEvents' }, then: { delayMs: 2_000 } };

const slowCreation = (minutes: number) => ({
  resources: [{ logicalId: 'Logs', operation: 'create' as const, delayMs: minutes * 60_000 }],
});

function expectCancelled(run: ActionRun): void {
  expect(run).toMatchObject({ exitCode: 1, conclusion: 'cancelled', outputs: { 'failure-reason': 'cancelled' } });
  expect(run.post?.exitCode).toBe(0);
  expect(run.summary).toMatch(/cancelled/i);
}

describe('a job that is cancelled leaves nothing behind', () => {
  test.each([
    ['DescribeStacks', undefined],
    ['CreateChangeSet', undefined],
    ['DescribeChangeSet', undefined],
  ])(
    'a new stack, at %s',
    async (action) => {
      const stack = newStack();
      aws.play({ calls: [{ when: { action, resource: stack }, then: { delayMs: 700 } }] });
      const run = await deploy(stack, { cancelAfter: /Stack cancelled-/ });
      expectCancelled(run);
      expect(await statusOf(stack)).toBeUndefined();
    },
    60_000,
  );

  test.each(['CreateChangeSet', 'DescribeChangeSet'])(
    'an update, at %s',
    async (action) => {
      const stack = newStack();
      await deploy(stack);
      aws.play({ calls: [{ when: { action, resource: stack }, then: { delayMs: 700 } }] });
      const inputs = { 'parameter-overrides': 'Retention=30' };
      const run = await deploy(stack, { inputs, cancelAfter: /Stack cancelled-/ });
      expectCancelled(run);
      expect(await leftChangeSets(stack)).toEqual([]);
      expect(await statusOf(stack)).toBe('CREATE_COMPLETE');
    },
    60_000,
  );

  test('while it waits for another operation', async () => {
    const stack = newStack();
    aws.play(slowCreation(60));
    await cfn.createStack({ StackName: stack, TemplateBody: SMALL_FILES['stack.yml'] });
    const run = await deploy(stack, { cancelAfter: /CREATE_IN_PROGRESS/ });
    expectCancelled(run);
    expect(run.annotations[0]?.message).toContain('CREATE_IN_PROGRESS');
    expect(aws.calls({ action: 'CreateChangeSet', resource: stack })).toEqual([]);
  }, 60_000);

  test('where the main step could not remove it, the post step does', async () => {
    const stack = newStack();
    aws.play({
      calls: [holdBeforeExecution, { when: { action: 'DeleteChangeSet', nth: [1, 3] }, then: { delayMs: 20_000 } }],
    });
    const run = await deploy(stack, {
      cancelAfter: called('DescribeChangeSet', stack),
      onLine: (line) => {
        if (line.includes('Removing what')) aws.play({});
      },
    });
    expect(run.exitCode).toBe(1);
    expect(run.post?.log).toContain('Nothing is left behind');
    expect(await statusOf(stack)).toBeUndefined();
  }, 60_000);

  test('a change set whose creation outlasts the main step is removed by the post step', async () => {
    const stack = newStack();
    aws.play({ calls: [{ when: { action: 'CreateChangeSet', resource: stack }, then: { delayMs: 4_000 } }] });
    const run = await deploy(stack, { cancelAfter: called('DescribeStacks', stack) });
    expectCancelled(run);
    expect(await statusOf(stack)).toBeUndefined();
  }, 60_000);

  test('where nobody can remove it any more, the log ends with the command that does', async () => {
    const stack = newStack();
    aws.play({
      calls: [
        holdBeforeExecution,
        {
          when: { action: 'DeleteChangeSet' },
          then: {
            error: 'ExpiredToken',
            message: 'The security token included in the request is expired',
            status: 403,
          },
        },
      ],
    });
    const run = await deploy(stack, { cancelAfter: called('DescribeChangeSet', stack) });
    expect(run.post?.exitCode).toBe(0);
    expect(run.post?.annotations).toEqual([
      expect.objectContaining({
        level: 'warning',
        message: expect.stringContaining(`aws cloudformation delete-stack --stack-name ${stack}`),
      }),
    ]);
  }, 60_000);
});

describe('a deployment that is under way is not cancelled with the job', () => {
  test('the run says where it stands, and the next one attaches', async () => {
    const stack = newStack();
    aws.play(slowCreation(30));
    const run = await deploy(stack, { cancelAfter: /CREATE_IN_PROGRESS\s+(\S*\s+)?Logs/ });
    expectCancelled(run);
    expect(run.annotations[0]?.message).toContain('CREATE_IN_PROGRESS; CloudFormation goes on');
    expect(await statusOf(stack)).toBe('CREATE_IN_PROGRESS');
    const next = await deploy(stack);
    expect(next).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged', 'stack-status': 'CREATE_COMPLETE' } });
    expect(await leftChangeSets(stack)).toEqual([]);
  }, 60_000);

  test('during the roll call', async () => {
    const stack = newStack();
    const run = await deploy(stack, { cancelAfter: /registered 0 of 0/ });
    expectCancelled(run);
    expect(await statusOf(stack)).toBe('CREATE_COMPLETE');
    expect(await leftChangeSets(stack)).toEqual([]);
  }, 60_000);
});

describe('a runner that dies', () => {
  test('after the change set was made: the next attempt goes on and sweeps', async () => {
    const stack = newStack();
    aws.play({ calls: [holdBeforeExecution] });
    await deploy(stack, { cutAfter: called('DescribeChangeSet', stack), github: { runId: '77', runAttempt: '1' } });
    aws.play({});
    expect(await statusOf(stack)).toBe('REVIEW_IN_PROGRESS');
    const next = await deploy(stack, { github: { runId: '77', runAttempt: '2' } });
    expect(next).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
    expect(await leftChangeSets(stack)).toEqual([]);
  }, 60_000);
});
