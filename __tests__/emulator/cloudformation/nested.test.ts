import { describe, expect, test } from '@jest/globals';
import { startEngine } from './support.ts';

const url = 'https://templates.s3.us-east-1.amazonaws.com/child.yml';
const child = (properties: string) => `
Parameters: { Size: { Type: Number } }
Resources: { Inner: { Type: Test::Thing, Properties: ${properties} } }
Outputs: { InnerName: { Value: !Ref Inner } }
`;
const parent = (size: number, more = '') => `
Resources:
  Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: "${url}", Parameters: { Size: ${size} } } }
  User: { Type: Test::Thing, Properties: { Of: !GetAtt Child.Outputs.InnerName ${more} } }
`;

function local(properties = '{ Size: !Ref Size }') {
  const objects: Record<string, string> = { 'templates/child.yml': child(properties) };
  return { aws: startEngine({ objects }), objects };
}

async function childOf(aws: ReturnType<typeof startEngine>) {
  const { StackResourceDetail } = await aws.client.describeStackResource({
    StackName: 'app',
    LogicalResourceId: 'Child',
  });
  const id = StackResourceDetail?.PhysicalResourceId ?? '';
  const { Stacks = [] } = await aws.client.describeStacks({ StackName: id });
  return Stacks[0] ?? { StackName: undefined, CreationTime: undefined, StackStatus: undefined };
}

