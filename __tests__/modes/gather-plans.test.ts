import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { gatherPlans } from '../../src/modes/gather-plans.ts';
import { reportJson } from '../../src/report/json.ts';
import { Failure } from '../../src/types.ts';
import { brandNew, failed, nothing, planRun } from '../report/plan-fixtures.ts';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'ecs-muster-reports-'));
});
afterEach(() => rm(workspace, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), text);
  }
}

async function problemsOf(folder: string): Promise<string[]> {
  const error = await gatherPlans(folder, workspace).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error('nothing was wrong');
  expect(error.reason).toBe('invalid-config');
  return error.findings.map(({ title, message }) => `${title}: ${message}`);
}

describe('the plans of other jobs', () => {
  test('from the folder and the folders in it, by the names of their environments', async () => {
    await write({
      'reports/plan-staging/report.json': reportJson(planRun([brandNew])),
      'reports/plan-dev/report.json': reportJson(planRun([nothing])),
      'reports/prod.json': reportJson(planRun([failed])),
      'reports/plan-dev/notes.txt': 'none of ours',
    });
    expect(await gatherPlans('reports', workspace)).toEqual([nothing, failed, brandNew]);
    expect(await gatherPlans('./reports/', workspace)).toHaveLength(3);
  });

  test('that are expected and missing are plans that failed', async () => {
    await write({ 'reports/prod.json': reportJson(planRun([nothing])) });
    const expected = [nothing.environment, 'staging'].map((environment) => ({ environment, template: 'stack.yml' }));
    expect(await gatherPlans('reports', workspace, expected)).toMatchObject([
      { kind: 'change-set', environment: nothing.environment },
      {
        kind: 'failed',
        environment: 'staging',
        templateFile: 'stack.yml',
        findings: [{ title: 'There is no plan of staging' }],
      },
    ]);
  });

  test('that cannot be read are told, all of them: what is missing would look like no change', async () => {
    await write({ 'reports/a.json': '{', 'reports/b/c.json': '{}', 'reports/d.json': reportJson(planRun([nothing])) });
    expect(await problemsOf('reports')).toEqual([
      expect.stringMatching(/^The report reports\/a\.json cannot be used: It is no report of a plan/),
      expect.stringMatching(/^The report reports\/b\/c\.json cannot be used/),
    ]);
  });

  test('have to be there, and in the repository', async () => {
    expect(await problemsOf('reports')).toEqual([expect.stringContaining('There is no report in reports/')]);
    expect(await problemsOf('../elsewhere')).toEqual([expect.stringContaining('leads out of the repository')]);
    await write({ 'reports/x.txt': '' });
    await symlink('/etc/hostname', join(workspace, 'reports/evil.json'));
    expect(await problemsOf('reports')).toEqual([expect.stringContaining('symbolic link that leads out')]);
  });
});
