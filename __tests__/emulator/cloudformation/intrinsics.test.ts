import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeXml } from '../../../emulator/cloudformation/protocol/xml.ts';
import { cidrBlocks } from '../../../emulator/cloudformation/template/cidr.ts';
import { jsonErrorOffset } from '../../../emulator/cloudformation/template/json-error.ts';
import { parseTemplateText } from '../../../emulator/cloudformation/template/text.ts';
import { startEngine } from './support.ts';

/** The properties that a template's resource A is created with. */
async function resolved(properties: string, more = '') {
  await using aws = startEngine({ parameters: { '/p': 'stored' } });
  const template = `${more}
Resources:
  Other: { Type: Test::Thing, Properties: { Name: other, Size: 3 } }
  A: { Type: Test::Thing, Properties: { Name: a, X: ${properties} } }
`;
  const stack = await aws.create('app', template);
  expect([stack.StackStatus, await aws.events('app')]).toEqual(['CREATE_COMPLETE', expect.anything()]);
  return aws.things.existing.get('a')?.X;
}

const sections = `
Parameters: { Text: { Type: String, Default: t }, Items: { Type: CommaDelimitedList, Default: "a, b,c" } }
Mappings: { M: { us-east-1: { Ami: ami-1, Zones: [x, y] } } }
Conditions:
  Yes: !Equals [!Ref Text, t]
  No: !Not [!Condition Yes]
  Both: !And [!Condition Yes, !Not [!Condition No]]
  Any: !Or [!Condition No, !Condition Yes]
`;

describe('intrinsic functions (User Guide, intrinsic function reference)', () => {
  test.each([
    ['!Ref Other', 'other'],
    ['!Ref AWS::Region', 'us-east-1'],
    ['!Ref Items', ['a', 'b', 'c']],
    ['!GetAtt Other.Arn', 'arn:aws:test:::thing/other'],
    ['{ "Fn::GetAtt": [Other, Size] }', '3'],
    ['!Join [ "-", [!Ref Text, !Select [1, !Ref Items]] ]', 't-b'],
    ['!Split [ "/", "a/b" ]', ['a', 'b']],
    [
      '!Sub "${Text}-${Other.Arn}-${AWS::AccountId}-${!Literal}"',
      't-arn:aws:test:::thing/other-123456789012-${Literal}',
    ],
    ['!Sub [ "${V}${Text}", { V: !Ref Other } ]', 'othert'],
    ['!FindInMap [M, !Ref AWS::Region, Ami]', 'ami-1'],
    ['!FindInMap [M, us-east-1, Zones]', ['x', 'y']],
    ['!If [Yes, 1, 2]', 1],
    ['!If [Both, 1, 2]', 1],
    ['!If [Any, 1, 2]', 1],
    ['[1, !If [No, 2, !Ref AWS::NoValue]]', [1]],
    ['{ K: !Ref AWS::NoValue, L: 1 }', { L: 1 }],
    ['!Base64 "ü"', 'w7w='],
    ['!GetAZs ""', ['us-east-1a', 'us-east-1b']],
    ['!Select [0, !GetAZs us-east-1]', 'us-east-1a'],
    ['!Cidr [ "10.0.0.0/16", 2, 8 ]', ['10.0.0.0/24', '10.0.1.0/24']],
    ['"x-{{resolve:ssm:/p}}"', 'x-stored'],
  ])('%s', async (expression, expected) => {
    expect(await resolved(expression, sections)).toEqual(expected);
  });

  test.each([
    ['!Select [7, !Ref Items]', 'Template error: Fn::Select  cannot select nonexistent value at index 7'],
    ['!FindInMap [M, us-east-1, Nope]', 'Template error: Unable to get mapping for M::us-east-1::Nope'],
    ['!GetAtt Other.Nope', 'Resource type Test::Thing does not support attribute {Nope}.'],
    ['"{{resolve:ssm:/none}}"', 'Parameters: [/none] cannot be found.'],
  ])('%s has no value: the resource fails', async (expression, reason) => {
    await using aws = startEngine();
    const resources = `Resources: { Other: { Type: Test::Thing }, A: { Type: Test::Thing, Properties: { X: ${expression} } } }`;
    await aws.create('app', `${sections}${resources}`);
    expect(await aws.events('app')).toContain(`A CREATE_FAILED: ${reason}`);
  });

  test('YAML short forms and JSON long forms are the same', () => {
    const yaml = parseTemplateText(
      'X: [!Ref A, !GetAtt A.B.C, !Sub "x", !If [C, !Base64 a, {"Fn::GetAZs": ""}], !Condition D]',
    );
    const json = parseTemplateText(
      '{"X":[{"Ref":"A"},{"Fn::GetAtt":["A","B.C"]},{"Fn::Sub":"x"},{"Fn::If":["C",{"Fn::Base64":"a"},{"Fn::GetAZs":""}]},{"Condition":"D"}]}',
    );
    expect(yaml.document).toEqual(json.document);
  });
});

describe('Fn::Cidr', () => {
  test('gives blocks of the asked size, one after the other inside the given one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 4, max: 8 }),
        (octet, count, bits) => {
          const blocks = cidrBlocks(`10.${octet}.0.0/16`, count, bits);
          expect(new Set(blocks).size).toBe(count);
          expect(blocks[0]).toBe(`10.${octet}.0.0/${32 - bits}`);
          expect(blocks.every((block) => block.startsWith(`10.${octet}.`) && block.endsWith(`/${32 - bits}`))).toBe(
            true,
          );
        },
      ),
    );
  });

  test.each([
    ['10.0.0.0/24', 2, 8],
    ['10.0.0/24', 1, 4],
    ['10.0.0.0/16', 0, 8],
  ])('refuses %s %i %i', (block, count, bits) => {
    expect(() => cidrBlocks(block, count, bits)).toThrow(/Fn::Cidr/);
  });
});

test('any text survives XML, or becomes a replacement character where XML cannot carry it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(escapeXml(text)).not.toMatch(/[<>"\r]|&(?!(amp|lt|gt|quot|#xD);)/);
    }),
  );
  expect(escapeXml('a\u0000b\u001b')).toBe('a\uFFFDb\uFFFD');
});

test('the place of an error in JSON is found where a character was put in or the text was cut off', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, at) => {
      const offset = at % (text.length + 1);
      const broken = `${text.slice(0, offset)}#${text.slice(offset)}`;
      fc.pre(!parses(broken));
      expect(jsonErrorOffset(broken)).toBeLessThanOrEqual(offset);
    }),
  );
  expect(jsonErrorOffset('{"a": [1, 2}')).toBe(11);
  expect(jsonErrorOffset('{"a": 1,}')).toBe(8);
  expect(jsonErrorOffset('{"a": 1')).toBe(7);
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
