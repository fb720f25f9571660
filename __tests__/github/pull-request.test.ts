import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalGitHub, type PullRequest, startLocalGitHub } from '../../emulator/github/local-github.ts';
import {
  pullRequestOfComment,
  pullRequestOfCommit,
  pullRequestOfEvent,
  readEvent,
  readPullRequest,
  shownCommit,
} from '../../src/github/pull-request.ts';
import { systemClock } from '../../src/time/clock.ts';

const started: LocalGitHub[] = [];
afterEach(async () => {
  for (const github of started.splice(0)) await github[Symbol.asyncDispose]();
});

async function start(pullRequests: readonly PullRequest[]) {
  const github = await startLocalGitHub({ pullRequests });
  started.push(github);
  const [owner = '', repo = ''] = github.repository.split('/');
  return { github, repository: { owner, repo, token: github.token, apiUrl: github.url } };
}

const patience = { clock: systemClock, signal: new AbortController().signal };

const payload = (head: string | null, more: object = {}) => ({
  pull_request: {
    number: 7,
    head: { sha: 'abc', repo: head === null ? null : { full_name: head } },
    base: { ref: 'main', repo: { full_name: 'o/r' } },
    merged: false,
    ...more,
  },
});

describe('the event', () => {
  test('carries its pull request, and whether it comes from a fork', () => {
    const of = (value: unknown) => pullRequestOfEvent({ name: 'pull_request', payload: value });
    const expected = { number: 7, headSha: 'abc', baseRef: 'main', merged: false };
    expect(of(payload('o/r'))).toEqual({ ...expected, fromFork: false });
    expect(of(payload('stranger/r', { merged: true }))).toEqual({ ...expected, merged: true, fromFork: true });
    expect(of(payload(null))).toEqual(expected);
    for (const other of [undefined, null, 7, {}, { pull_request: {} }, { pull_request: { number: '7' } }]) {
      expect(of(other)).toBeUndefined();
    }
  });

  test("is about the pull request's own commit, unless another is checked out", () => {
    const of = (name: string, value: unknown) => shownCommit({ name, payload: value }, 'GITHUB_SHA');
    expect(of('pull_request', payload('o/r'))).toBe('abc');
    expect(of('pull_request', payload('o/r', { merged: true }))).toBe('GITHUB_SHA');
    expect(of('pull_request_target', payload('o/r'))).toBe('GITHUB_SHA');
    expect(of('push', {})).toBe('GITHUB_SHA');
  });

  test('of a comment names the pull request that it is on', () => {
    const of = (issue: object) => pullRequestOfComment({ name: 'issue_comment', payload: { issue } });
    expect(of({ number: 7, pull_request: { url: 'x' } })).toBe(7);
    expect(of({ number: 7 })).toBeUndefined();
  });

  test('is read from the runner’s file; none there is no payload', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ecs-muster-event-'));
    const path = join(folder, 'event.json');
    const read = (file: string) =>
      readEvent((name) => ({ GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: file })[name]);
    await writeFile(path, JSON.stringify(payload('o/r')));
    expect(pullRequestOfEvent(await read(path))?.number).toBe(7);
    await writeFile(path, '{');
    expect(await read(path)).toEqual({ name: 'pull_request', payload: undefined });
    expect(await read(join(folder, 'missing.json'))).toEqual({ name: 'pull_request', payload: undefined });
    expect(await readEvent(() => undefined)).toEqual({ name: '', payload: undefined });
    await rm(folder, { recursive: true });
  });
});

describe('readPullRequest', () => {
  test('as it is now', async () => {
    const { github, repository } = await start([{ number: 7, headSha: 'a' }]);
    const read = () => readPullRequest(repository, 7, patience);
    const pullRequest = { number: 7, headSha: 'a', baseRef: 'main', merged: false, fromFork: false };
    expect(await read()).toEqual({ outcome: 'found', pullRequest });
    github.pullRequest({ number: 7, headSha: 'b', headRepository: 'stranger/fork', baseRef: 'release' });
    expect(await read()).toMatchObject({ pullRequest: { headSha: 'b', baseRef: 'release', fromFork: true } });
    expect(await readPullRequest(repository, 8, patience)).toMatchObject({ outcome: 'notPermitted' });
  });
});

describe('pullRequestOfCommit', () => {
  test.each([
    ['the one whose merge made it', 'merge', [{ mergeCommitSha: 'merge' }, { commits: ['merge'] }], 1],
    ['the only one that has it', 'x', [{}, { commits: ['x'] }], 2],
    ['the only merged one that has it', 'x', [{ commits: ['x'] }, { commits: ['x'], mergeCommitSha: 'm' }], 2],
    ['none of several', 'x', [{ commits: ['x'] }, { commits: ['x'] }], undefined],
    ['none at all', 'x', [{}], undefined],
  ])('%s', async (_, sha, found, expected) => {
    const { repository } = await start(found.map((one, n) => ({ number: n + 1, headSha: `head${n}`, ...one })));
    const answer = await pullRequestOfCommit(repository, sha, patience);
    expect(answer).toMatchObject(
      expected === undefined ? { outcome: 'none' } : { outcome: 'found', pullRequest: { number: expected } },
    );
  });

  test('what stands in the way is told', async () => {
    const { github, repository } = await start([]);
    github.play([{ when: {}, then: { error: 403, message: 'Resource not accessible by integration' } }]);
    expect(await pullRequestOfCommit(repository, 'x', patience)).toMatchObject({ outcome: 'notPermitted' });
  });

  test('an answer that does not come ends at the time limit', async () => {
    const { github, repository } = await start([{ number: 1, headSha: 'x' }]);
    github.play([{ when: {}, then: { delayMs: 4_000 } }]);
    const from = performance.now();
    expect(await pullRequestOfCommit(repository, 'x', { ...patience, timeLimit: 500 })).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('time'),
    });
    expect(performance.now() - from).toBeLessThan(3_000);
  });
});
