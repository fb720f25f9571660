import { describe, expect, test } from '@jest/globals';
import { causes, changed, described, parameter, thing, things, UNKNOWN } from './described.ts';
import { startEngine } from './support.ts';

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

  test('a text keeps what is known of it, unless it is encoded', async () => {
    await using aws = startEngine();
    const user = thing('B', '{ Text: !Sub "on ${A}!", Data: { Fn::Base64: !Sub "on ${A}!" } }');
    const set = await aws.changeSet('app', things(thing('A'), user), 'CREATE');
    const { changes } = await described(aws, set.ChangeSetId);
    expect(JSON.parse(changes[1]?.AfterContext ?? '').Properties).toEqual({ Text: `on ${UNKNOWN}!`, Data: UNKNOWN });
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

describe('nested stacks with values (User Guide, change sets for nested stacks)', () => {
  const url = 'https://templates.s3.us-east-1.amazonaws.com/child.yml';
  const parent = (size: number) =>
    things(
      `Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: "${url}", Parameters: { Size: ${size} } } }`,
      thing('User', '{ Of: !GetAtt Child.Outputs.InnerName }'),
    );
  const objects = {
    'templates/child.yml': `
Parameters: { Size: { Type: Number } }
Resources: { Inner: { Type: Test::Thing, Properties: { Size: !Ref Size } } }
Outputs: { InnerName: { Value: !Ref Inner } }
`,
  };

  test('each has a change set of its own with values; what becomes of its outputs is known after apply', async () => {
    await using aws = startEngine({ objects });
    const { valued } = await changed(aws, parent(1), parent(2), { new: { IncludeNestedStacks: true } });
    const [child, user] = valued.changes;
    expect(child).toMatchObject({ Action: 'Modify', Replacement: 'False', ResourceType: 'AWS::CloudFormation::Stack' });
    expect(causes(child)).toEqual([
      ['Static', 'DirectModification', undefined, '/Properties/Parameters/Size', '1', '2'],
      ['Dynamic', 'Automatic', undefined, undefined, undefined, undefined],
    ]);
    expect(causes(user)?.map((cause) => cause.slice(0, 3))).toEqual([
      ['Dynamic', 'ResourceAttribute', 'Child.Outputs.InnerName'],
      ['Dynamic', 'DirectModification', undefined],
    ]);
    expect(user?.AfterContext).toBe(`{"Properties":{"Of":"${UNKNOWN}"}}`);
    const inner = await described(aws, child?.ChangeSetId);
    expect(inner).toMatchObject({ ParentChangeSetId: valued.ChangeSetId, RootChangeSetId: valued.ChangeSetId });
    expect(causes(inner.changes[0])?.[0]).toEqual([
      'Static',
      'ParameterReference',
      'Size',
      '/Properties/Size',
      '1',
      '2',
    ]);
  });
});
