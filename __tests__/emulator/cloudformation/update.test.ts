import { describe, expect, test } from '@jest/globals';
import { startEngine } from './support.ts';

const things = (...lines: string[]) => `Resources:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
const thing = (id: string, properties = '{}', more = '') =>
  `${id}: { Type: Test::Thing, Properties: ${properties} ${more} }`;

describe('an update (User Guide, update behaviors of stack resources)', () => {
  test('in place keeps the physical id and what did not change is left alone', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A', '{ Size: 1 }'), thing('B', '{ Of: !Ref A }')));
    const stack = await aws.update('app', things(thing('A', '{ Size: 2 }'), thing('B', '{ Of: !Ref A }')));
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    expect(aws.things.log.slice(2)).toEqual(['update A']);
    expect((await aws.events('app')).slice(-6)).toEqual([
      'app CREATE_COMPLETE',
      'app UPDATE_IN_PROGRESS: User Initiated',
      'A UPDATE_IN_PROGRESS',
      'A UPDATE_COMPLETE',
      'app UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'app UPDATE_COMPLETE',
    ]);
  });

  test('with replacement creates first, carries the new name to dependents, and deletes the old in the clean-up', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A', '{ Name: one }'), thing('B', '{ Of: !Ref A }')));
    await aws.update('app', things(thing('A', '{ Name: two }'), thing('B', '{ Of: !Ref A }')));
    const events = await aws.events('app');
    expect(events.slice(events.indexOf('app UPDATE_IN_PROGRESS: User Initiated') + 1)).toEqual([
      'A UPDATE_IN_PROGRESS: Requested update requires the creation of a new physical resource; hence creating one.',
      'A UPDATE_IN_PROGRESS: Resource creation Initiated',
      'A UPDATE_COMPLETE',
      'B UPDATE_IN_PROGRESS',
      'B UPDATE_COMPLETE',
      'app UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'A DELETE_IN_PROGRESS',
      'A DELETE_COMPLETE',
      'app UPDATE_COMPLETE',
    ]);
    expect(aws.things.existing.get('app-B-1')).toEqual({ Of: 'two' });
    expect(aws.things.existing.has('one')).toBe(false);
  });

  test('deletes removed resources in the clean-up, and keeps them where the policy says so', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A'), thing('Gone'), thing('Kept', '{}', ', DeletionPolicy: Retain')));
    await aws.update('app', things(thing('A')));
    expect([...aws.things.existing.keys()]).toEqual(['app-A-1', 'app-Kept-3']);
    const { StackResources = [] } = await aws.client.describeStackResources({ StackName: 'app' });
    expect(StackResources.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(['A']);
  });

  test('that changes nothing is refused (ValidationError)', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A', '{ Size: 1 }')));
    await expect(
      aws.client.updateStack({ StackName: 'app', TemplateBody: things(thing('A', '{ Size: "1" }')) }),
    ).rejects.toThrow('No updates are to be performed.');
  });

  test('cannot replace what has a custom name that stays (User Guide, name type)', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A', '{ Name: a, Fixed: 1 }')));
    const stack = await aws.update('app', things(thing('A', '{ Name: a, Fixed: 2 }')));
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await aws.events('app')).toContain(
      'A UPDATE_FAILED: CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename a and update the stack again.',
    );
    expect(aws.things.existing.get('a')).toEqual({ Name: 'a', Fixed: 1 });
  });

  test('cannot change the type of a resource', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A')));
    const TemplateBody = 'Resources: { A: { Type: AWS::EC2::Instance } }';
    await expect(aws.client.updateStack({ StackName: 'app', TemplateBody })).rejects.toThrow(
      'Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]',
    );
  });

  test('of a stack in ROLLBACK_COMPLETE is refused', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A', '{ FailOn: create }')));
    const refused =
      /^Stack:arn:aws:cloudformation:us-east-1:123456789012:stack\/app\/.* is in ROLLBACK_COMPLETE state and can not be updated\.$/;
    await expect(aws.client.updateStack({ StackName: 'app', TemplateBody: things(thing('A')) })).rejects.toThrow(
      refused,
    );
    await expect(aws.changeSet('app', things(thing('A')), 'UPDATE')).rejects.toThrow(refused);
    await expect(aws.changeSet('app', things(thing('A')), 'CREATE')).rejects.toThrow(
      /already exists and cannot be created again/,
    );
  });
});

describe('an update that fails (User Guide, stack status codes)', () => {
  const before = things(
    thing('A', '{ Size: 1 }'),
    thing('R', '{ Name: old }'),
    thing('Last', '{ Size: 1, On: [!Ref A, !Ref R] }'),
  );
  const after = things(
    thing('A', '{ Size: 2 }'),
    thing('R', '{ Name: new }'),
    thing('Fresh', '{}'),
    thing('Last', '{ Size: 2, FailOn: update, On: [!Ref A, !Ref R] }', ', DependsOn: Fresh'),
  );

  test('is rolled back to what was, new resources are deleted, template and parameters are the old', async () => {
    await using aws = startEngine();
    await aws.create('app', before);
    const stack = await aws.update('app', after);
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(aws.things.existing.get('app-A-1')).toEqual({ Size: 1 });
    expect([...aws.things.existing.keys()].sort()).toEqual(['app-A-1', 'app-Last-2', 'old']);
    const events = await aws.events('app');
    expect(events).toContain('app UPDATE_ROLLBACK_IN_PROGRESS: The following resource(s) failed to update: [Last]. ');
    expect(events.slice(-6)).toEqual(
      expect.arrayContaining([
        'app UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
        'Fresh DELETE_COMPLETE',
        'app UPDATE_ROLLBACK_COMPLETE',
      ]),
    );
    const { TemplateBody } = await aws.client.getTemplate({ StackName: 'app' });
    expect(TemplateBody).toBe(before);
    const { StackResourceDetail } = await aws.client.describeStackResource({
      StackName: 'app',
      LogicalResourceId: 'R',
    });
    expect(StackResourceDetail).toMatchObject({ PhysicalResourceId: 'old', ResourceStatus: 'UPDATE_COMPLETE' });
  });

  test('can be updated again after its rollback', async () => {
    await using aws = startEngine();
    await aws.create('app', before);
    await aws.update('app', after);
    expect((await aws.update('app', before.replace('Size: 1', 'Size: 3'))).StackStatus).toBe('UPDATE_COMPLETE');
  });

  test('whose rollback fails stops in UPDATE_ROLLBACK_FAILED until ContinueUpdateRollback succeeds', async () => {
    const rule = { logicalId: 'A', operation: 'rollback' as const, fail: 'still busy', times: 1 };
    await using aws = startEngine({ scenario: { resources: [rule] } });
    await aws.create('app', before);
    const stack = await aws.update('app', after);
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    expect(stack.StackStatusReason).toBe('The following resource(s) failed to update: [A]. ');
    await expect(aws.client.updateStack({ StackName: 'app', TemplateBody: before })).rejects.toThrow(
      /is in UPDATE_ROLLBACK_FAILED state and can not be updated/,
    );
    await aws.client.continueUpdateRollback({ StackName: 'app' });
    expect((await aws.settled('app')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(aws.things.existing.get('app-A-1')).toEqual({ Size: 1 });
  });

  test('continues past the resources it is told to skip (API Reference, ContinueUpdateRollback)', async () => {
    await using aws = startEngine({
      scenario: { resources: [{ logicalId: 'A', operation: 'rollback', fail: 'gone' }] },
    });
    await aws.create('app', before);
    await aws.update('app', after);
    await expect(aws.client.continueUpdateRollback({ StackName: 'app', ResourcesToSkip: ['R'] })).rejects.toThrow(
      /ResourcesToSkip/,
    );
    await aws.client.continueUpdateRollback({ StackName: 'app', ResourcesToSkip: ['A'] });
    expect((await aws.settled('app')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(aws.things.existing.get('app-A-1')).toEqual({ Size: 2 });
  });

  test('with DisableRollback pauses in UPDATE_FAILED, the failed resource restored; RollbackStack goes back', async () => {
    await using aws = startEngine();
    await aws.create('app', before);
    const stack = await aws.update('app', after, { DisableRollback: true });
    expect(stack.StackStatus).toBe('UPDATE_FAILED');
    expect(aws.things.existing.get('app-A-1')).toEqual({ Size: 2 });
    const { OperationId } = await aws.client.rollbackStack({ StackName: 'app' });
    expect(OperationId).toEqual(expect.any(String));
    expect((await aws.settled('app')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(aws.things.existing.get('app-A-1')).toEqual({ Size: 1 });
  });

  test('CancelUpdateStack rolls a running update back, and is refused in any other status', async () => {
    const scenario = { resources: [{ logicalId: 'A', operation: 'update' as const, delayMs: 3_600_000 }] };
    await using aws = startEngine({ speed: 1, scenario });
    await aws.create('app', before);
    await expect(aws.client.cancelUpdateStack({ StackName: 'app' })).rejects.toThrow(
      'CancelUpdateStack cannot be called from current stack status',
    );
    await aws.client.updateStack({ StackName: 'app', TemplateBody: before.replace('Size: 1', 'Size: 2') });
    await expect(aws.client.deleteStack({ StackName: 'app' })).rejects.toThrow(
      /cannot be deleted while in status UPDATE_IN_PROGRESS/,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    await aws.client.cancelUpdateStack({ StackName: 'app' });
    expect((await aws.settled('app')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await aws.events('app')).toContain('A UPDATE_FAILED: Resource update cancelled');
  });

  test('what the clean-up cannot delete stays behind, and the update is complete all the same', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A'), thing('Stuck', '{ FailOn: delete }')));
    expect((await aws.update('app', things(thing('A')))).StackStatus).toBe('UPDATE_COMPLETE');
    expect(await aws.events('app')).toContain('Stuck DELETE_FAILED: delete of Stuck was refused');
  });
});
