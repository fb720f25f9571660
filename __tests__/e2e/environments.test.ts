import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from '../../emulator/github/local-github.ts';
import { type RunActionOptions, runAction } from './run-action.ts';
import { SMALL_FILES } from './small-stack.ts';

/** As `jobs.<job_id>.permissions` of the example has it. */
const LEAST = { contents: 'read' } as const;
const [BASE, HEAD] = ['a'.repeat(40), 'b'.repeat(40)];
const BETWEEN = `${BASE}...${HEAD}`;

let github: LocalGitHub | undefined;
afterEach(async () => {
  await github?.[Symbol.asyncDispose](); // throws when a request was not as GitHub describes it
  github = undefined;
});

const PROD = 'region: us-east-1\nrole: arn:aws:iam::385605022855:role/muster\nparameters: { Retention: 30 }\n';
const FILES = {
  ...SMALL_FILES,
  '.git/HEAD': `${HEAD}\n`,
  'env/dev.cfg': 'Retention=7\n',
  'env/prod.yml': PROD,
  'env/stage.cfg': 'Retention=14\n',
};
const PULL_REQUEST = {
  name: 'pull_request',
  payload: { number: 7, pull_request: { number: 7, base: { sha: BASE, ref: 'main' }, head: { sha: HEAD } } },
};

/** Nothing of AWS is there: neither an endpoint nor credentials nor a region. */
async function list(options: RunActionOptions & { readonly on?: LocalGitHubOptions } = {}) {
  const { on, ...rest } = options;
  github = await startLocalGitHub({ permissions: LEAST, ...on });
  const run = await runAction({
    files: FILES,
    githubToken: github.token,
    github: { apiUrl: github.url, sha: HEAD },
    ...rest,
    inputs: { mode: 'environments', ...rest.inputs },
  });
  const { environments = '[]', matrix = '{}' } = run.outputs;
  return { run, environments: JSON.parse(environments), matrix: JSON.parse(matrix), requests: github.requests() };
}

const names = (environments: readonly { readonly name: string }[]) => environments.map(({ name }) => name);
const changed = (...files: readonly string[]): LocalGitHubOptions => ({
  comparisons: { [BETWEEN]: { status: 'diverged', files: files.map((filename) => ({ filename })) } },
});

test('all of the folder, without AWS and without asking GitHub', async () => {
  const { run, environments, matrix, requests } = await list();
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
  const prod = {
    name: 'prod',
    region: 'us-east-1',
    account: '385605022855',
    role: 'arn:aws:iam::385605022855:role/muster',
  };
  expect(environments).toEqual([
    { name: 'dev', stack: 'todobackend-dev' },
    { ...prod, stack: 'todobackend-prod' },
    { name: 'stage', stack: 'todobackend-stage' },
  ]);
  expect(matrix.include.map((job: { readonly environments: string }) => job.environments)).toEqual(names(environments));
  expect(requests).toEqual([]);
  expect(run.log).toMatch(/dev +todobackend-dev\n.*prod +todobackend-prod +us-east-1 +385605022855/);
  expect(run.summary).toContain('3 environments, checked as far as that goes without AWS.');
  expect(run.annotations).toEqual([]);
});

describe('on a pull request', () => {
  test('only what its files touch', async () => {
    const { run, environments, requests } = await list({
      event: PULL_REQUEST,
      on: changed('env/prod.yml', 'README.md'),
    });
    expect(names(environments)).toEqual(['prod']);
    expect(requests.map(({ operation, status }) => [operation, status])).toEqual([
      ['repos/compare-commits-with-basehead', 200],
    ]);
    expect(run.log).toContain('1 of 3 environments is touched: env/prod.yml changed.');
    expect(run.log).toMatch(/dev .*\(not touched\)/);
  });

  test('all when the template changed', async () => {
    const { environments } = await list({ event: PULL_REQUEST, on: changed('stack.yml') });
    expect(names(environments)).toEqual(['dev', 'prod', 'stage']);
  });

  test('none when neither did: an empty matrix, and no failure', async () => {
    const { run, environments, matrix } = await list({ event: PULL_REQUEST, on: changed('docs/index.md') });
    expect(run.exitCode).toBe(0);
    expect([environments, matrix]).toEqual([[], { include: [] }]);
  });

  test('one that is removed leaves a warning, since its stack stays', async () => {
    const files = [{ filename: 'env/old.cfg', status: 'removed' }] as const;
    const { run } = await list({ event: PULL_REQUEST, on: { comparisons: { [BETWEEN]: { files } } } });
    expect(run.annotations).toMatchObject([{ level: 'warning', title: 'env/old.cfg was removed' }]);
  });

  test('all when it is asked for', async () => {
    const { environments, requests } = await list({ event: PULL_REQUEST, inputs: { 'changed-only': 'false' } });
    expect(names(environments)).toEqual(['dev', 'prod', 'stage']);
    expect(requests).toEqual([]);
  });
});

