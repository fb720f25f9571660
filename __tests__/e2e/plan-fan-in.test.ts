import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readMarker } from '../../src/plan/comment-marker.ts';
import { seen } from '../report/html.ts';
import { HEAD, pullRequestEvent, type Setting, startSetting } from './plan-setting.ts';
import { SMALL_FILES } from './small-stack.ts';

let setting: Setting;
beforeAll(async () => {
  setting = await startSetting();
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
beforeEach(() => setting.restartGitHub());

const onlyComment = () => {
  expect(setting.comments()).toHaveLength(1);
  return setting.comments()[0] ?? '';
};

test('the plans of a matrix are told together by a job that has their reports, and nothing else', async () => {
  const files = { ...SMALL_FILES, 'env/qa.cfg': 'Retention=30\n' };
  const runs = [
    await setting.plan({ environment: 'qa', comment: 'never' }, { files }),
    await setting.plan({ comment: 'never' }, { files: { ...files, 'env/dev.cfg': 'Retenton=1\n' } }),
  ];
  expect(setting.comments()).toEqual([]);
  const reports = runs.map(({ report }, n) => [`reports/plan-${n}/report.json`, JSON.stringify(report)]);
  const told = await setting.plan(
    { environment: '', reports: 'reports' },
    { files: { ...files, ...Object.fromEntries(reports) }, env: {} },
  );
  expect(told).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
  const { text } = seen(onlyComment());
  expect(text).toMatch(/^❌ Plan: 1 of 2 environments could not be planned, 1 would change/);
  expect(text).toMatch(/❌ dev\s.*🟢 qa\s/);
  expect(readMarker(onlyComment())?.records.map(({ environment, commit }) => [environment, commit])).toEqual([
    ['qa', HEAD],
  ]);
}, 90_000);

test('a folder without reports is red: what is missing would look like no change', async () => {
  const told = await setting.plan({ environment: '', reports: 'reports' }, { env: {} });
  expect(told).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
  expect(told.log).toContain('There is no report in reports/');
}, 60_000);

test('an environment that is expected and in no report is red, in one comment with the others', async () => {
  const { report } = await setting.plan({ comment: 'never' });
  const files = { ...SMALL_FILES, 'reports/dev.json': JSON.stringify(report) };
  const told = await setting.plan({ environment: 'dev,qa', reports: 'reports' }, { files, env: {} });
  expect(told).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
  expect(seen(onlyComment()).text).toContain('There is no plan of qa');
  expect(readMarker(onlyComment())?.records.map(({ environment }) => environment)).toEqual(['dev']);
  // The next push expects others, in the same comment.
  await setting.plan({ environment: 'dev', reports: 'reports' }, { files, env: {}, github: { runId: '4712' } });
  expect(seen(onlyComment()).text).not.toContain('There is no plan of qa');
}, 60_000);

test('a plan that failed stands in the place of one that has become old', async () => {
  await setting.plan({});
  expect(readMarker(onlyComment())?.records).toHaveLength(1);
  const files = { ...SMALL_FILES, 'env/dev.cfg': 'Retenton=7\n' };
  const event = pullRequestEvent('octo-org/todobackend', 'd'.repeat(40));
  const run = await setting.plan({}, { files, event, github: { runId: '4712' } });
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
  const { text } = seen(onlyComment());
  expect(text).toMatch(/^❌ .* could not be planned/);
  expect(text).toContain('Retenton');
  expect(readMarker(onlyComment())).toMatchObject({ commit: 'd'.repeat(40), records: [] });
}, 60_000);
