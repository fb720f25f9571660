import { describe, expect, test } from '@jest/globals';
import { startEngine } from './support.ts';

const things = (...lines: string[]) => `Resources:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
const thing = (id: string, properties = '{}', more = '') =>
  `${id}: { Type: Test::Thing, Properties: ${properties} ${more} }`;

describe('a creation that fails (User Guide, stack status codes)', () => {
  const failing = things(thing('Good', '{ Size: 1 }'), thing('Bad', '{ FailOn: create }', ', DependsOn: Good'));

  test('is rolled back: what was created is deleted, the reason names the failed resource', async () => {
    await using aws = startEngine();
    const stack = await aws.create('app', failing);
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await aws.events('app')).toEqual([
      'app CREATE_IN_PROGRESS: User Initiated',
      'Good CREATE_IN_PROGRESS',
      'Good CREATE_IN_PROGRESS: Resource creation Initiated',
      'Good CREATE_COMPLETE',
      'Bad CREATE_IN_PROGRESS',
      'Bad CREATE_FAILED: create of Bad was refused',
      'app ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Bad]. Rollback requested by user.',
      'Bad DELETE_COMPLETE',
      'Good DELETE_IN_PROGRESS',
      'Good DELETE_COMPLETE',
      'app ROLLBACK_COMPLETE',
    ]);
    expect(aws.things.existing.size).toBe(0);
  });

  test('cancels what is under way beside it', async () => {
    const scenario = {
      resources: [
        { logicalId: 'Slow', operation: 'create' as const, delayMs: 3_600_000 },
        { logicalId: 'Bad', operation: 'create' as const, fail: 'no capacity' },
      ],
    };
    await using aws = startEngine({ speed: 1, scenario });
    await aws.create('app', things(thing('Slow'), thing('Bad')));
    const events = await aws.events('app');
    expect(events).toContain('Slow CREATE_FAILED: Resource creation cancelled');
    expect(events).toContain('Bad CREATE_FAILED: no capacity');
    expect(events).toContain(
      'app ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Bad, Slow]. Rollback requested by user.',
    );
  });

  test('with DisableRollback keeps what was created and finishes independent paths (stack failure options)', async () => {
    await using aws = startEngine();
    const template = things(
      thing('Bad', '{ FailOn: create }'),
      thing('After', '{}', ', DependsOn: Bad'),
      thing('Other'),
    );
    const stack = await aws.create('app', template, { DisableRollback: true });
    expect(stack.StackStatus).toBe('CREATE_FAILED');
    expect(stack.StackStatusReason).toBe('The following resource(s) failed to create: [Bad]. ');
    expect(aws.things.log).toEqual(['create Other']);

    await aws.client.rollbackStack({ StackName: 'app' });
    expect((await aws.settled(stack.StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
    expect(aws.things.existing.size).toBe(0);
  });

  test('with DisableRollback can be updated with DisableRollback, and the failed resource is created then', async () => {
    await using aws = startEngine();
    await aws.create('app', failing, { DisableRollback: true });
    const mended = things(thing('Good', '{ Size: 1 }'), thing('Bad', '{}', ', DependsOn: Good'));
    await expect(aws.client.updateStack({ StackName: 'app', TemplateBody: mended })).rejects.toThrow(
      /CREATE_FAILED state/,
    );
    expect((await aws.update('app', mended, { DisableRollback: true })).StackStatus).toBe('UPDATE_COMPLETE');
    expect(aws.things.log).toEqual(['create Good', 'create Bad']);
  });

  test('with OnStackFailure DELETE deletes the stack (API Reference, CreateChangeSet)', async () => {
    await using aws = startEngine();
    const set = await aws.changeSet('app', failing, 'CREATE', { OnStackFailure: 'DELETE' });
    await expect(
      aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId, DisableRollback: false }),
    ).rejects.toThrow(/OnStackFailure/);
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
    expect((await aws.settled(set.StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
    await expect(aws.client.describeStacks({ StackName: 'app' })).rejects.toThrow('Stack with id app does not exist');
    expect(await aws.events(set.StackId ?? '')).toContain(
      'app DELETE_IN_PROGRESS: The following resource(s) failed to create: [Bad]. Delete requested by user.',
    );
  });

  test('whose rollback cannot delete ends in ROLLBACK_FAILED, which only a deletion leaves', async () => {
    await using aws = startEngine();
    const template = things(
      thing('Stuck', '{ FailOn: delete }'),
      thing('Bad', '{ FailOn: create }', ', DependsOn: Stuck'),
    );
    const stack = await aws.create('app', template);
    expect(stack.StackStatus).toBe('ROLLBACK_FAILED');
    expect(stack.StackStatusReason).toBe('The following resource(s) failed to delete: [Stuck]. ');
    await expect(aws.client.updateStack({ StackName: 'app', TemplateBody: template })).rejects.toThrow(
      /is in ROLLBACK_FAILED state and can not be updated/,
    );
    expect((await aws.remove('app')).StackStatus).toBe('DELETE_FAILED');
    expect((await aws.remove('app', { RetainResources: ['Stuck'] })).StackStatus).toBe('DELETE_COMPLETE');
  });

  test('RetainExceptOnCreate is deleted by the rollback of a creation, Retain is not (DeletionPolicy attribute)', async () => {
    await using aws = startEngine();
    const template = things(
      thing('Kept', '{}', ', DeletionPolicy: Retain'),
      thing('Fresh', '{}', ', DeletionPolicy: RetainExceptOnCreate'),
      thing('Bad', '{ FailOn: create }', ', DependsOn: [Kept, Fresh]'),
    );
    await aws.create('app', template);
    expect([...aws.things.existing.keys()]).toEqual(['app-Kept-1']);
    expect(await aws.events('app')).toContain('Kept DELETE_SKIPPED');
  });
});

describe('options of a creation (API Reference, CreateStack and ExecuteChangeSet)', () => {
  test('RetainExceptOnCreate deletes also what a failed creation would retain', async () => {
    await using aws = startEngine();
    const kept = thing('Kept', '{}', ', DeletionPolicy: Retain');
    const template = things(kept, thing('Bad', '{ FailOn: create }', ', DependsOn: Kept'));
    const set = await aws.changeSet('app', template, 'CREATE');
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId, RetainExceptOnCreate: true });
    expect((await aws.settled('app')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(aws.things.existing.size).toBe(0);
  });

  test('TimeoutInMinutes rolls back what takes longer', async () => {
    const scenario = { resources: [{ logicalId: 'Slow', operation: 'create' as const, delayMs: 3_600_000 }] };
    await using aws = startEngine({ speed: 600, scenario });
    await aws.create('app', things(thing('Slow'), thing('Next', '{}', ', DependsOn: Slow')), { TimeoutInMinutes: 1 });
    expect(await aws.events('app')).toContain(
      'app ROLLBACK_IN_PROGRESS: Stack creation time exceeded the specified timeout. Rollback requested by user.',
    );
  });

  test('ResourceTypes limits the template', async () => {
    await using aws = startEngine();
    const asked = { StackName: 'app', TemplateBody: things(thing('A')) };
    await expect(aws.client.createStack({ ...asked, ResourceTypes: ['AWS::EC2::*'] })).rejects.toThrow(
      'Resource type Test::Thing is not allowed by parameter ResourceTypes [AWS::EC2::*]',
    );
  });

  test('what this engine does not carry out is refused rather than ignored', async () => {
    await using aws = startEngine();
    const asked = { StackName: 'app', TemplateBody: things(thing('A')) };
    await expect(aws.client.createStack({ ...asked, StackPolicyBody: '{}' })).rejects.toThrow(
      /does not support StackPolicyBody/,
    );
  });
});

describe('deletion', () => {
  test('goes against the order of creation and leaves the stack to be found by its id alone', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A'), thing('B', '{ Of: !Ref A }'), thing('C', '{ Of: !Ref B }')));
    const stack = await aws.remove('app');
    expect(stack.StackStatus).toBe('DELETE_COMPLETE');
    expect(aws.things.log.slice(3)).toEqual(['delete C', 'delete B', 'delete A']);
    await expect(aws.client.describeStacks({ StackName: 'app' })).rejects.toThrow('Stack with id app does not exist');
    expect((await aws.events(stack.StackId ?? '')).at(-1)).toBe('app DELETE_COMPLETE');
  });

  test('is blocked by termination protection (API Reference, UpdateTerminationProtection)', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A')), { EnableTerminationProtection: true });
    await expect(aws.client.deleteStack({ StackName: 'app' })).rejects.toThrow(
      'Stack [app] cannot be deleted while TerminationProtection is enabled',
    );
    await aws.client.updateTerminationProtection({ StackName: 'app', EnableTerminationProtection: false });
    expect((await aws.remove('app')).StackStatus).toBe('DELETE_COMPLETE');
  });

  test('that fails leaves what the failed resource is built on, and FORCE_DELETE_STACK goes on without it', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('Base'), thing('Stuck', '{ FailOn: delete, Of: !Ref Base }'), thing('Free')));
    const stack = await aws.remove('app');
    expect(stack.StackStatus).toBe('DELETE_FAILED');
    expect(aws.things.log.filter((line) => line.startsWith('delete'))).toEqual(['delete Free']);
    await expect(aws.client.createStack({ StackName: 'app', TemplateBody: things(thing('A')) })).rejects.toThrow(
      'Stack [app] already exists',
    );
    expect((await aws.remove('app', { DeletionMode: 'FORCE_DELETE_STACK' })).StackStatus).toBe('DELETE_COMPLETE');
  });

  test('while the stack is being created cancels the creation', async () => {
    const scenario = { resources: [{ logicalId: 'Slow', operation: 'create' as const, delayMs: 3_600_000 }] };
    await using aws = startEngine({ speed: 1, scenario });
    const { StackId = '' } = await aws.client.createStack({
      StackName: 'app',
      TemplateBody: things(thing('Quick'), thing('Slow', '{ Of: !Ref Quick }')),
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await aws.client.deleteStack({ StackName: 'app' });
    expect((await aws.settled(StackId)).StackStatus).toBe('DELETE_COMPLETE');
    expect(aws.things.existing.size).toBe(0);
  });

  test('of what is not there is success', async () => {
    await using aws = startEngine();
    await expect(aws.client.deleteStack({ StackName: 'nothing' })).resolves.toBeDefined();
  });
});
