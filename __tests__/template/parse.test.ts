import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTemplate } from '../../src/template/parse.ts';
import { pathOfPointer, type Template } from '../../src/template/template.ts';

function parsed(text: string): Template {
  const { template, findings } = parseTemplate(text, 'stack.yml');
  expect(findings).toEqual([]);
  if (template === undefined) throw new Error('no template');
  return template;
}

function complaints(content: Uint8Array | string): string[] {
  return parseTemplate(content, 'stack.yml').findings.map(
    ({ level, message, location }) => `${level} ${location?.line}: ${message}`,
  );
}

const RESOURCES = 'Resources:\n  Cluster:\n    Type: AWS::ECS::Cluster\n';

describe('short forms', () => {
  test.each([
    ['!Ref Name', { Ref: 'Name' }],
    ['!Condition Prod', { Condition: 'Prod' }],
    ['!GetAtt Group.Arn', { 'Fn::GetAtt': ['Group', 'Arn'] }],
    ['!GetAtt Nested.Outputs.VpcId', { 'Fn::GetAtt': ['Nested', 'Outputs.VpcId'] }],
    ['!GetAtt [Group, Arn]', { 'Fn::GetAtt': ['Group', 'Arn'] }],
    ["!Sub '${A}-x'", { 'Fn::Sub': '${A}-x' }],
    ["!Sub ['${A}', { A: !Ref B }]", { 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] }],
    ['!If [Prod, 3, !Ref AWS::NoValue]', { 'Fn::If': ['Prod', 3, { Ref: 'AWS::NoValue' }] }],
    ["!Join [',', [a, !Ref B]]", { 'Fn::Join': [',', ['a', { Ref: 'B' }]] }],
    ['!Base64 { Fn::Sub: text }', { 'Fn::Base64': { 'Fn::Sub': 'text' } }],
    ["!GetAZs ''", { 'Fn::GetAZs': '' }],
    ['!GetAZs', { 'Fn::GetAZs': '' }],
    ['!Cidr [!Ref Block, 4, 8]', { 'Fn::Cidr': [{ Ref: 'Block' }, 4, 8] }],
    ['!ImportValue {Fn::Sub: "${N}-Vpc"}', { 'Fn::ImportValue': { 'Fn::Sub': '${N}-Vpc' } }],
    ['!Transform { Name: X, Parameters: { A: 1 } }', { 'Fn::Transform': { Name: 'X', Parameters: { A: 1 } } }],
    ['!SomethingOfTomorrow { a: [!Ref B] }', { 'Fn::SomethingOfTomorrow': { a: [{ Ref: 'B' }] } }],
  ])('%s', (written, data) => {
    expect(parsed(`${RESOURCES}Metadata:\n  value: ${written}\n`).data.Metadata).toEqual({ value: data });
  });
});

describe('scalars', () => {
  test.each([
    ['3', 3],
    ['-1', -1],
    ['1.5', 1.5],
    ['007', '007'],
    ['1.10', '1.10'],
    ['1e3', '1e3'],
    ['0x10', '0x10'],
    ['385605022855', 385605022855],
    ['12345678901234567890', '12345678901234567890'],
    ['2010-09-09', '2010-09-09'],
    ['yes', 'yes'],
    ['True', true],
    ['"3"', '3'],
    ['!!str 3', '3'],
    ['~', null],
    ['""', ''],
  ])('%s', (written, value) => {
    expect(parsed(`${RESOURCES}Metadata: { value: ${written} }\n`).data.Metadata).toEqual({ value });
  });
});

test('names that objects inherit are names like any other', () => {
  const template = parsed(
    'Resources:\n  __proto__:\n    Type: A::B::C\n  constructor:\n    Type: A::B::C\n'.replace('__proto__', 'toString'),
  );
  expect(Object.keys(template.data.Resources ?? {})).toEqual(['toString', 'constructor']);
  const hostile = parseTemplate('Resources:\n  A: { Type: X, Properties: { __proto__: { polluted: true } } }\n', 'f');
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
  const properties = JSON.parse(JSON.stringify(hostile.template?.data)).Resources.A.Properties;
  expect(Object.keys(properties)).toEqual(['__proto__']);
});

test('what is parsed again is parsed once: the same text of the same file', () => {
  const text = 'Resources: { Cluster: { Type: AWS::ECS::Cluster } }';
  const first = parseTemplate(text, 'stack.yml');
  expect(parseTemplate(Buffer.from(text), 'stack.yml')).toBe(first);
  expect(parseTemplate(text, 'other.yml').template?.file).toBe('other.yml');
  expect(parseTemplate(`${text}\n`, 'stack.yml').template?.text).toBe(`${text}\n`);
});

