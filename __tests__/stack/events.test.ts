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