describe('nested stacks (User Guide, nested stacks)', () => {
  test('are stacks of their own, whose outputs are attributes in the parent', async () => {
    const { aws } = local();
    await using _ = aws;
    const stack = await aws.create('app', parent(1));
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    const inner = await childOf(aws);
    expect(inner).toMatchObject({ StackStatus: 'CREATE_COMPLETE', ParentId: stack.StackId, RootId: stack.StackId });
    expect(inner.StackName).toMatch(/^app-Child-[A-Z0-9]{12}$/);
    expect(aws.things.existing.get('app-User-2')).toEqual({ Of: `${inner.StackName}-Inner-1` });
    expect(await aws.events('app')).toContain('Child CREATE_IN_PROGRESS: Resource creation Initiated');
  });

  test('that cannot be created fail their parent with their own reason, and are deleted by its rollback', async () => {
    const { aws } = local('{ FailOn: create }');
    await using _ = aws;
    const stack = await aws.create('app', parent(1));
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    const inner = await childOf(aws);
    expect(inner.StackStatus).toBe('DELETE_COMPLETE');
    expect(await aws.events('app')).toContainEqual(
      expect.stringMatching(
        /^Child CREATE_FAILED: Embedded stack arn:\S+ was not successfully created: The following resource\(s\) failed to create: \[Inner\]\. $/,
      ),
    );
  });

  test('are updated with their parent and clean up with it', async () => {
    const { aws, objects } = local();
    await using _ = aws;
    await aws.create('app', parent(1));
    objects['templates/child.yml'] = child('{ Name: named }');
    expect((await aws.update('app', parent(1))).StackStatus).toBe('UPDATE_COMPLETE');
    const inner = await childOf(aws);
    expect(inner.StackStatus).toBe('UPDATE_COMPLETE');
    expect(aws.things.existing.get('app-User-2')).toEqual({ Of: 'named' });
    expect(aws.things.log.slice(-2)).toEqual(['update User', 'delete Inner']);
  });

  test('go back with their parent, also when only their template had changed', async () => {
    const { aws, objects } = local();
    await using _ = aws;
    await aws.create('app', parent(1));
    objects['templates/child.yml'] = child('{ Name: named }');
    expect((await aws.update('app', parent(1, ', FailOn: update'))).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await childOf(aws)).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(aws.things.existing.has('named')).toBe(false);
  });

  test('whose update fails roll back and take their parent with them', async () => {
    const { aws, objects } = local();
    await using _ = aws;
    await aws.create('app', parent(1));
    objects['templates/child.yml'] = child('{ Size: 9, FailOn: update }');
    expect((await aws.update('app', parent(2))).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await aws.events('app')).toContainEqual(
      expect.stringMatching(
        /was not successfully updated\. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: The following resource\(s\) failed to update: \[Inner\]/,
      ),
    );
  });

  test('a rollback that failed inside goes on without the resource, by the nested stack’s name (API Reference, ContinueUpdateRollback)', async () => {
    const { aws } = local('{ Size: !Ref Size }');
    await using _ = aws;
    await aws.create('app', parent(1));
    aws.scenarios.play({ resources: [{ logicalId: 'Inner', operation: 'rollback', fail: 'gone' }] });
    expect((await aws.update('app', parent(2, ', FailOn: update'))).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    const { StackName, StackStatus } = await childOf(aws);
    expect(StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    const goOn = (...ResourcesToSkip: string[]) =>
      aws.client.continueUpdateRollback({ StackName: 'app', ResourcesToSkip });
    await expect(goOn('Inner')).rejects.toThrow(/\[Inner\] in ResourcesToSkip/);
    await expect(goOn('Child')).rejects.toThrow(/\[Child\] in ResourcesToSkip/);
    await goOn(`${StackName}.Inner`);
    expect((await aws.settled('app')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await childOf(aws)).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('are deleted with their parent', async () => {
    const { aws } = local();
    await using _ = aws;
    await aws.create('app', parent(1));
    const inner = await childOf(aws);
    expect((await aws.remove('app')).StackStatus).toBe('DELETE_COMPLETE');
    await expect(aws.client.describeStacks({ StackName: inner.StackName })).rejects.toThrow(/does not exist/);
    expect(aws.things.existing.size).toBe(0);
  });

  test('whose template is not there are told', async () => {
    await using aws = startEngine();
    await aws.create('app', parent(1));
    expect(await aws.events('app')).toContain('Child CREATE_FAILED: S3 error: Access Denied');
  });
});

describe('a change set that includes nested stacks (User Guide, change sets for nested stacks)', () => {
  const included = { IncludeNestedStacks: true };

  test('of a new stack has change sets for shells, which its execution fills', async () => {
    const { aws } = local();
    await using _ = aws;
    const set = await aws.changeSet('app', parent(1), 'CREATE', included);
    const nested = set.Changes?.[0]?.ResourceChange?.ChangeSetId ?? '';
    const inner = await aws.changeSetReady(nested);
    expect(inner).toMatchObject({ ParentChangeSetId: set.ChangeSetId, RootChangeSetId: set.ChangeSetId });
    expect(inner.Changes?.map(({ ResourceChange }) => ResourceChange?.LogicalResourceId)).toEqual(['Inner']);
    await expect(aws.client.executeChangeSet({ ChangeSetName: nested })).rejects.toThrow(/nested stack/);
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
    expect((await aws.settled('app')).StackStatus).toBe('CREATE_COMPLETE');
    expect((await childOf(aws)).StackId).toBe(inner.StackId);
  });

  test('is empty when nothing changes in any of them', async () => {
    const { aws, objects } = local();
    await using _ = aws;
    await aws.create('app', parent(1));
    expect(await aws.changeSet('app', parent(1), 'UPDATE', included)).toMatchObject({ Status: 'FAILED' });
    objects['templates/child.yml'] = child('{ Size: 5 }');
    const set = await aws.changeSet('app', parent(1), 'UPDATE', included);
    expect(set.Changes?.map(({ ResourceChange }) => ResourceChange?.LogicalResourceId)).toEqual(['Child', 'User']);
    const inner = await aws.changeSetReady(set.Changes?.[0]?.ResourceChange?.ChangeSetId ?? '');
    expect(inner.Changes?.[0]?.ResourceChange).toMatchObject({ LogicalResourceId: 'Inner', Action: 'Modify' });
  });

  test('takes its nested change sets and shells with it', async () => {
    const { aws } = local();
    await using _ = aws;
    const set = await aws.changeSet('app', parent(1), 'CREATE', included);
    const nested = set.Changes?.[0]?.ResourceChange?.ChangeSetId;
    await aws.client.deleteChangeSet({ ChangeSetName: set.ChangeSetId });
    await expect(aws.client.describeChangeSet({ ChangeSetName: nested })).rejects.toThrow(/does not exist/);
    await aws.remove('app');
    expect(aws.engine.state().stacks.map(({ status }) => status)).toEqual(['DELETE_COMPLETE', 'DELETE_COMPLETE']);
  });

  test('fails with the nested one', async () => {
    const { aws, objects } = local();
    await using _ = aws;
    const absent = '{ Type: "AWS::EC2::Subnet::Id", Default: subnet-0 }';
    objects['templates/child.yml'] = child('{}').replace('{ Size:', `{ Where: ${absent}, Size:`);
    const set = await aws.changeSet('app', parent(1), 'CREATE', included);
    expect(set.StatusReason).toMatch(/^Nested change set arn:\S+ was not successfully created: Currently in FAILED\.$/);
  });
});
