import { describe, expect, test } from '@jest/globals';
import { describeStack } from '../../src/stack/describe.ts';
import { eventTail } from '../../src/stack/events.ts';
import { FakeClock } from '../time/fake-clock.ts';
import { arnOf, denied, FakeCloudFormation, refusal } from './fake-cloudformation.ts';

const META = { $metadata: {} };
const refusing = (error: unknown) => ({ describeStacks: () => Promise.reject(error) });

describe('a stack', () => {
  test('is told as data, with what is hidden still hidden', async () => {
    const describeStacks = async () => ({
      ...META,
      Stacks: [
        {
          StackId: arnOf('todo'),
          StackName: 'todo',
          CreationTime: new Date(0),
          StackStatus: 'UPDATE_COMPLETE' as const,
          EnableTerminationProtection: true,
          Parameters: [
            { ParameterKey: 'Image', ParameterValue: '/ami', ResolvedValue: 'ami-1' },
            { ParameterKey: 'Password', ParameterValue: '****' },
          ],
          Outputs: [{ OutputKey: 'Cluster', OutputValue: 'todo', ExportName: 'todo-cluster' }],
          Tags: [{ Key: 'team', Value: 'platform' }],
          LastOperations: [{ OperationType: 'UPDATE_STACK' as const, OperationId: '1' }],
        },
      ],
    });
    expect(await describeStack({ describeStacks }, 'todo')).toEqual({
      id: arnOf('todo'),
      name: 'todo',
      status: 'UPDATE_COMPLETE',
      parameters: { Image: { value: '/ami', resolvedValue: 'ami-1' }, Password: { value: '****' } },
      outputs: [{ key: 'Cluster', value: 'todo', exportName: 'todo-cluster' }],
      tags: { team: 'platform' },
      terminationProtection: true,
      lastOperations: [{ type: 'UPDATE_STACK', id: '1' }],
    });
  });

  test('is missing only where CloudFormation says so in as many words', async () => {
    const missing = refusal('ValidationError', 'Stack with id todo does not exist');
    expect(await describeStack(refusing(missing), 'todo')).toBeUndefined();
    const other = refusal(
      'ValidationError',
      '1 validation error detected: Value at stackName failed to satisfy constraint',
    );
    await expect(describeStack(refusing(other), 'todo')).rejects.toMatchObject({ reason: 'internal' });
    await expect(describeStack(refusing(denied('cloudformation:DescribeStacks')), 'todo')).rejects.toMatchObject({
      reason: 'access-denied',
    });
  });

  test.each([[[]], [undefined]])('is not missing in an answer that holds no stack: %p', async (Stacks) => {
    const describeStacks = async () => ({ ...META, Stacks });
    await expect(describeStack({ describeStacks }, 'todo')).rejects.toMatchObject({ reason: 'timed-out' });
  });
});

test('an event that turns up late, below newer ones, is told all the same', async () => {
  const clock = new FakeClock(1_000);
  const cfn = new FakeCloudFormation(clock);
  cfn.happen(
    { at: 1, status: 'CREATE_COMPLETE' },
    { at: 10, status: 'UPDATE_IN_PROGRESS' },
    { at: 20, id: 'B', status: 'UPDATE_COMPLETE' },
  );
  const tail = eventTail(cfn, { stackId: arnOf('todo'), nestedIn: [], isBefore: ({ at }) => at < 10 });
  expect((await tail.read()).map(({ at }) => at)).toEqual([10, 20]);
  cfn.happen({ at: 15, id: 'A', status: 'UPDATE_COMPLETE' }, { at: 30, status: 'UPDATE_COMPLETE' });
  expect((await tail.read()).map(({ at }) => at)).toEqual([15, 30]);
  expect(await tail.read()).toEqual([]);
});
