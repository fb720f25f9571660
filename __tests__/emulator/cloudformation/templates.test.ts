import { describe, expect, test } from '@jest/globals';
import { startEngine } from './support.ts';

const refusals: readonly (readonly [what: string, template: string, message: string | RegExp])[] = [
  [
    'YAML that is none',
    'Resources:\n  A: {',
    /^Template format error: YAML not well-formed\. \(line \d+, column \d+\)$/,
  ],
  ['JSON that is none', '{"Resources": {"A": }}', 'Template format error: JSON not well-formed. (line 1, column 21)'],
  ['a list', '- a', 'Template format error: unsupported structure.'],
  ['no resources', 'Description: nothing', 'Template format error: At least one Resources member must be defined.'],
  [
    'an unknown section',
    'Resource: {}\nResources: { A: { Type: Test::Thing } }',
    'Invalid template property or properties [Resource]',
  ],
  [
    'a resource without a type',
    'Resources: { A: {} }',
    'Template format error: [/Resources/A] Every Resources object must contain a Type member.',
  ],
  [
    'a bad logical id',
    'Resources: { a-b: { Type: Test::Thing } }',
    'Template format error: Resource name a-b is non alphanumeric.',
  ],
  [
    'an unknown member',
    'Resources: { A: { Type: Test::Thing, Depends: B } }',
    "Invalid template resource property 'Depends'",
  ],
  [
    'an unknown type',
    'Resources: { A: { Type: "AWS::Foo::Bar" } }',
    'Template format error: Unrecognized resource types: [AWS::Foo::Bar]',
  ],
  [
    'null',
    'Resources: { A: { Type: Test::Thing, Properties: { X: null } } }',
    "[/Resources/A/Properties/X] 'null' values are not allowed in templates",
  ],
  [
    'an alias',
    'Resources: { A: &a { Type: Test::Thing }, B: *a }',
    'Template error: YAML aliases are not allowed in CloudFormation templates',
  ],
  [
    'a dangling Ref',
    'Resources: { A: { Type: Test::Thing, Properties: { X: !Ref Nope } } }',
    'Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template',
  ],
  [
    'a dangling Ref in an output',
    'Resources: { A: { Type: Test::Thing } }\nOutputs: { O: { Value: !Ref Nope } }',
    'Unresolved resource dependencies [Nope] in the Outputs block of the template',
  ],
  [
    'a dangling GetAtt',
    'Resources: { A: { Type: Test::Thing, Properties: { X: !GetAtt Nope.Arn } } }',
    'Template error: instance of Fn::GetAtt references undefined resource Nope',
  ],
  [
    'a dangling Sub',
    'Resources: { A: { Type: Test::Thing, Properties: { X: !Sub "${Nope}" } } }',
    'Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template',
  ],
  [
    'a dangling DependsOn',
    'Resources: { A: { Type: Test::Thing, DependsOn: Nope } }',
    'Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template',
  ],
  [
    'a circle',
    'Resources: { A: { Type: Test::Thing, DependsOn: B }, B: { Type: Test::Thing, DependsOn: A }, C: { Type: Test::Thing, DependsOn: A } }',
    'Circular dependency between resources: [A, B]',
  ],
  [
    'an unknown condition',
    'Resources: { A: { Type: Test::Thing, Properties: { X: !If [Nope, 1, 2] } } }',
    'Template error: unresolved condition dependency Nope in Fn::If',
  ],
  [
    'a resource in a condition',
    'Conditions: { C: !Equals [!Ref A, a] }\nResources: { A: { Type: Test::Thing } }',
    'Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template',
  ],
  [
    'a reference to what a condition leaves out',
    'Conditions: { C: !Equals [a, b] }\nResources: { A: { Type: Test::Thing, Condition: C }, B: { Type: Test::Thing, Properties: { X: !Ref A } } }',
    'Template format error: Unresolved resource dependencies [A] in the Resources block of the template',
  ],
  [
    'an output without a value',
    'Resources: { A: { Type: Test::Thing } }\nOutputs: { O: {} }',
    'Template format error: Every Outputs member must contain a Value object',
  ],
  [
    'a flat mapping',
    'Mappings: { M: { a: b } }\nResources: { A: { Type: Test::Thing } }',
    'Template format error: Every Mappings attribute must be a String or a List.',
  ],
  [
    'an unknown parameter type',
    'Parameters: { P: { Type: Text } }\nResources: { A: { Type: Test::Thing } }',
    'Template format error: Unrecognized parameter type: Text',
  ],
];

test.each(refusals)('a template with %s is refused in CloudFormation’s words', async (_what, TemplateBody, message) => {
  await using aws = startEngine();
  await expect(aws.client.createStack({ StackName: 'app', TemplateBody })).rejects.toMatchObject({
    name: 'ValidationError',
    message: message instanceof RegExp ? expect.stringMatching(message) : message,
  });
  await expect(aws.client.describeStacks({ StackName: 'app' })).rejects.toThrow('Stack with id app does not exist');
});

const withParameter = (declaration: string) => `
Parameters: { P: ${declaration} }
Resources: { A: { Type: Test::Thing, Properties: { P: !Ref P } } }
`;

