import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { reportJson } from '../../src/report/json.ts';
import { FAILURE_REASONS } from '../../src/types.ts';
import { ALL_RUNS, rolledBack, STARTED_AT, stack, succeeded } from './fixtures.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ } });
const validate = ajv.compile(schema);

describe('the report file', () => {
  test.each(Object.entries(ALL_RUNS))('of the run %s keeps to its schema', (_, run) => {
    const report = JSON.parse(reportJson(run));
    expect(validate(report) ? [] : validate.errors).toEqual([]);
  });

  test('has all of it', () => {
    const report = JSON.parse(reportJson(rolledBack));
    expect(report).toMatchObject({
      schemaVersion: 1,
      outcome: 'failed',
      failureReason: 'rolled-back',
      startedAt: '2026-11-24T09:29:56.000Z',
      duration: 1_166_000,
      findings: [
        { title: 'ApplicationAutoscaling could not be created', location: { file: 'stack.yml', line: 70 } },
        {},
      ],
      deployment: { finalStatus: 'ROLLBACK_COMPLETE', succeeded: false },
    });
    expect(report.deployment.events).toHaveLength(rolledBack.ledger.deployment?.events.length ?? 0);
    expect(report.deployment.events[0].at).toBe(new Date(STARTED_AT).toISOString());
  });

  test('has no value of a withheld output, and none of the stack’s parameters', () => {
    const outputs = [{ key: 'Password', value: 'hunter2', withheld: 'it reaches DbPassword' }];
    const live = {
      ...stack('CREATE_COMPLETE'),
      parameters: { Owner: { value: 'hunter2' } },
      outputs: [{ key: 'Password', value: 'hunter2' }],
    };
    const json = reportJson({ ...succeeded, ledger: { ...succeeded.ledger, outputs, stack: live } });
    expect(json).not.toContain('hunter2');
    expect(json).toContain('it reaches DbPassword');
  });

  test('has of a change set what its schema says, whatever else the one that was executed carries', () => {
    const changeSet = {
      id: 'arn:cs',
      name: 'muster-1',
      type: 'UPDATE',
      empty: false,
      stackId: 'arn:s',
      changes: [],
    } as const;
    const report = JSON.parse(reportJson({ ...succeeded, ledger: { ...succeeded.ledger, changeSet } }));
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    expect(report.changeSet).toEqual({ id: 'arn:cs', name: 'muster-1', type: 'UPDATE', empty: false });
  });

  test('its schema names every failure reason, and refuses what it does not know', () => {
    expect(schema.properties.failureReason.enum).toEqual(Object.keys(FAILURE_REASONS));
    expect(validate({ ...JSON.parse(reportJson(succeeded)), surprise: 1 })).toBe(false);
    expect(validate({ ...JSON.parse(reportJson(rolledBack)), failureReason: undefined })).toBe(false);
  });
});
