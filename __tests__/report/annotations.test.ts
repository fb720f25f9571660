import { describe, expect, test } from '@jest/globals';
import type { Run } from '../../src/outcome.ts';
import { annotationsOf } from '../../src/report/annotations.ts';
import type { Finding } from '../../src/types.ts';
import { ALL_RUNS, capacityShort, invalid, large, rolledBack, run, succeeded } from './fixtures.ts';

function findings(n: number, level: Finding['level']): readonly Finding[] {
  return Array.from({ length: n }, (_, i) => ({ level, title: `${level} ${i + 1}`, message: 'because' }));
}

function failed(all: readonly Finding[]): Run {
  return run({ outcome: { outcome: 'failed', reason: 'invalid-config', findings: all } });
}

describe('the annotations of a run', () => {
  test.each(Object.entries(ALL_RUNS))('%s are within the runner’s budget', (_, told) => {
    const annotations = annotationsOf(told);
    for (const level of ['error', 'warning', 'notice']) {
      expect(annotations.filter((one) => one.level === level).length).toBeLessThanOrEqual(10);
    }
    for (const { title, message } of annotations) {
      expect(title.length).toBeLessThanOrEqual(255);
      expect(message.length).toBeLessThanOrEqual(4_096);
    }
  });

  test('three problems are three errors at their lines, by paths that match a pull request’s', () => {
    expect(annotationsOf(invalid).map(({ level, file, line, column }) => ({ level, file, line, column }))).toEqual([
      { level: 'error', file: 'env/dev.cfg', line: 1 },
      { level: 'error', file: 'env/dev.cfg', line: 4 },
      { level: 'error', file: 'env/dev.cfg', line: 2, column: 25 },
    ]);
  });

  test('one cause is one error, at the template’s line, with what to do; nothing that was rolled back is a success', () => {
    const annotations = annotationsOf(rolledBack);
    expect(annotations.map((one) => one.level)).toEqual(['error', 'warning']);
    expect(annotations[0]).toMatchObject({
      title: 'ApplicationAutoscaling could not be created',
      file: 'stack.yml',
      line: 70,
      message: expect.stringContaining('Received 1 SUCCESS signal(s) out of 3'),
    });
    expect(annotations[0]?.message).toContain('get-console-output');
  });

  test('each finished resource is a notice at its line, slowest first', () => {
    const notices = annotationsOf(succeeded).filter((one) => one.level === 'notice');
    expect(notices.map(({ title, line }) => `${line} ${title}`)).toEqual([
      '70 ApplicationAutoscaling created in 1m 59s',
      '241 EcsInstanceProfile created in 1m 53s',
      '187 EcsInstanceRole created in 19s',
      '164 ApplicationSecurityGroup created in 7.0s',
      '96 ApplicationCluster created in 6.0s',
      '108 ApplicationLaunchTemplate created in 5.0s',
      '155 ApplicationLogGroup created in 3.0s',
    ]);
    expect(notices[0]?.message).toMatch(/created in 1m 59s: AWS::AutoScaling::AutoScalingGroup todobackend-dev-/);
  });

  test('what was created before a roll call that fell short is told all the same', () => {
    expect(annotationsOf(capacityShort).map((one) => one.level)).toEqual(['error', 'notice', 'notice']);
  });

  test('the tenth notice says how many more there are', () => {
    const notices = annotationsOf(large).filter((one) => one.level === 'notice');
    expect(notices).toHaveLength(10);
    expect(notices[9]?.title).toBe('491 more resources finished');
  });

  test.each([
    [10, 'error 10'],
    [11, '2 more errors'],
    [100, '91 more errors'],
  ])('of %d errors the first come first, and the last is %s', (n, last) => {
    const errors = annotationsOf(failed(findings(n, 'error')));
    expect(errors).toHaveLength(10);
    expect(errors.slice(0, 9).map((one) => one.title)).toEqual(findings(9, 'error').map((one) => one.title));
    expect(errors[9]?.title).toBe(last);
  });

  test('a level’s budget is its own', () => {
    const annotations = annotationsOf(failed([...findings(30, 'warning'), ...findings(30, 'error')]));
    expect(annotations.map((one) => one.level)).toEqual([...Array(10).fill('error'), ...Array(10).fill('warning')]);
  });

  test('long text is cut to what the runner takes', () => {
    const [annotation] = annotationsOf(
      failed([{ level: 'error', title: 'x'.repeat(300), message: '👩'.repeat(4_000) }]),
    );
    expect(annotation?.title).toHaveLength(255);
    expect(annotation?.message.length).toBeLessThanOrEqual(4_096);
    expect(annotation?.message.isWellFormed()).toBe(true);
  });
});
