import { describe, expect, test } from '@jest/globals';
import { plansInReport } from '../../src/plan/reports.ts';
import { reportJson } from '../../src/report/json.ts';
import { ALL_PLANS, planRun } from '../report/plan-fixtures.ts';

const report = (more: object = {}) => JSON.stringify({ ...JSON.parse(reportJson(planRun([]))), ...more });

describe('the report of another job', () => {
  test.each(Object.entries(ALL_PLANS))('gives the plans that it was written of: %s', (_, plans) => {
    expect(plansInReport(reportJson(planRun(plans)))).toEqual(plans);
  });

  test('of a job that failed before there was a plan is a plan that failed', () => {
    const findings = [{ level: 'error', title: 'There is no environment qa', message: 'env/ has dev.' }];
    const failed = report({
      outcome: 'failed',
      failureReason: 'invalid-config',
      environment: 'qa',
      findings,
      plans: undefined,
    });
    expect(plansInReport(failed)).toEqual([
      {
        kind: 'failed',
        environment: 'qa',
        stackName: 'qa',
        region: '',
        templateFile: '',
        reason: 'invalid-config',
        findings,
      },
    ]);
    expect(plansInReport(report({ outcome: 'failed', failureReason: 'toString', findings: [7, {}] }))).toMatchObject([
      { reason: 'internal', findings: [], stackName: 'the stack' },
    ]);
  });

  test('of a job that chose nothing has no plan', () => {
    expect(plansInReport(report())).toEqual([]);
  });

  test.each([
    ['no JSON', '{'],
    ['something else', '[]'],
    ['another version', report({ schemaVersion: 2 })],
    ['another mode', report({ mode: 'deploy' })],
    ['plans that are none', report({ plans: 'all' })],
    ['a plan of an unknown kind', report({ plans: [{ kind: 'guess' }] })],
    ['a plan without what every plan has', report({ plans: [{ kind: 'failed', environment: 'dev', findings: [] }] })],
    ['a plan whose lists are none', report({ plans: [{ ...ALL_PLANS.nothing?.[0], changes: 7 }] })],
  ])('is none: %s', (_, text) => {
    expect(plansInReport(text)).toBeUndefined();
  });
});
