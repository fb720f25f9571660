import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Setting, startSetting } from './plan-setting.ts';
import type { ActionRun, Moment } from './run-action.ts';
import { SMALL_FILES, SMALL_TEMPLATE } from './small-stack.ts';

let setting: Setting;
beforeAll(async () => {
  setting = await startSetting();
  expect(await setting.deploy({ 'stack-name': 'live' })).toMatchObject({ exitCode: 0 });
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
beforeEach(async () => {
  await setting.restartGitHub();
});
afterEach(async () => {
  setting.aws.play({});
  expect(await setting.stacks()).toEqual(['live']);
  expect(await setting.changeSets('live')).toEqual([]);
});

const answered = (action: string) => setting.aws.calls({ service: 'cloudformation', action }).length;
/** As soon as CloudFormation has answered this call so many times more. */
const onceAnswered = (action: string, n = 1): Moment => {
  const before = answered(action);
  return () => answered(action) >= before + n;
};
/** While CloudFormation works on a change set: what has been asked before it was answered, and this follows at once. */
const whileProposing = (): Moment => {
  const isNear = onceAnswered('DescribeStacks');
  return async () => {
    if (typeof isNear !== 'function' || !(await isNear())) return false;
    await sleep(500);
    return true;
  };
};
const slow = (action: string, delayMs: number) =>
  setting.aws.play({ calls: [{ when: { action }, then: { delayMs } }] });

const UPDATE = { 'stack-name': 'live', 'parameter-overrides': 'Retention=30' };
const MISSING = { 'stack-name': 'missing' };
const environments = Object.fromEntries(
  ['one', 'two', 'three'].map((name) => [`env/${name}.cfg`, 'Retention=7\nPassword=hunter2-hunter2\n']),
);

function expectCancelled(run: ActionRun): void {
  expect(run).toMatchObject({ conclusion: 'cancelled', outputs: { 'failure-reason': 'cancelled' } });
  expect(run.post?.exitCode).toBe(0);
}

describe('a plan that is cancelled leaves neither change set nor shell', () => {
  test.each([
    ['a missing stack', MISSING],
    ['a live stack', UPDATE],
  ])(
    'of %s, while the change set is made',
    async (_, inputs) => {
      slow('CreateChangeSet', 5_000);
      const run = await setting.plan(inputs, { cancelAfter: whileProposing() });
      expectCancelled(run);
      expect(run.post?.log).toContain('Nothing is left behind');
    },
    60_000,
  );

  test.each([
    ['a missing stack', MISSING],
    ['a live stack', UPDATE],
  ])(
    'of %s, once it is made',
    async (_, inputs) => {
      slow('DescribeChangeSet', 1_500);
      expectCancelled(await setting.plan(inputs, { cancelAfter: onceAnswered('CreateChangeSet') }));
    },
    60_000,
  );

  test('once it is told, while the shell is removed', async () => {
    slow('DeleteStack', 1_500);
    const run = await setting.plan(MISSING, { cancelAfter: onceAnswered('DeleteChangeSet') });
    expect(run).toMatchObject({ conclusion: 'cancelled', post: { exitCode: 0 } });
  }, 60_000);

  test('of three environments', async () => {
    slow('DescribeChangeSet', 1_500);
    const files = { ...SMALL_FILES, 'env/dev.cfg': null, ...environments };
    expectCancelled(
      await setting.plan({ environment: 'one,two,three' }, { files, cancelAfter: onceAnswered('CreateChangeSet', 3) }),
    );
  }, 60_000);

  test('that has nested stacks', async () => {
    const { s3 } = setting.aws.services;
    await s3.createBucket({ Bucket: 'nested' });
    await s3.putObject({
      Bucket: 'nested',
      Key: 'child.yml',
      Body: 'Resources: { Inner: { Type: AWS::Logs::LogGroup } }',
    });
    const url = 'https://nested.s3.us-east-1.amazonaws.com/child.yml';
    const child = `  Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: "${url}" } }\nOutputs:`;
    const files = { ...SMALL_FILES, 'stack.yml': SMALL_TEMPLATE.replace('Outputs:', child) };
    slow('DescribeChangeSet', 1_500);
    expectCancelled(await setting.plan(MISSING, { files, cancelAfter: onceAnswered('CreateChangeSet') }));
  }, 60_000);
});

describe('a plan whose process is killed leaves nothing either: the post step removes it', () => {
  test.each([
    ['a missing stack, while the change set is made', MISSING, 'CreateChangeSet', whileProposing],
    ['a missing stack, once it is made', MISSING, 'DescribeChangeSet', () => onceAnswered('CreateChangeSet')],
    ['a live stack, once it is made', UPDATE, 'DescribeChangeSet', () => onceAnswered('CreateChangeSet')],
  ])(
    'of %s',
    async (_, inputs, action, moment) => {
      slow(action, 3_000);
      const run = await setting.plan(inputs, { killAfter: moment() });
      expect(run).toMatchObject({ exitCode: 137, conclusion: 'failure', post: { exitCode: 0 } });
      expect(run.post?.log).toContain('Nothing is left behind');
    },
    60_000,
  );

  test('of three environments', async () => {
    slow('DescribeChangeSet', 1_500);
    const files = { ...SMALL_FILES, 'env/dev.cfg': null, ...environments };
    const run = await setting.plan(
      { environment: 'one,two,three' },
      { files, killAfter: onceAnswered('CreateChangeSet', 3) },
    );
    expect(run).toMatchObject({ exitCode: 137, post: { exitCode: 0 } });
    expect(run.post?.log.match(/Removing what/g)).toHaveLength(3);
  }, 60_000);
});