test('CRLF, a byte order mark and tab-indented JSON are read, and lines are right', () => {
  const text = `\uFEFF${RESOURCES.replaceAll('\n', '\r\n')}`;
  expect(parsed(text).locate(['Resources', 'Cluster', 'Type'])).toMatchObject({ line: 3, column: 5 });
  const json = '{\n\t"Resources": {\n\t\t"A": {\n\t\t\t"Type": "X\\/\\u00e9\\ud83d\\ude00"\n\t\t}\n\t}\n}\n';
  expect(parsed(json).locate(['Resources', 'A', 'Type'])).toMatchObject({ line: 4, column: 4 });
  expect(parsed(json).data).toEqual({ Resources: { A: { Type: 'X/é😀' } } });
});

test('a template weighs what it weighs in UTF-8', () => {
  expect(parsed(`${RESOURCES}Description: ä\n`).bytes).toBe(RESOURCES.length + 'Description: ä\n'.length + 1);
});

describe('what is no template', () => {
  test.each([
    ['empty', '', [/error 1: .*empty/]],
    ['blank', ' \n\n', [/error 1: .*empty/]],
    ['only comments', '# nothing\n', [/error 1: .*empty/]],
    ['a text', 'hello', [/error 1: .*holds something else/]],
    ['a list', '- a\n- b', [/error 1: .*holds something else/]],
    ['two documents', `${RESOURCES}---\nb: 1\n`, [/more than one YAML document/]],
    ['an open bracket', 'Resources: [\n', [/error 2: .*cannot be parsed here/]],
    ['tabs', 'Resources:\n\tA:\n', [/error 2: .*a tab indents this line/]],
    ['a NUL', 'Resources:\0', [/NUL characters/]],
    ['JSON with a comma too many', '{"Resources": {"A": {"Type": "X"},}}', [/error 1: .*reads it as JSON/]],
    ['no resources', 'Description: x\n', [/no resources/]],
    ['empty resources', 'Resources: {}\n', [/no resources/]],
    ['resources that are a list', 'Resources: [a]\n', [/error 1: .*Resources has to be a mapping/]],
    ['a resource without a type', 'Resources:\n  A:\n    Properties: {}\n', [/error 2: The resource A has no Type/]],
    ['a resource that is text', 'Resources:\n  A: AWS::ECS::Cluster\n', [/error 2: The resource A has to be/]],
    ['properties that are a list', 'Resources:\n  A:\n    Type: X\n    Properties: []\n', [/error 4: The Properties/]],
    ['an alias without an anchor', `${RESOURCES}Description: *none\n`, [/error 4: .*no anchor/]],
    ['a mapping as a key', `${RESOURCES}Metadata:\n  ? {a: b}\n  : c\n`, [/error 5: .*cannot be a key/]],
  ])('%s', (_, content, expected) => {
    const found = complaints(content);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  test('everything that is wrong is told at once', () => {
    const text =
      'Resorces: {}\nResources:\n  A_b:\n    Type: X\n  C: {}\n  D:\n    Type: X\n    Type: Y\nOutputs: []\n';
    expect(complaints(text)).toEqual([
      "error 8: In a template the key 'Type' is here twice.",
      "error 1: 'Resorces' is no section of a CloudFormation template.",
      'error 9: The section Outputs has to be a mapping.',
      "error 3: The logical id 'A_b' may hold letters and digits only.",
      'error 5: The resource C has no Type.',
    ]);
  });

  test('bytes that are no UTF-8', () => {
    expect(complaints(new Uint8Array([0xff, 0xfe, 0x41, 0x00]))[0]).toMatch(/not UTF-8/);
  });

  test('aliases and merge keys are followed, with one warning each', () => {
    const text = `Metadata:\n  a: &a { x: 1, y: 2 }\n  b: { <<: *a, y: 3 }\n  c: *a\n${RESOURCES}`;
    const { template, findings } = parseTemplate(text, 'stack.yml');
    expect(template?.data.Metadata).toEqual({ a: { x: 1, y: 2 }, b: { y: 3, x: 1 }, c: { x: 1, y: 2 } });
    expect(findings.map(({ level, location }) => `${level} ${location?.line}`)).toEqual(['warning 3', 'warning 3']);
  });
});

describe('hostile content ends in an error at once', () => {
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let level = 1; level < 30; level++) {
    bomb.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(',')}]`,
    );
  }
  const tower = ['a0: &a0 x'];
  for (let level = 1; level < 1_000; level++) tower.push(`a${level}: &a${level} [*a${level - 1}]`);
  test.each<[string, () => Uint8Array | string]>([
    ['a billion laughs', () => bomb.join('\n')],
    ['a tower of aliases', () => tower.join('\n')],
    ['deep flow nesting', () => '['.repeat(1_000_000)],
    ['deep block nesting', () => Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['deep JSON', () => '{"a":'.repeat(150_000)],
    ['10 MB', () => new Uint8Array(10_000_000).fill(0x61)],
    ['10 MB of text', () => 'a: b\n'.repeat(2_000_000)],
    ['binary', () => new Uint8Array(500_000).map((_, index) => (index * 7_919) % 256)],
    ['a megabyte of list', () => `[${'a,'.repeat(500_000)}]`],
    ['a megabyte of keys', () => Array.from({ length: 90_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['a megabyte of aliases', () => `a: &a x\nb: [${'*a,'.repeat(300_000)}]`],
    ['a quote without an end', () => `a: "${'x\n'.repeat(400_000)}`],
  ])('%s', (_, make) => {
    const content = make();
    const { findings } = parseTemplate(content, 'stack.yml');
    expect(findings.some(({ level }) => level === 'error')).toBe(true);
    for (const { message } of findings) expect(message.length).toBeLessThan(2_000);
  });
});

