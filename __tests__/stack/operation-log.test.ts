import { describe, expect, test } from '@jest/globals';
import type { StackEvent } from '../../src/stack/model.ts';
import { operationLog } from '../../src/stack/operation-log.ts';

const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/todo/0';
const OURS = 'muster-1-1-00000000';

let ids = 0;
const event = (status: string, more: Partial<StackEvent> = {}): StackEvent => {
  ids += 1;
  return {
    id: `${ids}`,
    at: ids,
    stackId: STACK,
    stackName: 'todo',
    logicalId: 'todo',
    physicalId: STACK,
    resourceType: 'AWS::CloudFormation::Stack',
    status,
    nestedIn: [],
    token: OURS,
    ...more,
  };
};
const withoutToken = (status: string): StackEvent => {
  const { token: _, ...rest } = event(status);
  return rest;
};
const ours = () =>
  operationLog({ stackId: STACK, token: OURS, after: { eventId: undefined, status: 'UPDATE_COMPLETE' } });

describe('the log of an operation', () => {
  test('knows the status before it until an event tells another', () => {
    const log = ours();
    expect([log.status(), log.rested(), log.events]).toEqual(['UPDATE_COMPLETE', undefined, []]);
    log.take([event('UPDATE_IN_PROGRESS'), event('CREATE_COMPLETE', { logicalId: 'A', physicalId: 'a' })]);
    expect([log.status(), log.rested()]).toEqual(['UPDATE_IN_PROGRESS', undefined]);
    expect(log.events).toHaveLength(2);
  });

  test('keeps out what another operation tells late, and the first event of a shell', () => {
    const log = ours();
    const late = [event('UPDATE_COMPLETE', { token: 'another' }), withoutToken('UPDATE_COMPLETE')];
    expect(log.take([...late, withoutToken('REVIEW_IN_PROGRESS')])).toEqual([]);
    expect(log.rested()).toBeUndefined();
  });

  test('is at rest with the event that says so, until one says that it went on', () => {
    const log = ours();
    const end = event('CREATE_FAILED');
    log.take([event('CREATE_IN_PROGRESS'), end]);
    expect(log.rested()).toBe(end);
    log.take([event('DELETE_IN_PROGRESS')]);
    expect(log.rested()).toBeUndefined();
  });

  test('knows its own end by the token, though its beginning was not seen', () => {
    const log = ours();
    const end = event('UPDATE_COMPLETE');
    expect(log.take([end])).toEqual([end]);
    expect(log.rested()).toBe(end);
  });

  test('is not at rest because a nested stack is', () => {
    const log = ours();
    const child = `${STACK}-child`;
    log.take([event('UPDATE_IN_PROGRESS'), event('UPDATE_COMPLETE', { stackId: child, physicalId: child })]);
    expect([log.status(), log.rested()]).toEqual(['UPDATE_IN_PROGRESS', undefined]);
  });
});
