import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyDifferences } from '../../../emulator/cloudformation/drift/differences.ts';
import { withDrift } from '../../../emulator/cloudformation/drift/overlay.ts';
import type { JsonObject } from '../../../emulator/cloudformation/template/model.ts';

const laidOver = (schema: object, expected: JsonObject, actual: JsonObject) =>
  withDrift(expected, propertyDifferences(schema, expected, actual));

describe('the properties as they are', () => {
  test('keep what is expected where nothing has drifted', () => {
    const expected = { Size: 4, Tags: [{ Key: 'a', Value: '1' }], Rules: ['x', 'y', 'z'], Gone: { Deep: true } };
    const actual = { Size: 9, Tags: [{ Key: 'a', Value: '2' }], Rules: ['w', 'z'], Unasked: 1 };
    expect(laidOver({ unordered: ['/Rules'] }, expected, actual)).toEqual({
      Size: 9,
      Tags: [{ Key: 'a', Value: '2' }],
      Rules: ['w', 'z'],
    });
  });

  const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b'), fc.boolean());
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(fc.constantFrom('K', 'L', 'M'), tie('value'), { maxKeys: 3 }),
  }));
  const properties = fc
    .dictionary(fc.constantFrom('A', 'B', 'C'), value)
    .map((found): JsonObject => JSON.parse(JSON.stringify(found)));

  test.each([
    ['lists in order', {}],
    ['lists without order', { unordered: ['/A', '/B', '/C'] }],
    ['documents', { documents: ['/A', '/B', '/C'] }],
  ])('do not differ from what is: %s', (_name, schema) => {
    fc.assert(
      fc.property(properties, properties, (expected, actual) => {
        expect(propertyDifferences(schema, laidOver(schema, expected, actual), actual)).toEqual([]);
      }),
    );
  });
});
