import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isWithoutSecrets, refuseForeignCheckout, refuseForeignReports } from '../../src/modes/trust.ts';

const BASE = 'b'.repeat(40);
const HEAD = 'a'.repeat(40);

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'ecs-muster-trust-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

async function checkOut(commit: string, folder = '.'): Promise<void> {
  await mkdir(join(workspace, folder, '.git'), { recursive: true });
  await writeFile(join(workspace, folder, '.git', 'HEAD'), `${commit}\n`);
}

const refuse = (name: string, ...paths: readonly string[]) =>
  refuseForeignCheckout({ name, payload: undefined }, paths, { workspace, runner: { env: () => BASE } });

describe.each(['pull_request_target', 'workflow_run', 'issue_comment'])('under %s', (event) => {
  test('the base may be planned', async () => {
    await checkOut(BASE);
    await expect(refuse(event, 'stack.yml', 'env')).resolves.toBeUndefined();
  });

  test('another commit may not, nor what cannot be told', async () => {
    await expect(refuse(event, 'stack.yml', 'env')).rejects.toMatchObject({ reason: 'invalid-config' });
    await checkOut(HEAD);
    await expect(refuse(event, 'stack.yml', 'env')).rejects.toMatchObject({ reason: 'invalid-config' });
  });

  test.each([
    ['the template', ['theirs/cluster/stack.yml', 'env']],
    ['the environments', ['stack.yml', './theirs']],
  ])('%s of another commit, checked out in a folder beside the base, may not', async (_, paths) => {
    await checkOut(BASE);
    await checkOut(HEAD, 'theirs');
    await expect(refuse(event, 'stack.yml', 'env')).resolves.toBeUndefined();
    await expect(refuse(event, ...paths)).rejects.toMatchObject({ reason: 'invalid-config' });
  });
});

test('a workflow without the secrets of the base may check out what it likes', async () => {
  await checkOut(HEAD);
  await expect(refuse('pull_request', 'stack.yml')).resolves.toBeUndefined();
});

test('reports that another run has made are taken for no plans of ours', () => {
  expect(() => refuseForeignReports({ name: 'workflow_run', payload: undefined })).toThrow(/stranger/);
  expect(() => refuseForeignReports({ name: 'pull_request', payload: undefined })).not.toThrow();
});

describe('a run without secrets', () => {
  const pullRequest = { number: 1, headSha: HEAD, baseRef: 'main', merged: false };
  const of = (name: string, fromFork: boolean, actor = 'somebody') =>
    isWithoutSecrets({ name, payload: undefined }, { ...pullRequest, fromFork }, actor);

  test.each(['pull_request', 'pull_request_review', 'pull_request_review_comment'])(
    "is one of a fork's or of Dependabot's under %s",
    (name) => {
      expect(of(name, true)).toBe(true);
      expect(of(name, false, 'dependabot[bot]')).toBe(true);
      expect(of(name, false)).toBe(false);
    },
  );

  test.each(['pull_request_target', 'push', 'workflow_dispatch'])('is none under %s', (name) =>
    expect(of(name, true)).toBe(false),
  );
});
