import { getOctokit } from '@actions/github';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from '../../../emulator/github/local-github.ts';

const started: LocalGitHub[] = [];
afterEach(async () => {
  for (const github of started.splice(0)) await github[Symbol.asyncDispose](); // throws when there were violations
});

const repo = { owner: 'octo-org', repo: 'todobackend' };
const onPullRequest = { ...repo, issue_number: 7 };

async function start(options: LocalGitHubOptions = {}) {
  const github = await startLocalGitHub({ pullRequests: [{ number: 7, headSha: 'a'.repeat(40) }], ...options });
  started.push(github);
  return { github, client: getOctokit(github.token, { baseUrl: github.url }) };
}

describe('comments', () => {
  test('are created, listed, changed and deleted', async () => {
    const { github, client } = await start();
    const { issues } = client.rest;
    const { data } = await issues.createComment({ ...onPullRequest, body: 'one' });
    expect(data).toMatchObject({
      body: 'one',
      user: { login: 'github-actions[bot]', type: 'Bot', id: 41898282 },
      html_url: `https://github.com/octo-org/todobackend/pull/7#issuecomment-${data.id}`,
    });
    github.comment(7, 'mine', { login: 'octocat', type: 'User' });
    await issues.updateComment({ ...repo, comment_id: data.id, body: 'two' });
    const listed = await issues.listComments(onPullRequest);
    expect(listed.data.map(({ body, user }) => [body, user?.login])).toEqual([
      ['two', 'github-actions[bot]'],
      ['mine', 'octocat'],
    ]);
    await issues.deleteComment({ ...repo, comment_id: data.id });
    await expect(issues.getComment({ ...repo, comment_id: data.id })).rejects.toMatchObject({ status: 404 });
    expect(github.comments().map(({ body }) => body)).toEqual(['mine']);
  });

  test('come in pages that the Link header leads through', async () => {
    const { github, client } = await start();
    for (let n = 1; n <= 205; n += 1) github.comment(7, `comment ${n}`);
    const first = await client.rest.issues.listComments({ ...onPullRequest, per_page: 100 });
    expect(first.headers.link).toMatch(/page=2>; rel="next", .*page=3>; rel="last"$/);
    const all = await client.paginate(client.rest.issues.listComments, { ...onPullRequest, per_page: 100 });
    expect(all.map(({ body }) => body)).toEqual(Array.from({ length: 205 }, (_, n) => `comment ${n + 1}`));
    expect(github.requests().map(({ query }) => query)).toEqual([
      'per_page=100',
      'per_page=100',
      'per_page=100&page=2',
      'per_page=100&page=3',
    ]);
    expect((await client.rest.issues.listComments(onPullRequest)).data).toHaveLength(30);
  });

  test('of 65,536 characters are taken, longer and blank ones are not', async () => {
    const { client } = await start();
    const { createComment, updateComment } = client.rest.issues;
    const { data } = await createComment({ ...onPullRequest, body: 'x'.repeat(65_536) });
    for (const body of ['x'.repeat(65_537), ' \n']) {
      await expect(createComment({ ...onPullRequest, body })).rejects.toMatchObject({ status: 422 });
    }
    await expect(updateComment({ ...repo, comment_id: data.id, body: 'x'.repeat(65_537) })).rejects.toThrow(
      'Body is too long (maximum is 65536 characters)',
    );
  });

  test.each([
    ['issues', 201],
    ['pull-requests', 201],
    ['contents', 403],
  ])('may be written with %s: write: %d', async (scope, status) => {
    const { client } = await start({ permissions: { [scope]: 'write' } });
    const answer = client.rest.issues.createComment({ ...onPullRequest, body: 'x' });
    const outcome = await answer.then(
      (given) => given.status,
      (error: { status: number; message: string }) => {
        expect(error.message).toContain('Resource not accessible by integration');
        return error.status;
      },
    );
    expect(outcome).toBe(status);
  });

  test('a read-only token, as on a pull request of a fork, lists but does not write', async () => {
    const { client } = await start({ permissions: { 'pull-requests': 'read' } });
    expect((await client.rest.issues.listComments(onPullRequest)).data).toEqual([]);
    await expect(client.rest.issues.createComment({ ...onPullRequest, body: 'x' })).rejects.toMatchObject({
      status: 403,
    });
  });

  test('need something to be on, and one that is not locked', async () => {
    const { github, client } = await start();
    const create = (issue_number: number) => client.rest.issues.createComment({ ...repo, issue_number, body: 'x' });
    await expect(create(8)).rejects.toMatchObject({ status: 404 });
    github.pullRequest({ number: 9, headSha: 'b', locked: true });
    await expect(create(9)).rejects.toThrow('issue is locked');
  });
});

