import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { durationMs } from '../../../emulator/cloudformation/resources/autoscaling/duration.ts';
import { updatedSizes } from '../../../emulator/cloudformation/resources/autoscaling/group-properties.ts';
import {
  initiatedText,
  planRollingUpdate,
  replacementCount,
  requiredSuccesses,
} from '../../../emulator/cloudformation/resources/autoscaling/rolling-update-plan.ts';
import {
  type RollingUpdatePolicy,
  readUpdatePolicy,
} from '../../../emulator/cloudformation/resources/autoscaling/update-policy.ts';

function rolling(policy: Record<string, unknown>): RollingUpdatePolicy {
  const { rolling: read } = readUpdatePolicy({ AutoScalingRollingUpdate: policy });
  if (!read) throw new Error('no rolling update');
  return read;
}

const group = (minSize: number, desiredCapacity: number, maxSize: number, obsolete: number) => ({
  minSize,
  desiredCapacity,
  maxSize,
  obsolete: Array.from({ length: obsolete }, (_, index) => `i-${index}`),
});

describe('reading an UpdatePolicy (CloudFormation User Guide, "UpdatePolicy attribute")', () => {
  test('the documented defaults', () => {
    expect(rolling({})).toEqual({
      maxBatchSize: 1,
      minInstancesInService: 0,
      minActiveInstancesPercent: 100,
      minSuccessfulInstancesPercent: 100,
      pauseTime: 'PT0S',
      pauseMs: 0,
      suspendProcesses: [],
      waitOnResourceSignals: false,
    });
  });

  test('PauseTime defaults to five minutes with signals', () => {
    expect(rolling({ WaitOnResourceSignals: 'true' })).toMatchObject({ pauseTime: 'PT5M', pauseMs: 300_000 });
  });

  test('values may be text', () => {
    expect(rolling({ MaxBatchSize: '2', MinInstancesInService: '3', PauseTime: 'PT1H2M3S' })).toMatchObject({
      maxBatchSize: 2,
      minInstancesInService: 3,
      pauseMs: 3_723_000,
    });
  });

  test.each(['15M', 'PT', 'P1D', 'PT15', ''])('refuses the duration %j', (text) => {
    expect(() => durationMs(text)).toThrow(/PT#H#M#S/);
  });

  test('an instance refresh is refused rather than left out', () => {
    expect(() => readUpdatePolicy({ AutoScalingInstanceRefresh: { Strategy: 'Rolling' } })).toThrow(
      /AutoScalingInstanceRefresh/,
    );
  });
});

describe('the plan, against live updates recorded by github.com/guardian/testing-asg-rolling-update', () => {
  test.each([
    // MaxBatchSize, MinInstancesInService, group -> batch, temporary capacity
    ['healthy-to-unhealthy', 5, 5, group(5, 5, 10, 5), { batchSize: 5, temporaryCapacity: 10 }],
    ['partially scaled', 6, 3, group(3, 6, 9, 6), { batchSize: 6, temporaryCapacity: 9 }],
    ['partially scaled v2', 6, 6, group(3, 6, 9, 6), { batchSize: 3, temporaryCapacity: 9 }],
    ['fully scaled', 6, 3, group(3, 9, 9, 9), { batchSize: 6 }],
    ['fully scaled v2', 6, 8, group(3, 9, 9, 9), { batchSize: 1 }],
    ['rollback after partially scaled v2', 6, 3, group(3, 9, 9, 3), { batchSize: 3 }],
  ])('%s', (_name, MaxBatchSize, MinInstancesInService, before, expected) => {
    expect(planRollingUpdate(rolling({ MaxBatchSize, MinInstancesInService }), before)).toEqual(expected);
  });

  test('never more at once than MaxBatchSize, never above MaxSize, and MinInstancesInService stay', () => {
    fc.assert(
      fc.property(fc.nat(10), fc.nat(10), fc.nat(10), fc.nat(9), fc.integer({ min: 1, max: 10 }), (...drawn) => {
        const [low, more, room, keep, MaxBatchSize] = drawn;
        const before = group(low, low + more, low + more + room, low + more);
        fc.pre(before.obsolete.length > 0 && keep < before.maxSize);
        const plan = planRollingUpdate(rolling({ MaxBatchSize, MinInstancesInService: keep }), before);
        const capacity = plan.temporaryCapacity ?? before.desiredCapacity;
        expect(plan.batchSize).toBeGreaterThanOrEqual(1);
        expect(plan.batchSize).toBeLessThanOrEqual(Math.min(MaxBatchSize, before.obsolete.length));
        expect(capacity).toBeLessThanOrEqual(before.maxSize);
        if (keep > 0) expect(capacity - plan.batchSize).toBeGreaterThanOrEqual(keep);
      }),
    );
  });
});

describe('replacementCount', () => {
  test.each([
    [
      'a batch in the middle is replaced one for one',
      { leaving: 3, isLast: false, capacity: 9, desiredCapacity: 6 },
      3,
    ],
    [
      'the last one brings the group back to its size',
      { leaving: 3, isLast: true, capacity: 9, desiredCapacity: 6 },
      0,
    ],
    ['six leave at once, three take their place', { leaving: 6, isLast: true, capacity: 9, desiredCapacity: 6 }, 3],
    ['a group that has not grown', { leaving: 1, isLast: true, capacity: 2, desiredCapacity: 2 }, 1],
  ])('%s', (_name, batch, expected) => {
    expect(replacementCount(batch)).toBe(expected);
  });
});

test('MinSuccessfulInstancesPercent of 50 of five instances: three must signal success', () => {
  expect(requiredSuccesses(5, 50)).toBe(3);
  expect(requiredSuccesses(6, 100)).toBe(6);
  expect(requiredSuccesses(6, 0)).toBe(0);
});

describe('the opening event', () => {
  test('with signals', () => {
    const policy = rolling({ MinInstancesInService: 1, PauseTime: 'PT15M', WaitOnResourceSignals: true });
    expect(initiatedText(policy, 2, 1)).toBe(
      'Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 1, while keeping at least 1 instance(s) in service. Waiting on resource signals with a timeout of PT15M when new instances are added to the autoscaling group.',
    );
  });

  test('with neither signals nor a minimum in service', () => {
    expect(initiatedText(rolling({}), 2, 1)).toBe(
      'Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 1.',
    );
  });
});

describe('group sizes that an update writes', () => {
  const sizes = (MinSize: string, MaxSize: string, DesiredCapacity?: string) => ({
    MinSize,
    MaxSize,
    ...(DesiredCapacity !== undefined && { DesiredCapacity }),
  });

  test('all that the template gives', () => {
    expect(updatedSizes(sizes('1', '3', '2'), sizes('1', '4', '2'), false)).toEqual({
      MinSize: 1,
      MaxSize: 4,
      DesiredCapacity: 2,
    });
  });

  test('no desired capacity where the template has none', () => {
    expect(updatedSizes(sizes('1', '3', '2'), sizes('1', '3'), false)).toEqual({ MinSize: 1, MaxSize: 3 });
  });

  test('IgnoreUnmodifiedGroupSizeProperties: only what differs between the templates', () => {
    expect(updatedSizes(sizes('1', '3', '2'), sizes('1', '4', '2'), true)).toEqual({ MaxSize: 4 });
  });
});
