import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { driftFindings } from '../../src/drift/findings.ts';
import { driftFingerprint, environmentOf, issueKey, readIssueMarker } from '../../src/drift/issue-marker.ts';
import { DRIFT_STATES, type EnvironmentDrift, type ResourceDrift } from '../../src/drift/model.ts';
import type { Run } from '../../src/outcome.ts';
import {
  changeComment,
  goneComment,
  issueBody,
  issueTitle,
  stateChange,
  twinComment,
  untold,
} from '../../src/report/drift-issue.ts';
import { reportJson } from '../../src/report/json.ts';
import { outputsOf } from '../../src/report/outputs.ts';
import { summaryOf } from '../../src/report/summary.ts';
import { tell } from '../../src/report/tell.ts';
import { verdict } from '../../src/report/verdict.ts';
import { HOSTILE, rollCall } from './fixtures.ts';
import { seen } from './html.ts';
import { planRun } from './plan-fixtures.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': true } });
const validate = ajv.compile(schema);

const GROUP: ResourceDrift = {
  path: ['Group'],
  resourceType: 'AWS::AutoScaling::AutoScalingGroup',
  physicalId: 'todobackend-dev-Group-1',
  state: 'modified',
  risk: 'safe',
  properties: [
    {
      path: ['MaxSize'],
      diff: { kind: 'changed', before: '2', after: '4' },
      location: { file: 'stack.yml', line: 18 },
    },
  ],
};
const GONE: ResourceDrift = {
  path: ['Network', 'Logs'],
  resourceType: 'AWS::Logs::LogGroup',
  state: 'deleted',
  risk: 'data-lost',
  properties: [],
};

function drift(more: Partial<EnvironmentDrift> = {}): EnvironmentDrift {
  const parts = {
    environment: 'dev',
    stackName: 'todobackend-dev',
    region: 'eu-west-1',
    stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/todobackend-dev/0',
    templateFile: 'stack.yml',
    environmentFile: 'env/dev.yml',
    state: 'in-sync',
    detections: [{ path: [], state: 'complete' }],
    resources: [],
    ignored: [],
    byDesign: [],
    unchecked: [],
    stale: [],
    ...more,
  } as const;
  return { ...parts, findings: more.findings ?? driftFindings(parts) };
}
const drifted = drift({
  state: 'drifted',
  resources: [GROUP, GONE, { ...GROUP, path: ['Other'], state: 'in-sync', properties: [] }],
});

function runOf(...drifts: readonly EnvironmentDrift[]): Run {
  const findings = drifts.flatMap((one) => one.findings);
  return planRun([], {
    mode: 'drift',
    outcome: { outcome: 'failed', reason: 'drifted', findings },
    ledger: { findings: [], drifts },
  });
}

const hostile = drift({
  environment: HOSTILE,
  stackName: HOSTILE,
  state: 'drifted',
  why: HOSTILE,
  detections: [{ path: [HOSTILE], state: 'failed', reason: HOSTILE }],
  resources: [
    {
      ...GROUP,
      path: [HOSTILE],
      resourceType: HOSTILE,
      physicalId: HOSTILE,
      changedBy: [{ action: HOSTILE, by: HOSTILE, at: HOSTILE }],
      properties: [{ path: [HOSTILE], diff: { kind: 'changed', before: HOSTILE, after: HOSTILE }, withheld: HOSTILE }],
    },
  ],
  ignored: [{ path: [HOSTILE], property: [HOSTILE], why: HOSTILE }],
  byDesign: [{ path: [HOSTILE], property: [HOSTILE], why: HOSTILE }],
  unchecked: [{ what: HOSTILE, why: HOSTILE }],
  undeployed: { isNew: false, resources: [], sections: [], parameters: [], tags: [{ key: HOSTILE, before: HOSTILE }] },
});

