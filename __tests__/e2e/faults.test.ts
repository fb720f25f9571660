import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import type { CallRule } from '../../emulator/types.ts';
import { type ActionRun, runAction } from './run-action.ts';
import { SMALL_FILES } from './small-stack.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 600 });
}, 300_000); // the first time moto is installed
afterAll(async () => aws[Symbol.asyncDispose]());
afterEach(() => aws.play({}));

let stacks = 0;
const newStack = () => {
  stacks += 1;
  return `faults-${stacks}`;
};
const deploy = (stack: string, inputs: Record<string, string> = {}) =>
  runAction({ env: aws.env, files: SMALL_FILES, inputs: { environment: 'dev', 'stack-name': stack, ...inputs } });
const play = (...calls: CallRule[]) => aws.play({ calls, seed: 7 });
const errors = ({ annotations }: ActionRun) => annotations.filter(({ level }) => level === 'error');
const changed = { 'parameter-overrides': 'Retention=30' };

describe('AWS that is slow, flaky or overloaded', () => {
  test('a third of all calls throttled, some connections lost: green all the same', async () => {
    play(
      { when: { probability: 0.3 }, then: { error: 'Throttling', message: 'Rate exceeded', status: 400 } },
      { when: { probability: 0.1 }, then: { cut: true } },
      { when: { probability: 0.05 }, then: { garble: '<html>502 Bad Gateway</html>', status: 502 } },
    );
    expect(await deploy(newStack())).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
  }, 120_000);

  test.each(['CreateChangeSet', 'ExecuteChangeSet'])(
    '%s takes effect, and its answer is lost',
    async (action) => {
      const stack = newStack();
      play({ when: { action, nth: 1 }, then: { cut: true, afterEffect: true } });
      const run = await deploy(stack);
      expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
      expect(aws.calls({ service: 'cloudformation', action, resource: stack }).length).toBeGreaterThan(1);
    },
    60_000,
  );

  test('an answer that is HTTP 200 and no answer of AWS is never taken for one', async () => {
    play({ when: { action: 'DescribeStacks' }, then: { garble: '<html>Sign in to the network</html>', status: 200 } });
    const run = await deploy(newStack(), { 'busy-timeout': '2s' });
    expect(run.exitCode).toBe(1);
    expect(errors(run)[0]?.title).toContain('could not be reached');
  }, 120_000);
});

describe('a permission is missing', () => {
  const deny = (service: string, action: string): CallRule => ({
    when: { service, action },
    then: {
      error: 'AccessDenied',
      status: 403,
      message: `User: arn:aws:sts::123456789012:assumed-role/muster/x is not authorized to perform: ${service}:${action} on resource: * because no identity-based policy allows the ${service}:${action} action`,
    },
  });

  test.each([
    ['cloudformation', 'DescribeEvents'],
    ['cloudformation', 'ListChangeSets'],
    ['cloudformation', 'DescribeStackEvents'],
  ])(
    'that the verdict does not rest on (%s:%s): green, and it is told where it matters',
    async (service, action) => {
      const stack = newStack();
      await deploy(stack);
      play(deny(service, action));
      const run = await deploy(stack, changed);
      expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
    },
    60_000,
  );

  test.each([
    ['cloudformation', 'DescribeStacks'],
    ['cloudformation', 'CreateChangeSet'],
    ['cloudformation', 'ExecuteChangeSet'],
    ['ecs', 'DescribeClusters'],
    ['ecs', 'ListContainerInstances'],
    ['autoscaling', 'DescribeAutoScalingGroups'],
  ])(
    'that it does rest on (%s:%s): red, and the action is named',
    async (service, action) => {
      play(deny(service, action));
      const run = await deploy(newStack());
      expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'access-denied' } });
      expect(errors(run)[0]?.title).toContain(`${service}:${action}`);
      expect(errors(run)).toHaveLength(1);
    },
    60_000,
  );
});

