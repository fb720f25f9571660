import type { ResourceToImport } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import type { Scenario } from '../../../emulator/types.ts';
import { thing, things } from './described.ts';
import { startEngine } from './support.ts';

const imported = (id: string, properties = '{}', policy = 'Retain') =>
  thing(id, properties, `, DeletionPolicy: ${policy}`);
const toImport = (LogicalResourceId: string, Id: string): ResourceToImport => ({
  LogicalResourceId,
  ResourceType: 'Test::Thing',
  ResourceIdentifier: { Id },
});
const asked = (...ResourcesToImport: ResourceToImport[]) => ({ ResourcesToImport });

/** A stack of one resource, and beside it a thing that nobody's stack holds. */
async function withOutsider(scenario: Scenario = {}) {
  const aws = startEngine({ scenario });
  await aws.create('app', things(thing('A')));
  aws.things.existing.set('thing-7', { Size: 7 });
  return aws;
}
type Local = Awaited<ReturnType<typeof withOutsider>>;

/** Imports the outsider as `I` and waits until the stack rests. */
async function importThing(aws: Local, template = things(thing('A'), imported('I', '{ Size: 5 }'))) {
  const set = await aws.changeSet('app', template, 'IMPORT', asked(toImport('I', 'thing-7')));
  await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
  return aws.settled('app');
}

const since = (events: readonly string[], first: string) => events.slice(events.indexOf(first));
const BEGIN = 'app IMPORT_IN_PROGRESS: User Initiated';
const failing = (operation: 'import' | 'update' | 'rollback', fail: string) => ({ logicalId: 'I', operation, fail });

