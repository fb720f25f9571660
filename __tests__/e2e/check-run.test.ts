import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from '../../emulator/github/local-github.ts';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import { HEAD, pullRequestEvent } from './plan-setting.ts';
import { type RunActionOptions, runAction } from './run-action.ts';
import { lineOf, SMALL_FILES, SMALL_TEMPLATE } from './small-stack.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 600 });
}, 300_000); // the first time moto is installed
afterAll(async () => aws[Symbol.asyncDispose]());
afterEach(() => aws.play({}));

let github: LocalGitHub;
const restartGitHub = async (options: LocalGitHubOptions = {}) => {
  await github.stop();
  github = await startLocalGitHub(options);
};
beforeEach(async () => {
  github = await startLocalGitHub();
});
afterEach(async () => github[Symbol.asyncDispose]()); // throws when a request was not as GitHub describes it

/** Wrong before AWS is asked: the quickest run with something to publish. */
const MISSPELT = { ...SMALL_FILES, 'env/dev.cfg': 'Retentoin=7\n' };

let stacks = 0;
const deploy = (options: RunActionOptions = {}) => {
  stacks += 1;
  return runAction({
    env: aws.env,
    files: SMALL_FILES,
    githubToken: github.token,
    github: { apiUrl: github.url, sha: 'f'.repeat(40) },
    ...options,
    inputs: { environment: 'dev', 'stack-name': `checked-${stacks}`, ...options.inputs },
  });
};

test('with checks: write, every event is on the commit at the line of its resource', async () => {
  const run = await deploy();
  expect(run.exitCode).toBe(0);
  const [check] = github.checkRuns();
  expect(github.checkRuns()).toHaveLength(1);
  expect(check).toMatchObject({ headSha: 'f'.repeat(40), status: 'completed', conclusion: 'success' });
  for (const logicalId of ['Cluster', 'Launch', 'Group', 'Logs']) {
    const line = lineOf(SMALL_TEMPLATE, `  ${logicalId}:`);
    const here = check?.annotations.filter((annotation) => annotation.start_line === line) ?? [];
    expect(here.map(({ path }) => path)).toContain('stack.yml');
    expect(here.map(({ title }) => title)).toContain(`CREATE_COMPLETE ${logicalId}`);
  }
  expect(run.log).toContain(`/runs/${check?.id}`);
});

test("of a pull request it is on the pull request's own commit, where people see it", async () => {
  await deploy({ files: MISSPELT, event: pullRequestEvent() });
  expect(github.checkRuns().map(({ headSha }) => headSha)).toEqual([HEAD]);
});

/** Requests about check runs; a deployment also looks for the plan of its commit. */
const checks = () => github.requests().filter(({ operation }) => operation?.startsWith('checks/'));

test('a failure is one: its cause at its line, and the conclusion', async () => {
  aws.play({ resources: [{ logicalId: 'Logs', operation: 'create', fail: 'Resource limit exceeded' }] });
  const run = await deploy();
  expect(run.exitCode).toBe(1);
  const [check] = github.checkRuns();
  expect(check?.conclusion).toBe('failure');
  const failures = check?.annotations.filter(({ annotation_level }) => annotation_level === 'failure') ?? [];
  expect(failures.map(({ start_line }) => start_line)).toContain(lineOf(SMALL_TEMPLATE, '  Logs:'));
  expect(failures.map(({ message }) => message).join('\n')).toContain('Resource limit exceeded');
});

test('more than fifty annotations arrive in several requests', async () => {
  const many = Array.from({ length: 60 }, (_, i) => `  Logs${i}: { Type: AWS::Logs::LogGroup }`);
  const template = SMALL_TEMPLATE.replace('Outputs:', `${many.join('\n')}\nOutputs:`);
  const run = await deploy({ files: { ...SMALL_FILES, 'stack.yml': template } });
  expect(run.exitCode).toBe(0);
  const operations = checks().map(({ operation }) => operation);
  expect(operations[0]).toBe('checks/create');
  expect(operations.slice(1).length).toBeGreaterThan(0);
  expect(operations.slice(1).every((operation) => operation === 'checks/update')).toBe(true);
  const titles = github.checkRuns()[0]?.annotations.map(({ title }) => title) ?? [];
  for (const i of [0, 30, 59]) expect(titles).toContain(`CREATE_COMPLETE Logs${i}`);
}, 60_000);

test('what the environment hides is hidden there too', async () => {
  await deploy({ files: { ...SMALL_FILES, 'env/dev.cfg': 'Retention=7\nPassword=hunter2-hunter2\n' } });
  expect(JSON.stringify(github.requests().map(({ body }) => body))).not.toContain('hunter2');
});

describe('nothing of GitHub changes the verdict', () => {
  test('without the permission there is no check run and no complaint', async () => {
    await restartGitHub({ permissions: { contents: 'read' } });
    const run = await deploy();
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
    expect(checks().map(({ status }) => status)).toEqual([403]);
    expect(run.annotations.filter(({ level }) => level !== 'notice')).toEqual([]);
  });

  test('without a token nothing is asked', async () => {
    expect((await deploy({ githubToken: '', files: MISSPELT })).exitCode).toBe(1);
    expect(github.requests()).toEqual([]);
  });

  test.each([
    ['an outage', { error: 503 }],
    ['a rate limit', { rateLimit: 'primary', retryAfterSeconds: 600 }],
    ['a second one', { rateLimit: 'secondary', retryAfterSeconds: 60 }],
    ['a cut connection', { cut: true }],
    ['an answer that does not come', { delayMs: 60_000 }],
  ] as const)('%s is told in the log, and not waited for', async (_, then) => {
    github.play([{ when: {}, then }]);
    const run = await deploy({ files: MISSPELT });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
    expect(run.log).toContain('The check run could not be written');
    expect(run.durationMs).toBeLessThan(15_000);
  });
});