describe('credentials', () => {
  test('expire in mid-wait: red, the stack goes on, and a re-run resumes', async () => {
    const stack = newStack();
    aws.play({
      resources: [{ logicalId: 'Logs', operation: 'create', delayMs: 40 * 60_000 }],
      calls: [
        {
          when: { action: 'DescribeStackEvents', nth: [4, 1_000] },
          then: {
            error: 'ExpiredToken',
            message: 'The security token included in the request is expired',
            status: 403,
          },
        },
      ],
    });
    const run = await deploy(stack);
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'credentials' } });
    const [error] = errors(run);
    expect(error?.message).toContain('goes on');
    expect(error?.message).toContain('Run the job again');
    play();
    const again = await deploy(stack);
    expect(again).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'CREATE_COMPLETE', outcome: 'unchanged' } });
  }, 90_000);

  test('absent: red, with what to do', async () => {
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...env } = aws.env;
    const run = await runAction({ env, files: SMALL_FILES, inputs: { environment: 'dev' } });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'credentials' } });
    expect(errors(run)[0]?.message).toContain('id-token: write');
  }, 60_000);

  test('of another account than the environment names: red before anything is changed', async () => {
    const files = {
      ...SMALL_FILES,
      'env/dev.cfg': null,
      'env/dev.yml': 'account: "111122223333"\nparameters: { Retention: 7, Password: !PreviousValue }\n',
    };
    const before = aws.calls({ action: 'CreateChangeSet' }).length;
    const run = await runAction({ env: aws.env, files, inputs: { environment: 'dev', 'stack-name': newStack() } });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'wrong-account' } });
    expect(aws.calls({ action: 'CreateChangeSet' })).toHaveLength(before);
  }, 60_000);

  test('a role of the environment is assumed', async () => {
    const role = 'arn:aws:iam::123456789012:role/muster';
    const files = {
      ...SMALL_FILES,
      'env/dev.cfg': null,
      'env/dev.yml': `role: ${role}\naccount: "123456789012"\nparameters: { Retention: 7, Password: secret-enough }\n`,
    };
    const run = await runAction({ env: aws.env, files, inputs: { environment: 'dev', 'stack-name': newStack() } });
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
    expect(aws.calls({ service: 'sts', action: 'AssumeRole' }).at(-1)?.parameters).toMatchObject({ RoleArn: role });
  }, 60_000);
});

test('a secret that AWS prints in clear reaches nothing that leaves the process', async () => {
  const secret = 'hunter2-hunter2';
  aws.play({ resources: [{ logicalId: 'Logs', operation: 'create', fail: `no log group for ${secret}` }] });
  const run = await deploy(newStack());
  const { log, summary, outputs, report, annotations } = run;
  expect(run.exitCode).toBe(1);
  // The runner itself is told the secret once, in order to hide it.
  const written = run.unmasked.replaceAll(`::add-mask::${secret}`, '');
  for (const text of [log, summary, written, JSON.stringify([outputs, report, annotations])])
    expect(text).not.toContain(secret);
}, 60_000);

test('a secret that was looked up in SSM is hidden as one that was written', async () => {
  const secret = 'correct-horse-battery';
  await aws.services.ssm.putParameter({ Name: '/app/password', Value: secret, Type: 'String' });
  aws.play({ resources: [{ logicalId: 'Logs', operation: 'create', fail: `no log group for ${secret}` }] });
  const files = {
    ...SMALL_FILES,
    'env/dev.cfg': null,
    'env/dev.yml': 'parameters: { Retention: 7, Password: !Ssm /app/password }\n',
  };
  const run = await runAction({ env: aws.env, files, inputs: { environment: 'dev', 'stack-name': newStack() } });
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'rolled-back' } });
  const { log, summary, outputs, report, annotations } = run;
  const written = run.unmasked.replaceAll(`::add-mask::${secret}`, '');
  for (const text of [log, summary, written, JSON.stringify([outputs, report, annotations])])
    expect(text).not.toContain(secret);
}, 60_000);

test('the cause of a rollback is told also when the stack cannot be read after it', async () => {
  const stack = newStack();
  const expired = {
    error: 'ExpiredToken',
    message: 'The security token included in the request is expired',
    status: 403,
  };
  aws.play({
    resources: [{ logicalId: 'Logs', operation: 'create', fail: 'no room for logs' }],
    calls: [{ when: { action: 'DescribeStacks', nth: [2, 100] }, then: expired }],
  });
  const run = await deploy(stack);
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'rolled-back' } });
  expect(errors(run)[0]?.message).toContain('no room for logs');
}, 60_000);
