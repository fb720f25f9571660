import { describe, expect, test } from '@jest/globals';
import { type LocalOptions, startEngine } from './support.ts';

const things = (...lines: string[]) => `Resources:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
const thing = (id: string, properties = '{}', more = '') =>
  `${id}: { Type: Test::Thing, Properties: ${properties} ${more} }`;

const UNKNOWN = '{{changeSet:KNOWN_AFTER_APPLY}}';

type Local = ReturnType<typeof startEngine>;

async function described(aws: Local, ChangeSetName: string | undefined) {
  const answer = await aws.client.describeChangeSet({ ChangeSetName, IncludePropertyValues: true });
  return { ...answer, changes: (answer.Changes ?? []).map(({ ResourceChange }) => ResourceChange) };
}

/** A stack of the first template, and what a change set to the second one tells with and without values. */
async function changed(aws: Local, before: string, after: string, more: { old?: object; new?: object } = {}) {
  await aws.create('app', before, more.old);
  const plain = await aws.changeSet('app', after, 'UPDATE', more.new);
  const valued = await described(aws, plain.ChangeSetId);
  return { plain, valued, plainChanges: (plain.Changes ?? []).map(({ ResourceChange }) => ResourceChange) };
}

const parameter = (ParameterKey: string, ParameterValue: string) => ({
  Parameters: [{ ParameterKey, ParameterValue }],
});

/** What a detail says beside its target, and the values. */
const causes = (change: Awaited<ReturnType<typeof described>>['changes'][number]) =>
  change?.Details?.map(({ Evaluation, ChangeSource, CausingEntity, Target }) => [
    Evaluation,
    ChangeSource,
    CausingEntity,
    Target?.Path,
    Target?.BeforeValue,
    Target?.AfterValue,
  ]);

describe('IncludePropertyValues (LocalStack, answers of AWS recorded in test_change_set_*.snapshot.json)', () => {
  test('a property that is changed in place has its path and both values, the resource both contexts', async () => {
    await using aws = startEngine();
    const { valued } = await changed(
      aws,
      things(thing('A', '{ Size: 1, Name: a }')),
      things(thing('A', '{ Size: 2, Name: a }')),
    );
    expect(valued.StatusReason).toBeUndefined();
    expect(valued.changes).toEqual([
      {
        Action: 'Modify',
        LogicalResourceId: 'A',
        PhysicalResourceId: 'a',
        ResourceType: 'Test::Thing',
        Replacement: 'False',
        Scope: ['Properties'],
        BeforeContext: '{"Properties":{"Size":"1","Name":"a"}}',
        AfterContext: '{"Properties":{"Size":"2","Name":"a"}}',
        Details: [
          {
            ChangeSource: 'DirectModification',
            Evaluation: 'Static',
            Target: {
              Attribute: 'Properties',
              Name: 'Size',
              RequiresRecreation: 'Never',
              Path: '/Properties/Size',
              BeforeValue: '1',
              AfterValue: '2',
              AttributeChangeType: 'Modify',
            },
          },
        ],
      },
    ]);
  });

  test('what refers to a replaced resource is known after apply, told twice with values and once without', async () => {
    await using aws = startEngine();
    const user = thing('B', '{ Of: !GetAtt A.Size, Ref: !Ref A, Same: x }');
    const { valued, plainChanges } = await changed(
      aws,
      things(thing('A', '{ Size: 1, Name: a }'), user),
      things(thing('A', '{ Size: 1, Name: b }'), user),
    );
    const [a, b] = valued.changes;
    expect(a).toMatchObject({ Replacement: 'True', PolicyAction: 'ReplaceAndDelete' });
    expect(b).toMatchObject({ Replacement: 'False', PhysicalResourceId: 'app-B-1' });
    expect(JSON.parse(b?.AfterContext ?? '')).toEqual({ Properties: { Of: UNKNOWN, Ref: UNKNOWN, Same: 'x' } });
    expect(JSON.parse(b?.BeforeContext ?? '')).toEqual({ Properties: { Of: '1', Ref: 'a', Same: 'x' } });
    expect(causes(b)).toEqual([
      ['Static', 'ResourceAttribute', 'A.Size', '/Properties/Of', '1', UNKNOWN],
      ['Static', 'ResourceReference', 'A', '/Properties/Ref', 'a', UNKNOWN],
      ['Dynamic', 'DirectModification', undefined, '/Properties/Of', '1', UNKNOWN],
      ['Dynamic', 'DirectModification', undefined, '/Properties/Ref', 'a', UNKNOWN],
    ]);
    expect(causes(plainChanges[1])?.map((cause) => cause.slice(0, 3))).toEqual([
      ['Static', 'ResourceAttribute', 'A.Size'],
      ['Static', 'ResourceReference', 'A'],
    ]);
  });

  test('what refers to a resource that is changed in place is dynamic without values, and missing with them', async () => {
    await using aws = startEngine();
    const users = [
      thing('B', '{ Of: !GetAtt A.Arn }'),
      thing('C', '{ Of: !GetAtt B.Arn }'),
      thing('D', '{ Of: !Ref A }'),
    ];
    const { valued, plainChanges } = await changed(
      aws,
      things(thing('A', '{ Size: 1 }'), ...users),
      things(thing('A', '{ Size: 2 }'), ...users),
    );
    expect(valued.changes.map((change) => change?.LogicalResourceId)).toEqual(['A']);
    expect(valued.StatusReason).toBeUndefined();
    expect(plainChanges.map((change) => [change?.LogicalResourceId, causes(change)?.[0]?.slice(0, 3)])).toEqual([
      ['A', ['Static', 'DirectModification', undefined]],
      ['B', ['Dynamic', 'ResourceAttribute', 'A.Arn']],
      ['C', ['Dynamic', 'ResourceAttribute', 'B.Arn']],
    ]);
  });

  test('a dynamic change of what always replaces is a conditional replacement, and so is what refers to it', async () => {
    await using aws = startEngine();
    const users = [thing('B', '{ Fixed: !GetAtt A.Arn }'), thing('C', '{ Of: !Ref B }')];
    const { plainChanges } = await changed(
      aws,
      things(thing('A', '{ Size: 1 }'), ...users),
      things(thing('A', '{ Size: 2 }'), ...users),
    );
    expect(plainChanges[1]).toMatchObject({ LogicalResourceId: 'B', Replacement: 'Conditional' });
    expect(causes(plainChanges[2])?.[0]?.slice(0, 3)).toEqual(['Dynamic', 'ResourceReference', 'B']);
  });

  test('a changed parameter is told twice, only where it is used', async () => {
    await using aws = startEngine();
    const template = `
