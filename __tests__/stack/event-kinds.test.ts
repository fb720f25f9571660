import { describe, expect, test } from '@jest/globals';
import { isAtRest, isCancellation, isOfStackItself } from '../../src/stack/event-kinds.ts';
import { arnOf, STACK_TYPE } from './fake-cloudformation.ts';

describe('an event about the stack itself', () => {
  const stackId = arnOf('todo');

  test('has the stack as its resource', () => {
    expect(isOfStackItself({ stackId, physicalId: stackId, resourceType: STACK_TYPE })).toBe(true);
  });

  test('is none of a nested stack in its parent, nor of a resource that bears the stack’s id', () => {
    expect(isOfStackItself({ stackId, physicalId: arnOf('todo-Network-1'), resourceType: STACK_TYPE })).toBe(false);
    expect(isOfStackItself({ stackId, physicalId: stackId, resourceType: 'Custom::StackOutputs' })).toBe(false);
  });
});

describe('a stack is at rest', () => {
  test.each(['CREATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_ABANDONED'])('in %s', (status) =>
    expect(isAtRest(status)).toBe(true),
  );
  // Whatever an event without a status tells, it is no end.
  test.each(['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', ''])("not in '%s'", (status) =>
    expect(isAtRest(status)).toBe(false),
  );
});

describe('a failure that is another one’s', () => {
  test.each([
    'Resource creation cancelled',
    'Resource update cancelled',
    'Resource deletion cancelled',
    'Resource import cancelled.',
    ' resource creation canceled ',
  ])('%s', (reason) => expect(isCancellation(reason)).toBe(true));

  test.each([undefined, '', 'Resource creation cancelled: the quota of clusters is used up', 'The job was cancelled'])(
    'not %s',
    (reason) => expect(isCancellation(reason)).toBe(false),
  );
});