describe('an import that is executed (User Guide, import existing resources)', () => {
  test('takes the resource over, tags it by its update, and tells each step', async () => {
    await using aws = await withOutsider();
    expect((await importThing(aws)).StackStatus).toBe('IMPORT_COMPLETE');
    expect(since(await aws.events('app'), BEGIN)).toEqual([
      BEGIN,
      'I IMPORT_IN_PROGRESS: Resource import started.',
      'I IMPORT_COMPLETE: Resource import completed.',
      'I UPDATE_IN_PROGRESS: Apply stack-level tags to imported resource if applicable.',
      'I UPDATE_COMPLETE',
      'app IMPORT_COMPLETE',
    ]);
    const { StackResources = [] } = await aws.client.describeStackResources({ StackName: 'app' });
    expect(StackResources).toContainEqual(
      expect.objectContaining({ LogicalResourceId: 'I', PhysicalResourceId: 'thing-7' }),
    );
    expect(aws.things.log).toEqual(['create A', 'update I']);
  });

  test('can be updated then, its attributes known, and keeps what it retains when it is deleted', async () => {
    await using aws = await withOutsider();
    await importThing(aws);
    const template = things(thing('A', '{ Other: !GetAtt I.Arn }'), imported('I', '{ Size: 6 }'));
    expect((await aws.update('app', template)).StackStatus).toBe('UPDATE_COMPLETE');
    expect(aws.things.existing.get('app-A-1')).toEqual({ Other: 'arn:aws:test:::thing/thing-7' });
    await aws.remove('app');
    expect([...aws.things.existing.keys()]).toEqual(['thing-7']);
  });

  test('makes a stack of what exists', async () => {
    await using aws = startEngine();
    aws.things.existing.set('thing-7', {});
    const set = await aws.changeSet('app', things(imported('I')), 'IMPORT', asked(toImport('I', 'thing-7')));
    const [shell] = (await aws.client.describeStacks({ StackName: 'app' })).Stacks ?? [];
    expect(shell?.StackStatus).toBe('REVIEW_IN_PROGRESS');
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
    expect((await aws.settled('app', (status) => status !== 'REVIEW_IN_PROGRESS')).StackStatus).toMatch(/^IMPORT_/);
    expect((await aws.settled('app')).StackStatus).toBe('IMPORT_COMPLETE');
    expect((await aws.update('app', things(imported('I', '{ Size: 2 }')))).StackStatus).toBe('UPDATE_COMPLETE');
  });

  test('is rolled back when the resource is there no more, and the stack is as before', async () => {
    await using aws = await withOutsider({ resources: [failing('import', 'it hides')] });
    const stack = await importThing(aws);
    expect(stack.StackStatus).toBe('IMPORT_ROLLBACK_COMPLETE');
    expect(since(await aws.events('app'), BEGIN)).toEqual([
      BEGIN,
      'I IMPORT_IN_PROGRESS: Resource import started.',
      'I IMPORT_FAILED: it hides',
      'app IMPORT_ROLLBACK_IN_PROGRESS: The following resource(s) failed to import: [I]. ',
      'I IMPORT_ROLLBACK_IN_PROGRESS',
      'I IMPORT_ROLLBACK_COMPLETE',
      'app IMPORT_ROLLBACK_COMPLETE',
    ]);
    expect(aws.things.existing.has('thing-7')).toBe(true);
    expect((await aws.client.getTemplate({ StackName: 'app' })).TemplateBody).toBe(things(thing('A')));
    expect((await aws.update('app', things(thing('A', '{ Size: 1 }')))).StackStatus).toBe('UPDATE_COMPLETE');
  });

  test('that vanishes between the change set and its execution fails in the words of its creation', async () => {
    await using aws = await withOutsider();
    const template = things(thing('A'), imported('I'));
    const set = await aws.changeSet('app', template, 'IMPORT', asked(toImport('I', 'thing-7')));
    aws.things.existing.delete('thing-7');
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
    expect((await aws.settled('app')).StackStatus).toBe('IMPORT_ROLLBACK_COMPLETE');
    expect(await aws.events('app')).toContain(
      "I IMPORT_FAILED: Resource of type 'Test::Thing' with identifier 'thing-7' was not found.",
    );
  });

  test('fails when the update that follows it does', async () => {
    await using aws = await withOutsider({ resources: [failing('update', 'no tags for you')] });
    expect((await importThing(aws)).StackStatus).toBe('IMPORT_ROLLBACK_COMPLETE');
    const events = await aws.events('app');
    expect(events).toContain('I UPDATE_FAILED: no tags for you');
    expect(events).toContain('app IMPORT_ROLLBACK_IN_PROGRESS: The following resource(s) failed to update: [I]. ');
  });

  test('whose rollback fails too ends in IMPORT_ROLLBACK_FAILED, which only a deletion leaves', async () => {
    await using aws = await withOutsider({ resources: [failing('update', 'no'), failing('rollback', 'never')] });
    const stack = await importThing(aws);
    expect(stack.StackStatus).toBe('IMPORT_ROLLBACK_FAILED');
    expect(await aws.events('app')).toContain('I IMPORT_ROLLBACK_FAILED: never');
    const StackName = 'app';
    const TemplateBody = things(thing('A'));
    await expect(aws.client.updateStack({ StackName, TemplateBody })).rejects.toThrow(/IMPORT_ROLLBACK_FAILED state/);
    const another = { StackName, TemplateBody, ChangeSetName: 'x', ChangeSetType: 'UPDATE' as const };
    await expect(aws.client.createChangeSet(another)).rejects.toThrow(/IMPORT_ROLLBACK_FAILED state/);
    await expect(aws.client.rollbackStack({ StackName })).rejects.toThrow(/can not be rolled back/);
    await expect(aws.client.continueUpdateRollback({ StackName })).rejects.toThrow(/can not continue rolling back/);
    expect((await aws.remove('app')).StackStatus).toBe('DELETE_COMPLETE');
    expect([...aws.things.existing.keys()]).toEqual(['thing-7']);
  });

  test('of a new stack leaves it empty, and it can be updated', async () => {
    await using aws = startEngine({ scenario: { resources: [failing('import', 'no')] } });
    aws.things.existing.set('thing-7', {});
    const set = await aws.changeSet('app', things(imported('I')), 'IMPORT', asked(toImport('I', 'thing-7')));
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
    expect((await aws.settled('app', (status) => status.endsWith('COMPLETE'))).StackStatus).toBe(
      'IMPORT_ROLLBACK_COMPLETE',
    );
    expect((await aws.client.describeStackResources({ StackName: 'app' })).StackResources).toEqual([]);
    expect((await aws.update('app', things(thing('B')))).StackStatus).toBe('UPDATE_COMPLETE');
  });

  test('cannot be deleted while it goes on', async () => {
    const scenario = { resources: [{ logicalId: 'I', operation: 'import' as const, delayMs: 3_600_000 }] };
    await using aws = startEngine({ speed: 1, scenario });
    await aws.create('app', things(thing('A')));
    aws.things.existing.set('thing-7', {});
    const template = things(thing('A'), imported('I'));
    const set = await aws.changeSet('app', template, 'IMPORT', asked(toImport('I', 'thing-7')));
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
    await expect(aws.client.deleteStack({ StackName: 'app' })).rejects.toThrow(/status IMPORT_IN_PROGRESS/);
  });
});

