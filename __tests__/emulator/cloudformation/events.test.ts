import { describe, expect, test } from '@jest/globals';
import { startEngine } from './support.ts';

const failing =
  'Resources: { Good: { Type: Test::Thing }, Bad: { Type: Test::Thing, DependsOn: Good, Properties: { FailOn: create } } }';

describe('DescribeStackEvents (API Reference)', () => {
  test('pages a hundred events, newest first, and new events do not shift the pages', async () => {
    await using aws = startEngine();
    const lines = Array.from({ length: 60 }, (_, index) => `  T${index}: { Type: Test::Thing }`);
    await aws.create('app', `Resources:\n${lines.join('\n')}\n`);
    const first = await aws.client.describeStackEvents({ StackName: 'app' });
    expect(first.StackEvents).toHaveLength(100);
    expect(first.StackEvents?.[0]).toMatchObject({ LogicalResourceId: 'app', ResourceStatus: 'CREATE_COMPLETE' });
    await aws.client.deleteStack({ StackName: 'app' });
    const second = await aws.client.describeStackEvents({
      StackName: first.StackEvents?.[0]?.StackId,
      NextToken: first.NextToken,
    });
    const ids = [...(first.StackEvents ?? []), ...(second.StackEvents ?? [])].map(({ EventId }) => EventId);
    expect(new Set(ids).size).toBe(182);
    expect(second.StackEvents?.at(-1)).toMatchObject({
      ResourceStatus: 'CREATE_IN_PROGRESS',
      LogicalResourceId: 'app',
    });
  });

  test('says that a stack does not exist in its own words', async () => {
    await using aws = startEngine();
    await expect(aws.client.describeStackEvents({ StackName: 'none' })).rejects.toThrow('Stack [none] does not exist');
  });

  test('has the resolved properties as JSON', async () => {
    await using aws = startEngine();
    await aws.create('app', 'Resources: { A: { Type: Test::Thing, Properties: { Of: !Sub "${AWS::Region}-x" } } }');
    const { StackEvents = [] } = await aws.client.describeStackEvents({ StackName: 'app' });
    expect(StackEvents.find(({ LogicalResourceId }) => LogicalResourceId === 'A')?.ResourceProperties).toBe(
      '{"Of":"us-east-1-x"}',
    );
  });
});

describe('DescribeEvents (User Guide, view stack events by operation)', () => {
  test('by stack name shows the latest operation alone: after a rollback no failure of the creation', async () => {
    await using aws = startEngine();
    const stack = await aws.create('app', failing, { ClientRequestToken: 'token' });
    expect(stack.LastOperations?.map(({ OperationType }) => OperationType)).toEqual(['ROLLBACK', 'CREATE_STACK']);
    const failures = await aws.client.describeEvents({ StackName: 'app', Filters: { FailedEvents: true } });
    expect(failures.OperationEvents ?? []).toEqual([]);

    const OperationId = stack.LastOperations?.[1]?.OperationId;
    const { OperationEvents } = await aws.client.describeEvents({ OperationId, Filters: { FailedEvents: true } });
    expect(OperationEvents).toEqual([
      expect.objectContaining({
        EventType: 'PROVISIONING_ERROR',
        LogicalResourceId: 'Bad',
        ResourceStatusReason: 'create of Bad was refused',
        OperationType: 'CREATE_STACK',
        OperationStatus: 'FAILED',
        ClientRequestToken: 'token',
      }),
    ]);
  });

  test('by change set needs its ARN, or the stack beside its name', async () => {
    await using aws = startEngine();
    const set = await aws.changeSet('app', failing, 'CREATE');
    await expect(aws.client.describeEvents({ ChangeSetName: set.ChangeSetName })).rejects.toThrow(
      'One of ChangeSetName, OperationId or StackName must be specified',
    );
    await expect(aws.client.describeEvents({ ChangeSetName: set.ChangeSetId })).resolves.toBeDefined();
    await expect(
      aws.client.describeEvents({ ChangeSetName: set.ChangeSetName, StackName: 'app' }),
    ).resolves.toBeDefined();
  });
});