const issueOf = (one: EnvironmentDrift, history = [stateChange(one, runOf(one))]) =>
  issueBody(runOf(one), one, { key: issueKey(one), fingerprint: driftFingerprint(one), history });

describe('the verdict', () => {
  test.each<[Partial<EnvironmentDrift>, string]>([
    [{}, 'todobackend-dev is what was deployed.'],
    [
      { state: 'drifted', resources: [GROUP, GONE] },
      'todobackend-dev has drifted: 1 resource changed, 1 resource gone.',
    ],
    [
      { state: 'drifted', rollCall: rollCall({ verdict: 'short', registeredCount: 2 }) },
      'todobackend-dev has drifted: registered 2 of 3.',
    ],
    [
      { state: 'drift-unknown', detections: [{ path: [], state: 'timed-out' }] },
      'Whether todobackend-dev has drifted is not known: the detection did not end in time.',
    ],
    [{ state: 'not-checked', why: 'no role is named' }, 'todobackend-dev was not checked: no role is named.'],
  ])('of one environment (%#)', (more, words) => {
    expect(verdict(runOf(drift(more)))).toBe(words);
  });

  test('of several counts each state', () => {
    const all = DRIFT_STATES.map((state) => drift({ state, environment: state }));
    expect(verdict(runOf(...all))).toBe(
      '5 environments: 1 drifted, 1 not known, 1 not checked, 1 undeployed, 1 in sync.',
    );
    expect(verdict(runOf(drift(), drift()))).toBe('Nothing has drifted in any of 2 environments.');
  });

  test('of a job that was cancelled is not that of what it had looked at by then', () => {
    const run: Run = { ...runOf(drift()), outcome: { outcome: 'failed', reason: 'cancelled', findings: [] } };
    expect(verdict(run)).toContain('cancelled');
    expect(outputsOf(run).values.get('drift-status')).toBe('drift-unknown');
    expect(summaryOf(run)).toMatch(/^## ❌/);
  });
});

test('the report file keeps to the schema, and only counts what is in sync', () => {
  const report = JSON.parse(reportJson(runOf(drifted, drift({ rollCall: rollCall() }), hostile)));
  expect(validate(report) ? [] : validate.errors).toEqual([]);
  expect(report.drifts[0]).toMatchObject({
    inSync: 1,
    resources: [{ path: ['Group'] }, { path: ['Network', 'Logs'] }],
  });
});

test('the summary of several has one table, and a part for each', () => {
  const { text } = seen(summaryOf(runOf(drifted, drift({ environment: 'prod' }))));
  expect(text).toMatch(/🔴 dev\s*todobackend-dev · eu-west-1\s*drifted/);
  expect(text).toMatch(/✅ prod/);
  expect(text).toMatch(/- 2\s*\+ 4/);
  expect(text).toContain('Network / Logs');
});

describe('who changed it', () => {
  const calls = [{ action: 'UpdateAutoScalingGroup', by: 'user jane', at: '2026-11-25T00:31:07.000Z' }];
  const known = drift({
    state: 'drifted',
    resources: [
      { ...GROUP, changedBy: calls },
      { ...GONE, changedBy: [] },
    ],
  });

  test('is in the summary, in the issue and in the report file', () => {
    for (const markdown of [summaryOf(runOf(known)), issueOf(known)]) {
      const { text } = seen(markdown);
      expect(text).toContain('Group: UpdateAutoScalingGroup by user jane, 2026-11-25 00:31 UTC');
      expect(text).toContain('CloudTrail names no call that changed Network / Logs');
    }
    const report = JSON.parse(reportJson(runOf(known)));
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    expect(report.drifts[0].resources[0].changedBy).toEqual(calls);
  });

  test('is not told where CloudTrail was not asked', () => {
    expect(summaryOf(runOf(drifted))).not.toMatch(/Who changed it|CloudTrail/);
  });

  test('makes no news of what is in the issue already', () => {
    expect(driftFingerprint(known)).toBe(driftFingerprint({ ...known, resources: [GROUP, GONE] }));
  });
});

test('everything is masked, in every report', () => {
  const secret = drift({ ...drifted, why: 'hunter2', unchecked: [{ what: 'hunter2', why: 'hunter2' }] });
  const told = tell(runOf(secret), (text) => text.replaceAll('hunter2', '***'));
  expect(JSON.stringify([told.summary, told.json, [...told.outputs], told.annotations])).not.toContain('hunter2');
  expect(told.run.ledger.drifts?.[0]).toMatchObject({
    state: 'drifted',
    resources: [{ state: 'modified' }, { state: 'deleted' }, {}],
  });
});

describe('the issue', () => {
  test('says what is the matter, and keeps what it is known by', () => {
    const body = issueOf(drifted);
    expect(issueTitle(drifted)).toBe('Drift: dev (todobackend-dev)');
    expect(readIssueMarker(body)).toMatchObject({ key: issueKey(drifted), fingerprint: driftFingerprint(drifted) });
    expect(seen(body).text).toContain('todobackend-dev has drifted: 1 resource changed, 1 resource gone');
    expect(seen(body).text).toContain('History: 1 change');
  });

  test('is known to be the same until something else is the matter', () => {
    const later = { ...drifted, rollCall: rollCall({ startedAt: 1, endedAt: 2 }) };
    expect(driftFingerprint(later)).toBe(driftFingerprint(drifted));
    expect(driftFingerprint(drift({ state: 'drifted', resources: [GROUP] }))).not.toBe(driftFingerprint(drifted));
  });

  test('fits into what GitHub takes, however much has drifted', () => {
    const many = drift({
      state: 'drifted',
      resources: Array.from({ length: 500 }, (_, n) => ({ ...GROUP, path: [`Group${n}`] })),
    });
    const history = Array.from({ length: 90 }, () => stateChange(many, runOf(many)));
    const body = issueOf(many, history);
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(readIssueMarker(body)?.history).toHaveLength(50);
  });

  test('is of an environment, unless only a stack was named', () => {
    expect(environmentOf(issueKey(drifted))).toBe('dev');
    expect(environmentOf(issueKey(drift({ environment: 'todobackend-dev' })))).toBeUndefined();
    expect(['', 'null', '[1]', '{'].map(environmentOf)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('that somebody has closed while the drift goes on is reopened for that, and not as if it were back', () => {
    const reopened = (before: EnvironmentDrift) =>
      changeComment(runOf(drifted), drifted, 'reopened', [stateChange(before, runOf(before))]);
    expect(reopened(drift({ state: 'in-sync' }))).toContain('It is back: ');
    expect(reopened(drifted)).toContain('It was closed, and is still there: ');
  });

  test('what is no issue of ours has no marker', () => {
    for (const body of ['', '<!-- ecs-muster:drift:1 AAAA -->\n', 'x\n<!-- ecs-muster:drift:1 q1YqSy0qzszPAwA= -->'])
      expect(readIssueMarker(body)).toBeUndefined();
  });
});

test.each([
  ['summary', summaryOf(runOf(hostile))],
  ['summary of several', summaryOf(runOf(hostile, hostile))],
  ['issue', issueOf(hostile)],
  ['last words', untold({ level: 'notice', title: HOSTILE, message: HOSTILE })],
  ['comment below a second issue', twinComment(hostile, 7)],
  ['comment of an environment that is gone', goneComment(runOf(hostile), HOSTILE, HOSTILE)],
])('foreign text forges nothing in the %s', (_, markdown) => {
  const page = seen(markdown);
  expect([...page.elements]).not.toContain('img');
  expect(page.addresses.filter((url) => url.includes('evil.example'))).toEqual([]);
  for (const text of page.plainTexts) expect(text).not.toMatch(/@octocat|#1\b|:tada:|\$x\$/);
});
