import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BASE, HEAD, PULL_REQUEST, plansOf, pullRequestEvent, type Setting, startSetting } from './plan-setting.ts';
import { SMALL_TEMPLATE } from './small-stack.ts';

let setting: Setting;
beforeAll(async () => {
  setting = await startSetting();
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
afterEach(() => setting.aws.play({}));
beforeEach(async () => {
  await setting.restartGitHub();
});

const environmentFile = (name: string, retention = 7) =>
  `stack-name: commented-${name}\nparameters: { Retention: ${retention}, Password: hunter2-hunter2 }\n`;
const FILES = {
  'env/dev.cfg': null,
  'stack.yml': SMALL_TEMPLATE,
  'env/dev.yml': environmentFile('dev'),
  'env/staging.yml': environmentFile('staging'),
  'env/prod.yml': environmentFile('prod', 30),
};

describe('one comment a job', () => {
  test('has a section for each of three environments, and is updated in place', async () => {
    const first = await setting.plan({ environment: 'all' }, { files: FILES });
    expect(first).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'has-changes': 'true' } });
    expect(plansOf(first).map(({ environment, stackName }) => [environment, stackName])).toEqual([
      ['dev', 'commented-dev'],
      ['prod', 'commented-prod'],
      ['staging', 'commented-staging'],
    ]);
    const [comment = '', ...more] = setting.comments();
    expect(more).toEqual([]);
    for (const name of ['dev', 'staging', 'prod']) expect(comment).toContain(`commented-${name}`);
    const second = await setting.plan({ environment: 'all' }, { files: FILES, github: { runId: '4712' } });
    expect(second.outputs['comment-url']).toBe(first.outputs['comment-url']);
    expect(setting.comments()).toHaveLength(1);
    expect(await setting.stacks()).toEqual([]);
  }, 60_000);

  test('shows the others when one environment cannot be planned', async () => {
    const files = { ...FILES, 'env/prod.yml': `${environmentFile('prod')}account: "999999999999"\n` };
    const run = await setting.plan({ environment: 'dev, prod' }, { files });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'wrong-account' } });
    expect(plansOf(run).map(({ kind, environment }) => [kind, environment])).toEqual([
      ['change-set', 'dev'],
      ['failed', 'prod'],
    ]);
    expect(setting.comments()[0]).toContain('commented-dev');
    expect(await setting.stacks()).toEqual([]);
  }, 60_000);

  test('two jobs at once have one each', async () => {
    const runs = await Promise.all(
      ['dev', 'prod'].map((environment) => setting.plan({ environment }, { files: FILES })),
    );
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(new Set(runs.map(({ outputs }) => outputs['comment-url'])).size).toBe(2);
    expect(setting.comments()).toHaveLength(2);
  }, 60_000);

  test('is found among 300 comments', async () => {
    await setting.plan({ environment: 'dev' }, { files: FILES });
    for (let n = 0; n < 300; n++)
      setting.github.comment(PULL_REQUEST, `comment ${n}`, { login: 'person', type: 'User' });
    const run = await setting.plan({ environment: 'dev' }, { files: FILES, github: { runId: '4712' } });
    expect(run.exitCode).toBe(0);
    expect(setting.comments()).toHaveLength(301);
    expect(setting.comments()[0]).toContain('/runs/4712');
  }, 60_000);

  test('is stale while the plan of the next commit is made', async () => {
    await setting.plan({ environment: 'dev' }, { files: FILES });
    const seen: string[] = [];
    setting.aws.play({ calls: [{ when: { action: 'CreateChangeSet' }, then: { delayMs: 1_500 } }] });
    await setting.plan(
      { environment: 'dev' },
      {
        files: FILES,
        event: pullRequestEvent('octo-org/todobackend', 'd'.repeat(40)),
        github: { runId: '4712' },
        cancelAfter: () => {
          seen.push(setting.comments()[0] ?? '');
          return false;
        },
      },
    );
    expect(seen.some((body) => body.includes('has moved on to `ddddddd`'))).toBe(true);
    expect(setting.comments()[0]).not.toContain('has moved on');
    expect(setting.comments()[0]).toContain('ddddddd');
  }, 60_000);

  test('says so when the plan of the next commit was cancelled', async () => {
    await setting.plan({ environment: 'dev' }, { files: FILES });
    const [before = ''] = setting.comments();
    setting.aws.play({ calls: [{ when: { action: 'CreateChangeSet' }, then: { delayMs: 1_500 } }] });
    const run = await setting.plan(
      { environment: 'dev' },
      {
        files: FILES,
        event: pullRequestEvent('octo-org/todobackend', 'd'.repeat(40)),
        github: { runId: '4712' },
        cancelAfter: () => setting.comments()[0]?.includes('was begun') ?? false,
      },
    );
    expect(run.conclusion).toBe('cancelled');
    const [after = ''] = setting.comments();
    expect(after).toContain('has moved on to `ddddddd` since this plan of `aaaaaaa` was made.');
    expect(after).toMatch(/\[A new plan\]\(\S+\/runs\/4712\) was cancelled\./);
    const [marker = '', ...plan] = before.split('\n');
    expect(after.startsWith(marker)).toBe(true);
    expect(after.endsWith(plan.join('\n'))).toBe(true);
  }, 60_000);

  test('is not touched by an older run that ends later', async () => {
    await setting.plan({ environment: 'dev' }, { files: FILES, github: { runId: '9000' } });
    const before = setting.comments();
    await setting.plan({ environment: 'dev' }, { files: FILES, github: { runId: '8000' } });
    expect(setting.comments()).toEqual(before);
  }, 60_000);
});

