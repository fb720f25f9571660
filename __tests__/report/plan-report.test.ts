import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { EnvironmentPlan } from '../../src/plan/model.ts';
import { reportJson } from '../../src/report/json.ts';
import { maskRun } from '../../src/report/masking.ts';
import { outputsOf } from '../../src/report/outputs.ts';
import { planSummary } from '../../src/report/plan-comment.ts';
import { tell } from '../../src/report/tell.ts';
import { verdict } from '../../src/report/verdict.ts';
import {
  ALL_PLANS,
  failed,
  inPlace,
  nested,
  nothing,
  offline,
  planned,
  planRun,
  replacing,
  rolling,
} from './plan-fixtures.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': true } });
const validate = ajv.compile(schema);

describe('the report file of a plan', () => {
  test.each(Object.entries(ALL_PLANS))('%s keeps to the schema and has all of it', (_, plans) => {
    const report = JSON.parse(reportJson(planRun(plans)));
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    expect(report.plans).toEqual(JSON.parse(JSON.stringify(plans)));
  });
});

describe('the verdict of a plan', () => {
  test.each<[readonly EnvironmentPlan[], string]>([
    [[nothing], 'Nothing would change in todobackend-dev.'],
    [[rolling], 'todobackend-prod would change: 2 modified, 1 maybe modified.'],
    [[failed], 'todobackend-prod could not be planned.'],
    [[nothing, rolling], '1 of 2 environments would change.'],
    [[nothing, nothing], 'Nothing would change in any of 2 environments.'],
    [[nothing, offline], 'No change set was made for 1 of 2 environments.'],
  ])('%#', (plans, words) => {
    expect(verdict(planRun(plans))).toBe(words);
  });

  test('that is refused says so', () => {
    const run = planRun([replacing], {
      outcome: { outcome: 'failed', reason: 'replacement-refused', findings: replacing.refused },
    });
    expect(verdict(run)).toMatch(/^Refused, .*: todobackend-prod would change: 1 replaced/);
  });

  test('without any plan says why', () => {
    const outcome = { outcome: 'failed', reason: 'change-set-failed', findings: [] } as const;
    const run = planRun([], { outcome, ledger: { findings: [], stackName: 'app' } });
    expect(verdict(run)).toBe('Nothing was planned: CloudFormation refused the change set for app.');
  });
});

describe('the outputs of a plan', () => {
  const of = (...plans: readonly EnvironmentPlan[]) => Object.fromEntries(outputsOf(planRun(plans)).values);

  test('say whether anything changes, how much is replaced, and what was planned', () => {
    expect(of(nothing, replacing)).toMatchObject({
      'has-changes': 'true',
      replacements: '2',
      environments: '["dev","prod"]',
    });
    expect(of(nothing)).toMatchObject({ 'has-changes': 'false', replacements: '0' });
    expect(of(nested)).toMatchObject({ replacements: '1' });
    expect(of(planned('dev'))).toMatchObject({ 'has-changes': 'true' });
  });

  test('say nothing of it where no change set was made', () => {
    for (const one of [of(offline), of(failed)]) {
      expect(one).not.toHaveProperty('has-changes');
      expect(one).not.toHaveProperty('replacements');
    }
  });
});

describe('what is masked', () => {
  const SECRETS = ['hunter2', 'changed', 'Modify'];
  const hide = (text: string) => SECRETS.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);

  test('is in no report of a plan, and words of ours stay', () => {
    const [change] = inPlace.changes;
    if (change === undefined) throw new Error('no change');
    const property = {
      path: ['Properties', 'hunter2'],
      requiresRecreation: 'Never',
      certain: true,
      causes: [],
      diff: { kind: 'changed', before: { deep: ['hunter2'] }, after: 'pre-hunter2-post' },
      withheld: 'hunter2',
    } as const;
    const plan = planned('dev', {
      impacts: [{ risk: 'safe', text: 'hunter2' }],
      changes: [{ ...change, properties: [property] }],
      parameters: [{ name: 'P', before: 'hunter2', after: 'x', secret: false }],
      sections: [{ section: 'Outputs', name: 'O', diff: { kind: 'added', after: 'hunter2' } }],
      findings: [{ level: 'warning', title: 'hunter2', message: 'hunter2' }],
    });
    const masked = maskRun(planRun([plan]), hide);
    expect(JSON.stringify(masked)).not.toContain('hunter2');
    const [told] = masked.ledger.plans ?? [];
    expect(told).toMatchObject({ kind: 'change-set', record: plan.record, changes: [{ action: 'Modify' }] });
    const { summary, json } = tell(planRun([plan]), hide);
    expect(summary + json).not.toContain('hunter2');
    expect(summary).toContain('- deep:\n-   - ***\n+ pre-***-post');
    expect(planSummary(masked, 1_000_000)).toContain('todobackend-dev would change: 1 modified');
  });
});
