import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Data } from '../../src/template/data.ts';
import { evaluator } from '../../src/template/resolve.ts';
import { templateOf, templateWith, valuesWith } from './fixtures.ts';

const template = templateOf(`
Parameters:
  Count: { Type: Number, Default: 2 }
  Names: { Type: CommaDelimitedList, Default: 'a, b,c' }
  Subnets: { Type: List<AWS::EC2::Subnet::Id> }
  Image: { Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>, Default: /golden/ami }
  Stage: { Type: String }
  Dynamic: { Type: String, Default: '{{resolve:ssm:/x}}' }
Mappings:
  Sizes:
    prod: { Count: 4, Zones: [a, b] }
    dev: { Count: 1 }
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  NotProd: !Not [!Condition Prod]
  Always: !Equals [1, '1']
  Unknowable: !Equals [!Ref AWS::AccountId, 385605022855]
  Both: !And [!Condition Prod, !Condition Unknowable]
  Either: !Or [!Condition Prod, !Condition Unknowable]
  Circle: !Not [!Condition Circle]
Resources:
  Cluster: { Type: AWS::ECS::Cluster }
`);

function resolved(expression: Data, stage: string | undefined = 'prod') {
  const result = evaluator(template, valuesWith({ Stage: stage }, { 'AWS::Region': 'eu-west-1' })).resolve(expression);
  return result.kind === 'known' ? result.value : `<${result.kind}>`;
}

describe('known', () => {
  test.each<[Data, Data]>([
    ['text', 'text'],
    [{ Ref: 'Count' }, '2'],
    [{ Ref: 'Names' }, ['a', 'b', 'c']],
    [{ Ref: 'Stage' }, 'prod'],
    [{ Ref: 'AWS::Region' }, 'eu-west-1'],
    [{ 'Fn::If': ['Prod', 4, 1] }, 4],
    [{ 'Fn::If': ['NotProd', 4, 1] }, 1],
    [{ 'Fn::If': ['Always', { Ref: 'Count' }, { Ref: 'Cluster' }] }, '2'],
    [{ 'Fn::If': ['Unknowable', 3, '3'] }, 3],
    [{ 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'Count'] }, 4],
    [{ 'Fn::FindInMap': ['Sizes', 'test', 'Count', { DefaultValue: 9 }] }, 9],
    [{ 'Fn::Sub': '${Stage}-${AWS::Region}-${!Literal}-$x' }, 'prod-eu-west-1-${Literal}-$x'],
    [{ 'Fn::Sub': ['${A}/${Stage}', { A: { Ref: 'Count' } }] }, '2/prod'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 3]] }, 'a-prod-3'],
    [{ 'Fn::Join': [',', { Ref: 'Names' }] }, 'a,b,c'],
    [{ 'Fn::Select': [1, { Ref: 'Names' }] }, 'b'],
    [{ 'Fn::Select': ['0', ['a', { Ref: 'Cluster' }]] }, 'a'],
    [{ 'Fn::Split': ['-', 'a-b'] }, ['a', 'b']],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['-', { 'Fn::Sub': 'x-${Stage}' }] }] }, 'prod'],
    [
      ['a', { Ref: 'AWS::NoValue' }, 'b'],
      ['a', 'b'],
    ],
    [{ A: { Ref: 'AWS::NoValue' }, B: 1 }, { B: 1 }],
  ])('%j is %j', (expression, value) => {
    expect(resolved(expression)).toEqual(value);
  });
});