test('never throws, whatever the bytes', () => {
  const pieces = fc.constantFrom(
    'Resources',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '!Ref ',
    '&a ',
    '*a',
    '<<: ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '|',
    '>',
    '? ',
    '---\n',
    '%TAG ! x\n',
    '\t',
    '#',
    'a',
    '~',
    '!!binary ',
    '!<x> ',
    'é',
  );
  const texts = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), texts, fc.string({ unit: 'binary' })), (content) => {
      const { template, findings } = parseTemplate(content, 'f');
      expect(template !== undefined || findings.some(({ level }) => level === 'error')).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

describe('locate', () => {
  const template = parsed(`AWSTemplateFormatVersion: 2010-09-09
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: !Transform
      Name: Sized
      Parameters: { Size: !If [Prod, 4, 1] }
  "Quoted":
    Type: X
    Properties:
      List:
        - a
        - Key: b
      Flow: { One: 1, Two: [x, y] }
`);

  test.each<[(string | number)[], number]>([
    [[], 1],
    [['Resources'], 2],
    [['Resources', 'Group'], 3],
    [['Resources', 'Group', 'Properties'], 5],
    [['Resources', 'Group', 'Properties', 'Fn::Transform', 'Parameters', 'Size'], 7],
    [['Resources', 'Group', 'Properties', 'Fn::Transform', 'Parameters', 'Size', 'Fn::If', 1], 7],
    [['Resources', 'Quoted'], 8],
    [['Resources', 'Quoted', 'Properties', 'List', 1, 'Key'], 13],
    [['Resources', 'Quoted', 'Properties', 'List', '0'], 12],
    [['Resources', 'Quoted', 'Properties', 'List', 7], 11],
    [['Resources', 'Quoted', 'Properties', 'Nowhere', 'Deeper'], 10],
    [['Resources', 'constructor'], 2],
    [pathOfPointer('/Resources/Quoted/Properties/Flow/Two/1'), 14],
    [pathOfPointer('#/Resources/Group/Type'), 4],
  ])('%j is on line %d', (path, line) => {
    expect(template.locate(path)).toMatchObject({ file: 'stack.yml', line });
  });

  test('undoes the escapes of a JSON pointer', () => {
    expect(pathOfPointer('/a~1b/c~0d')).toEqual(['a/b', 'c~d']);
  });

  test('finds every key of a generated template on the line it was written on', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}$/);
    const quote = fc.constantFrom('', '"', "'");
    const properties = fc.uniqueArray(name, { maxLength: 4 });
    const resource = fc.record({ name, quote, properties, blank: fc.nat({ max: 2 }), comment: fc.boolean() });
    const resources = fc.uniqueArray(resource, { minLength: 1, maxLength: 6, selector: (each) => each.name });
    fc.assert(
      fc.property(resources, fc.constantFrom('\n', '\r\n'), (written, lineEnd) => {
        const lines = ['Resources:'];
        const expected: [string[], number][] = [];
        for (const each of written) {
          for (let blank = 0; blank < each.blank; blank++) lines.push('');
          if (each.comment) lines.push('  # Type: not here');
          expected.push([['Resources', each.name], lines.push(`  ${each.quote}${each.name}${each.quote}:`)]);
          expected.push([['Resources', each.name, 'Type'], lines.push('    Type: X::Y::Z')]);
          if (each.properties.length > 0) lines.push('    Properties:');
          for (const property of each.properties) {
            const path = ['Resources', each.name, 'Properties', property];
            expected.push([path, lines.push(`      ${property}: |`)]);
            lines.push('        text: more', '', '        end');
          }
        }
        const { template: generated } = parseTemplate(lines.join(lineEnd), 'f');
        for (const [path, line] of expected) expect(generated?.locate(path).line).toBe(line);
      }),
    );
  });
});
