import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type Account,
  type GitHubRule,
  type LocalGitHub,
  type LocalGitHubOptions,
  startLocalGitHub,
} from '../../emulator/github/local-github.ts';
import { findReviewedPlan, keepComment } from '../../src/github/pull-request-comment.ts';
import { commentKey, isOfLaterRun, writeMarker } from '../../src/plan/comment-marker.ts';
import type { PlanRecord } from '../../src/plan/record.ts';
import { systemClock } from '../../src/time/clock.ts';

const started: LocalGitHub[] = [];
afterEach(async () => {
  for (const github of started.splice(0)) await github[Symbol.asyncDispose](); // throws when there were violations
});

async function start(options: LocalGitHubOptions = {}) {
  const github = await startLocalGitHub({ pullRequests: [{ number: 7, headSha: 'a'.repeat(40) }], ...options });
  started.push(github);
  const [owner = '', repo = ''] = github.repository.split('/');
  return { github, target: { owner, repo, token: github.token, apiUrl: github.url, pullRequest: 7 } };
}

const patience = { clock: systemClock, signal: new AbortController().signal };
const DEV = commentKey('stack.yml', ['dev']);
const SOMEBODY: Account = { login: 'octocat', type: 'User' };

const record = (environment: string, fingerprint = 'f'): PlanRecord => ({
  environment,
  stackName: `todobackend-${environment}`,
  region: 'eu-west-1',
  fingerprint,
  template: 't',
  parameters: {},
});
const bodyOf = (key: string, text: string, records: readonly PlanRecord[] = [], id = 1) =>
  `${writeMarker({ key, records, run: { id, attempt: 1 } })}\n${text}\n`;

const operationsOf = (github: LocalGitHub) => github.requests().map(({ operation }) => operation);

describe('keepComment', () => {
  test('creates a comment, then updates it in place, then has nothing to say', async () => {
    const { github, target } = await start();
    const keep = (text: string) => keepComment(target, DEV, () => bodyOf(DEV, text), patience);
    const created = await keep('one');
    expect(created).toEqual({
      outcome: 'created',
      url: 'https://github.com/octo-org/todobackend/pull/7#issuecomment-1001',
    });
    expect(await keep('two')).toMatchObject({ outcome: 'updated' });
    expect(github.comments().map(({ body }) => body)).toEqual([bodyOf(DEV, 'two')]);
    const before = github.requests().length;
    expect(await keep('two')).toMatchObject({ outcome: 'unchanged' });
    const asked = operationsOf(github).slice(before);
    expect(asked.toSorted()).toEqual(['graphql', 'issues/list-comments']);
  });

  test('finds it among 300 others, through all pages', async () => {
    const { github, target } = await start();
    for (let n = 0; n < 250; n += 1) github.comment(7, `comment ${n}`, SOMEBODY);
    github.comment(7, bodyOf(DEV, 'ours'));
    for (let n = 0; n < 50; n += 1) github.comment(7, `comment ${n}`);
    expect(await keepComment(target, DEV, (old) => old?.replace('ours', 'changed'), patience)).toMatchObject({
      outcome: 'updated',
    });
    expect(github.comments()).toHaveLength(301);
    expect(github.comments()[250]?.body).toContain('changed');
  });

  test.each([
    ['somebody else wrote it', SOMEBODY, bodyOf(DEV, 'forged')],
    ['another app wrote it', { login: 'other[bot]', type: 'Bot' } as const, bodyOf(DEV, 'forged')],
    ['its mark is not on the first line', undefined, `quoted:\n${bodyOf(DEV, 'quoted')}`],
    ['its mark was cut off', undefined, bodyOf(DEV, 'x').slice(0, 40)],
    ['it has another key', undefined, bodyOf(commentKey('stack.yml', ['dev', 'prod']), 'x')],
  ])('leaves a comment alone when %s', async (_, author, body) => {
    const { github, target } = await start();
    github.comment(7, body, author);
    expect(await keepComment(target, DEV, () => bodyOf(DEV, 'ours'), patience)).toMatchObject({ outcome: 'created' });
    expect(github.comments()[0]?.body).toBe(body);
  });

  test('writes as whoever the token is', async () => {
    const { github, target } = await start({ author: { login: 'muster[bot]', type: 'Bot' } });
    await keepComment(target, DEV, () => bodyOf(DEV, 'one'), patience);
    expect(await keepComment(target, DEV, () => bodyOf(DEV, 'two'), patience)).toMatchObject({ outcome: 'updated' });
    expect(github.comments()).toMatchObject([{ author: { login: 'muster[bot]' } }]);
  });

  test('two jobs at once have a comment each', async () => {
    const { github, target } = await start();
    const keys = ['dev', 'prod'].map((environment) => commentKey('stack.yml', [environment]));
    await Promise.all(keys.map((key) => keepComment(target, key, () => bodyOf(key, key), patience)));
    await Promise.all(keys.map((key) => keepComment(target, key, () => bodyOf(key, `${key} again`), patience)));
    expect(github.comments()).toHaveLength(2);
    expect(github.comments().every(({ body }) => body.includes('again'))).toBe(true);
  });

  test('two of the same key become one', async () => {
    const { github, target } = await start();
    github.comment(7, bodyOf(DEV, 'first'));
    github.comment(7, bodyOf(DEV, 'second'));
    expect(await keepComment(target, DEV, () => bodyOf(DEV, 'third'), patience)).toMatchObject({ outcome: 'updated' });
    expect(github.comments().map(({ id, body }) => [id, body])).toEqual([[1002, bodyOf(DEV, 'third')]]);
  });

  test('leaves the comment of a later run', async () => {
    const { github, target } = await start();
    github.comment(7, bodyOf(DEV, 'later', [], 9));
    const revise = (old = '') => (isOfLaterRun(old, { id: 8, attempt: 3 }) ? undefined : bodyOf(DEV, 'earlier'));
    expect(await keepComment(target, DEV, revise, patience)).toMatchObject({
      outcome: 'left',
      url: expect.any(String),
    });
    expect(github.comments()[0]?.body).toContain('later');
  });

  test('writes nothing when there is nothing to say', async () => {
    const { github, target } = await start();
    expect(await keepComment(target, DEV, () => undefined, patience)).toEqual({ outcome: 'left' });
    expect(github.comments()).toEqual([]);
  });
});

