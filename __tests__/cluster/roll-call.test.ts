import { describe, expect, test } from '@jest/globals';
import type { RollCallReading } from '../../src/cluster/model.ts';
import type { RollCallRequest, RolledGroup } from '../../src/cluster/request.ts';
import { callRoll } from '../../src/cluster/roll-call.ts';
import { Failure } from '../../src/types.ts';
import { FakeClock } from '../time/fake-clock.ts';
import { awsError, fakeAws, group, host, type Scene } from './fake-aws.ts';

const MINUTE = 60_000;
const rolled = (more: Partial<RolledGroup> = {}): RolledGroup => ({
  name: 'asg',
  logicalId: 'ApplicationAutoscaling',
  templateDesired: 2,
  location: { file: 'stack.yml', line: 40 },
  scaledBy: [],
  weighted: false,
  ...more,
});
const full: Scene = { groups: [group('asg', 2, ['i-a', 'i-b'])], hosts: [host('i-a'), host('i-b')] };

type Answers = Parameters<typeof fakeAws>[1];

/** Calls the roll over scenes that begin at given times, the last one for ever. */
async function call(
  scenes: readonly (readonly [from: number, scene: Scene])[],
  request: Partial<RollCallRequest> = {},
  answers?: Answers,
) {
  const clock = new FakeClock();
  const scene = () => scenes.findLast(([from]) => from <= clock.now())?.[1] ?? {};
  const { aws, calls } = fakeAws(scene, answers);
  const readings: RollCallReading[] = [];
  const all: RollCallRequest = {
    cluster: 'todobackend',
    groups: [rolled()],
    desired: 'auto',
    rollCallTimeoutMs: 15 * MINUTE,
    drainTimeoutMs: 10 * MINUTE,
    afterChange: false,
    spacingMs: 2_000,
    ...request,
  };
  const rollCall = await callRoll(all, {
    aws,
    clock,
    signal: new AbortController().signal,
    onReading: (reading) => readings.push(reading),
  });
  return { rollCall, calls, readings, clock };
}
const ids = (instances: readonly { instanceId: string }[] | undefined) =>
  instances?.map(({ instanceId }) => instanceId);

describe('readings', () => {
  test('unchanged: one, in four calls', async () => {
    const { rollCall, calls, clock } = await call([[0, full]]);
    expect(rollCall).toMatchObject({
      verdict: 'complete',
      registeredCount: 2,
      expected: { count: 2, source: 'DesiredCapacity of ApplicationAutoscaling in the template' },
      stableReadings: 1,
      clusterName: 'todobackend',
      findings: [],
    });
    expect(calls.sort()).toEqual([
      'DescribeAutoScalingGroups',
      'DescribeClusters',
      'DescribeContainerInstances',
      'ListContainerInstances',
    ]);
    expect(clock.sleeps).toEqual([]);
  });

  test('after a change: three, a few seconds apart, with the instances at the last', async () => {
    const { rollCall, readings, calls, clock } = await call([[0, full]], { afterChange: true });
    expect(rollCall).toMatchObject({ verdict: 'complete', stableReadings: 3 });
    expect(readings.map(({ instances }) => instances?.length)).toEqual([undefined, undefined, 2]);
    expect(clock.sleeps).toEqual([2_000, 2_000]);
    expect(calls.filter((action) => action === 'DescribeClusters')).toHaveLength(3);
    expect(calls.filter((action) => action === 'DescribeContainerInstances')).toHaveLength(1);
  });

  test('one that disagrees starts them anew', async () => {
    const { rollCall, readings } = await call(
      [
        [0, full],
        [2_000, { ...full, hosts: [host('i-a')] }],
        [4_000, full],
      ],
      { afterChange: true },
    );
    expect(rollCall.verdict).toBe('complete');
    expect(readings.map(({ registeredCount }) => registeredCount)).toEqual([2, 1, 2, 2, 2]);
  });

  test('numbers that agree are not enough: the last reading names a stranger', async () => {
    const scene = { ...full, hosts: [host('i-a'), host('i-x')] };
    const { rollCall } = await call([[0, scene]], { afterChange: true, rollCallTimeoutMs: 30_000 });
    expect(rollCall.verdict).toBe('short');
    expect(ids(rollCall.missing)).toEqual(['i-b']);
    expect(ids(rollCall.strangers)).toEqual(['i-x']);
  });

  test('every reading lists the instances while somebody is amiss', async () => {
    const away = { ...full, hosts: [host('i-a'), host('i-b', { agentConnected: false })] };
    const { readings } = await call([[0, away]], { afterChange: true, rollCallTimeoutMs: 60_000 });
    expect(readings.findIndex(({ instances }) => instances !== undefined)).toBe(2);
    expect(readings.slice(2).every(({ instances }) => instances !== undefined)).toBe(true);
  });

  test('waits grow while nothing moves, and are short again as soon as something does', async () => {
    const { clock } = await call([
      [0, { ...full, hosts: [] }],
      [3 * MINUTE, { ...full, hosts: [host('i-a')] }],
      [4 * MINUTE, full],
    ]);
    expect(clock.sleeps[0]).toBe(2_000);
    expect(Math.max(...clock.sleeps)).toBe(12_000);
    expect(clock.sleeps.slice(1).filter((ms) => ms === 2_000).length).toBeGreaterThan(0);
    expect(clock.sleeps.lastIndexOf(2_000)).toBeGreaterThan(clock.sleeps.indexOf(12_000));
  });

  test('quiet waiting makes at most twenty calls a minute', async () => {
    const { calls, clock } = await call([[0, { ...full, hosts: [] }]]);
    expect(clock.now()).toBe(15 * MINUTE);
    expect(calls.length / 15).toBeLessThanOrEqual(21);
  });

  test('more than a hundred container instances are described in parts', async () => {
    const names = Array.from({ length: 130 }, (_, i) => `i-${i}`);
    const { rollCall, calls } = await call(
      [[0, { groups: [group('asg', 130, names)], hosts: names.map((name) => host(name)) }]],
      { groups: [rolled({ templateDesired: 130 })] },
    );
    expect(rollCall.verdict).toBe('complete');
    expect(calls.filter((action) => action === 'DescribeContainerInstances')).toHaveLength(2);
  });
});