const values: readonly (readonly [declaration: string, value: string, message: string])[] = [
  ['{ Type: Number }', 'many', "Parameter 'P' must be a number."],
  ['{ Type: "List<Number>" }', '1,x', "Parameter 'P' must be a number."],
  ['{ Type: String, AllowedValues: [a, b] }', 'c', "Parameter 'P' must be one of AllowedValues"],
  ['{ Type: String, AllowedPattern: "[a-z]+" }', 'A1', "Parameter 'P' must match pattern [a-z]+"],
  [
    '{ Type: String, AllowedPattern: "[a-z]+", ConstraintDescription: lower case }',
    'A1',
    "Parameter 'P' failed to satisfy constraint: lower case",
  ],
  ['{ Type: String, MinLength: 3 }', 'ab', "Parameter 'P' must contain at least 3 characters"],
  ['{ Type: String, MaxLength: 3 }', 'abcd', "Parameter 'P' must contain at most 3 characters"],
  ['{ Type: Number, MinValue: 1 }', '0', "Parameter 'P' must be a number not less than 1"],
  ['{ Type: Number, MaxValue: 4 }', '5', "Parameter 'P' must be a number not greater than 4"],
  [
    '{ Type: "AWS::SSM::Parameter::Value<String>" }',
    '/none',
    'Unable to fetch parameters [/none] from parameter store for this account.',
  ],
];

test.each(values)(
  'a parameter of %s does not take %s (User Guide, parameters)',
  async (declaration, value, message) => {
    await using aws = startEngine();
    const Parameters = [{ ParameterKey: 'P', ParameterValue: value }];
    await expect(
      aws.client.createStack({ StackName: 'app', TemplateBody: withParameter(declaration), Parameters }),
    ).rejects.toThrow(message);
  },
);

describe('parameters', () => {
  test('must have values and must be the template’s own', async () => {
    await using aws = startEngine();
    const TemplateBody = withParameter('{ Type: String }');
    await expect(aws.client.createStack({ StackName: 'app', TemplateBody })).rejects.toThrow(
      'Parameters: [P] must have values',
    );
    const Parameters = [{ ParameterKey: 'Q', ParameterValue: 'x' }];
    await expect(aws.client.createStack({ StackName: 'app', TemplateBody, Parameters })).rejects.toThrow(
      'Parameters: [Q] do not exist in the template',
    );
  });
});

describe('capabilities (API Reference, CreateChangeSet)', () => {
  const role = (name: string) => `Resources: { R: { Type: "AWS::IAM::Role", Properties: { ${name} } } }`;

  test.each([
    ['', [], 'CAPABILITY_IAM'],
    ['RoleName: x', ['CAPABILITY_IAM'], 'CAPABILITY_NAMED_IAM'],
  ])('a role with { %s } and %j needs %s', async (name, Capabilities, needed) => {
    await using aws = startEngine();
    const asked = { StackName: 'app', TemplateBody: role(name) };
    await expect(aws.client.createStack({ ...asked, Capabilities: [] })).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
      message: `Requires capabilities : [${needed}]`,
    });
    expect(Capabilities).not.toContain(needed);
    expect((await aws.create('app', role(name), { Capabilities: ['CAPABILITY_NAMED_IAM'] })).StackStatus).toBe(
      'CREATE_COMPLETE',
    );
  });
});

describe('template actions', () => {
  const template = `
Description: Größe
Parameters: { P: { Type: String, Default: x, Description: what, NoEcho: true, AllowedValues: [x, y] } }
Resources: { R: { Type: "AWS::IAM::Role", Properties: { RoleName: !Ref P } } }
`;

  test('ValidateTemplate gives parameters and the capabilities that are needed', async () => {
    await using aws = startEngine();
    expect(await aws.client.validateTemplate({ TemplateBody: template })).toMatchObject({
      Parameters: [{ ParameterKey: 'P', DefaultValue: 'x', NoEcho: true, Description: 'what' }],
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      CapabilitiesReason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
    });
  });

  test('GetTemplateSummary works on a body and on a stack, not on a shell', async () => {
    await using aws = startEngine();
    const summary = await aws.client.getTemplateSummary({ TemplateBody: template });
    expect(summary).toMatchObject({
      ResourceTypes: ['AWS::IAM::Role'],
      Parameters: [{ ParameterKey: 'P', ParameterType: 'String', ParameterConstraints: { AllowedValues: ['x', 'y'] } }],
    });
    await aws.changeSet('app', template, 'CREATE', { Capabilities: ['CAPABILITY_NAMED_IAM'] });
    await expect(aws.client.getTemplateSummary({ StackName: 'app' })).rejects.toThrow(
      'GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.',
    );
  });

  test('GetTemplate has question marks for what is not ASCII', async () => {
    await using aws = startEngine();
    await aws.create('app', template, { Capabilities: ['CAPABILITY_NAMED_IAM'] });
    const { TemplateBody } = await aws.client.getTemplate({ StackName: 'app' });
    expect(TemplateBody).toBe(template.replace('ö', '?').replace('ß', '?'));
  });

  test('a body of more than 51,200 bytes is refused, one in S3 is not (quotas)', async () => {
    const long = `# ${'x'.repeat(60_000)}\nResources: { A: { Type: Test::Thing } }\n`;
    await using aws = startEngine({ objects: { 'bucket/long.yml': long } });
    await expect(aws.client.createStack({ StackName: 'app', TemplateBody: long })).rejects.toThrow(
      /at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200$/,
    );
    const TemplateURL = 'https://s3.amazonaws.com/bucket/long.yml';
    await aws.client.createStack({ StackName: 'app', TemplateURL });
    expect((await aws.settled('app')).StackStatus).toBe('CREATE_COMPLETE');
    await expect(aws.client.createStack({ StackName: 'b', TemplateURL: 'https://example.com/x' })).rejects.toThrow(
      'TemplateURL must be a supported URL.',
    );
  });
});
