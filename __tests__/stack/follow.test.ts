import { describe, expect, test } from '@jest/globals';
import { type Following, followOperation } from '../../src/stack/follow.ts';
import type { StackEvent } from '../../src/stack/model.ts';
import { FakeClock } from '../time/fake-clock.ts';
import {
  arnOf,
  denied,
  expired,
  FakeCloudFormation,
  type Happening,
  STACK_TYPE,
  throttling,
} from './fake-cloudformation.ts';

const signal = new AbortController().signal;
const OURS = 'muster-1-1-00000000';

function setUp(...past: readonly Happening[]) {
  const clock = new FakeClock(1_000_000);
  const cfn = new FakeCloudFormation(clock);
  cfn.happen(...past);
  const told: StackEvent[] = [];
  const seenAt: number[] = [];
  const follow = (following: Partial<Following> = {}) =>
    followOperation(
      { cfn, clock, signal },
      {
        stackId: arnOf('todo'),
        stackName: 'todo',
        deadline: clock.now() + 3_600_000,
        tell: (events) => {
          told.push(...events);
          seenAt.push(...events.map(({ at }) => clock.now() - at));
        },
        ...following,
      },
    );
  return { clock, cfn, told, follow, seenAt };
}

const statuses = (events: readonly StackEvent[]) => events.map(({ logicalId, status }) => `${logicalId} ${status}`);