describe('waiting', () => {
  test('for hosts that answer in time', async () => {
    const { rollCall, readings } = await call(
      [
        [0, { groups: [group('asg', 2, ['i-a:Pending'])], hosts: [] }],
        [3 * MINUTE, { ...full, hosts: [host('i-a')] }],
        [5 * MINUTE, full],
      ],
      { afterChange: true },
    );
    expect(rollCall.verdict).toBe('complete');
    expect(rollCall.endedAt).toBeLessThan(5 * MINUTE + 20_000);
    expect(readings[0]).toMatchObject({
      registeredCount: 0,
      instances: [{ instanceId: 'i-a', lifecycleState: 'Pending' }],
    });
  });

  test('a host that never does: short, with numbers, name and line', async () => {
    const { rollCall } = await call([[0, { ...full, hosts: [host('i-a')] }]], { afterChange: true });
    expect(rollCall).toMatchObject({ verdict: 'short', endedAt: 15 * MINUTE });
    expect(rollCall.findings).toEqual([
      {
        level: 'error',
        title: '1 of 2 container instances answered the roll call of cluster todobackend',
        message:
          'After 15m 00s: registered 1, expected 2 (DesiredCapacity of ApplicationAutoscaling in the template).\n' +
          'Expected, but absent: i-b (InService in asg, not registered).',
        remedy: expect.stringContaining(
          'get-console-output --latest --output text --region eu-west-1 --instance-id i-b',
        ),
        location: { file: 'stack.yml', line: 40 },
      },
    ]);
  });

  test('one that answers at the last moment is in time, and still has to be read three times', async () => {
    const { rollCall } = await call(
      [
        [0, { ...full, hosts: [host('i-a')] }],
        [60_000, full],
      ],
      { afterChange: true, rollCallTimeoutMs: 60_000 },
    );
    expect(rollCall).toMatchObject({ verdict: 'complete', stableReadings: 3, endedAt: 64_000 });
  });

  test('one that answers at the last moment and is gone again is not', async () => {
    const { rollCall } = await call(
      [
        [0, { ...full, hosts: [host('i-a')] }],
        [60_000, full],
        [61_000, { ...full, hosts: [host('i-a')] }],
      ],
      { afterChange: true, rollCallTimeoutMs: 60_000 },
    );
    expect(rollCall.verdict).toBe('short');
  });

  test('readings that agree when time is up are not green before the instances were listed', async () => {
    const scene = { ...full, hosts: [host('i-a'), host('i-x')] };
    const { rollCall } = await call([[0, scene]], { afterChange: true, rollCallTimeoutMs: 1_000 });
    expect(rollCall.verdict).toBe('short');
  });

  test('draining hosts that leave in time', async () => {
    const { rollCall } = await call(
      [
        [0, { ...full, hosts: [host('i-a'), host('i-b'), host('i-old', { status: 'DRAINING' })] }],
        [4 * MINUTE, full],
      ],
      { afterChange: true },
    );
    expect(rollCall).toMatchObject({ verdict: 'complete', registeredCount: 2 });
  });

  test('draining hosts that do not: over, by the limit for leaving, named', async () => {
    const { rollCall } = await call([
      [0, { ...full, hosts: [host('i-a'), host('i-b'), host('i-old', { status: 'DRAINING' })] }],
    ]);
    expect(rollCall).toMatchObject({ verdict: 'over', endedAt: 10 * MINUTE });
    expect(rollCall.findings[0]).toMatchObject({
      title: '3 container instances are registered with cluster todobackend, 2 expected',
      message: expect.stringContaining('Still draining: i-old (DRAINING).'),
      remedy: expect.stringContaining("'drain-timeout'"),
    });
  });

  test('the limit for leaving begins when nobody is missing any more', async () => {
    const old = host('i-old', { status: 'DRAINING' });
    const { rollCall } = await call(
      [
        [0, { ...full, hosts: [host('i-a'), old] }],
        [14 * MINUTE, { ...full, hosts: [host('i-a'), host('i-b'), old] }],
        [20 * MINUTE, full],
      ],
      { afterChange: true },
    );
    expect(rollCall.verdict).toBe('complete');
  });

  test('a stranger: over at once without a change, named, with the command that takes it out', async () => {
    const { rollCall } = await call([[0, { ...full, hosts: [host('i-a'), host('i-b'), host('i-x')] }]]);
    expect(rollCall).toMatchObject({ verdict: 'over', endedAt: 0 });
    expect(rollCall.findings[0]?.message).toContain(
      'Registered, but of no Auto Scaling group that feeds the cluster: i-x (ACTIVE).',
    );
    expect(rollCall.findings[0]?.remedy).toMatch(/deregister-container-instance .*i-x --force\n.*'desired-count' to 3/);
  });

  test('a stranger that is meant to be there', async () => {
    const { rollCall } = await call([[0, { ...full, hosts: [host('i-a'), host('i-b'), host('i-x')] }]], { desired: 3 });
    expect(rollCall).toMatchObject({
      verdict: 'complete',
      expected: { count: 3, source: "the input 'desired-count'" },
    });
  });

  test('an agent that reconnects', async () => {
    const away = { ...full, hosts: [host('i-a'), host('i-b', { agentConnected: false })] };
    const { rollCall } = await call([
      [0, away],
      [MINUTE, full],
    ]);
    expect(rollCall).toMatchObject({ verdict: 'complete', stableReadings: 1 });
  });

  test('an agent that stays away counts as disconnected after two minutes', async () => {
    const { rollCall } = await call([[0, { ...full, hosts: [host('i-a'), host('i-b', { agentConnected: false })] }]]);
    expect(rollCall.verdict).toBe('short');
    expect(rollCall.endedAt).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(rollCall.endedAt).toBeLessThan(3 * MINUTE);
    expect(rollCall.findings[0]?.message).toMatch(/the agent is disconnected: i-b \(for at least 2m/);
  });

  test('an agent that comes and goes does not', async () => {
    const away = { ...full, hosts: [host('i-a'), host('i-b', { agentConnected: false })] };
    const { rollCall } = await call([
      [0, away],
      [90_000, { ...full, hosts: [host('i-a')] }],
      [110_000, away],
      [180_000, full],
    ]);
    expect(rollCall.verdict).toBe('complete');
  });
});

describe('what scales a group', () => {
  const grown: Scene = {
    groups: [group('asg', 3, ['i-a', 'i-b', 'i-c'])],
    hosts: [host('i-a'), host('i-b'), host('i-c')],
  };

  test('a policy that the template does not show makes the live number count', async () => {
    const { rollCall } = await call(
      [[0, grown]],
      {},
      {
        DescribePolicies: () => ({ ScalingPolicies: [{ PolicyName: 'by-hand' }] }),
      },
    );
    expect(rollCall).toMatchObject({
      verdict: 'complete',
      expected: {
        count: 3,
        source: 'live desired capacity of ApplicationAutoscaling: a scaling policy moves it',
      },
    });
  });

  test("a capacity provider's policy is told by its name, a scheduled action by itself", async () => {
    const managed = await call(
      [[0, grown]],
      {},
      {
        DescribePolicies: () => ({ ScalingPolicies: [{ PolicyName: 'ECSManagedAutoScalingPolicy-1' }] }),
      },
    );
    expect(managed.rollCall.expected.source).toContain('managed scaling');
    const scheduled = await call(
      [[0, grown]],
      {},
      {
        DescribeScheduledActions: () => ({ ScheduledUpdateGroupActions: [{ ScheduledActionName: 'night' }] }),
      },
    );
    expect(scheduled.rollCall.expected.source).toContain('a scheduled action');
  });

  test('a policy that is switched off does not', async () => {
    const { rollCall } = await call(
      [[0, grown]],
      {},
      { DescribePolicies: () => ({ ScalingPolicies: [{ PolicyName: 'off', Enabled: false }] }) },
    );
    expect(rollCall).toMatchObject({ verdict: 'over', expected: { count: 2 } });
  });

  test('is asked once', async () => {
    const draining = { ...grown, hosts: [...(grown.hosts ?? []), host('i-old', { status: 'DRAINING' })] };
    const { calls } = await call([[0, draining]]);
    expect(calls.filter((action) => action === 'DescribePolicies')).toHaveLength(1);
    expect(calls.filter((action) => action === 'DescribeClusters').length).toBeGreaterThan(3);
  });

  test('nothing scales it: somebody changed it by hand, and how to set it back is told', async () => {
    const { rollCall } = await call([[0, grown]]);
    expect(rollCall.verdict).toBe('over');
    expect(rollCall.findings[0]?.message).toContain(
      'The template asks for 2 in asg, but its desired capacity in AWS is 3',
    );
    expect(rollCall.findings[0]?.remedy).toContain(
      'set-desired-capacity --region eu-west-1 --auto-scaling-group-name asg --desired-capacity 2',
    );
  });

  test('a group that wants fewer is not waited for', async () => {
    const { rollCall } = await call([[0, { groups: [group('asg', 1, ['i-a'])], hosts: [host('i-a')] }]]);
    expect(rollCall).toMatchObject({ verdict: 'short', endedAt: 0 });
    expect(rollCall.findings[0]?.message).toContain('1 of them has not been launched.');
  });

  test('being denied the answer is a warning, and the template stands', async () => {
    const { rollCall } = await call(
      [[0, grown]],
      {},
      {
        DescribePolicies: () => {
          throw awsError('AccessDenied', 'User: x is not authorized to perform: autoscaling:DescribePolicies', 403);
        },
      },
    );
    expect(rollCall).toMatchObject({ verdict: 'over', expected: { count: 2 } });
    expect(rollCall.findings.map(({ level }) => level)).toEqual(['error', 'warning']);
    expect(rollCall.findings[1]?.title).toContain('Whether something scales ApplicationAutoscaling is not known');
  });
});

describe('several groups', () => {
  test('add up', async () => {
    const scene: Scene = {
      groups: [group('asg', 1, ['i-a']), group('spot', 2, ['i-s', 'i-t'])],
      hosts: [host('i-a'), host('i-s'), host('i-t')],
    };
    const groups = [
      rolled({ templateDesired: 1 }),
      rolled({ name: 'spot', logicalId: 'Spot', scaledBy: ['managed-scaling'] }),
    ];
    expect((await call([[0, scene]], { groups })).rollCall).toMatchObject({
      verdict: 'complete',
      expected: { count: 3 },
    });
  });
});

test('an instance that has registered twice is in a reading once, by its best registration', async () => {
  const twice = {
    ...full,
    hosts: [host('i-a', { containerInstanceArn: 'arn:host/old', agentConnected: false }), host('i-a'), host('i-b')],
  };
  const { readings } = await call([[0, twice]]);
  expect(ids(readings[0]?.instances)).toEqual(['i-a', 'i-b']);
  expect(readings[0]?.again).toEqual([expect.objectContaining({ containerInstanceArn: 'arn:host/old' })]);
});

describe('what cannot be read is a Failure', () => {
  const failing = async (scene: Scene, answers?: Answers, request?: Partial<RollCallRequest>) => {
    const error = await call([[0, scene]], request, answers).catch((thrown: unknown) => thrown);
    if (!(error instanceof Failure)) throw new Error(`not a Failure: ${error}`);
    return { reason: error.reason, title: error.findings[0]?.title };
  };

  test('no such cluster, a deleted one, no such group', async () => {
    expect(await failing({ ...full, cluster: null })).toEqual({
      reason: 'invalid-config',
      title: 'ECS cluster todobackend does not exist in eu-west-1',
    });
    expect(await failing({ ...full, cluster: 'INACTIVE' })).toEqual({
      reason: 'capacity-short',
      title: 'ECS cluster todobackend has been deleted',
    });
    expect((await failing({ groups: [] })).title).toBe('Auto Scaling group asg does not exist in eu-west-1');
  });

  test.each([
    ['DescribeClusters', () => ({})],
    ['DescribeClusters', () => ({ clusters: [{ clusterArn: 'a', clusterName: 'n', status: 'ACTIVE' }] })],
    ['DescribeAutoScalingGroups', () => ({ AutoScalingGroups: [{ AutoScalingGroupName: 'asg' }] })],
    ['DescribeContainerInstances', () => ({ containerInstances: [{ ec2InstanceId: 'i-a' }] })],
    ['DescribeContainerInstances', () => ({ failures: [{ arn: 'x', reason: 'INTERNAL' }] })],
  ])('%s that answers too little', async (action, answer) => {
    expect(await failing(full, { [action]: answer })).toEqual({
      reason: 'timed-out',
      title: expect.stringMatching(/^Could not read .*: AWS's answer is incomplete$/),
    });
  });

  test.each(['DescribeClusters', 'DescribeAutoScalingGroups', 'ListContainerInstances', 'DescribeContainerInstances'])(
    'a missing permission for %s',
    async (action) => {
      const answer = () => {
        throw awsError('AccessDeniedException', `User: u is not authorized to perform: x:${action} on resource: r`);
      };
      expect(await failing(full, { [action]: answer })).toMatchObject({ reason: 'access-denied' });
    },
  );

  const unreachable = () => {
    throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  };

  test('an outage is waited out once AWS has been heard', async () => {
    let n = 0;
    const DescribeContainerInstances = () => {
      n += 1;
      return n > 2 && n < 6 ? unreachable() : { containerInstances: n < 6 ? [] : full.hosts };
    };
    const scene: Scene = { ...full, count: 2 };
    const { rollCall } = await call([[0, scene]], { afterChange: true }, { DescribeContainerInstances });
    expect(rollCall.verdict).toBe('complete');
  });

  test('an outage that lasts is no verdict on what was read before it', async () => {
    let n = 0;
    const DescribeClusters = () => {
      n += 1;
      if (n > 2) throw awsError('ThrottlingException', 'Rate exceeded');
      const cluster = { clusterArn: 'a', clusterName: 'n', status: 'ACTIVE', registeredContainerInstancesCount: 0 };
      return { clusters: [cluster] };
    };
    expect(await failing({ ...full, hosts: [] }, { DescribeClusters })).toMatchObject({ reason: 'timed-out' });
    expect(n).toBeGreaterThan(5);
  });

  test('AWS that was never reached is not waited for', async () => {
    let n = 0;
    const DescribeClusters = () => {
      n += 1;
      return unreachable();
    };
    expect(await failing(full, { DescribeClusters })).toMatchObject({ reason: 'timed-out' });
    expect(n).toBe(1);
  });

  test('an instance that vanishes between list and description is none', async () => {
    const { rollCall } = await call(
      [[0, full]],
      {},
      {
        ListContainerInstances: () => ({
          containerInstanceArns: [...(full.hosts ?? []), host('i-gone')].map(
            ({ containerInstanceArn }) => containerInstanceArn,
          ),
        }),
      },
    );
    expect(rollCall.verdict).toBe('complete');
  });

  test('an unknown number', async () => {
    expect(await failing({ hosts: [host('i-x')] }, {}, { groups: [] })).toMatchObject({ reason: 'invalid-config' });
  });
});

test('a cancelled job ends the wait with its reason', async () => {
  const { aws } = fakeAws(() => ({ ...full, hosts: [] }));
  const cancelled = new AbortController();
  const reason = new Failure('cancelled', []);
  const rollCall = callRoll(
    {
      cluster: 'todobackend',
      groups: [rolled()],
      desired: 'auto',
      rollCallTimeoutMs: MINUTE,
      drainTimeoutMs: MINUTE,
      afterChange: true,
      spacingMs: 10,
    },
    { aws, clock: new FakeClock(), signal: cancelled.signal, onReading: () => cancelled.abort(reason) },
  );
  await expect(rollCall).rejects.toBe(reason);
});
