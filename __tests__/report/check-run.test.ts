import { describe, expect, test } from '@jest/globals';
import { checkRunOf } from '../../src/report/check-run.ts';
import { byteLength } from '../../src/text.ts';
import { ALL_RUNS, invalid, large, rolledBack, run, STACK_NAME, succeeded, unchanged } from './fixtures.ts';

describe('the check run', () => {
  test('has every finding at its line, and every event at its resource’s', () => {
    const report = checkRunOf(rolledBack);
    expect(report).toMatchObject({
      name: 'ECS Muster deploy dev',
      externalId: 'ecs-muster/deploy/dev',
      conclusion: 'failure',
      title: 'The deployment of todobackend-dev failed and was rolled back.',
    });
    const annotations = report?.annotations ?? [];
    expect(annotations[0]).toMatchObject({ level: 'failure', path: 'stack.yml', startLine: 70, endLine: 70 });
    const placed = (rolledBack.ledger.deployment?.events ?? []).filter(
      ({ logicalId }) => logicalId !== STACK_NAME && logicalId !== 'ApplicationDashboard',
    );
    expect(annotations).toHaveLength(2 + placed.length);
    expect(annotations.filter(({ level }) => level === 'failure')).toHaveLength(1);
    const failed = annotations.find(({ title }) => title === 'CREATE_FAILED ApplicationAutoscaling');
    expect(failed).toMatchObject({
      level: 'warning',
      startLine: 70,
      message: expect.stringContaining('Received 1 SUCCESS'),
    });
  });

  test.each(Object.entries(ALL_RUNS))('of the run %s is within what the Checks API takes', (_, told) => {
    const report = checkRunOf(told);
    if (report === undefined) return;
    expect(byteLength(report.summary)).toBeLessThanOrEqual(65_535);
    expect(report.title.length).toBeLessThanOrEqual(255);
    expect(report.annotations.length).toBeLessThanOrEqual(500);
    for (const { title, message, path, startLine } of report.annotations) {
      expect(title.length).toBeLessThanOrEqual(255);
      expect(byteLength(message)).toBeLessThanOrEqual(64 * 1_024);
      expect(path).not.toMatch(/^\.\//);
      expect(startLine).toBeGreaterThan(0);
    }
  });

  test('says how many annotations are too many', () => {
    const annotations = checkRunOf(large)?.annotations ?? [];
    expect(annotations).toHaveLength(500);
    expect(annotations.at(-1)?.title).toBe('1,001 more events');
  });

  test('concludes as the run did; where nothing has a place there is none', () => {
    expect(checkRunOf(succeeded)?.conclusion).toBe('success');
    expect(checkRunOf(invalid)?.conclusion).toBe('failure');
    const { findings } = invalid.outcome;
    const cancelled = run({ outcome: { outcome: 'failed', reason: 'cancelled', findings } });
    expect(checkRunOf(cancelled)?.conclusion).toBe('cancelled');
    expect(checkRunOf(unchanged)).toBeUndefined();
  });
});
