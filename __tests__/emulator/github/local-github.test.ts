import { getOctokit } from '@actions/github';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from '../../../emulator/github/local-github.ts';

const started: LocalGitHub[] = [];
afterEach(async () => {
  for (const github of started.splice(0)) await github.stop();
});

async function start(options: LocalGitHubOptions = {}) {
  const github = await startLocalGitHub(options);
  started.push(github);
  return { github, checks: getOctokit(github.token, { baseUrl: github.url }).rest.checks };
}

const repo = { owner: 'octo-org', repo: 'todobackend' };
const at = (line: number) => ({
  path: 'stack.yml',
  start_line: line,
  end_line: line,
  annotation_level: 'notice' as const,
  message: `line ${line}`,
});
const lines = (count: number) => Array.from({ length: count }, (_, i) => at(i + 1));
const create = { ...repo, name: 'ECS Muster', head_sha: 'abc' };

describe('check runs', () => {
  test('updates append annotations and a conclusion completes the run', async () => {
    const { github, checks } = await start();
    const { data } = await checks.create({
      ...create,
      status: 'in_progress',
      output: { title: 'Deploy', summary: 'under way', annotations: lines(50) },
    });
    await checks.update({
      ...repo,
      check_run_id: data.id,
      conclusion: 'failure',
      output: { title: 'Deploy', summary: 'over', annotations: lines(3) },
    });
    expect(github.checkRuns()).toMatchObject([{ status: 'completed', conclusion: 'failure', summary: 'over' }]);
    expect(github.checkRuns()[0]?.annotations).toHaveLength(53);
    const page = await checks.listAnnotations({ ...repo, check_run_id: data.id, per_page: 50, page: 2 });
    expect(page.data.map(({ message }) => message)).toEqual(['line 1', 'line 2', 'line 3']);
    const found = await checks.listForRef({ ...repo, ref: 'abc' });
    expect(found.data.total_count).toBe(1);
    expect(github.violations()).toEqual([]);
    expect(github.requests().map(({ operation, status }) => [operation, status])).toEqual([
      ['checks/create', 201],
      ['checks/update', 200],
      ['checks/list-annotations', 200],
      ['checks/list-for-ref', 200],
    ]);
  });

  test('over 50 annotations in a request are against the description', async () => {
    const { github, checks } = await start();
    await expect(
      checks.create({ ...create, output: { title: 't', summary: 's', annotations: lines(51) } }),
    ).rejects.toMatchObject({ status: 422 });
    expect(github.violations()).toEqual([
      expect.stringContaining('/output/annotations must NOT have more than 50 items'),
    ]);
  });

  test('a missing or ill-typed property is, and disposing of the server says so', async () => {
    const github = await startLocalGitHub();
    const response = await fetch(`${github.url}/repos/octo-org/todobackend/check-runs`, {
      method: 'POST',
      headers: { authorization: `token ${github.token}`, 'user-agent': 'test' },
      body: JSON.stringify({ name: 7 }),
    });
    expect(response.status).toBe(422);
    await expect(github[Symbol.asyncDispose]()).rejects.toThrow(/head_sha.*\n.*\/name must be string/);
  });

  test.each([
    ['a completed run without conclusion', { status: 'completed' as const }],
    [
      'columns over several lines',
      { output: { title: 't', summary: 's', annotations: [{ ...at(1), end_line: 2, start_column: 1 }] } },
    ],
    [
      'a title over 255 characters',
      { output: { title: 't', summary: 's', annotations: [{ ...at(1), title: 'x'.repeat(256) }] } },
    ],
    [
      'a message over 64 KB',
      { output: { title: 't', summary: 's', annotations: [{ ...at(1), message: 'x'.repeat(65_537) }] } },
    ],
  ])('%s is refused', async (_, body) => {
    const { checks } = await start();
    await expect(checks.create({ ...create, ...body })).rejects.toMatchObject({ status: 422 });
  });

  test('one that does not exist is not found', async () => {
    const { checks } = await start();
    await expect(checks.get({ ...repo, check_run_id: 9 })).rejects.toMatchObject({ status: 404 });
  });
});

describe('access', () => {
  test('a scope that the job was not given', async () => {
    const { checks } = await start({ permissions: { contents: 'read' } });
    await expect(checks.create(create)).rejects.toThrow('Resource not accessible by integration');
  });

  test('a wrong token, and another repository', async () => {
    const { github, checks } = await start();
    const stranger = getOctokit('other', { baseUrl: github.url }).rest.checks;
    await expect(stranger.create(create)).rejects.toMatchObject({ status: 401 });
    await expect(checks.create({ ...create, repo: 'other' })).rejects.toMatchObject({ status: 404 });
  });
});

describe('what goes wrong on demand', () => {
  test('the nth request fails, the next one passes', async () => {
    const { github, checks } = await start({
      rules: [{ when: { operation: 'checks/create', nth: 1 }, then: { error: 502 } }],
    });
    await expect(checks.create(create)).rejects.toMatchObject({ status: 502 });
    await checks.create(create);
    expect(github.checkRuns()).toHaveLength(1);
  });

  test('rate limits say when to come back', async () => {
    const { github, checks } = await start({
      rules: [{ when: {}, then: { rateLimit: 'primary', retryAfterSeconds: 60 } }],
    });
    await expect(checks.create(create)).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'x-ratelimit-remaining': '0' } },
    });
    github.play([{ when: {}, then: { rateLimit: 'secondary', retryAfterSeconds: 5 } }]);
    await expect(checks.create(create)).rejects.toMatchObject({ response: { headers: { 'retry-after': '5' } } });
  });

  test('a slow answer and a cut connection', async () => {
    const { github, checks } = await start({ rules: [{ when: {}, then: { delayMs: 150 } }] });
    const before = performance.now();
    await checks.create(create);
    expect(performance.now() - before).toBeGreaterThan(140);
    github.play([{ when: {}, then: { cut: true } }]);
    await expect(checks.create(create)).rejects.toThrow();
    expect(github.requests().at(-1)?.status).toBe(0);
  });
});
