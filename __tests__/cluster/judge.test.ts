import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AWAY_LIMIT, awaySince, type Facts, join, judge, sortOut } from '../../src/cluster/judge.ts';
import type { ContainerHost, DesiredCount, LiveGroup } from '../../src/cluster/request.ts';

const host = (id: string, more: Partial<ContainerHost> = {}): ContainerHost => ({
  arn: `arn:host/${id}`,
  ec2InstanceId: id,
  status: 'ACTIVE',
  agentConnected: true,
  ...more,
});
const liveGroup = (
  desired: number,
  states: Readonly<Record<string, string>>,
  more: Partial<LiveGroup> = {},
): LiveGroup => ({
  name: 'asg',
  min: 0,
  max: 10,
  desired,
  weighted: false,
  instances: Object.entries(states).map(([instanceId, lifecycleState]) => ({ instanceId, lifecycleState })),
  ...more,
});
function facts(
  count: number,
  groups: readonly LiveGroup[],
  hosts: readonly ContainerHost[],
  more: Partial<Facts> = {},
): Facts {
  return {
    at: 0,
    clusterStatus: 'ACTIVE',
    registeredCount: hosts.filter(({ status }) => status === 'ACTIVE' || status === 'DRAINING').length,
    expected: { count, source: 'test' },
    groups,
    hosts,
    awaySince: new Map(),
    ...more,
  };
}
const judged = (of: Facts, desired: DesiredCount = 'auto', afterChange = false) => judge(of, { desired, afterChange });
const ids = (instances: readonly { instanceId: string }[]) => instances.map(({ instanceId }) => instanceId);
const two = liveGroup(2, { a: 'InService', b: 'InService' });

describe('complete', () => {
  test('everyone in service is registered, ACTIVE and connected, and the counts are equal', () => {
    const { verdict, roll } = judged(facts(2, [two], [host('a'), host('b')]));
    expect(verdict).toBe('complete');
    expect(ids(roll.answered)).toEqual(['a', 'b']);
  });

  test('zero of zero', () => {
    expect(judged(facts(0, [liveGroup(0, {})], [])).verdict).toBe('complete');
  });

  test('a number that the user gave lets strangers count', () => {
    expect(judged(facts(3, [two], [host('a'), host('b'), host('x')]), 3).verdict).toBe('complete');
    expect(judged(facts(2, [], [host('x'), host('y')]), 2).verdict).toBe('complete');
  });
});