Parameters: { Port: { Type: Number, Default: 80 } }
Resources:
  A: { Type: Test::Thing, Properties: { Rules: [{ Port: !Ref Port, Open: true }, { Port: 22, Open: false }] } }
`;
    const { valued } = await changed(aws, template, template, { new: parameter('Port', '443') });
    expect(causes(valued.changes[0])).toEqual([
      ['Static', 'ParameterReference', 'Port', '/Properties/Rules/0/Port', '80', '443'],
      ['Dynamic', 'DirectModification', undefined, '/Properties/Rules/0/Port', '80', '443'],
    ]);
    expect(valued.Parameters).toEqual([{ ParameterKey: 'Port', ParameterValue: '443' }]);
  });

  test('a newer value in Systems Manager is a direct modification, and the resolved values tell why', async () => {
    const parameters: Record<string, string> = { '/image': 'ami-1' };
    await using aws = startEngine({ parameters });
    const template = `
Parameters: { Image: { Type: "AWS::SSM::Parameter::Value<String>", Default: /image } }
Resources: { A: { Type: Test::Thing, Properties: { Image: !Ref Image } } }
`;
    await aws.create('app', template);
    parameters['/image'] = 'ami-2';
    const set = await aws.changeSet('app', template, 'UPDATE');
    const valued = await described(aws, set.ChangeSetId);
    expect(causes(valued.changes[0])).toEqual([
      ['Static', 'DirectModification', undefined, '/Properties/Image', 'ami-1', 'ami-2'],
    ]);
    expect(valued.Parameters).toMatchObject([{ ParameterValue: '/image', ResolvedValue: 'ami-2' }]);
    const { Stacks } = await aws.client.describeStacks({ StackName: 'app' });
    expect(Stacks?.[0]?.Parameters).toMatchObject([{ ParameterValue: '/image', ResolvedValue: 'ami-1' }]);
  });

  test('an added resource has what is known of it, a removed one its template without what it refers to', async () => {
    await using aws = startEngine();
    const { valued } = await changed(
      aws,
      things(thing('A', '{ Size: 1 }'), thing('Gone', '{ Of: !Ref A, Size: 3 }', ', DeletionPolicy: Retain')),
      things(thing('A', '{ Size: 2 }'), thing('New', '{ Of: !GetAtt A.Size }'), thing('Newer', '{ Of: !Ref New }')),
    );
    expect(valued.changes.slice(1)).toEqual([
      {
        Action: 'Remove',
        LogicalResourceId: 'Gone',
        PhysicalResourceId: 'app-Gone-2',
        ResourceType: 'Test::Thing',
        PolicyAction: 'Retain',
        Scope: [],
        Details: [],
        BeforeContext: `{"Properties":{"Of":"${UNKNOWN}","Size":"3"},"DeletionPolicy":"Retain"}`,
      },
      {
        Action: 'Add',
        LogicalResourceId: 'New',
        ResourceType: 'Test::Thing',
        Scope: [],
        Details: [],
        AfterContext: '{"Properties":{"Of":"1"}}',
      },
      expect.objectContaining({ LogicalResourceId: 'Newer', AfterContext: `{"Properties":{"Of":"${UNKNOWN}"}}` }),
    ]);
  });

  test('outputs alone are no change of a resource, with values neither', async () => {
    await using aws = startEngine();
    const template = things(thing('A'));
    const { valued } = await changed(aws, template, `${template}Outputs: { Name: { Value: !Ref A } }\n`);
    expect(valued).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE', changes: [] });
  });

  test('an export that is not there yet leaves its property unknown, with a warning', async () => {
    await using aws = startEngine();
    const set = await aws.changeSet('app', things(thing('A', '{ Of: !ImportValue nowhere, Size: 1 }')), 'CREATE');
    expect(set.StatusReason).toBeUndefined();
    const valued = await described(aws, set.ChangeSetId);
    expect(valued.StatusReason).toBe(
      '[WARN] --include-property-values option can return incomplete ChangeSet data because: ChangeSet creation failed for resource [A] because: No export named nowhere',
    );
    expect(valued.changes[0]?.AfterContext).toBe(`{"Properties":{"Of":"${UNKNOWN}","Size":"1"}}`);
  });
});

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
