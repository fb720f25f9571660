import { describe, expect, test } from '@jest/globals';
import type { Stack, StackEvent } from '../../src/stack/model.ts';
import { CONFIRMATIONS, operationEnd, type Sighting } from '../../src/stack/operation-end.ts';

const stack = (status: string, updatedAt = 2): Stack => ({
  id: 'arn',
  name: 'todo',
  status,
  updatedAt,
  parameters: {},
  outputs: [],
  tags: {},
  terminationProtection: false,
  lastOperations: [],
});
const rested = (status: string): StackEvent => ({
  id: '1',
  at: 1,
  stackId: 'arn',
  stackName: 'todo',
  logicalId: 'todo',
  resourceType: 'AWS::CloudFormation::Stack',
  status,
  nestedIn: [],
});
const before = { eventId: '0', status: 'UPDATE_COMPLETE', updatedAt: 1 };
const kindOf = (sighting: Partial<Sighting>) =>
  operationEnd({
    stack: stack('UPDATE_COMPLETE'),
    before,
    rested: undefined,
    eventsReadable: true,
    eventsCame: true,
    mayBeStale: false,
    unconfirmed: 0,
    ...sighting,
  }).kind;

describe('an operation', () => {
  test.each([
    ['goes on while the stack is busy, whatever its events tell', { stack: stack('UPDATE_IN_PROGRESS') }],
    ['goes on while the stack is not found', { stack: undefined }],
  ])('%s', (_, sighting) => {
    expect(kindOf({ ...sighting, rested: rested('UPDATE_COMPLETE') })).toBe('going-on');
  });

  test('has ended when the stack and its events tell the same', () => {
    expect(kindOf({ rested: rested('UPDATE_COMPLETE') })).toBe('as-read');
  });

  test('is not confirmed by the stack as it was before, though that was the same status', () => {
    expect(kindOf({ stack: stack('UPDATE_COMPLETE', 1), rested: rested('UPDATE_COMPLETE') })).toBe('unconfirmed');
  });

  test.each([
    ['a failure', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_COMPLETE', 'as-told'],
    ['a success', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'as-read'],
  ])('that was %s by its events and not by the stack ends after some readings', (_, told, read, end) => {
    const kinds = Array.from({ length: CONFIRMATIONS }, (__, unconfirmed) =>
      kindOf({ stack: stack(read), rested: rested(told), unconfirmed }),
    );
    expect(kinds).toEqual([...Array.from({ length: CONFIRMATIONS - 1 }, () => 'unconfirmed'), end]);
  });

  test('of which no event tells the end is over when the stack is at rest, and surely not as before', () => {
    expect(kindOf({})).toBe('as-read');
    expect(kindOf({ mayBeStale: true })).toBe('going-on');
    expect(kindOf({ eventsCame: false, stack: stack('UPDATE_COMPLETE', 1) })).toBe('going-on');
  });

  test('whose events may not be read is over when the stack was changed', () => {
    const unreadable = { eventsReadable: false, eventsCame: false, mayBeStale: true };
    expect(kindOf({ ...unreadable, stack: stack('UPDATE_COMPLETE', 1) })).toBe('going-on');
    expect(kindOf(unreadable)).toBe('as-read');
  });

  test('that somebody else began is over when the stack is at rest', () => {
    expect(kindOf({ before: undefined, eventsCame: false })).toBe('as-read');
  });
});