describe('short', () => {
  test.each([
    ['an instance that is not registered', facts(2, [two], [host('a')]), ['b']],
    [
      'two of ours and a stranger make three, but not our three',
      facts(3, [liveGroup(3, { a: 'InService', b: 'InService', c: 'InService' })], [host('a'), host('b'), host('x')]),
      ['c'],
    ],
    [
      'an instance that is registered but not ACTIVE',
      facts(2, [two], [host('a'), host('b', { status: 'REGISTRATION_FAILED', statusReason: 'trunk' })]),
      ['b'],
    ],
    ['a drained instance in service', facts(2, [two], [host('a'), host('b', { status: 'DRAINING' })]), ['b']],
    [
      'an instance that is still pending',
      facts(2, [liveGroup(2, { a: 'InService', b: 'Pending' })], [host('a')]),
      ['b'],
    ],
    ['an instance beyond the expected number', facts(1, [two], [host('a')]), ['b']],
  ])('%s', (_, of, missing) => {
    const { verdict, roll } = judged(of);
    expect(verdict).toBe('short');
    expect(ids(roll.missing)).toEqual(missing);
  });

  test('a stranger where the group launched nothing yet', () => {
    const { verdict, roll } = judged(facts(1, [liveGroup(1, {})], [host('x')]));
    expect(verdict).toBe('short');
    expect(ids(roll.strangers)).toEqual(['x']);
  });

  test('a cluster that is not ACTIVE, or counts that contradict each other', () => {
    const all = [host('a'), host('b')];
    expect(judged(facts(2, [two], all, { clusterStatus: 'PROVISIONING' })).verdict).toBe('short');
    expect(judged(facts(2, [two], [host('a')], { registeredCount: 2 })).verdict).toBe('short');
    expect(judged(facts(2, [two], all, { registeredCount: 1 })).verdict).toBe('short');
  });

  test('more strangers than are missing, while the group has not launched its own', () => {
    const hosts = [host('a'), host('x'), host('y'), host('z')];
    expect(judged(facts(3, [liveGroup(3, { a: 'InService' })], hosts)).verdict).toBe('short');
  });

  test('a stranger that counts must be connected', () => {
    const { verdict, roll } = judged(facts(3, [two], [host('a'), host('b'), host('x', { agentConnected: false })]), 3);
    expect(verdict).toBe('short');
    expect(ids(roll.disconnected)).toEqual(['x']);
  });

  test('a number is not reached by a host that drains', () => {
    expect(judged(facts(3, [two], [host('a'), host('b'), host('x', { status: 'DRAINING' })]), 3).verdict).toBe('short');
  });

  test('is final when the group wants fewer, and only then', () => {
    expect(judged(facts(2, [liveGroup(1, { a: 'InService' })], [host('a')])).final).toBe(true);
    expect(judged(facts(2, [liveGroup(2, { a: 'InService' })], [host('a')])).final).toBe(false);
    expect(judged(facts(2, [liveGroup(1, { a: 'InService' })], [])).final).toBe(false);
    expect(judged(facts(2, [liveGroup(1, { a: 'InService' }, { weighted: true })], [host('a')])).final).toBe(false);
  });

  test('an agent that is away is final only after two minutes without a reading that says otherwise', () => {
    const hosts = [host('a'), host('b', { agentConnected: false })];
    const since = (ms: number) => judged(facts(2, [two], hosts, { at: ms, awaySince: new Map([['arn:host/b', 0]]) }));
    expect(since(AWAY_LIMIT - 1)).toMatchObject({ verdict: 'short', final: false });
    expect(since(AWAY_LIMIT)).toMatchObject({ verdict: 'short', final: true });
    expect(ids(since(0).roll.disconnected)).toEqual(['b']);
    const others = facts(3, [liveGroup(3, { a: 'InService', b: 'InService', c: 'InService' })], hosts, {
      at: AWAY_LIMIT,
      awaySince: new Map([['arn:host/b', 0]]),
    });
    expect(judged(others).final).toBe(false);
  });

  test('an agent that reconnects is away anew the next time', () => {
    const away = [host('a', { agentConnected: false })];
    const first = awaySince(new Map(), away, 5);
    expect(awaySince(first, away, 9)).toEqual(new Map([['arn:host/a', 5]]));
    expect(awaySince(awaySince(first, [host('a')], 9), away, 12)).toEqual(new Map([['arn:host/a', 12]]));
  });
});

describe('over', () => {
  const draining = host('old', { status: 'DRAINING' });

  test('a stranger: final without a change, waited for after one', () => {
    const of = facts(2, [two], [host('a'), host('b'), host('x')]);
    expect(judged(of)).toMatchObject({ verdict: 'over', final: true });
    expect(judged(of, 'auto', true)).toMatchObject({ verdict: 'over', final: false });
    expect(ids(judged(of).roll.strangers)).toEqual(['x']);
  });

  test.each([
    ['a host that drains', facts(2, [two], [host('a'), host('b'), draining])],
    ['a stranger whose agent has gone', facts(2, [two], [host('a'), host('b'), host('x', { agentConnected: false })])],
    ['a group that scales in', facts(1, [liveGroup(1, { a: 'InService', b: 'InService' })], [host('a'), host('b')])],
    [
      'a host that terminates',
      facts(1, [liveGroup(1, { a: 'InService', b: 'Terminating:Wait' })], [host('a'), host('b')]),
    ],
    [
      'a host that has been terminated',
      facts(1, [liveGroup(1, { a: 'InService', b: 'Terminated' })], [host('a'), host('b')]),
    ],
  ])('%s is about to leave, so it is waited for', (_, of) => {
    expect(judged(of)).toMatchObject({ verdict: 'over', final: false });
  });

  test('a second registration of the same instance', () => {
    const { verdict, roll } = judged(
      facts(
        1,
        [liveGroup(1, { a: 'InService' })],
        [host('a', { arn: 'arn:host/old', agentConnected: false }), host('a')],
      ),
    );
    expect(verdict).toBe('over');
    expect(roll.answered.map(({ containerInstanceArn }) => containerInstanceArn)).toEqual(['arn:host/a']);
    expect(roll.unexpected.map(({ containerInstanceArn }) => containerInstanceArn)).toEqual(['arn:host/old']);
  });

  test('an instance in Standby', () => {
    const { verdict, roll } = judged(
      facts(1, [liveGroup(1, { a: 'InService', b: 'Standby' })], [host('a'), host('b')]),
    );
    expect(verdict).toBe('over');
    expect(ids(roll.unexpected)).toEqual(['b']);
  });
});