describe('what GitHub answers changes no verdict', () => {
  const keep = async (rules: readonly GitHubRule[], options: LocalGitHubOptions = {}, timeLimit = 8_000) => {
    const { github, target } = await start({ ...options, rules });
    const before = performance.now();
    const outcome = await keepComment(target, DEV, () => bodyOf(DEV, 'one'), { ...patience, timeLimit });
    return { github, outcome, took: performance.now() - before };
  };

  test.each([
    ['a token that may only read, as on a pull request of a fork', { 'pull-requests': 'read' } as const],
    ['a token without either scope', { contents: 'read' } as const],
  ])('%s is not permitted, and is not asked again', async (_, permissions) => {
    const { outcome, github } = await keep([], { permissions });
    expect(outcome).toEqual({
      outcome: 'notPermitted',
      why: expect.stringContaining('Resource not accessible by integration'),
    });
    expect(github.requests().length).toBeLessThanOrEqual(3);
  });

  test('a pull request that is locked, or that does not exist', async () => {
    const locked = [{ number: 7, headSha: 'a', locked: true }];
    expect((await keep([], { pullRequests: locked })).outcome).toMatchObject({
      outcome: 'notPermitted',
      why: expect.stringContaining('locked'),
    });
    expect((await keep([], { pullRequests: [] })).outcome).toMatchObject({ outcome: 'notPermitted' });
  });

  test.each([
    ['an outage', 'issues/list-comments', { error: 503 }],
    ['a broken answer', 'graphql', { error: 502 }],
    ['a cut connection', 'issues/create-comment', { cut: true }],
    ['a rate limit of a second', 'issues/create-comment', { rateLimit: 'secondary', retryAfterSeconds: 1 }],
  ] as const)('%s passes, and one comment is written', async (_, operation, then) => {
    const { outcome, github } = await keep([{ when: { operation, nth: 1 }, then }]);
    expect(outcome).toMatchObject({ outcome: 'created' });
    expect(github.comments()).toHaveLength(1);
  });

  test.each([
    ['the hour’s rate limit', { rateLimit: 'primary', retryAfterSeconds: 600 }, 'rate limit'],
    ['a long secondary one', { rateLimit: 'secondary', retryAfterSeconds: 60 }, 'rate limit'],
  ] as const)('%s is not waited for', async (_, then, why) => {
    const { outcome, took } = await keep([{ when: {}, then }]);
    expect(outcome).toEqual({ outcome: 'failed', why: expect.stringContaining(why) });
    expect(took).toBeLessThan(3_000);
  });

  test.each([
    ['an outage that stays', { error: 503, message: 'No server is available' } as const, /No server is available/],
    ['an answer that does not come', { delayMs: 60_000 } as const, /time/],
  ])('%s ends at the time limit', async (_, then, why) => {
    const { outcome, took } = await keep([{ when: {}, then }], {}, 700);
    expect(outcome).toEqual({ outcome: 'failed', why: expect.stringMatching(why) });
    expect(took).toBeLessThan(3_000);
  });

  test('a refusal of the body is told', async () => {
    const { target } = await start();
    const body = `${bodyOf(DEV, 'x'.repeat(70_000))}`;
    expect(await keepComment(target, DEV, () => body, patience)).toEqual({
      outcome: 'failed',
      why: expect.stringContaining('Body is too long'),
    });
  });

  test('nothing is sent once the job is cancelled, nor where nothing listens', async () => {
    const { github, target } = await start();
    const cancelled = { clock: systemClock, signal: AbortSignal.abort() };
    expect(await keepComment(target, DEV, () => 'x', cancelled)).toMatchObject({ outcome: 'failed' });
    expect(github.requests()).toEqual([]);
    const nowhere = { ...target, apiUrl: 'http://127.0.0.1:9' };
    expect(await keepComment(nowhere, DEV, () => 'x', { ...patience, timeLimit: 700 })).toMatchObject({
      outcome: 'failed',
    });
  });
});

