import { describe, expect, test } from '@jest/globals';
import { expectation } from '../../src/cluster/expectation.ts';
import type { LiveGroup, RolledGroup } from '../../src/cluster/request.ts';
import { Failure } from '../../src/types.ts';

const rolled = (more: Partial<RolledGroup> = {}): RolledGroup => ({
  name: 'asg-1',
  logicalId: 'ApplicationAutoscaling',
  templateDesired: 2,
  scaledBy: [],
  weighted: false,
  ...more,
});
const live = (more: Partial<LiveGroup> = {}): LiveGroup => ({
  name: 'asg-1',
  min: 0,
  max: 4,
  desired: 3,
  weighted: false,
  instances: [],
  ...more,
});
const expectOf = (
  groups: readonly RolledGroup[],
  lives: readonly LiveGroup[],
  desired: Parameters<typeof expectation>[2],
) => expectation(groups, new Map(lives.map((group) => [group.name, group])), desired);
const inService = (weight?: number) => ({
  instanceId: `i-${weight}`,
  lifecycleState: 'InService',
  ...(weight === undefined ? {} : { weight }),
});
const { templateDesired: _, ...withoutNumber } = rolled();

describe('one group', () => {
  test.each([
    ['auto: the template', rolled(), 'auto', 2, 'DesiredCapacity of ApplicationAutoscaling in the template'],
    [
      'auto: live under managed scaling',
      rolled({ scaledBy: ['managed-scaling'] }),
      'auto',
      3,
      'live desired capacity of ApplicationAutoscaling: managed scaling of a capacity provider moves it',
    ],
    [
      'auto: live under a scaling policy',
      rolled({ scaledBy: ['scaling-policy'] }),
      'auto',
      3,
      'live desired capacity of ApplicationAutoscaling: a scaling policy moves it',
    ],
    [
      'auto: live under a scheduled action',
      rolled({ scaledBy: ['scheduled-action'] }),
      'auto',
      3,
      'live desired capacity of ApplicationAutoscaling: a scheduled action moves it',
    ],
    [
      'auto: live without a DesiredCapacity',
      withoutNumber,
      'auto',
      3,
      'live desired capacity of ApplicationAutoscaling: no template gives a number',
    ],
    [
      'template, also when something scales it',
      rolled({ scaledBy: ['scaling-policy'] }),
      'template',
      2,
      'DesiredCapacity of ApplicationAutoscaling in the template',
    ],
    ['live', rolled(), 'live', 3, "live desired capacity of ApplicationAutoscaling: 'desired-count' is live"],
    ['a number', rolled(), 7, 7, "the input 'desired-count'"],
  ] as const)('%s', (_, group, desired, count, source) => {
    expect(expectOf([group], [live()], desired)).toEqual({ count, source });
  });

  test.each([
    [1, 2],
    [9, 4],
  ])('a live capacity of %i stays within Min..Max: %i', (desired, count) => {
    expect(expectOf([rolled()], [live({ min: 2, desired })], 'live').count).toBe(count);
  });

  test('template without a number there cannot be known', () => {
    expect(() => expectOf([withoutNumber], [live()], 'template')).toThrow(Failure);
  });
});

describe('weights', () => {
  const weighted = rolled({ templateDesired: 6, weighted: true });

  test('instances in service count once their weights reach the capacity', () => {
    const instances = [inService(2), inService(4), { instanceId: 'i-p', lifecycleState: 'Pending', weight: 4 }];
    expect(expectOf([weighted], [live({ desired: 6, instances })], 'auto')).toEqual({
      count: 2,
      source: 'instances in service: weights of ApplicationAutoscaling add up to 6 of 6',
    });
  });

  test('until then at least one more is expected, so that an empty group is never enough', () => {
    expect(expectOf([weighted], [live({ desired: 6, weighted: true, instances: [inService(2)] })], 'live').count).toBe(
      2,
    );
    expect(expectOf([weighted], [live({ desired: 6 })], 'auto').count).toBe(1);
  });

  test('capacity in vCPUs, of which instances tell nothing, counts instances', () => {
    expect(expectOf([weighted], [live({ instances: [inService(), inService()] })], 'auto').count).toBe(2);
  });
});

describe('several groups', () => {
  test('add up, each by its own rule', () => {
    const groups = [rolled(), rolled({ name: 'asg-2', logicalId: 'Spot', scaledBy: ['managed-scaling'] })];
    expect(expectOf(groups, [live(), live({ name: 'asg-2', desired: 4 })], 'auto')).toEqual({
      count: 6,
      source:
        '2 (DesiredCapacity of ApplicationAutoscaling in the template) + ' +
        '4 (live desired capacity of Spot: managed scaling of a capacity provider moves it)',
    });
  });

  test('none: only a number can be expected', () => {
    expect(expectOf([], [], 3).count).toBe(3);
    expect(() => expectOf([], [], 'auto')).toThrow('How many container instances to expect is not known');
  });
});
