import type { StackResource } from '@aws-sdk/client-cloudformation';
import { expect, test } from '@jest/globals';
import type { Stack } from '../../src/stack/model.ts';
import { failedResources } from '../../src/stack/stuck.ts';
import { arnOf, STACK_TYPE } from './fake-cloudformation.ts';

const stack = (status: string): Stack => ({
  id: arnOf('todo'),
  name: 'todo',
  status,
  parameters: {},
  outputs: [],
  tags: {},
  terminationProtection: false,
  lastOperations: [],
});

const resource = (
  LogicalResourceId: string,
  ResourceStatus: NonNullable<StackResource['ResourceStatus']>,
  nested?: string,
): StackResource => ({
  LogicalResourceId,
  ResourceStatus,
  ResourceType: nested === undefined ? 'AWS::Logs::LogGroup' : STACK_TYPE,
  PhysicalResourceId: nested === undefined ? 'some' : arnOf(nested),
  Timestamp: new Date(0),
});

const cfn = (stacks: Record<string, readonly StackResource[]>) => ({
  async describeStackResources({ StackName = '' }: { StackName?: string | undefined }) {
    const found = stacks[StackName];
    if (found === undefined) throw new Error(`${StackName} cannot be read`);
    return { $metadata: {}, StackResources: [...found] };
  },
});

test('what a rollback may skip: what could not be updated back, in nested stacks by their names', async () => {
  const calls = cfn({
    [arnOf('todo')]: [
      resource('Group', 'UPDATE_FAILED'),
      resource('Role', 'UPDATE_COMPLETE'),
      resource('New', 'CREATE_FAILED'),
      resource('Old', 'DELETE_FAILED'),
      resource('Network', 'UPDATE_FAILED', 'todo-Network-1'),
      resource('Storage', 'UPDATE_COMPLETE', 'todo-Storage-1'),
    ],
    [arnOf('todo-Network-1')]: [
      resource('Subnet', 'UPDATE_FAILED'),
      resource('Deep', 'UPDATE_FAILED', 'todo-Network-1-Deep-1'),
    ],
    [arnOf('todo-Network-1-Deep-1')]: [resource('Route', 'UPDATE_FAILED')],
  });
  expect(await failedResources(calls, stack('UPDATE_ROLLBACK_FAILED'))).toEqual([
    'Group',
    'todo-Network-1.Subnet',
    'todo-Network-1-Deep-1.Route',
  ]);
});

test('nothing where they cannot be read, or in another status', async () => {
  expect(await failedResources(cfn({}), stack('UPDATE_ROLLBACK_FAILED'))).toEqual([]);
  const calls = cfn({ [arnOf('todo')]: [resource('Group', 'UPDATE_FAILED')] });
  expect(await failedResources(calls, stack('UPDATE_FAILED'))).toEqual([]);
});