describe('ImportExistingResources', () => {
  const parameters = { '/taken': 'x' };
  const named =
    'P: { Type: AWS::SSM::Parameter, DeletionPolicy: RetainExceptOnCreate, Properties: { Name: /taken, Type: String, Value: x } }';
  async function executed(template: string, more: object = {}) {
    const aws = startEngine({ parameters });
    aws.things.existing.set('/taken', {});
    const set = await aws.changeSet('app', template, 'CREATE', { ImportExistingResources: true });
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId, ...more });
    await aws.settled('app', (status) => status.endsWith('COMPLETE'));
    return aws;
  }

  test('takes over in a creation, which stays a creation', async () => {
    await using aws = await executed(things(named, thing('A')));
    const events = await aws.events('app');
    expect(events.at(-1)).toBe('app CREATE_COMPLETE');
    expect(events).toContain('P IMPORT_COMPLETE: Resource import completed.');
    expect(events).toContain('A CREATE_COMPLETE');
  });

  test('never deletes what it took over, whatever a rollback is asked to delete', async () => {
    const bad = thing('Bad', '{ FailOn: create }', ', DependsOn: P');
    await using aws = await executed(things(named, bad), { RetainExceptOnCreate: true });
    const events = await aws.events('app');
    expect(events.at(-1)).toBe('app ROLLBACK_COMPLETE');
    expect(events).toContain('P DELETE_SKIPPED');
    expect([...aws.things.existing.keys()]).toEqual(['/taken']);
  });
});

describe('what an import may not be', () => {
  const template = things(thing('A'), imported('I'));
  const create = (aws: Local, TemplateBody: string, ...ResourcesToImport: ResourceToImport[]) =>
    aws.client.createChangeSet({
      StackName: 'app',
      ChangeSetName: 'i',
      ChangeSetType: 'IMPORT',
      TemplateBody,
      ResourcesToImport,
    });
  const one = toImport('I', 'thing-7');

  test.each<[string, string, ResourceToImport[], string]>([
    ['nothing', template, [], 'Must Provide at least one resource to import'],
    ['twice the same', template, [one, one], 'Every resource to import must have unique LogicalResourceId'],
    [
      'absent',
      template,
      [toImport('X', 'thing-7')],
      'The logical resource ids [X] provided in ResourceToImport do not',
    ],
    [
      'another type',
      template,
      [{ ...one, ResourceType: 'AWS::S3::Bucket', ResourceIdentifier: { BucketName: 'b' } }],
      'Resource type of [I] passed in ResourceToImport does not match',
    ],
    [
      'identified otherwise',
      template,
      [{ ...one, ResourceType: 'AWS::S3::Bucket' }],
      'Invalid resource identifier for resource type AWS::S3::Bucket. Expected [BucketName]',
    ],
    [
      'held already',
      things(thing('A', '{}', ', DeletionPolicy: Retain')),
      [toImport('A', 'x')],
      'Resources [A] passed in',
    ],
    [
      'a change too',
      things(thing('A', '{ Size: 3 }'), imported('I')),
      [one],
      'You have modified resources [A] in your template that are not being imported.',
    ],
    ['a removal too', things(imported('I')), [one], 'You have modified resources [A] in your template'],
    [
      'an output too',
      `${template}Outputs:\n  O: { Value: x }\n`,
      [one],
      'As part of the import operation, you cannot modify or add [Outputs]',
    ],
  ])('%s: refused', async (_what, TemplateBody, resources, message) => {
    await using aws = await withOutsider();
    await expect(create(aws, TemplateBody, ...resources)).rejects.toThrow(message);
  });

  test('what is not there, or belongs to a stack: the change set fails', async () => {
    await using aws = await withOutsider();
    const gone = await aws.changeSet('app', template, 'IMPORT', asked(toImport('I', 'thing-8')));
    expect(gone).toMatchObject({
      Status: 'FAILED',
      StatusReason: "Resource of type 'Test::Thing' with identifier 'thing-8' was not found.",
    });
    const held = await aws.changeSet('app', template, 'IMPORT', asked(toImport('I', 'app-A-1')));
    expect(held).toMatchObject({
      Status: 'FAILED',
      StatusReason: expect.stringMatching(/^app-A-1 already exists in stack arn:aws:cloudformation:/),
    });
  });
});