describe('not known', () => {
  test.each<[Data, string]>([
    [{ Ref: 'Cluster' }, '<unknown>'],
    [{ Ref: 'Subnets' }, '<unknown>'],
    [{ Ref: 'Image' }, '<unknown>'],
    [{ Ref: 'Dynamic' }, '<unknown>'],
    [{ Ref: 'Nobody' }, '<unknown>'],
    [{ Ref: 'constructor' }, '<unknown>'],
    [{ Ref: 'AWS::AccountId' }, '<unknown>'],
    [{ Ref: 'AWS::NoValue' }, '<absent>'],
    [{ 'Fn::GetAtt': ['Cluster', 'Arn'] }, '<unknown>'],
    [{ 'Fn::ImportValue': 'x' }, '<unknown>'],
    [{ 'Fn::If': ['Unknowable', 3, 4] }, '<unknown>'],
    [{ 'Fn::If': ['Nobody', 3, 4] }, '<unknown>'],
    [{ 'Fn::If': ['Circle', 3, 4] }, '<unknown>'],
    [{ 'Fn::Sub': 'a-${Cluster}' }, '<unknown>'],
    [{ 'Fn::Sub': 'a-${Cluster.Arn}' }, '<unknown>'],
    [{ 'Fn::Join': [',', [{ Ref: 'Cluster' }]] }, '<unknown>'],
    [{ 'Fn::Select': [7, ['a']] }, '<unknown>'],
    [{ 'Fn::FindInMap': ['Sizes', 'constructor', 'name'] }, '<unknown>'],
    [{ 'Fn::FindInMap': ['Nobody', 'a', 'b'] }, '<unknown>'],
    [[1, { Ref: 'Cluster' }], '<unknown>'],
    [{ A: { Ref: 'Cluster' } }, '<unknown>'],
    [{ 'Fn::Join': 'wrong' }, '<unknown>'],
    [{ 'Fn::If': [] }, '<unknown>'],
    [{ 'Fn::Select': [] }, '<unknown>'],
  ])('%j is %s', (expression, result) => {
    expect(resolved(expression)).toBe(result);
  });

  test('a condition is known as soon as one side decides it', () => {
    const condition = (name: string, stage: string | undefined) =>
      evaluator(template, valuesWith({ Stage: stage })).condition(name);
    expect([condition('Both', 'dev'), condition('Both', 'prod')]).toEqual([false, undefined]);
    expect([condition('Either', 'prod'), condition('Either', 'dev')]).toEqual([true, undefined]);
    expect(condition('Prod', undefined)).toBeUndefined();
  });
});

test('numbers are numbers whichever way they are written', () => {
  const evaluate = evaluator(template, valuesWith());
  expect([3, '3', ' 3 ', '007', { Ref: 'Count' }].map((data) => evaluate.number(data))).toEqual([3, 3, 3, 7, 2]);
  expect(['three', '', '0x10', true, null, ['3']].map((data) => evaluate.number(data))).toEqual(
    Array(6).fill(undefined),
  );
});

test('nested substitutions cannot be made to grow without end', () => {
  let expression: Data = 'x'.repeat(100);
  for (let level = 0; level < 90; level++) expression = { 'Fn::Sub': ['${A}${A}${A}', { A: expression }] };
  expect(evaluator(template, valuesWith()).resolve(expression).kind).toBe('unknown');
  let selection: Data = 'a';
  for (let level = 0; level < 90; level++)
    selection = { 'Fn::Select': [0, [{ 'Fn::If': ['Unknowable', selection, 'a'] }]] };
  expect(evaluator(template, valuesWith()).text(selection)).toBe('a');
});

test('Join undoes Split, and Sub is Join', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '=', 'é', '"', '$'), maxLength: 5 });
  const evaluate = evaluator(template, valuesWith());
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const joined = parts.join(',');
      const split = { 'Fn::Split': [',', joined] };
      expect(evaluate.text({ 'Fn::Join': [',', split] })).toBe(joined);
      for (const [index, text] of parts.entries()) expect(evaluate.text({ 'Fn::Select': [index, split] })).toBe(text);
      const variables = Object.fromEntries(parts.map((text, index) => [`V${index}`, text]));
      const written = parts.map((_, index) => `\${V${index}}`).join(',');
      expect(evaluate.text({ 'Fn::Sub': [written, variables] })).toBe(joined);
    }),
  );
});

test('conditions are what logic says they are, and unknown only where the unknown decides', () => {
  type Logic = { readonly data: Data; readonly value: boolean | undefined };
  const leaf: fc.Arbitrary<Logic> = fc.constantFrom(
    { data: { 'Fn::Equals': ['a', 'a'] }, value: true },
    { data: { 'Fn::Equals': ['a', 'b'] }, value: false },
    { data: { 'Fn::Equals': [{ Ref: 'AWS::StackId' }, 'b'] }, value: undefined },
  );
  const { tree } = fc.letrec<{ tree: Logic }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      tie('tree').map(({ data, value }) => ({
        data: { 'Fn::Not': [data] },
        value: value === undefined ? undefined : !value,
      })),
      fc.array(tie('tree'), { minLength: 2, maxLength: 4 }).map((all) => ({
        data: { 'Fn::And': all.map(({ data }) => data) },
        value: all.some(({ value }) => value === false)
          ? false
          : all.some(({ value }) => value === undefined)
            ? undefined
            : true,
      })),
      fc.array(tie('tree'), { minLength: 2, maxLength: 4 }).map((all) => ({
        data: { 'Fn::Or': all.map(({ data }) => data) },
        value: all.some(({ value }) => value === true)
          ? true
          : all.some(({ value }) => value === undefined)
            ? undefined
            : false,
      })),
    ),
  }));
  fc.assert(
    fc.property(tree, ({ data, value }) => {
      expect(evaluator(templateWith({ Conditions: { C: data } }), valuesWith()).condition('C')).toBe(value);
    }),
  );
});
