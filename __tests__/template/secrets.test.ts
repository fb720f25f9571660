import { describe, expect, test } from '@jest/globals';
import {
  expressionSecrecy,
  nestedSecretParameters,
  noEchoParameters,
  outputSecrecy,
} from '../../src/template/secrets.ts';
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

test('a parameter of a nested stack is secret where its parent gives it a secret, whatever its own template says', () => {
  const parent = templateOf(`${PARAMETERS}${RESOURCES}`);
  const nested = templateOf('Parameters: { P: { Type: String }, Q: { Type: String, NoEcho: true } }\n');
  const secretOf = (logicalId: string) => [
    ...nestedSecretParameters(nested, parent, expressionSecrecy(parent), logicalId),
  ];
  expect(secretOf('Nested').sort()).toEqual(['P', 'Q']);
  expect(secretOf('Quiet')).toEqual(['Q']);
});