describe('a pull request without credentials', () => {
  const stranger = {
    event: pullRequestEvent('stranger/todobackend'),
    env: {}, // no credentials, and no region
  };

  test.each([
    ['a fork', stranger],
    ['Dependabot, on a branch of this repository', { env: {}, github: { actor: 'dependabot[bot]' } }],
  ])(
    'of %s is planned as far as its files go, under a heading that says so',
    async (_, options) => {
      await setting.restartGitHub({ permissions: { contents: 'read', 'pull-requests': 'read' } });
      const run = await setting.plan({ environment: 'dev' }, { files: FILES, ...options });
      expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
      expect(plansOf(run)).toMatchObject([{ kind: 'offline', environment: 'dev', stackName: 'commented-dev' }]);
      expect(run.summary).toMatch(/no change set was made/i);
      expect(run.summary).not.toContain('unknown');
      expect(run.annotations.map(({ level, title }) => [level, title])).toEqual([
        ['notice', 'The plan is in the job summary only'],
      ]);
      expect(setting.comments()).toEqual([]);
    },
    60_000,
  );

  test('is compared with the base branch', async () => {
    await setting.restartGitHub({
      permissions: { contents: 'read', 'pull-requests': 'read' },
      files: { [`${BASE}:stack.yml`]: SMALL_TEMPLATE, [`${BASE}:env/prod.yml`]: FILES['env/prod.yml'] },
    });
    const files = {
      ...FILES,
      'stack.yml': SMALL_TEMPLATE.replace("MaxSize: '2'", "MaxSize: '3'"),
      'env/prod.yml': environmentFile('prod', 14),
    };
    const run = await setting.plan({ environment: 'prod' }, { files, ...stranger });
    expect(plansOf(run)).toMatchObject([
      {
        kind: 'offline',
        comparedWith: `main at ${BASE.slice(0, 7)}`,
        resources: [{ logicalId: 'Group', resourceType: 'AWS::AutoScaling::AutoScalingGroup' }],
        parameters: [{ name: 'Retention', before: '30', after: '14', secret: false }],
      },
    ]);
    expect(JSON.stringify([run.log, run.summary, run.report])).not.toContain('hunter2');
  }, 60_000);

  test.each([
    [
      'that GitHub does not tell says so',
      [{ when: { operation: 'repos/get-content' }, then: { error: 503 } }],
      /GitHub did not tell stack\.yml of main at bbbbbbb/,
    ],
    ['where the base has no such environment says so', [], /main at bbbbbbb does not have env\/dev\.yml/],
  ])(
    '%s',
    async (_, rules, told) => {
      await setting.restartGitHub({
        permissions: { contents: 'read', 'pull-requests': 'read' },
        files: { [`${BASE}:stack.yml`]: SMALL_TEMPLATE },
      });
      setting.github.play(rules);
      const run = await setting.plan({ environment: 'dev' }, { files: FILES, ...stranger });
      expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
      expect(plansOf(run)).toMatchObject([{ kind: 'offline', notCompared: expect.stringMatching(told) }]);
      expect(run.summary).toContain('There was nothing to compare the files with');
    },
    60_000,
  );

  test('is not red for the secrets that it is not given', async () => {
    const files = {
      ...FILES,
      'env/dev.yml': 'stack-name: commented-dev\nparameters: { Retention: 7, Password: !Env DB_PASSWORD }\n',
    };
    const inputs = { environment: 'dev', 'allow-env': 'DB_PASSWORD' };
    const run = await setting.plan(inputs, { files, ...stranger, env: { DB_PASSWORD: '' } });
    expect(run.exitCode).toBe(0);
    expect(plansOf(run)).toMatchObject([{ kind: 'offline' }]);
    // Nor for one of them, when the workflow sets another itself.
    const both = { environment: 'dev', 'allow-env': 'DB_PASSWORD,OTHER' };
    const other = await setting.plan(both, { files, ...stranger, env: { DB_PASSWORD: '', OTHER: 'set-by-hand' } });
    expect(other.exitCode).toBe(0);
  }, 60_000);

  test('whose files are wrong is red, at the line', async () => {
    const files = { ...FILES, 'env/dev.yml': `${environmentFile('dev')}parametres: {}\n` };
    const run = await setting.plan({ environment: 'dev' }, { files, ...stranger });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
    expect(run.annotations[0]).toMatchObject({ file: 'env/dev.yml', line: 3 });
  }, 60_000);

  test('a branch of this repository without credentials is red: they should have been there', async () => {
    const run = await setting.plan({ environment: 'dev', region: 'us-east-1' }, { files: FILES, env: {} });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'credentials' } });
  }, 60_000);
});

describe('under pull_request_target', () => {
  const event = { ...pullRequestEvent('stranger/todobackend'), name: 'pull_request_target' };

  const planOfCheckout = async (commit: string) => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const workspace = await mkdtemp(join(tmpdir(), 'ecs-muster-checkout-'));
    try {
      await mkdir(join(workspace, '.git'));
      await writeFile(join(workspace, '.git', 'HEAD'), `${commit}\n`);
      return await setting.plan({ environment: 'dev' }, { files: FILES, event, workspace, github: { sha: BASE } });
    } finally {
      await rm(workspace, { recursive: true, force: true });
    }
  };

  test('the checkout of a stranger is refused before AWS is asked anything', async () => {
    const calls = setting.aws.calls().length;
    const run = await planOfCheckout(HEAD);
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
    expect(run.annotations[0]?.title).toBe('Under pull_request_target only the base branch is read');
    expect(setting.aws.calls()).toHaveLength(calls);
  }, 60_000);

  test('the base is planned', async () => {
    expect(await planOfCheckout(BASE)).toMatchObject({ exitCode: 0 });
  }, 60_000);
});
