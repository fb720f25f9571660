import { expect, test } from '@jest/globals';
import { eventTail } from '../../src/stack/events.ts';

test('an event that newer ones push onto the next page is told once', async () => {
  const event = (EventId: string) => ({ EventId, StackId: 'stack', StackName: 'stack', Timestamp: new Date(1_000) });
  const pages = [
    { StackEvents: [event('3'), event('2')], NextToken: 'older' },
    { StackEvents: [event('2'), event('1')] },
  ];
  const describeStackEvents = () => Promise.resolve({ $metadata: {}, ...pages.shift() });
  const tail = eventTail({ describeStackEvents }, { stackId: 'stack', nestedIn: [], isBefore: () => false });
  expect((await tail.read()).map(({ id }) => id)).toEqual(['1', '2', '3']);
});

test('an event of a hook tells in its reason what the hook said, and whether it refused', async () => {
  const hook = { HookType: 'Private::Guard::Hook', HookStatusReason: 'Hook said so', HookFailureMode: 'FAIL' } as const;
  const event = { StackId: 'stack', StackName: 'stack', Timestamp: new Date(1_000) };
  const StackEvents = [
    { ...event, ...hook, EventId: '2', HookStatus: 'HOOK_COMPLETE_FAILED' as const },
    { ...event, ...hook, EventId: '1', HookStatus: 'HOOK_COMPLETE_SUCCEEDED' as const },
  ];
  const describeStackEvents = () => Promise.resolve({ $metadata: {}, StackEvents });
  const tail = eventTail({ describeStackEvents }, { stackId: 'stack', nestedIn: [], isBefore: () => false });
  const [passed, refused] = await tail.read();
  expect(passed).toMatchObject({ reason: 'Private::Guard::Hook: Hook said so' });
  expect(passed).not.toHaveProperty('refusedBy');
  expect(refused).toMatchObject({ reason: 'Private::Guard::Hook: Hook said so', refusedBy: 'Private::Guard::Hook' });
});
