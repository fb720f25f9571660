import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from '../../emulator/github/local-github.ts';
import { changedFiles, commitsOfEvent } from '../../src/github/changed-files.ts';
import { systemClock } from '../../src/time/clock.ts';

const [BASE, HEAD] = ['a'.repeat(40), 'b'.repeat(40)];
const NONE = '0'.repeat(40);

describe('the commits of an event', () => {
  const of = (name: string, payload: object | null) => commitsOfEvent({ name, payload });
  const pullRequest = { pull_request: { number: 7, base: { sha: BASE }, head: { sha: HEAD } } };

  test('of a pull request are its base and its head, which may have diverged', () => {
    for (const name of ['pull_request', 'pull_request_target', 'pull_request_review'])
      expect(of(name, pullRequest)).toEqual({ base: BASE, head: HEAD, ahead: false });
  });

  test('of a push and of a merge queue follow one another', () => {
    const expected = { base: BASE, head: HEAD, ahead: true };
    expect(of('push', { before: BASE, after: HEAD, forced: false })).toEqual(expected);
    expect(of('merge_group', { merge_group: { base_sha: BASE, head_sha: HEAD } })).toEqual(expected);
  });

  test.each([
    ['push', { before: BASE, after: HEAD, forced: true }, 'the push was forced'],
    ['push', { before: NONE, after: HEAD }, 'the branch is new'],
    ['push', { before: BASE, after: NONE }, 'the branch is new'],
    ['push', null, 'the branch is new'],
    ['schedule', {}, "a workflow on 'schedule' changes no files"],
    ['pull_request', { pull_request: { base: { sha: 'main' }, head: { sha: HEAD } } }, 'does not name its commits'],
    ['pull_request', { pull_request: { base: { sha: `${BASE}/../x` }, head: { sha: HEAD } } }, 'does not name'],
  ])('of %s with %j are not known', (name, payload, why) => {
    expect(of(name, payload)).toEqual({ why: expect.stringContaining(why) });
  });
});

const started: LocalGitHub[] = [];
afterEach(async () => {
  for (const github of started.splice(0)) await github[Symbol.asyncDispose]();
});

async function changed(options: LocalGitHubOptions, ahead = false) {
  const github = await startLocalGitHub(options);
  started.push(github);
  const [owner = '', repo = ''] = github.repository.split('/');
  const patience = { clock: systemClock, signal: new AbortController().signal };
  const repository = { owner, repo, token: github.token, apiUrl: github.url };
  return { files: await changedFiles(repository, { base: BASE, head: HEAD, ahead }, patience), github };
}

const between = (comparison: NonNullable<LocalGitHubOptions['comparisons']>[string]): LocalGitHubOptions => ({
  comparisons: { [`${BASE}...${HEAD}`]: comparison },
  permissions: { contents: 'read' },
});

describe('the files', () => {
  test('are read with contents: read alone, in one request', async () => {
    const { files, github } = await changed(
      between({
        status: 'diverged',
        files: [
          { filename: 'stack.yml' },
          { filename: 'env/old.cfg', status: 'removed' },
          { filename: 'env/new.cfg', status: 'renamed', previousFilename: 'env/former.cfg' },
        ],
      }),
    );
    expect(files).toEqual({
      outcome: 'found',
      files: [
        { path: 'stack.yml', removed: false },
        { path: 'env/old.cfg', removed: true },
        { path: 'env/new.cfg', removed: false },
        { path: 'env/former.cfg', removed: true },
      ],
    });
    expect(github.requests()).toHaveLength(1);
  });

  test('are incomplete where GitHub names as many as it ever does', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ filename: `file-${n}` }));
    expect((await changed(between({ files: many(299) }))).files.outcome).toBe('found');
    expect((await changed(between({ files: many(300) }))).files.outcome).toBe('incomplete');
  });

  test('are incomplete where a push took something back', async () => {
    for (const status of ['diverged', 'behind'] as const)
      expect((await changed(between({ status, files: [] }), true)).files.outcome).toBe('incomplete');
    for (const status of ['ahead', 'identical'] as const)
      expect((await changed(between({ status, files: [] }), true)).files.outcome).toBe('found');
  });

  test('are not told to a token without the permission, nor by a GitHub that is limiting', async () => {
    const denied = await changed({ ...between({ files: [] }), permissions: { checks: 'write' } });
    expect(denied.files).toMatchObject({ outcome: 'notPermitted', why: expect.stringContaining('not accessible') });
    const limited = await changed({
      ...between({ files: [] }),
      rules: [{ when: {}, then: { rateLimit: 'primary', retryAfterSeconds: 3600 } }],
    });
    expect(limited.files).toMatchObject({ outcome: 'failed' });
  });

  test('arrive after a GitHub that was down for a moment', async () => {
    const rules = [{ when: { nth: 1 }, then: { error: 502 } }];
    const { files, github } = await changed({ ...between({ files: [{ filename: 'stack.yml' }] }), rules });
    expect(files.outcome).toBe('found');
    expect(github.requests().map(({ status }) => status)).toEqual([502, 200]);
  });
});
