import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type GitHubRule,
  type LocalGitHub,
  type LocalGitHubOptions,
  startLocalGitHub,
} from '../../emulator/github/local-github.ts';
import { DRIFT_FILES, type DriftSetting, startDriftSetting } from './drift-setting.ts';
import type { Files } from './run-action.ts';

let setting: DriftSetting;
let github: LocalGitHub;
let group: string;
beforeAll(async () => {
  setting = await startDriftSetting();
  const { outputs } = await setting.deploy('watched');
  group = outputs.GroupName ?? '';
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
beforeEach(async () => {
  github = await startLocalGitHub();
});
afterEach(async () => github[Symbol.asyncDispose]()); // throws when a request was not as GitHub describes it

async function night(inputs: Readonly<Record<string, string>> = {}) {
  const run = await setting.drift('watched', inputs, {
    githubToken: github.token,
    github: { apiUrl: github.url },
  });
  const writes = github
    .requests()
    .filter(({ method, operation }) => method !== 'GET' && operation?.startsWith('issues/'));
  return { run, writes: writes.length };
}
const resize = (MaxSize: number) =>
  setting.aws.services.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: group, MaxSize });

test('one issue from the first night to the last: opened, left, edited, closed, reopened', async () => {
  const clean = await night();
  expect(clean.run).toMatchObject({ exitCode: 0 });
  expect(github.issues()).toEqual([]);

  await resize(4);
  const first = await night();
  expect(first.run).toMatchObject({ exitCode: 1, outputs: { 'issue-url': expect.stringContaining('/issues/1') } });
  expect(github.issues()).toMatchObject([
    {
      number: 1,
      title: 'Drift: dev (watched)',
      state: 'open',
      labels: ['drift'],
      body: expect.stringContaining('MaxSize'),
    },
  ]);

  const same = await night();
  expect(same.run).toMatchObject({ exitCode: 1, outputs: { 'issue-url': expect.stringContaining('/issues/1') } });
  expect(same.writes).toBe(first.writes);

  await resize(5);
  const changed = await night();
  expect(changed.writes).toBe(first.writes + 1);
  expect(github.issues()).toMatchObject([
    { number: 1, state: 'open', body: expect.stringContaining('History: 2 changes') },
  ]);
  expect(github.comments()).toEqual([]);

  await resize(2);
  await night();
  expect(github.issues()).toMatchObject([{ number: 1, state: 'closed', stateReason: 'completed' }]);
  expect(github.comments()).toMatchObject([{ issue: 1, body: expect.stringContaining('nothing that has drifted') }]);
  const closed = await night();
  expect(closed.writes).toBe(changed.writes + 2);

  await resize(4);
  await night();
  expect(github.issues()).toMatchObject([
    { number: 1, state: 'open', body: expect.stringContaining('History: 4 changes') },
  ]);
  expect(github.comments()).toHaveLength(2);
}, 120_000);

describe('the verdict stands, and the summary says what could not be told', () => {
  beforeAll(() => resize(4));

  const denied = { permissions: { contents: 'read' } } as const;
  const rules = (then: GitHubRule['then']) => ({ rules: [{ when: {}, then }] });
  test.each<[string, LocalGitHubOptions, RegExp]>([
    ['where issues are denied', denied, /issues: write/],
    ['where GitHub is down', rules({ error: 503 }), /could not be written/],
    ['where GitHub is slow', rules({ delayMs: 60_000 }), /could not be written/],
    ['at the rate limit', rules({ rateLimit: 'primary', retryAfterSeconds: 3_000 }), /rate limit/],
    ['at the second rate limit', rules({ rateLimit: 'secondary', retryAfterSeconds: 60 }), /secondary rate limit/],
  ])(
    '%s',
    async (_, options, why) => {
      await github[Symbol.asyncDispose]();
      github = await startLocalGitHub(options);
      const { run } = await night();
      expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted' } });
      const title = 'Drift is told in the job summary only';
      const message = expect.stringMatching(/No issue tells of dev\b/);
      expect(run.annotations).toContainEqual(expect.objectContaining({ level: 'notice', title, message }));
      const [, told = ''] = run.summary.split(title);
      expect(told).toContain('No issue tells of dev');
      expect(told).toMatch(why);
    },
    60_000,
  );

  test('a short rate limit is waited for', async () => {
    github.play([
      { when: { operation: 'issues/create', nth: 1 }, then: { rateLimit: 'secondary', retryAfterSeconds: 1 } },
    ]);
    const { run } = await night();
    expect(run.outputs['issue-url']).toContain('/issues/1');
    expect(run.summary).not.toContain('summary only');
  }, 60_000);

  test('and none is wanted', async () => {
    const { run } = await night({ 'drift-issue': 'false' });
    expect(run).toMatchObject({ exitCode: 1 });
    expect(github.requests().filter(({ operation }) => operation?.startsWith('issues/'))).toEqual([]);
  }, 60_000);
});

