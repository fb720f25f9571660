import { describe, expect, test } from '@jest/globals';
import { changed, described, parameter, thing, things, UNKNOWN } from './described.ts';
import { type LocalOptions, startEngine } from './support.ts';

describe('IncludePropertyValues (User Guide, view a change set and example change sets)', () => {
  test('tells added and removed properties and items by their paths, as JSON where they are no text', async () => {
    await using aws = startEngine();
    const { valued } = await changed(
      aws,
      things(thing('A', '{ Prefixes: [], Description: "", List: [{ Key: a, Value: 1 }] }')),
      things(thing('A', '{ Description: Description, List: [{ Key: b, Value: 1 }, { Key: Test, Value: Test }] }')),
    );
    expect(valued.changes[0]?.Details?.map(({ Target }) => Target)).toEqual([
      {
        Attribute: 'Properties',
        Name: 'Prefixes',
        RequiresRecreation: 'Never',
        Path: '/Properties/Prefixes',
        BeforeValue: '[]',
        AttributeChangeType: 'Remove',
      },
      expect.objectContaining({ Path: '/Properties/Description', BeforeValue: '', AfterValue: 'Description' }),
      expect.objectContaining({ Path: '/Properties/List/0/Key', AttributeChangeType: 'Modify' }),
      {
        Attribute: 'Properties',
        Name: 'List',
        RequiresRecreation: 'Never',
        Path: '/Properties/List/1',
        AfterValue: '{"Key":"Test","Value":"Test"}',
        AttributeChangeType: 'Add',
      },
    ]);
  });

  test('tags of EC2 are an attribute without a name', async () => {
    await using aws = startEngine();
    const instance = (key: string, value: string) =>
      things(`I: { Type: AWS::EC2::Instance, Properties: { Tags: [{ Key: ${key}, Value: ${value} }] } }`);
    const { valued, plainChanges } = await changed(aws, instance('Purpose', 'testing'), instance('Test', 'Test'));
    expect(plainChanges[0]).toMatchObject({
      Scope: ['Tags'],
      Details: [{ Target: { Attribute: 'Tags', RequiresRecreation: 'Never' } }],
    });
    expect(valued.changes[0]?.Details?.map(({ Target }) => Target)).toEqual([
      {
        Attribute: 'Tags',
        RequiresRecreation: 'Never',
        Path: '/Properties/Tags/0/Key',
        BeforeValue: 'Purpose',
        AfterValue: 'Test',
        AttributeChangeType: 'Modify',
      },
      expect.objectContaining({ Path: '/Properties/Tags/0/Value', BeforeValue: 'testing', AfterValue: 'Test' }),
    ]);
  });

  test('contexts hold the other attributes that the template has, and their changes are told', async () => {
    await using aws = startEngine();
    const { valued } = await changed(
      aws,
      things(thing('A', '{ Size: 1 }', ', Metadata: { Note: { Text: a, Count: 1 } }, UpdateReplacePolicy: Retain')),
      things(thing('A', '{ Size: 1 }', ', Metadata: { Note: { Text: b, Count: 1 } }, DeletionPolicy: Retain')),
    );
    const [a] = valued.changes;
    expect(a).toMatchObject({ Scope: ['Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'], Replacement: 'False' });
    expect(JSON.parse(a?.BeforeContext ?? '')).toEqual({
      Properties: { Size: '1' },
      Metadata: { Note: { Text: 'a', Count: '1' } },
      UpdateReplacePolicy: 'Retain',
    });
    expect(a?.Details?.map(({ Target }) => [Target?.Path, Target?.AttributeChangeType])).toEqual([
      ['/Metadata/Note/Text', 'Modify'],
      ['/DeletionPolicy', 'Add'],
      ['/UpdateReplacePolicy', 'Remove'],
    ]);
  });

  test.each([
    ['Retain', 'ReplaceAndRetain', 'Retain'],
    ['Snapshot', 'ReplaceAndSnapshot', 'Snapshot'],
    ['Delete', 'ReplaceAndDelete', 'Delete'],
  ])(
    'with the policy %s the old resource of a replacement is told as %s, a removed one as %s',
    async (policy, ...told) => {
      await using aws = startEngine();
      const policies = `, DeletionPolicy: ${policy}, UpdateReplacePolicy: ${policy}`;
      const { valued } = await changed(
        aws,
        things(thing('A', '{ Name: a }', policies), thing('B', '{}', policies)),
        things(thing('A', '{ Name: b }', policies)),
      );
      expect(valued.changes.map((change) => change?.PolicyAction)).toEqual(told);
    },
  );

  test('values with NoEcho are asterisks, in user data too, and in Metadata they are not', async () => {
    await using aws = startEngine();
    const template = `
Parameters: { Secret: { Type: String, NoEcho: true } }
Resources:
  A:
    Type: Test::Thing
    Properties: { Password: !Ref Secret, Data: { Fn::Base64: !Sub "run \${Secret}" }, Size: 1 }
    Metadata: { Told: !Ref Secret }
`;
    const { valued } = await changed(aws, template, template, {
      old: parameter('Secret', 'hunter2'),
      new: parameter('Secret', 'correct horse'),
    });
    const [a] = valued.changes;
    const masked = { Password: '****', Data: Buffer.from('run ****').toString('base64'), Size: '1' };
    expect(JSON.parse(a?.BeforeContext ?? '')).toEqual({ Properties: masked, Metadata: { Told: 'hunter2' } });
    expect(JSON.parse(a?.AfterContext ?? '')).toEqual({ Properties: masked, Metadata: { Told: 'correct horse' } });
    const values = a?.Details?.filter(({ Target }) => Target?.Attribute === 'Properties');
    expect(values).toHaveLength(4);
    expect(JSON.stringify(values)).not.toMatch(/hunter2|horse/);
    expect(valued.Parameters).toEqual([{ ParameterKey: 'Secret', ParameterValue: '****' }]);
  });

  test('dynamic references are shown and compared as they are written', async () => {
    const parameters: Record<string, string> = { '/word': 'hunter2' };
    const options: LocalOptions = { parameters };
    await using aws = startEngine(options);
    const template = (more: string) => things(thing('A', `{ Password: "{{resolve:ssm-secure:/word}}" ${more} }`));
    await aws.create('app', template(''));
    expect(aws.things.existing.get('app-A-1')).toEqual({ Password: 'hunter2' });
    parameters['/word'] = 'horse';
    expect(await aws.changeSet('app', template(''), 'UPDATE')).toMatchObject({ Status: 'FAILED' });
    const set = await aws.changeSet('app', template(', Size: 1'), 'UPDATE');
    const [a] = (await described(aws, set.ChangeSetId)).changes;
    expect(a?.Details).toHaveLength(1);
    expect(a?.BeforeContext).toBe('{"Properties":{"Password":"{{resolve:ssm-secure:/word}}"}}');
    const { StackEvents } = await aws.client.describeStackEvents({ StackName: 'app' });
    expect(JSON.stringify(StackEvents)).not.toContain('hunter2');
  });

  test('a long value is told by its signature alone, in contexts too', async () => {
    await using aws = startEngine();
    const long = (end: string) => things(thing('A', `{ Data: { Text: "${'x'.repeat(4000)}${end}", Other: 1 } }`));
    const { valued } = await changed(aws, long('a'), long('b'));
    const [a] = valued.changes;
    const signature = /^\(Truncated-Signature\):[0-9a-f]{64}$/;
    expect(a?.Details?.map(({ Target }) => Target)).toEqual([
      expect.objectContaining({
        Path: '/Properties/Data',
        BeforeValue: expect.stringMatching(signature),
        AfterValue: expect.stringMatching(signature),
      }),
    ]);
    expect(JSON.parse(a?.AfterContext ?? '').Properties.Data).toMatch(signature);
  });

  test('leaves out what the scenario names, with a warning, and still has it without values (aws/aws-cdk-cli#1780)', async () => {
    await using aws = startEngine({ scenario: { changeSets: [{ logicalId: 'A' }] } });
    const { valued, plain } = await changed(
      aws,
      things(thing('A', '{ Name: a }'), thing('B', '{ Size: 1 }')),
      things(thing('A', '{ Name: b }'), thing('B', '{ Size: 2 }')),
    );
    expect(valued).toMatchObject({
      Status: 'CREATE_COMPLETE',
      StatusReason:
        '[WARN] --include-property-values option can return incomplete ChangeSet data because: Logical Id: A, failed property validation',
    });
    expect(valued.changes.map((change) => change?.LogicalResourceId)).toEqual(['B']);
    expect(plain.StatusReason).toBeUndefined();
    expect(plain.Changes).toHaveLength(2);
  });

  test('a part that replaces is told so at its own path, as the update then does (resource specification)', async () => {
    await using aws = startEngine();
    const provider = (group: string, capacity: number) =>
      things(
        `P: { Type: AWS::ECS::CapacityProvider, Properties: { AutoScalingGroupProvider: { AutoScalingGroupArn: ${group}, ManagedScaling: { TargetCapacity: ${capacity} } } } }`,
      );
    const { valued, plainChanges } = await changed(aws, provider('g1', 80), provider('g2', 90));
    expect(plainChanges[0]).toMatchObject({
      Replacement: 'True',
      Details: [{ Target: { Name: 'AutoScalingGroupProvider', RequiresRecreation: 'Always' } }],
    });
    expect(valued.changes[0]?.Details?.map(({ Target }) => [Target?.Path, Target?.RequiresRecreation])).toEqual([
      ['/Properties/AutoScalingGroupProvider/AutoScalingGroupArn', 'Always'],
      ['/Properties/AutoScalingGroupProvider/ManagedScaling/TargetCapacity', 'Never'],
    ]);
    const inPlace = await aws.changeSet('app', provider('g1', 90), 'UPDATE');
    expect(inPlace.Changes?.[0]?.ResourceChange).toMatchObject({ Replacement: 'False' });
    await aws.client.executeChangeSet({ ChangeSetName: valued.ChangeSetId });
    await aws.settled('app');
    expect(aws.things.log).toEqual(['create P', 'create P', 'delete P']);
  });

  test('Fn::Join of a text that is split before it is known is a problem (test_change_set_fn_split)', async () => {
    await using aws = startEngine();
    const joined = thing(
      'B',
      '{ Of: !Join [ "_", !Split [ "-", !GetAtt A.Arn ] ], One: !Select [ 0, !Split [ "-", !Ref A ] ] }',
    );
    const set = await aws.changeSet('app', things(thing('A'), joined), 'CREATE');
    const valued = await described(aws, set.ChangeSetId);
    expect(valued.StatusReason).toMatch(/resource \[B\] because: Template error: every Fn::Join object requires two/);
    expect(JSON.parse(valued.changes[1]?.AfterContext ?? '')).toEqual({ Properties: { Of: UNKNOWN, One: UNKNOWN } });
  });

  test('pages as it does without values', async () => {
    await using aws = startEngine();
    const many = things(...Array.from({ length: 130 }, (_, index) => thing(`T${index}`)));
    const set = await aws.changeSet('app', many, 'CREATE');
    const first = await described(aws, set.ChangeSetId);
    const asked = { ChangeSetName: set.ChangeSetId, IncludePropertyValues: true, NextToken: first.NextToken };
    const rest = await aws.client.describeChangeSet(asked);
    expect(first.changes.length + (rest.Changes?.length ?? 0)).toBe(130);
    expect(rest.Changes?.at(-1)?.ResourceChange?.AfterContext).toBe('{"Properties":{}}');
  });
});
