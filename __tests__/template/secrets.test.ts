import { describe, expect, test } from '@jest/globals';
import {
  expressionSecrecy,
  nestedSecretParameters,
  noEchoParameters,
  outputSecrecy,
} from '../../src/template/secrets.ts';
import type { Template } from '../../src/template/template.ts';
import { templateOf, valuesWith } from './fixtures.ts';

const PARAMETERS = `Parameters:
  Password: { Type: String, NoEcho: true }
  Loud: { Type: String, NoEcho: 'false' }
  Shown: { Type: String }
Mappings: { Keys: { a: { plain: x, token: '{{resolve:ssm:/token}}' } } }
Conditions: { C: !Equals [a, b] }
`;
const RESOURCES = `Resources:
  Parameter: { Type: AWS::SSM::Parameter, Properties: { Name: !Sub '/x/\${Password}', Value: !Ref Password, Type: String } }
  Database: { Type: AWS::RDS::DBInstance, Properties: { MasterUserPassword: !Ref Password } }
  Nested: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { P: !Ref Password } } }
  Quiet: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { P: x } } }
  Custom: { Type: Custom::Thing, Properties: { P: !GetAtt Parameter.Value } }
`;

function secrecy(expression: string, transform = '') {
  const template = templateOf(`${transform}${PARAMETERS}${RESOURCES}Outputs: { O: { Value: ${expression} } }\n`);
  return outputSecrecy(template, valuesWith({ Shown: 'x' }));
}

test('NoEcho parameters', () => {
  expect([...noEchoParameters(templateOf(`${PARAMETERS}${RESOURCES}`))]).toEqual(['Password']);
});

describe('withheld', () => {
  test.each([
    '!Ref Password',
    "!Sub 'x-${Password}'",
    "!Sub ['${P}', { P: !Ref Password }]",
    "!Join ['', [a, !Ref Password]]",
    '!If [C, x, !Ref Password]',
    '!Base64 { Ref: Password }',
    '!Select [0, !Split ["-", !Ref Password]]',
    "'{{resolve:secretsmanager:db:SecretString:password}}'",
    "!Sub '{{resolve:ssm:/a/${Shown}}}'",
    '!FindInMap [Keys, a, token]',
    '!GetAtt Parameter.Value',
    "!Sub '${Parameter.Value}'",
    '!GetAtt Nested.Outputs.Url',
    '!GetAtt Custom.Answer',
  ])('%s', (expression) => {
    expect(secrecy(expression)('O')).toEqual(expect.any(String));
  });

  test('what a transform made, where the template has secrets', () => {
    expect(secrecy('x', 'Transform: Macro\n')('Made')).toMatch(/transform/);
    expect(secrecy('x')('Made')).toBeUndefined();
  });

  test('a parameter that was given a dynamic reference', () => {
    const template = templateOf(`${PARAMETERS}${RESOURCES}Outputs: { O: { Value: !Ref Shown } }\n`);
    expect(outputSecrecy(template, valuesWith({ Shown: '{{resolve:ssm:/x}}' }))('O')).toMatch(/Shown/);
  });
});

describe('told', () => {
  test.each([
    '!Ref Shown',
    '!Ref Database',
    '!GetAtt Database.Endpoint.Address',
    '!GetAtt Quiet.Outputs.Url',
    "!Sub ['${Password}', { Password: public }]",
    "!Sub '${!Password}'",
    '!Ref AWS::Region',
    'plain',
  ])('%s', (expression) => {
    expect(secrecy(expression)('O')).toBeUndefined();
  });
});

test('a name built from a secret is one', () => {
  expect(secrecy('!Ref Parameter')('O')).toMatch(/Password, by way of Parameter/);
});

describe('the parameters of a nested stack', () => {
  const nested = templateOf('Parameters: { P: { Type: String }, Q: { Type: String, NoEcho: true } }\n');
  const secretIn = (parent: Template, logicalId: string) => {
    const names = nestedSecretParameters(nested, parent, expressionSecrecy(parent), logicalId);
    return names === undefined ? undefined : [...names].sort();
  };
  const givenTo = (child: string) => templateOf(`${PARAMETERS}Resources:\n  Child: ${child}\n`);
  const stack = (properties: string) => givenTo(`{ Type: AWS::CloudFormation::Stack, Properties: ${properties} }`);

  test('are secret where the parent gives them a secret, whatever the nested template says', () => {
    const parent = templateOf(`${PARAMETERS}${RESOURCES}`);
    expect(secretIn(parent, 'Nested')).toEqual(['P', 'Q']);
    expect(secretIn(parent, 'Quiet')).toEqual(['Q']);
    expect(secretIn(stack("{ Parameters: { P: '{{resolve:secretsmanager:db}}' } }"), 'Child')).toEqual(['P', 'Q']);
  });

  test.each([
    '{ Parameters: !If [Big, { P: !Ref Password }, { P: none }] }',
    '{ Parameters: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: s3://templates/parameters } } } }',
  ])('are all secret where which of them is given what is not written: %s', (properties) => {
    expect(secretIn(stack(properties), 'Child')).toEqual(['P', 'Q']);
  });

  test.each([
    ['nothing is written of the stack', 'Other', stack('{}')],
    ['a tag of the stack is secret', 'Child', stack('{ Tags: [{ Key: k, Value: !Ref Password }] }')],
    ['a transform adds to its properties', 'Child', stack('{ Fn::Transform: { Name: More } }')],
    ['a transform adds to it', 'Child', givenTo('{ Type: AWS::CloudFormation::Stack, Fn::Transform: { Name: More } }')],
  ])('are not known where %s', (_, logicalId, parent) => {
    expect(secretIn(parent, logicalId)).toBeUndefined();
  });
});
