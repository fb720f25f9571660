import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { operationsOf } from '../../src/report/operations.ts';
import { timelineOf } from '../../src/report/timeline.ts';
import { hostileText } from '../runner/hostile.ts';
import {
  ALL_RUNS,
  capacityShort,
  deployment,
  event,
  invalid,
  large,
  rolledBack,
  run,
  succeeded,
  unchanged,
} from './fixtures.ts';
import { ganttTasks } from './mermaid.ts';

const MINUTE = 60_000;

async function bars(told: typeof succeeded) {
  const timeline = timelineOf(told);
  if (timeline === undefined) throw new Error('no timeline');
  return { tasks: await ganttTasks(timeline.mermaid), ...timeline };
}

describe('the timeline', () => {
  test.each(Object.entries(ALL_RUNS))('of the run %s is read by Mermaid, within its limits', async (_, told) => {
    const timeline = timelineOf(told);
    if (timeline === undefined) return;
    expect(timeline.mermaid.length).toBeLessThan(50_000);
    expect((await ganttTasks(timeline.mermaid)).length).toBeGreaterThan(0);
  });

  test('has a bar for each resource in the order in which they began, and one for the roll call', async () => {
    const { tasks } = await bars(succeeded);
    expect(tasks.map((one) => one.task)).toEqual([
      '✓ ApplicationCluster 6.0s',
      '✓ EcsInstanceRole 19s',
      '✓ ApplicationLogGroup 3.0s',
      '✓ ApplicationSecurityGroup 7.0s',
      '✓ EcsInstanceProfile 1m 53s',
      '✓ ApplicationLaunchTemplate 5.0s',
      '✓ ApplicationAutoscaling 1m 59s',
      '✓ roll call 3 of 3',
    ]);
    const [group] = tasks.slice(-2);
    expect(Number(group?.endTime) - Number(group?.startTime)).toBe(119_000);
    expect(tasks.some((one) => one.crit)).toBe(false);
  });

  test('has no line through a label: what is left of the grid are ticks below the bars', async () => {
    for (const told of [succeeded, rolledBack, large]) {
      const { mermaid, tasks } = await bars(told);
      const { gantt } = JSON.parse(mermaid.slice('%%{init: '.length, mermaid.indexOf('}%%')));
      const { topPadding, barHeight, barGap, gridLineStartPadding } = gantt;
      // Mermaid's layout: lines go from the axis up to here.
      const height = tasks.length * (barHeight + barGap) + 2 * topPadding;
      const axis = height - 50;
      const lineLength = height - topPadding - gridLineStartPadding;
      expect(lineLength).toBeGreaterThan(0);
      expect(axis - lineLength).toBeGreaterThanOrEqual(topPadding + tasks.length * (barHeight + barGap) - barGap);
    }
  });

  test('marks what failed, and only that: not what was cancelled, not what the rollback undid', async () => {
    const { tasks } = await bars(rolledBack);
    expect(tasks.filter((one) => one.crit).map((one) => one.task)).toEqual(['✗ ApplicationAutoscaling 15m 02s']);
    expect(tasks.map((one) => one.task)).toContain('⊘ ApplicationDashboard 15m 02s');
    expect(tasks.map((one) => one.task)).toContain('↺ ApplicationAutoscaling deleted 1m 43s');
  });

  test('marks a roll call that fell short', async () => {
    const { tasks } = await bars(capacityShort);
    expect(tasks.filter((one) => one.crit).map((one) => one.task)).toEqual(['✗ roll call 2 of 3']);
  });

  test('is a picture: the slowest of many, what failed among them, and how many are left out', async () => {
    const { tasks, omitted } = await bars(large);
    expect(tasks).toHaveLength(25);
    expect(omitted).toBe(476);
    const quick = event(3, {
      logicalId: 'Quick',
      resourceType: 'AWS::SNS::Topic',
      physicalId: 'q',
      status: 'CREATE_FAILED',
    });
    const events = [...(large.ledger.deployment?.events ?? []), quick];
    const withFailure = run({}, { deployment: deployment(events, 'ROLLBACK_COMPLETE', 145) });
    expect((await bars(withFailure)).tasks.map((one) => one.task)).toContain('✗ Quick 0.0s');
  });

  test('shows time since the start, whatever the reader’s time zone', async () => {
    const { tasks } = await bars(capacityShort);
    const first = tasks[0]?.startTime;
    expect([first?.getFullYear(), first?.getHours(), first?.getMinutes()]).toEqual([2000, 0, 0]);
    expect(Number(tasks.at(-1)?.endTime) - Number(new Date(2000, 0, 1))).toBe(17.5 * MINUTE + 1_000);
  });

  test('nothing deployed, no picture', () => {
    expect(timelineOf(unchanged)).toBeUndefined();
    expect(timelineOf(invalid)).toBeUndefined();
  });

  test('whatever a resource is called, it is one bar', async () => {
    const words = fc.constantFrom(
      'section',
      'title',
      'click x',
      'gantt',
      'dateFormat',
      'topAxis',
      '%%',
      ':crit, ',
      '\n',
      ';',
      '#',
    );
    const names = fc.array(fc.oneof(words, hostileText), { maxLength: 5 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(names, async (logicalId) => {
        const events = ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE'].map((status, n) =>
          event(n, { logicalId, resourceType: 'AWS::SNS::Topic', physicalId: 'topic', status }),
        );
        const { tasks } = await bars(run({}, { deployment: deployment(events, 'CREATE_COMPLETE', 2) }));
        expect(tasks).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });
});

describe('operations', () => {
  const topic = { logicalId: 'Topic', resourceType: 'AWS::SNS::Topic', physicalId: 'arn' };

  function operations(...events: Parameters<typeof event>[]) {
    const all = events.map((one) => event(...one));
    return operationsOf(deployment(all, 'UPDATE_COMPLETE', 100));
  }

  test('repeated progress is one operation, from the first event to the last', () => {
    const [operation, ...more] = operations(
      [1, { ...topic, status: 'UPDATE_IN_PROGRESS' }],
      [5, { ...topic, status: 'UPDATE_IN_PROGRESS', reason: 'Received SUCCESS signal' }],
      [9, { ...topic, status: 'UPDATE_COMPLETE' }],
    );
    expect(more).toEqual([]);
    expect(Number(operation?.endedAt) - Number(operation?.startedAt)).toBe(8_000);
    expect(operation).toMatchObject({ verb: 'UPDATE', ending: 'complete', phase: 'deployment' });
  });

  test('what was still running is shown until the end', () => {
    const [operation] = operations([1, { ...topic, status: 'CREATE_IN_PROGRESS' }]);
    expect(operation).toMatchObject({ ending: 'running' });
    expect(Number(operation?.endedAt) - Number(operation?.startedAt)).toBe(99_000);
  });

  test('the stack’s own status tells rollback and clean-up apart', () => {
    const phases = operations(
      [1, { ...topic, status: 'UPDATE_COMPLETE' }],
      [2, { status: 'UPDATE_ROLLBACK_IN_PROGRESS' }],
      [3, { ...topic, status: 'UPDATE_COMPLETE' }],
      [4, { status: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS' }],
      [5, { ...topic, status: 'DELETE_COMPLETE' }],
    ).map((operation) => operation.phase);
    expect(phases).toEqual(['deployment', 'rollback', 'clean-up']);
  });

  test('a resource of the same name in a nested stack is another one', () => {
    const paths = operations(
      [1, { ...topic, status: 'CREATE_IN_PROGRESS' }],
      [2, { ...topic, nestedIn: ['Network'], status: 'CREATE_COMPLETE' }],
      [3, { ...topic, status: 'CREATE_COMPLETE' }],
    ).map((operation) => operation.path);
    expect(paths).toEqual(['Topic', 'Network › Topic']);
  });
});
