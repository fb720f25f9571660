import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalGitHub, startLocalGitHub } from '../../emulator/github/local-github.ts';
import { type DriftSetting, startDriftSetting } from './drift-setting.ts';

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

  test('where issues are denied', async () => {
    await github[Symbol.asyncDispose]();
    github = await startLocalGitHub({ permissions: { contents: 'read' } });
    const { run } = await night();
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted' } });
    expect(run.annotations).toContainEqual(
      expect.objectContaining({ level: 'notice', message: expect.stringContaining('issues: write') }),
    );
  }, 60_000);

  test('where GitHub is down', async () => {
    github.play([{ when: {}, then: { error: 503 } }]);
    const { run } = await night();
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'drifted' } });
    expect(run.annotations).toContainEqual(
      expect.objectContaining({ level: 'notice', title: 'Drift is told in the job summary only' }),
    );
  }, 60_000);

  test('and none is wanted', async () => {
    const { run } = await night({ 'drift-issue': 'false' });
    expect(run).toMatchObject({ exitCode: 1 });
    expect(github.requests().filter(({ operation }) => operation?.startsWith('issues/'))).toEqual([]);
  }, 60_000);
});