describe('all, with a notice why, where it cannot be told what changed', () => {
  test.each([
    ['the token may not read the contents', { on: { ...changed('env/dev.cfg'), permissions: {} } }, 'not accessible'],
    ['there is no token', { on: changed('env/dev.cfg'), githubToken: '' }, 'there is no token'],
    ['GitHub names 300 files', { on: changed(...Array.from({ length: 301 }, (_, n) => `f${n}`)) }, 'at least 300'],
    [
      'the checkout is in a folder of its own',
      { on: changed('env/dev.cfg'), files: { ...FILES, '.git/HEAD': null } },
      'not checked out at the root',
    ],
  ])('%s', async (_, options, why) => {
    const { run, environments } = await list({ event: PULL_REQUEST, ...options });
    expect(run.exitCode).toBe(0);
    expect(names(environments)).toEqual(['dev', 'prod', 'stage']);
    expect(run.annotations).toMatchObject([{ level: 'notice', title: 'Every environment is listed' }]);
    expect(run.annotations[0]?.message).toContain(why);
  });
});

describe('on a push', () => {
  const push = (payload: object) => ({
    name: 'push',
    payload: { ref: 'refs/heads/main', before: BASE, after: HEAD, ...payload },
  });
  const inputs = { 'changed-only': 'true' };

  test('all, unless only the changed ones are asked for', async () => {
    const on = { comparisons: { [BETWEEN]: { files: [{ filename: 'env/dev.cfg' }] } } };
    expect(names((await list({ event: push({}), on })).environments)).toEqual(['dev', 'prod', 'stage']);
    await github?.stop();
    expect(names((await list({ event: push({}), on, inputs })).environments)).toEqual(['dev']);
  });

  test('that was forced, all', async () => {
    const { run, environments } = await list({ event: push({ forced: true }), inputs });
    expect(names(environments)).toEqual(['dev', 'prod', 'stage']);
    expect(run.annotations[0]?.message).toContain('the push was forced');
  });
});

test('everything that is wrong with any of them is told at once, at its line, and nothing is listed', async () => {
  const files = { ...FILES, 'env/prod.yml': `${PROD}colour: red\n`, 'env/stage.cfg': 'Retention=7\nRetentoin=9\n' };
  const { run } = await list({ files });
  expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed', 'failure-reason': 'invalid-config' } });
  expect(run.outputs.environments).toBeUndefined();
  expect(run.annotations).toMatchObject([
    { level: 'error', file: 'env/prod.yml', line: 4 },
    { level: 'error', file: 'env/stage.cfg', line: 2 },
  ]);
  expect(run.log).toContain('No environment was listed: 2 problems in the configuration.');
});

test('more environments than a matrix has jobs are put together', async () => {
  const many = Object.fromEntries(Array.from({ length: 260 }, (_, n) => [`env/e${n}.cfg`, 'Retention=7\n']));
  const { run, environments, matrix } = await list({ files: { ...FILES, ...many } });
  expect(environments).toHaveLength(263);
  expect(matrix.include.length).toBeLessThanOrEqual(256);
  const jobs = matrix.include.flatMap((job: { readonly environments: string }) => job.environments.split(','));
  expect(jobs).toEqual(names(environments));
  expect(run.summary).toContain('GitHub starts at most 256 jobs of a matrix');
});