const created: Happening[] = [
  { at: 1, status: 'CREATE_IN_PROGRESS' },
  { at: 2, status: 'CREATE_COMPLETE' },
];
const update: Happening[] = [
  { at: 0, status: 'UPDATE_IN_PROGRESS' },
  { at: 3_000, id: 'Cluster', status: 'UPDATE_IN_PROGRESS' },
  { at: 9_000, id: 'Cluster', status: 'UPDATE_COMPLETE' },
  { at: 9_500, status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' },
  { at: 12_000, status: 'UPDATE_COMPLETE' },
];
const after = { eventId: 'event-1', status: 'CREATE_COMPLETE' };

describe('an operation of ours', () => {
  test('is told once, in order, from its first event to its last', async () => {
    const { cfn, told, follow } = setUp(...created);
    cfn.begin(update, OURS);
    const { stack, events, findings } = await follow({ after, token: OURS });
    expect(statuses(told)).toEqual([
      'todo UPDATE_IN_PROGRESS',
      'Cluster UPDATE_IN_PROGRESS',
      'Cluster UPDATE_COMPLETE',
      'todo UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'todo UPDATE_COMPLETE',
    ]);
    expect(events).toEqual(told);
    expect(stack?.status).toBe('UPDATE_COMPLETE');
    expect(findings).toEqual([]);
  });

  test('reads the stack itself only to confirm the end', async () => {
    const { cfn, follow } = setUp(...created);
    cfn.begin(update, OURS);
    await follow({ after, token: OURS });
    expect(cfn.calls.filter((call) => call === 'describeStacks')).toHaveLength(1);
    expect(cfn.calls.at(-1)).toBe('describeStacks');
  });

  test('is not ended by the last event of the one before, which turns up late', async () => {
    const { cfn, told, follow } = setUp(...created);
    cfn.begin([{ at: 100, status: 'UPDATE_COMPLETE', token: 'of-another' }], undefined);
    cfn.begin(
      update.map((happening) => ({ ...happening, at: happening.at + 5_000 })),
      OURS,
    );
    expect((await follow({ after, token: OURS })).stack?.status).toBe('UPDATE_COMPLETE');
    expect(statuses(told)).toHaveLength(5);
  });

  test('is followed where the service knows no tokens', async () => {
    const { cfn, told, follow } = setUp(...created);
    cfn.knowsTokens = false;
    cfn.begin(update, OURS);
    expect((await follow({ after, token: OURS })).stack?.status).toBe('UPDATE_COMPLETE');
    expect(told).toHaveLength(5);
  });

  test('is ended by what the stack says where no event comes at all', async () => {
    const { clock, cfn, follow } = setUp({ at: 1, status: 'REVIEW_IN_PROGRESS' });
    cfn.begin([{ at: 0, status: 'CREATE_COMPLETE', token: 'of-another' }], undefined);
    const { stack, events } = await follow({
      after: { eventId: 'event-1', status: 'REVIEW_IN_PROGRESS' },
      token: OURS,
    });
    expect(stack?.status).toBe('CREATE_COMPLETE');
    expect(events).toEqual([]);
    expect(clock.now()).toBeLessThan(1_022_000);
  });

  const updatedBefore: Happening[] = [
    ...created,
    { at: 3, status: 'UPDATE_IN_PROGRESS' },
    { at: 4, status: 'UPDATE_COMPLETE' },
  ];
  const rolledBack: Happening[] = [
    { at: 0, status: 'UPDATE_IN_PROGRESS' },
    { at: 100, id: 'Cluster', status: 'UPDATE_FAILED', reason: 'no' },
    { at: 200, status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
    { at: 300, status: 'UPDATE_ROLLBACK_COMPLETE' },
  ];

  test.each(['with', 'without'])('that begins late is not ended by the status from before, %s events', async (told) => {
    const { cfn, follow } = setUp(...updatedBefore);
    if (told === 'without') cfn.fail('describeStackEvents', denied('cloudformation:DescribeStackEvents'));
    cfn.begin(
      rolledBack.map((happening) => ({ ...happening, at: happening.at + 40_000 })),
      OURS,
    );
    const { stack } = await follow({ after: { eventId: 'event-3', status: 'UPDATE_COMPLETE' }, token: OURS });
    expect(stack?.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('whose events are not readable ends in the status from before once the stack was updated', async () => {
    const { cfn, follow } = setUp(...updatedBefore);
    cfn.fail('describeStackEvents', denied('cloudformation:DescribeStackEvents'));
    cfn.begin(update, OURS);
    cfn.updatedAt = 1_000_001;
    const { stack } = await follow({
      after: { eventId: undefined, status: 'UPDATE_COMPLETE', updatedAt: 1 },
      token: OURS,
    });
    expect(stack?.status).toBe('UPDATE_COMPLETE');
  });

  test('that failed is no success because the stack was read as it had been', async () => {
    const { cfn, follow } = setUp(...updatedBefore);
    cfn.begin(rolledBack, OURS);
    cfn.staleFor = 5_000;
    const { stack } = await follow({ after: { eventId: 'event-3', status: 'UPDATE_COMPLETE' }, token: OURS });
    expect(stack?.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('that failed is no success though the stack is read as it had been again and again', async () => {
    const { cfn, follow, clock } = setUp(...updatedBefore);
    cfn.begin(rolledBack, OURS);
    cfn.staleFor = 900_000;
    const { stack } = await follow({ after: { eventId: 'event-3', status: 'UPDATE_COMPLETE' }, token: OURS });
    expect(stack).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(clock.now()).toBeLessThan(1_060_000);
  });

  test('is read again where the stack is told as it was before in the status that it has come to', async () => {
    const { cfn, follow } = setUp(...updatedBefore);
    cfn.begin(update, OURS);
    cfn.updatedAt = 1;
    const readings = () => cfn.calls.filter((call) => call === 'describeStacks').length;
    const describeStacks = cfn.describeStacks;
    cfn.describeStacks = (input) => {
      if (readings() === 2) cfn.updatedAt = 1_000_001;
      return describeStacks(input);
    };
    const before = { eventId: 'event-3', status: 'UPDATE_COMPLETE', updatedAt: 1 };
    expect((await follow({ after: before, token: OURS })).stack).toMatchObject({ updatedAt: 1_000_001 });
  });

  test('goes on through a rollback to the end of it', async () => {
    const { cfn, follow } = setUp(...created);
    cfn.begin(
      [
        { at: 0, status: 'UPDATE_IN_PROGRESS' },
        { at: 100, id: 'Cluster', status: 'UPDATE_FAILED', reason: 'no' },
        { at: 200, status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
        { at: 60_000, status: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS' },
        { at: 61_000, status: 'UPDATE_ROLLBACK_COMPLETE' },
      ],
      OURS,
    );
    expect((await follow({ after, token: OURS })).stack?.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('goes on when the stack is deleted after it failed', async () => {
    const { cfn, follow } = setUp({ at: 1, status: 'REVIEW_IN_PROGRESS' });
    cfn.begin(
      [
        { at: 0, status: 'CREATE_IN_PROGRESS' },
        { at: 500, status: 'CREATE_FAILED' },
        { at: 501, status: 'DELETE_IN_PROGRESS' },
        { at: 9_000, status: 'DELETE_COMPLETE' },
      ],
      OURS,
    );
    const following = { after: { eventId: 'event-0', status: 'REVIEW_IN_PROGRESS' }, token: OURS };
    expect((await follow(following)).stack?.status).toBe('DELETE_COMPLETE');
  });

  test('is undefined at the deadline, with what was told by then', async () => {
    const { clock, cfn, follow } = setUp(...created);
    cfn.begin(update.slice(0, 2), OURS);
    const { stack, events } = await follow({ after, token: OURS, deadline: clock.now() + 60_000 });
    expect(stack).toBeUndefined();
    expect(statuses(events)).toEqual(['todo UPDATE_IN_PROGRESS', 'Cluster UPDATE_IN_PROGRESS']);
  });

  test('reads many pages at once', async () => {
    const { cfn, told, follow } = setUp(...created);
    cfn.pageSize = 7;
    const many = Array.from({ length: 100 }, (_, index) => ({
      at: 10 + index,
      id: `R${index}`,
      status: 'UPDATE_COMPLETE',
    }));
    cfn.begin([{ at: 0, status: 'UPDATE_IN_PROGRESS' }, ...many, { at: 30_000, status: 'UPDATE_COMPLETE' }], OURS);
    await follow({ after, token: OURS });
    expect(told.map(({ at }) => at)).toEqual(told.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(new Set(told.map(({ id }) => id)).size).toBe(102);
    expect(told).toHaveLength(102);
  });
});

describe('the pace', () => {
  test('tells events within three seconds while they come', async () => {
    const { cfn, seenAt, follow } = setUp(...created);
    const steady = Array.from({ length: 60 }, (_, index) => ({
      at: index * 1_000,
      id: `R${index}`,
      status: 'UPDATE_COMPLETE',
    }));
    cfn.begin([{ at: 0, status: 'UPDATE_IN_PROGRESS' }, ...steady, { at: 61_000, status: 'UPDATE_COMPLETE' }], OURS);
    await follow({ after, token: OURS });
    expect(Math.max(...seenAt)).toBeLessThan(3_000);
  });

  test('makes at most twenty calls a minute while the stack is quiet, also with nested stacks', async () => {
    const { cfn, follow } = setUp(...created);
    const nested = ['A', 'B', 'C'].map((id) => ({
      at: 1,
      id,
      type: STACK_TYPE,
      physicalId: arnOf(id),
      status: 'UPDATE_IN_PROGRESS',
    }));
    cfn.begin([{ at: 0, status: 'UPDATE_IN_PROGRESS' }, ...nested, { at: 601_000, status: 'UPDATE_COMPLETE' }], OURS);
    await follow({ after, token: OURS });
    expect(cfn.calls.length).toBeLessThan(10 * 18);
  });
});

describe('nested stacks', () => {
  const child = { id: 'Network', type: STACK_TYPE, physicalId: arnOf('network') };
  const grandchild = { stack: 'network', id: 'Inner', type: STACK_TYPE, physicalId: arnOf('inner') };

  test('are followed down to the innermost, from the moment their parent began', async () => {
    const { cfn, told, follow } = setUp(
      ...created,
      { at: 3, stack: 'network', status: 'CREATE_COMPLETE' },
      { at: 4, stack: 'network', id: 'Vpc', status: 'CREATE_COMPLETE' },
    );
    cfn.begin(
      [
        { at: 0, status: 'UPDATE_IN_PROGRESS' },
        { at: 1_000, ...child, status: 'UPDATE_IN_PROGRESS' },
        { at: 1_100, stack: 'network', status: 'UPDATE_IN_PROGRESS' },
        { at: 1_200, ...grandchild, status: 'CREATE_IN_PROGRESS' },
        { at: 1_300, stack: 'inner', status: 'CREATE_IN_PROGRESS' },
        { at: 2_000, stack: 'inner', id: 'Subnet', status: 'CREATE_COMPLETE' },
        { at: 2_100, stack: 'inner', status: 'CREATE_COMPLETE' },
        { at: 2_200, ...grandchild, status: 'CREATE_COMPLETE' },
        { at: 2_300, stack: 'network', status: 'UPDATE_COMPLETE' },
        { at: 2_400, ...child, status: 'UPDATE_COMPLETE' },
        { at: 4_000, status: 'UPDATE_COMPLETE' },
      ],
      OURS,
    );
    await follow({ after, token: OURS });
    expect(told).toHaveLength(11);
    expect(told.find(({ logicalId }) => logicalId === 'Subnet')?.nestedIn).toEqual(['Network', 'Inner']);
    expect(told.some(({ logicalId }) => logicalId === 'Vpc')).toBe(false);
  });

  test('that are made begin before their parent knows their ARN', async () => {
    const { cfn, told, follow } = setUp(...created);
    cfn.begin(
      [
        { at: 0, status: 'UPDATE_IN_PROGRESS' },
        { at: 700, stack: 'network', status: 'CREATE_IN_PROGRESS', reason: 'User Initiated' },
        { at: 800, stack: 'network', id: 'Vpc', status: 'CREATE_IN_PROGRESS' },
        { at: 1_000, ...child, status: 'CREATE_IN_PROGRESS', reason: 'Resource creation Initiated' },
        { at: 2_000, stack: 'network', id: 'Vpc', status: 'CREATE_COMPLETE' },
        { at: 2_300, stack: 'network', status: 'CREATE_COMPLETE' },
        { at: 2_400, ...child, status: 'CREATE_COMPLETE' },
        { at: 4_000, status: 'UPDATE_COMPLETE' },
      ],
      OURS,
    );
    await follow({ after, token: OURS });
    expect(statuses(told)).toContain('network CREATE_IN_PROGRESS');
    expect(statuses(told)).toContain('Vpc CREATE_IN_PROGRESS');
    expect(told).toHaveLength(8);
  });

  test('end nothing but themselves', async () => {
    const { cfn, follow } = setUp(...created);
    cfn.begin(
      [
        { at: 0, status: 'UPDATE_IN_PROGRESS' },
        { at: 10, ...child, status: 'UPDATE_IN_PROGRESS' },
        { at: 20, stack: 'network', status: 'UPDATE_IN_PROGRESS' },
        { at: 30, stack: 'network', status: 'UPDATE_COMPLETE' },
        { at: 40, ...child, status: 'UPDATE_COMPLETE' },
        { at: 60_000, status: 'UPDATE_COMPLETE' },
      ],
      OURS,
    );
    const { stack, events } = await follow({ after, token: OURS });
    expect(stack?.status).toBe('UPDATE_COMPLETE');
    expect(events.at(-1)).toMatchObject({ logicalId: 'todo', status: 'UPDATE_COMPLETE' });
  });
});

describe('an operation that is under way already', () => {
  test('is told from its first event, not from those before', async () => {
    const { cfn, told, follow, clock } = setUp(
      ...created,
      { at: 5, id: 'Old', status: 'UPDATE_COMPLETE' },
      { at: 6, status: 'UPDATE_COMPLETE' },
    );
    cfn.begin(update, 'muster-1-1-11111111');
    clock.pass(5_000);
    expect((await follow()).stack?.status).toBe('UPDATE_COMPLETE');
    expect(statuses(told)).toHaveLength(5);
  });

  test('that ends just now ends the wait', async () => {
    const { follow, told } = setUp(...created);
    expect((await follow()).stack?.status).toBe('CREATE_COMPLETE');
    expect(told).toEqual([]);
  });
});

describe('trouble', () => {
  test('throttling slows the calls down and is waited out', async () => {
    const { cfn, clock, follow } = setUp(...created);
    cfn.begin(update, OURS);
    cfn.fail('describeStackEvents', throttling, 4);
    expect((await follow({ after, token: OURS })).stack?.status).toBe('UPDATE_COMPLETE');
    expect(clock.sleeps[3]).toBeGreaterThan((clock.sleeps[0] ?? 0) * 4);
  });

  test('an outage is waited out', async () => {
    const { cfn, follow, told } = setUp(...created);
    cfn.begin(update, OURS);
    cfn.fail('describeStackEvents', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 6);
    cfn.fail('describeStacks', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 2);
    expect((await follow({ after, token: OURS })).stack?.status).toBe('UPDATE_COMPLETE');
    expect(told).toHaveLength(5);
  });

  test('at the very end fails no success', async () => {
    const { cfn, follow } = setUp(...created);
    cfn.begin(update, OURS);
    cfn.fail('describeStacks', throttling);
    expect((await follow({ after, token: OURS })).stack?.status).toBe('UPDATE_COMPLETE');
  });

  test('expired credentials end the wait and say what goes on', async () => {
    const { cfn, follow } = setUp(...created);
    cfn.begin(update, OURS);
    cfn.fail('describeStackEvents', throttling, 1);
    cfn.happen({ at: 1_000_000, id: 'X', status: 'UPDATE_IN_PROGRESS', token: OURS });
    const failing = follow({
      after,
      token: OURS,
      tell: () => cfn.fail('describeStackEvents', expired),
    });
    await expect(failing).rejects.toMatchObject({
      reason: 'credentials',
      findings: [
        {
          message: expect.stringContaining('last seen in UPDATE_IN_PROGRESS'),
          remedy: expect.stringContaining('again'),
        },
      ],
    });
  });

  test('without permission for events the stack itself is read, and that is said', async () => {
    const { cfn, follow, told } = setUp(...created);
    cfn.begin(update, OURS);
    cfn.fail('describeStackEvents', denied('cloudformation:DescribeStackEvents'));
    const { stack, findings } = await follow({ after, token: OURS });
    expect(stack?.status).toBe('UPDATE_COMPLETE');
    expect(told).toEqual([]);
    expect(findings).toMatchObject([{ level: 'warning', title: expect.stringContaining('DescribeStackEvents') }]);
  });

  test('without permission for the stack there is no verdict', async () => {
    const { cfn, follow } = setUp(...created);
    cfn.begin(update, OURS);
    cfn.fail('describeStacks', denied('cloudformation:DescribeStacks'));
    await expect(follow({ after, token: OURS })).rejects.toMatchObject({ reason: 'access-denied' });
  });

  test.each([
    ['permission', denied('cloudformation:DescribeStacks')],
    ['credentials', expired],
    ['an answer', throttling],
  ])('a failure that its events have told is told without %s for the stack', async (_, error) => {
    const { cfn, follow } = setUp(...created);
    const rollback = [
      { at: 100, status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
      { at: 200, status: 'UPDATE_ROLLBACK_COMPLETE' },
    ];
    cfn.begin([update[0] as Happening, { at: 50, id: 'Cluster', status: 'UPDATE_FAILED' }, ...rollback], OURS);
    cfn.fail('describeStacks', error);
    const { stack, events } = await follow({ after, token: OURS });
    expect(stack?.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(statuses(events)).toContain('Cluster UPDATE_FAILED');
  });

  test('a status that is not known ends the wait as it is', async () => {
    const { cfn, follow } = setUp(...created);
    cfn.begin([update[0] as Happening, { at: 100, status: 'UPDATE_ABANDONED' }], OURS);
    expect((await follow({ after, token: OURS })).stack?.status).toBe('UPDATE_ABANDONED');
  });
});
