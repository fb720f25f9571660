import { describe, expect, test } from '@jest/globals';
import { described, thing, things } from './described.ts';
import { startEngine } from './support.ts';

describe('imports (API Reference, CreateChangeSet; User Guide, import existing resources)', () => {
  const parameters = { '/taken': 'x' };
  const named = (policy: string) =>
    things(
      `P: { Type: AWS::SSM::Parameter, ${policy} Properties: { Name: /taken, Type: String, Value: x } }`,
      thing('A'),
    );

  test('ImportExistingResources takes over what has a name that is taken and is retained', async () => {
    await using aws = startEngine({ parameters });
    const asked = { ImportExistingResources: true };
    const set = await aws.changeSet('app', named('DeletionPolicy: Retain,'), 'CREATE', asked);
    expect(set).toMatchObject({ Status: 'CREATE_COMPLETE', ImportExistingResources: true });
    const told = { Action: 'Import', LogicalResourceId: 'P', PhysicalResourceId: '/taken' };
    expect(set.Changes?.map(({ ResourceChange }) => ResourceChange)).toEqual([
      expect.objectContaining({ Action: 'Add', LogicalResourceId: 'A' }),
      expect.objectContaining(told),
    ]);
    expect((await described(aws, set.ChangeSetId)).changes[1]).toMatchObject(told);
    const refused = await aws.changeSet('app', named(''), 'CREATE', asked);
    expect(refused).toMatchObject({
      Status: 'FAILED',
      StatusReason: expect.stringMatching(/^CloudFormation is attempting to import .+ are P \(\{Name=\/taken\}\)$/),
    });
  });

  test('ResourcesToImport are told by their identifiers, and nothing else may be new', async () => {
    await using aws = startEngine();
    aws.things.existing.set('thing-7', {});
    await aws.create('app', things(thing('A')));
    const template = things(thing('A'), thing('I', '{}', ', DeletionPolicy: Retain'));
    const ResourcesToImport = [
      { LogicalResourceId: 'I', ResourceType: 'Test::Thing', ResourceIdentifier: { Id: 'thing-7' } },
    ];
    const asked = { StackName: 'app', ChangeSetName: 'i', ChangeSetType: 'IMPORT' as const };
    const { Id } = await aws.client.createChangeSet({ ...asked, TemplateBody: template, ResourcesToImport });
    const set = await aws.changeSetReady(Id ?? '');
    expect(set.Changes?.map(({ ResourceChange }) => ResourceChange)).toEqual([
      expect.objectContaining({ Action: 'Import', LogicalResourceId: 'I', PhysicalResourceId: 'thing-7' }),
    ]);
    const more = { ...asked, ChangeSetName: 'j', ResourcesToImport };
    await expect(aws.client.createChangeSet({ ...more, TemplateBody: things(thing('A'), thing('I')) })).rejects.toThrow(
      /\[I\] must have DeletionPolicy/,
    );
    await expect(
      aws.client.createChangeSet({ ...more, TemplateBody: `${template}  New: { Type: Test::Thing }\n` }),
    ).rejects.toThrow('Resources [New] is missing from ResourceToImport list');
  });
});

test('a bucket that holds objects is a warning of early validation, not a refusal (validate stack deployments)', async () => {
  await using aws = startEngine({ objects: { 'app-B-1/key': '' } });
  const bucket = (id: string) => `${id}: { Type: AWS::S3::Bucket }`;
  await aws.create('app', things(bucket('B'), bucket('Empty'), thing('A')));
  const set = await aws.changeSet('app', things(thing('A')), 'UPDATE');
  expect(set).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  const { OperationEvents = [] } = await aws.client.describeEvents({ ChangeSetName: set.ChangeSetId });
  expect(
    OperationEvents.map((event) => [event.LogicalResourceId, event.ValidationName, event.ValidationFailureMode]),
  ).toEqual([['B', 'BUCKET_EMPTINESS_VALIDATION', 'WARN']]);
});

test('a secret that is not there fails the resource in the words of Secrets Manager', async () => {
  await using aws = startEngine();
  await aws.create('app', things(thing('A', '{ Word: "{{resolve:secretsmanager:db:SecretString:word}}" }')));
  expect(await aws.events('app')).toContainEqual(
    expect.stringMatching(
      /^A CREATE_FAILED: Secrets Manager can't find the specified secret\. \(Service: AWSSecretsManager/,
    ),
  );
});
