import { expect, test } from '@jest/globals';
import { startEngine } from './support.ts';

const TWO = `
Resources:
  First: { Type: Test::Thing, Properties: { Size: 1 } }
  Second: { Type: Test::Thing, Properties: { Of: !Ref First, Arn: !GetAtt First.Arn } }
Outputs:
  FirstName: { Value: !Ref First, Description: the first }
`;

test('a CREATE change set leaves a shell in review, and its execution creates in dependency order (User Guide, change sets)', async () => {
  await using aws = startEngine();
  const set = await aws.changeSet('app', TWO, 'CREATE');
  expect(set).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  expect(set.Changes?.map(({ ResourceChange }) => [ResourceChange?.Action, ResourceChange?.LogicalResourceId])).toEqual(
    [
      ['Add', 'First'],
      ['Add', 'Second'],
    ],
  );
  expect((await aws.client.describeStacks({ StackName: 'app' })).Stacks?.[0]?.StackStatus).toBe('REVIEW_IN_PROGRESS');

  await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId, ClientRequestToken: 'token-1' });
  const stack = await aws.settled('app');
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  expect(stack.Outputs).toEqual([{ OutputKey: 'FirstName', OutputValue: 'app-First-1', Description: 'the first' }]);
  expect(await aws.events('app')).toEqual([
    'app REVIEW_IN_PROGRESS: User Initiated',
    'app CREATE_IN_PROGRESS: User Initiated',
    'First CREATE_IN_PROGRESS',
    'First CREATE_IN_PROGRESS: Resource creation Initiated',
    'First CREATE_COMPLETE',
    'Second CREATE_IN_PROGRESS',
    'Second CREATE_IN_PROGRESS: Resource creation Initiated',
    'Second CREATE_COMPLETE',
    'app CREATE_COMPLETE',
  ]);
  const { StackEvents = [] } = await aws.client.describeStackEvents({ StackName: 'app' });
  const [newest] = StackEvents;
  expect(newest).toMatchObject({ ClientRequestToken: 'token-1', OperationId: expect.any(String) });
  expect(aws.things.existing.get('app-Second-2')).toEqual({
    Of: 'app-First-1',
    Arn: 'arn:aws:test:::thing/app-First-1',
  });
});
