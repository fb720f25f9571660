import { describe, expect, test } from '@jest/globals';
import { startEngine } from './support.ts';

const things = (...lines: string[]) => `Resources:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
const thing = (id: string, properties = '{}', more = '') =>
  `${id}: { Type: Test::Thing, Properties: ${properties} ${more} }`;
const sized = `
Parameters: { Size: { Type: Number, Default: 1 }, Name: { Type: String, Default: one } }
Resources:
  A: { Type: Test::Thing, Properties: { Size: !Ref Size, Name: !Ref Name } }
  B: { Type: Test::Thing, Properties: { Of: !Ref A, Arn: !GetAtt A.Arn } }
`;

describe('a change set for an update (API Reference, ResourceChange and ResourceChangeDetail)', () => {
  test('tells a directly changed property statically', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A', '{ Size: 1, Name: a }')));
    const { Changes } = await aws.changeSet('app', things(thing('A', '{ Size: 2, Name: a }')), 'UPDATE');
    expect(Changes).toEqual([
      {
        Type: 'Resource',
        ResourceChange: {
          Action: 'Modify',
          LogicalResourceId: 'A',
          PhysicalResourceId: 'a',
          ResourceType: 'Test::Thing',
          Replacement: 'False',
          Scope: ['Properties'],
          Details: [
            {
              ChangeSource: 'DirectModification',
              Evaluation: 'Static',
              Target: { Attribute: 'Properties', Name: 'Size', RequiresRecreation: 'Never' },
            },
          ],
        },
      },
    ]);
  });

  test('tells a changed parameter as its cause beside a dynamic modification, and what replaces', async () => {
    await using aws = startEngine();
    await aws.create('app', sized);
    const Parameters = [{ ParameterKey: 'Name', ParameterValue: 'two' }];
    const set = await aws.changeSet('app', sized, 'UPDATE', { Parameters });
    const [a, b] = (set.Changes ?? []).map(({ ResourceChange }) => ResourceChange);
    const target = { Attribute: 'Properties', Name: 'Name', RequiresRecreation: 'Always' };
    expect(a).toMatchObject({ Replacement: 'True', PolicyAction: 'ReplaceAndDelete', PhysicalResourceId: 'one' });
    expect(a?.Details).toEqual([
      { CausingEntity: 'Name', ChangeSource: 'ParameterReference', Evaluation: 'Static', Target: target },
      { ChangeSource: 'DirectModification', Evaluation: 'Dynamic', Target: target },
    ]);
    expect(
      b?.Details?.map(({ ChangeSource, CausingEntity, Evaluation }) => [ChangeSource, CausingEntity, Evaluation]),
    ).toEqual([
      ['ResourceReference', 'A', 'Static'],
      ['ResourceAttribute', 'A.Arn', 'Static'],
    ]);
  });

  test('is Conditional where the specification says maybe', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('A', '{ Maybe: 1 }')));
    const { Changes } = await aws.changeSet('app', things(thing('A', '{ Maybe: 2 }')), 'UPDATE');
    expect(Changes?.[0]?.ResourceChange).toMatchObject({ Replacement: 'Conditional' });
  });

  test('tells removal with what becomes of the resource, addition without details, and policies in their scope', async () => {
    await using aws = startEngine();
    await aws.create('app', things(thing('Gone'), thing('Kept', '{}', ', DeletionPolicy: Retain'), thing('Same')));
    const after = things(thing('Added'), thing('Same', '{}', ', DeletionPolicy: Retain, Metadata: { Note: x }'));
    const { Changes = [] } = await aws.changeSet('app', after, 'UPDATE');
    expect(
      Changes.map(({ ResourceChange: c }) => [c?.LogicalResourceId, c?.Action, c?.PolicyAction, c?.Scope]),
    ).toEqual([
      ['Added', 'Add', undefined, []],
      ['Gone', 'Remove', 'Delete', []],
      ['Kept', 'Remove', 'Retain', []],
      ['Same', 'Modify', undefined, ['Metadata', 'DeletionPolicy']],
    ]);
  });

  test('that changes nothing fails in the words that tools look for', async () => {
    await using aws = startEngine();
    await aws.create('app', sized);
    const set = await aws.changeSet('app', sized, 'UPDATE');
    expect(set).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    });
    await expect(aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId })).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
    });
  });

  test('of outputs alone has no Changes and can be executed', async () => {
    await using aws = startEngine();
    await aws.create('app', sized);
    const set = await aws.changeSet('app', `${sized}Outputs: { Name: { Value: !Ref A } }\n`, 'UPDATE');
    expect(set).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
    expect(set.Changes ?? []).toEqual([]);
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
    expect((await aws.settled('app')).Outputs).toEqual([{ OutputKey: 'Name', OutputValue: 'one' }]);
  });

  test('does not fail for what cannot be resolved yet, its execution does', async () => {
    await using aws = startEngine();
    const set = await aws.changeSet('app', things(thing('A', '{ X: !ImportValue nowhere }')), 'CREATE');
    expect(set).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
    const stack = await aws.settled('app');
    expect(stack).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE', DeletionTime: expect.any(Date) });
    expect(stack.ChangeSetId).toBeUndefined();
  });

  test('is named by the stack that it has made', async () => {
    await using aws = startEngine();
    const set = await aws.changeSet('app', things(thing('A')), 'CREATE');
    await aws.client.executeChangeSet({ ChangeSetName: set.ChangeSetId });
    expect((await aws.settled('app')).ChangeSetId).toBe(set.ChangeSetId);
    expect((await aws.update('app', things(thing('A', '{ Size: 2 }')))).ChangeSetId).toBeUndefined();
  });

  test('pages its changes', async () => {
    await using aws = startEngine();
    const many = things(...Array.from({ length: 130 }, (_, index) => thing(`T${index}`)));
    const set = await aws.changeSet('app', many, 'CREATE');
    expect(set.Changes).toHaveLength(100);
    const rest = await aws.client.describeChangeSet({ ChangeSetName: set.ChangeSetId, NextToken: set.NextToken });
    expect(rest.Changes).toHaveLength(30);
    expect(rest.NextToken).toBeUndefined();
  });
});

describe('change sets of a stack (API Reference, CreateChangeSet and ExecuteChangeSet)', () => {
  const template = things(thing('A', '{ Size: 1 }'));

  test('are made after the answer: at first CREATE_PENDING', async () => {
    await using aws = startEngine();
    const { Id } = await aws.client.createChangeSet({
      StackName: 'app',
      ChangeSetName: 'one',
      ChangeSetType: 'CREATE',
      TemplateBody: template,
    });
    expect((await aws.client.describeChangeSet({ ChangeSetName: Id })).Status).toMatch(
      /^CREATE_(PENDING|IN_PROGRESS)$/,
    );
    await expect(aws.client.executeChangeSet({ ChangeSetName: Id })).rejects.toThrow(/UNAVAILABLE/);
    await aws.changeSetReady(Id ?? '');
  });

  test('have names that are unique in their stack, unless the client token says it is the same request', async () => {
    await using aws = startEngine();
    const asked = { StackName: 'app', ChangeSetName: 'one', ChangeSetType: 'CREATE' as const, TemplateBody: template };
    const first = await aws.client.createChangeSet({ ...asked, ClientToken: 'token' });
    expect(await aws.client.createChangeSet({ ...asked, ClientToken: 'token' })).toMatchObject({ Id: first.Id });
    await expect(aws.client.createChangeSet(asked)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    await aws.client.createChangeSet({ ...asked, ChangeSetName: 'two' });
    const { Summaries = [] } = await aws.client.listChangeSets({ StackName: 'app' });
    expect(Summaries.map(({ ChangeSetName }) => ChangeSetName)).toEqual(['one', 'two']);
  });

  test('are deleted once another has been executed, which only its ARN finds then', async () => {
    await using aws = startEngine();
    await aws.create('app', template);
    const one = await aws.changeSet('app', things(thing('A', '{ Size: 2 }')), 'UPDATE');
    const two = await aws.changeSet('app', things(thing('A', '{ Size: 3 }')), 'UPDATE');
    await aws.client.executeChangeSet({ ChangeSetName: two.ChangeSetId });
    await aws.settled('app');
    expect(await aws.changeSetReady(two.ChangeSetId ?? '')).toMatchObject({
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'EXECUTE_COMPLETE',
    });
    const byName = { ChangeSetName: two.ChangeSetName ?? '', StackName: 'app' };
    const missing = { name: 'ChangeSetNotFoundException' };
    await expect(aws.client.describeChangeSet(byName)).rejects.toMatchObject(missing);
    await expect(aws.client.describeChangeSet({ ChangeSetName: one.ChangeSetId })).rejects.toMatchObject(missing);
    await expect(aws.client.executeChangeSet({ ChangeSetName: one.ChangeSetId })).rejects.toMatchObject(missing);
    expect((await aws.client.listChangeSets({ StackName: 'app' })).Summaries).toEqual([]);
  });

  test('are obsolete once the stack was changed without a change set', async () => {
    await using aws = startEngine();
    await aws.create('app', template);
    const one = await aws.changeSet('app', things(thing('A', '{ Size: 2 }')), 'UPDATE');
    await aws.update('app', things(thing('A', '{ Size: 3 }')));
    expect(await aws.changeSetReady(one.ChangeSetId ?? '')).toMatchObject({ ExecutionStatus: 'OBSOLETE' });
    await expect(aws.client.executeChangeSet({ ChangeSetName: one.ChangeSetId })).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
      message: expect.stringMatching(/cannot be executed in its current execution status of \[OBSOLETE\]$/),
    });
  });

  test('are not found after their deletion, which can be repeated', async () => {
    await using aws = startEngine();
    const set = await aws.changeSet('app', template, 'CREATE');
    await aws.client.deleteChangeSet({ ChangeSetName: set.ChangeSetId });
    await aws.client.deleteChangeSet({ ChangeSetName: set.ChangeSetId });
    await expect(aws.client.describeChangeSet({ ChangeSetName: set.ChangeSetId })).rejects.toMatchObject({
      name: 'ChangeSetNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
    expect((await aws.client.describeStacks({ StackName: 'app' })).Stacks?.[0]?.StackStatus).toBe('REVIEW_IN_PROGRESS');
    expect((await aws.remove('app')).StackStatus).toBe('DELETE_COMPLETE');
  });

  test('need a stack that their type fits', async () => {
    await using aws = startEngine();
    await expect(aws.changeSet('app', template, 'UPDATE')).rejects.toThrow('Stack [app] does not exist');
    await aws.changeSet('app', template, 'CREATE');
    await expect(aws.changeSet('app', template, 'UPDATE')).rejects.toThrow(
      /is in REVIEW_IN_PROGRESS state and can not be updated/,
    );
    await aws.changeSet('app', template, 'CREATE');
    await expect(aws.client.describeChangeSet({ ChangeSetName: 'x', StackName: 'none' })).rejects.toThrow(
      'Stack [none] does not exist',
    );
    await expect(aws.client.describeChangeSet({ ChangeSetName: 'x' })).rejects.toThrow(
      'StackName must be specified if ChangeSetName is not specified as an ARN.',
    );
  });

  test('CreateStack on a shell in review creates it and makes its change sets obsolete', async () => {
    await using aws = startEngine();
    const set = await aws.changeSet('app', template, 'CREATE');
    expect((await aws.create('app', template)).StackId).toBe(set.StackId);
    expect(await aws.changeSetReady(set.ChangeSetId ?? '')).toMatchObject({ ExecutionStatus: 'OBSOLETE' });
  });

  test('keep template and values where they say so', async () => {
    await using aws = startEngine();
    await aws.create('app', sized, { Parameters: [{ ParameterKey: 'Size', ParameterValue: '7' }] });
    const Parameters = [
      { ParameterKey: 'Size', UsePreviousValue: true },
      { ParameterKey: 'Name', ParameterValue: 'x' },
    ];
    const set = await aws.client.createChangeSet({
      StackName: 'app',
      ChangeSetName: 'c',
      UsePreviousTemplate: true,
      Parameters,
    });
    await aws.changeSetReady(set.Id ?? '');
    await aws.client.executeChangeSet({ ChangeSetName: set.Id });
    await aws.settled('app');
    expect(aws.things.existing.get('x')).toEqual({ Size: '7', Name: 'x' });
  });
});