describe('findReviewedPlan', () => {
  const DEV_PLAN = { environment: 'dev', stackName: 'todobackend-dev', region: 'eu-west-1' };

  test('the newest plan of the stack, whatever its comment’s key', async () => {
    const { github, target } = await start();
    github.comment(7, bodyOf(DEV, 'a', [record('dev', 'old')]));
    github.comment(7, bodyOf('all', 'b', [record('prod'), record('dev', 'new')]));
    github.comment(7, bodyOf('prod', 'c', [record('prod')]));
    expect(await findReviewedPlan(target, DEV_PLAN, patience)).toEqual({
      outcome: 'found',
      record: record('dev', 'new'),
      url: expect.stringContaining('#issuecomment-1002'),
    });
  });

  test.each([
    ['there is none', undefined, 'nothing here'],
    ['somebody else wrote it', SOMEBODY, bodyOf(DEV, 'x', [record('dev')])],
    ['it is of another region', undefined, bodyOf(DEV, 'x', [{ ...record('dev'), region: 'us-east-1' }])],
    ['it is of another stack', undefined, bodyOf(DEV, 'x', [{ ...record('dev'), stackName: 'other' }])],
  ])('none when %s', async (_, author, body) => {
    const { github, target } = await start();
    github.comment(7, body, author);
    expect(await findReviewedPlan(target, DEV_PLAN, patience)).toEqual({ outcome: 'none' });
  });

  test('what stands in the way is told, and is not taken for none', async () => {
    const { github, target } = await start({ permissions: { contents: 'read' } });
    expect(await findReviewedPlan(target, DEV_PLAN, patience)).toMatchObject({ outcome: 'notPermitted' });
    github.play([{ when: {}, then: { rateLimit: 'primary', retryAfterSeconds: 600 } }]);
    expect(await findReviewedPlan(target, DEV_PLAN, patience)).toMatchObject({ outcome: 'failed' });
  });
});
