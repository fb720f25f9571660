import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createScenarios, seededRandom } from '../../../emulator/scenario.ts';

const describeStacks = { service: 'cloudformation', action: 'DescribeStacks', resource: 'prod' };
const error = { error: 'Throttling' };

describe('rules for calls', () => {
  test('the first rule that fits decides', () => {
    const scenarios = createScenarios({
      calls: [
        { when: { service: 'ecs' }, then: { delayMs: 1 } },
        { when: { action: 'DescribeStacks' }, then: error },
        { when: {}, then: { delayMs: 2 } },
      ],
    });
    expect(scenarios.call(describeStacks)).toEqual(error);
  });

  test('nth counts the calls that fit, from 1; a range has both ends', () => {
    const nth = createScenarios({ calls: [{ when: { action: 'DescribeStacks', nth: 2 }, then: error }] });
    const others = () => nth.call({ service: 'ecs', action: 'ListClusters' });
    expect([nth.call(describeStacks), others(), nth.call(describeStacks), nth.call(describeStacks)]).toEqual([
      undefined,
      undefined,
      error,
      undefined,
    ]);
    const range = createScenarios({ calls: [{ when: { nth: [2, 3] }, then: error }] });
    expect([1, 2, 3, 4].map(() => range.call(describeStacks) !== undefined)).toEqual([false, true, true, false]);
  });

  test('a rule that is not at its turn leaves the call to the next one', () => {
    const scenarios = createScenarios({
      calls: [
        { when: { nth: 1 }, then: error },
        { when: {}, then: { delayMs: 5 } },
      ],
    });
    expect([scenarios.call(describeStacks), scenarios.call(describeStacks)]).toEqual([error, { delayMs: 5 }]);
  });

  test('a resource is a part of the name; a star ends an action', () => {
    const scenarios = createScenarios({ calls: [{ when: { action: 'Describe*', resource: 'pro' }, then: error }] });
    expect(scenarios.call(describeStacks)).toEqual(error);
    expect(scenarios.call({ ...describeStacks, resource: 'dev' })).toBeUndefined();
    expect(scenarios.call({ ...describeStacks, action: 'DeleteStack' })).toBeUndefined();
    expect(scenarios.call({ service: 'ecs', action: 'DescribeClusters' })).toBeUndefined();
  });

  test('probability plays the same way for the same seed, and about as often as it says', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.05, max: 0.95, noNaN: true }), (seed, probability) => {
        const play = () => {
          const scenarios = createScenarios({ seed, calls: [{ when: { probability }, then: error }] });
          return Array.from({ length: 2000 }, () => scenarios.call(describeStacks) !== undefined);
        };
        const played = play();
        expect(play()).toEqual(played);
        expect(Math.abs(played.filter(Boolean).length / 2000 - probability)).toBeLessThan(0.08);
      }),
      { numRuns: 20 },
    );
  });

  test('the generator stays within 0 to 1', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed);
        for (let turn = 0; turn < 100; turn++) {
          const value = random();
          expect(value >= 0 && value < 1).toBe(true);
        }
      }),
    );
  });

  test('playing another scenario replaces the first one and starts the counts again', () => {
    const rule = { when: { nth: 1 }, then: error };
    const scenarios = createScenarios({ calls: [rule] });
    expect(scenarios.call(describeStacks)).toEqual(error);
    scenarios.play({ calls: [rule] });
    expect(scenarios.call(describeStacks)).toEqual(error);
    scenarios.play({});
    expect(scenarios.call(describeStacks)).toBeUndefined();
  });
});

describe('rules for resources and hosts', () => {
  test('a resource rule applies as often as it says', () => {
    const scenarios = createScenarios({
      resources: [{ logicalId: 'Group', operation: 'create', fail: 'no capacity', times: 1 }],
    });
    const step = { stackName: 's', logicalId: 'Group', operation: 'create' as const };
    expect(scenarios.resource({ ...step, operation: 'delete' })).toBeUndefined();
    expect([scenarios.resource(step), scenarios.resource(step)]).toEqual([{ fail: 'no capacity' }, undefined]);
  });

  test('a host is found by the name or the logical id of its group, and by its number', () => {
    const scenarios = createScenarios({
      hosts: [
        { group: 'Autoscaling', nth: 2, behaviour: { kind: 'dead' } },
        { behaviour: { kind: 'slow', delayMs: 1 } },
      ],
    });
    const host = { groupName: 'stack-Autoscaling-1X', groupLogicalId: 'Autoscaling', ordinal: 2 };
    expect(scenarios.host(host).map(({ kind }) => kind)).toEqual(['dead', 'slow']);
    expect(scenarios.host({ ...host, ordinal: 1 }).map(({ kind }) => kind)).toEqual(['slow']);
    expect(scenarios.host({ groupName: 'other', ordinal: 2 }).map(({ kind }) => kind)).toEqual(['slow']);
  });
});