describe('pull requests', () => {
  test('have a newest commit, which a push replaces', async () => {
    const { github, client } = await start();
    const get = async () => (await client.rest.pulls.get({ ...repo, pull_number: 7 })).data;
    expect(await get()).toMatchObject({ number: 7, state: 'open', merged: false, head: { sha: 'a'.repeat(40) } });
    github.pullRequest({ number: 7, headSha: 'b', headRepository: 'someone/fork' });
    expect(await get()).toMatchObject({ head: { sha: 'b', repo: { full_name: 'someone/fork' } } });
    await expect(client.rest.pulls.get({ ...repo, pull_number: 8 })).rejects.toMatchObject({ status: 404 });
  });

  test('are found by a commit: the merged one, or those that are open', async () => {
    const { github, client } = await start();
    github.pullRequest({ number: 8, headSha: 'b', mergeCommitSha: 'm' });
    github.pullRequest({ number: 9, headSha: 'c', commits: ['shared'] });
    github.pullRequest({ number: 10, headSha: 'd', commits: ['shared'] });
    const numbers = async (commit_sha: string) => {
      const { data } = await client.rest.repos.listPullRequestsAssociatedWithCommit({ ...repo, commit_sha });
      return data.map(({ number, merged_at, merge_commit_sha }) => [number, merged_at !== null, merge_commit_sha]);
    };
    expect(await numbers('m')).toEqual([[8, true, 'm']]);
    expect((await numbers('shared')).map(([number]) => number)).toEqual([9, 10]);
    expect(await numbers('unknown')).toEqual([]);
  });
});

describe('issues', () => {
  test('are opened, labelled, listed by label, closed and opened again', async () => {
    const { github, client } = await start();
    const { issues } = client.rest;
    const { data } = await issues.create({ ...repo, title: 'Drift in prod', body: 'one', labels: ['drift'] });
    expect(data).toMatchObject({ number: 8, state: 'open', labels: [{ name: 'drift' }] });
    await issues.create({ ...repo, title: 'Other' });
    await issues.addLabels({ ...repo, issue_number: 8, labels: ['drift', 'prod'] });
    const listed = await issues.listForRepo({ ...repo, labels: 'drift,prod' });
    expect(listed.data.map(({ title }) => title)).toEqual(['Drift in prod']);
    await issues.update({ ...repo, issue_number: 8, state: 'closed', state_reason: 'completed', body: 'two' });
    expect((await issues.listForRepo({ ...repo, labels: 'drift' })).data).toEqual([]);
    expect((await issues.listForRepo({ ...repo, state: 'all' })).data.map(({ number }) => number)).toEqual([9, 8]);
    expect(github.issues()[0]).toMatchObject({ body: 'two', state: 'closed', closedAt: expect.any(String) });
    await issues.update({ ...repo, issue_number: 8, state: 'open' });
    expect((await issues.get({ ...repo, issue_number: 8 })).data).toMatchObject({ state: 'open', closed_at: null });
    await issues.createComment({ ...repo, issue_number: 8, body: 'still there' });
    expect((await issues.get({ ...repo, issue_number: 8 })).data.comments).toBe(1);
  });

  test('need issues: write', async () => {
    const { client } = await start({ permissions: { issues: 'read', 'pull-requests': 'write' } });
    await expect(client.rest.issues.create({ ...repo, title: 'x' })).rejects.toMatchObject({ status: 403 });
  });
});

describe('who am I', () => {
  test.each([
    [undefined, 'github-actions[bot]'],
    [{ login: 'octocat', type: 'User' } as const, 'octocat'],
  ])('GraphQL says it, REST does not serve it', async (author, login) => {
    const { client } = await start(author === undefined ? {} : { author });
    expect(await client.graphql('{ viewer { login } }')).toEqual({ viewer: { login } });
    await expect(client.rest.users.getAuthenticated()).rejects.toMatchObject({ status: 404 });
    await expect(client.graphql('{ viewer { email } }')).rejects.toThrow('serves');
  });
});
