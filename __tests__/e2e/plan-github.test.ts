import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { GitHubRule, LocalGitHubOptions } from '../../emulator/github/local-github.ts';
import { type Setting, startSetting } from './plan-setting.ts';
import { SMALL_FILES } from './small-stack.ts';

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
  expect(await setting.changeSets('live')).toEqual([]);
});

const RENEWED = { 'stack-name': 'live', 'parameter-overrides': 'Retention=30' };
const always = (then: GitHubRule['then'], operation?: string): LocalGitHubOptions => ({
  rules: [{ when: operation === undefined ? {} : { operation }, then }],
});

describe('where no comment can be written', () => {
  const unable: [string, LocalGitHubOptions][] = [
    ['without the permission', { permissions: { contents: 'read' } }],
    ['at the rate limit of the hour', always({ rateLimit: 'primary', retryAfterSeconds: 3_000 })],
    ['at a long secondary one', always({ rateLimit: 'secondary', retryAfterSeconds: 300 })],
    ['while GitHub is down', always({ error: 503, message: 'No server is available' })],
    ['while GitHub does not answer', always({ delayMs: 120_000 }, 'issues/create-comment')],
    ['while connections are cut', always({ cut: true })],
  ];

  test.each(unable)(
    '%s: a notice, the summary, and a green job',
    async (_, options) => {
      await setting.restartGitHub(options);
      const run = await setting.plan(RENEWED);
      expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'has-changes': 'true' } });
      expect(run.annotations).toEqual([
        expect.objectContaining({ level: 'notice', title: 'The plan is in the job summary only' }),
      ]);
      expect(run.outputs['comment-url']).toBeUndefined();
      expect(run.summary).toContain('live would change: 1 modified');
      expect(setting.comments()).toEqual([]);
    },
    90_000,
  );

  test('what is red stays red for its own reason', async () => {
    await setting.restartGitHub({ permissions: {} });
    const run = await setting.plan(
      { 'stack-name': 'live' },
      { files: { ...SMALL_FILES, 'env/dev.cfg': 'Retenton=7\n' } },
    );
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
    expect(run.annotations.filter(({ level }) => level === 'error')).toMatchObject([{ file: 'env/dev.cfg', line: 1 }]);
  }, 60_000);
});

describe('where GitHub comes to itself', () => {
  test.each<[string, string, GitHubRule['then']]>([
    ['after an outage', 'issues/list-comments', { error: 502 }],
    ['after one as it was given the comment', 'issues/create-comment', { error: 500 }],
    ['after a rate limit of a second', 'issues/create-comment', { rateLimit: 'secondary', retryAfterSeconds: 1 }],
    ['after seconds of thought', 'issues/create-comment', { delayMs: 3_000 }],
    ['after a connection that was cut', 'issues/create-comment', { cut: true }],
  ])(
    '%s there is one comment, and nothing to tell',
    async (_, operation, then) => {
      await setting.restartGitHub({ rules: [{ when: { operation, nth: 1 }, then }] });
      const run = await setting.plan(RENEWED);
      expect(run).toMatchObject({ exitCode: 0, annotations: [] });
      expect(run.outputs['comment-url']).toContain('issuecomment');
      expect(setting.comments()).toHaveLength(1);
    },
    60_000,
  );
});

describe('the comment that is wanted', () => {
  const plan = (comment: string, inputs: Readonly<Record<string, string>> = {}) =>
    setting.plan({ 'stack-name': 'live', comment, ...inputs });

  test('never: none, and the summary has the plan', async () => {
    const run = await plan('never', RENEWED);
    expect(run.exitCode).toBe(0);
    expect(setting.github.requests()).toEqual([]);
    expect(run.summary).toContain('live would change: 1 modified');
  }, 60_000);

  test('changes-only: none while nothing changes, one when something does, and it is kept true', async () => {
    expect(await plan('changes-only')).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' } });
    expect(setting.comments()).toEqual([]);
    await plan('changes-only', RENEWED);
    expect(setting.comments()).toEqual([expect.stringContaining('live would change')]);
    await plan('changes-only');
    expect(setting.comments()).toEqual([expect.stringContaining('Nothing would change in live')]);
  }, 60_000);

  test('always: also that nothing changes', async () => {
    await plan('auto');
    expect(setting.comments()).toEqual([expect.stringContaining('Nothing would change in live')]);
  }, 60_000);
});
