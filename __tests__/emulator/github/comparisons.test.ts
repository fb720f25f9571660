import { getOctokit } from '@actions/github';
import { expect, test } from '@jest/globals';
import { type Comparison, type LocalGitHubOptions, startLocalGitHub } from '../../../emulator/github/local-github.ts';

async function compare(comparison: Comparison, page = 1, options: LocalGitHubOptions = {}) {
  await using github = await startLocalGitHub({ comparisons: { 'aa...bb': comparison }, ...options });
  const client = getOctokit(github.token, { baseUrl: github.url });
  const query = { owner: 'octo-org', repo: 'todobackend', basehead: 'aa...bb', per_page: 1, page };
  return await client.rest.repos.compareCommitsWithBasehead(query);
}

const files = (count: number) => Array.from({ length: count }, (_, n) => ({ filename: `file-${n}` }));

test('a comparison names the changed files, with what they were called before', async () => {
  const renamed = { filename: 'env/prod.yml', status: 'renamed', previousFilename: 'env/live.yml' } as const;
  const { data } = await compare({ status: 'diverged', files: [{ filename: 'stack.yml' }, renamed] });
  expect(data.status).toBe('diverged');
  expect(data.files).toMatchObject([
    { filename: 'stack.yml', status: 'modified' },
    { filename: 'env/prod.yml', status: 'renamed', previous_filename: 'env/live.yml' },
  ]);
});

test('three hundred files at most, and only on the first page', async () => {
  expect((await compare({ files: files(301) })).data.files).toHaveLength(300);
  expect((await compare({ files: files(2) }, 2)).data.files).toEqual([]);
});

test('commits that are not there, and tokens that may not read the contents', async () => {
  await expect(compare({ files: [] }, 1, { comparisons: {} })).rejects.toMatchObject({ status: 404 });
  await expect(compare({ files: [] }, 1, { permissions: { checks: 'write' } })).rejects.toMatchObject({ status: 403 });
});