test('an instance of ECS Anywhere is known by its own id', () => {
  expect(
    ids(join([], [{ arn: 'arn:aws:ecs:r:1:container-instance/c/abc', status: 'ACTIVE', agentConnected: true }])),
  ).toEqual(['abc']);
});

describe('whatever AWS answers', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const states = fc.constantFrom('InService', 'Pending', 'Pending:Wait', 'Terminating:Wait', 'Standby');
  const statuses = fc.constantFrom('ACTIVE', 'DRAINING', 'REGISTERING', 'REGISTRATION_FAILED', 'DEREGISTERING');
  const anyFacts = fc
    .record({
      count: fc.nat(5),
      registeredDelta: fc.constantFrom(0, 0, 0, 1, -1),
      desired: fc.nat(5),
      clusterStatus: fc.constantFrom('ACTIVE', 'ACTIVE', 'PROVISIONING'),
      instances: fc.dictionary(id, states),
      hosts: fc.array(
        fc.record({
          id: fc.option(fc.constantFrom('a', 'b', 'c', 'x'), { nil: undefined }),
          status: statuses,
          agentConnected: fc.boolean(),
        }),
        { maxLength: 5 },
      ),
    })
    .map(({ count, registeredDelta, desired, clusterStatus, instances, hosts }) => {
      const described = hosts.map(
        ({ id: ec2InstanceId, ...rest }, i): ContainerHost => ({
          arn: `arn:host/${i}`,
          ...(ec2InstanceId && { ec2InstanceId }),
          ...rest,
        }),
      );
      const of = facts(count, [liveGroup(desired, instances)], described, { clusterStatus });
      return { ...of, registeredCount: Math.max(0, of.registeredCount + registeredDelta) };
    });
  const desireds = fc.constantFrom<DesiredCount>('auto', 3);

  test('complete means that nobody is amiss and every number is the expected one', () => {
    fc.assert(
      fc.property(anyFacts, desireds, fc.boolean(), (of, desired, afterChange) => {
        const { verdict, roll } = judge(of, { desired, afterChange });
        if (verdict !== 'complete') return;
        const registered = of.hosts.filter(({ status }) => status === 'ACTIVE' || status === 'DRAINING');
        expect(of.clusterStatus).toBe('ACTIVE');
        expect(registered).toHaveLength(of.expected.count);
        expect(of.registeredCount).toBe(of.expected.count);
        expect([...roll.missing, ...roll.draining, ...roll.disconnected]).toEqual([]);
        expect(registered.every(({ status, agentConnected }) => status === 'ACTIVE' && agentConnected)).toBe(true);
        const connected = new Set(registered.map(({ ec2InstanceId }) => ec2InstanceId));
        const inService = of.groups
          .flatMap(({ instances }) => instances)
          .filter(({ lifecycleState }) => lifecycleState === 'InService');
        expect(inService.every(({ instanceId }) => connected.has(instanceId))).toBe(true);
        if (desired === 'auto') expect(inService).toHaveLength(of.expected.count);
      }),
    );
  });

  test('every registered container instance is called exactly once, and everyone in service is accounted for', () => {
    fc.assert(
      fc.property(anyFacts, fc.boolean(), (of, strangersCount) => {
        const roll = sortOut(join(of.groups, of.hosts), { expected: of.expected.count, strangersCount });
        const called = [roll.answered, roll.draining, roll.strangers, roll.disconnected, roll.unexpected].flat();
        const registered = of.hosts.filter(({ status }) => status === 'ACTIVE' || status === 'DRAINING');
        expect(called.map(({ containerInstanceArn }) => containerInstanceArn).sort()).toEqual(
          registered.map(({ arn }) => arn).sort(),
        );
        const inService = of.groups
          .flatMap(({ instances }) => instances)
          .filter(({ lifecycleState }) => lifecycleState === 'InService');
        const known = new Set(ids([...called, ...roll.missing]));
        expect(inService.filter(({ instanceId }) => !known.has(instanceId))).toEqual([]);
      }),
    );
  });

  test('over never hides somebody who is missing', () => {
    fc.assert(
      fc.property(anyFacts, desireds, (of, desired) => {
        const { verdict, roll } = judge(of, { desired, afterChange: false });
        if (verdict !== 'over') return;
        expect(roll.missing).toEqual([]);
        expect(of.registeredCount).toBeGreaterThan(of.expected.count);
      }),
    );
  });
});