test('the issue of an environment that is gone is closed by a look at all, and no other issue', async () => {
  await resize(4);
  const environment = 'stack-name: watched\nparameters: { Retention: 7, Password: hunter2-hunter2 }\n';
  const here = { ...DRIFT_FILES, 'env/dev.cfg': null, 'env/prod.yml': null, 'env/dev.yml': environment };
  const repository = { default_branch: 'main' };
  const look = (inputs: Readonly<Record<string, string>>, files: Files, ref = 'refs/heads/main') =>
    setting.drift(
      '',
      { 'stack-name': '', ...inputs },
      {
        files,
        githubToken: github.token,
        github: { apiUrl: github.url, ref },
        event: { name: 'workflow_dispatch', payload: { repository } },
      },
    );
  const states = () => github.issues().map(({ title, state }) => `${title} ${state}`);
  await look({ environment: 'all' }, { ...here, 'env/old.yml': environment });
  // Other jobs of the same repository: a stack without an environment, environments in another folder.
  await look({ environment: '', 'stack-name': 'watched' }, here);
  await look({ environment: 'all', 'env-directory': 'other' }, { ...here, 'other/away.yml': environment });
  const open = ['dev (watched)', 'old (watched)', 'watched', 'away (watched)'].map((name) => `Drift: ${name} open`);
  expect(states()).toEqual(open);

  await look({ environment: 'dev' }, here);
  await look({ environment: 'all' }, here, 'refs/heads/before-it-was');
  expect(states()).toEqual(open);

  const run = await look({ environment: 'all' }, here);
  expect(states()).toEqual(open.map((one) => one.replace('old (watched) open', 'old (watched) closed')));
  expect(github.issues().find(({ state }) => state === 'closed')).toMatchObject({ stateReason: 'not_planned' });
  expect(github.comments()).toMatchObject([{ issue: 2, body: expect.stringContaining('not in `env/` any more') }]);
  expect(run.log).toContain('(closed)');
}, 120_000);

test('an environment of which nothing can be found out is told in its own issue, and closed there', async () => {
  await resize(4);
  const environment =
    'stack-name: watched\nregion: us-east-1\nparameters: { Retention: 7, Password: hunter2-hunter2 }\n';
  const look = (text: string) =>
    setting.drift(
      '',
      { environment: 'dev', 'stack-name': '' },
      {
        files: { ...DRIFT_FILES, 'env/dev.cfg': null, 'env/dev.yml': text },
        env: { ...setting.aws.env, AWS_REGION: 'eu-west-1' },
        githubToken: github.token,
        github: { apiUrl: github.url },
      },
    );
  await look(environment);
  const [opened] = github.issues();

  setting.aws.play({ calls: [{ when: { action: 'DetectStackDrift' }, then: { error: 'AccessDenied' } }] });
  expect(await look(environment)).toMatchObject({ outputs: { 'drift-status': 'drift-unknown' } });
  expect(github.issues()).toMatchObject([
    { number: 1, title: opened?.title, body: expect.stringContaining('History: 2 changes') },
  ]);
  setting.aws.play({});
  await look(environment.replace('Retention', 'Retension'));
  expect(github.issues()).toMatchObject([{ number: 1, body: expect.stringContaining('History: 3 changes') }]);
  // Which stack it is about is not known: nobody knows which issue.
  expect(await look('stack-name: [\n')).toMatchObject({ outputs: { 'drift-status': 'drift-unknown' } });
  expect(github.issues()).toMatchObject([{ number: 1, body: expect.stringContaining('History: 3 changes') }]);

  await resize(2);
  await look(environment);
  expect(github.issues()).toMatchObject([{ number: 1, state: 'closed' }]);
}, 120_000);
