import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyDifferences, shownDifference } from '../../../emulator/cloudformation/drift/differences.ts';
import type { JsonObject } from '../../../emulator/cloudformation/template/model.ts';

const told = (expected: JsonObject, actual: JsonObject, schema = {}) =>
  propertyDifferences(schema, expected, actual)
    .map(shownDifference)
    .map(({ type, path, expected: was, actual: is }) => `${type} ${path}: ${was} -> ${is}`);

describe('property differences', () => {
  // A recorded answer of AWS: aws-samples/cfn101-workshop, drift detection, AWS::DynamoDB::Table.
  test('a property that is gone is REMOVE with "null", another value NOT_EQUAL', () => {
    const throughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    expect(
      told({ ProvisionedThroughput: throughput, BillingMode: 'PROVISIONED' }, { BillingMode: 'PAY_PER_REQUEST' }),
    ).toEqual([
      'REMOVE /ProvisionedThroughput: {"ReadCapacityUnits":1,"WriteCapacityUnits":1} -> null',
      'NOT_EQUAL /BillingMode: PROVISIONED -> PAY_PER_REQUEST',
    ]);
  });

  test('an item that was added is ADD at its place in the actual list', () => {
    const tag = (Key: string, Value: string) => ({ Key, Value });
    expect(told({ Tags: [tag('a', '1')] }, { Tags: [tag('b', '2'), tag('a', '1')] })).toEqual([
      'ADD /Tags/0: null -> {"Key":"b","Value":"2"}',
    ]);
    expect(told({ Tags: [tag('a', '1'), tag('b', '2')] }, { Tags: [tag('b', '3'), tag('a', '1')] })).toEqual([
      'NOT_EQUAL /Tags/1/Value: 2 -> 3',
    ]);
  });

  test('order counts where the schema does not say otherwise', () => {
    expect(told({ Policies: ['A', 'B'] }, { Policies: ['B', 'A'] })).toHaveLength(2);
    expect(told({ Zones: ['A', 'B'] }, { Zones: ['B', 'A'] }, { unordered: ['/Zones'] })).toEqual([]);
  });

  test('what was added to a document counts, what was added to an object does not', () => {
    const before = { Doc: { Statement: [{ Action: ['a'] }] } };
    const after = { Doc: { Statement: [{ Action: ['a'], Condition: { Bool: 'x' } }] } };
    expect(told(before, after)).toEqual([]);
    expect(told(before, after, { documents: ['/Doc'] })).toEqual([
      'ADD /Doc/Statement/0/Condition: null -> {"Bool":"x"}',
    ]);
  });

  test('keys are escaped as in JSON pointers', () => {
    expect(told({ Map: { 'a/b~c': 1 } }, { Map: { 'a/b~c': 2 } })).toEqual(['NOT_EQUAL /Map/a~1b~0c: 1 -> 2']);
  });

  const json = fc.dictionary(
    fc.stringMatching(/^[A-Z][a-z]{0,3}$/),
    fc.jsonValue({ maxDepth: 3, noUnicodeString: true }),
  );
  const objects = json.map((value): JsonObject => JSON.parse(JSON.stringify(value)));

  test('nothing differs from itself, nor from itself in another order', () => {
    fc.assert(
      fc.property(objects, (value) => {
        expect(told(value, value)).toEqual([]);
        expect(told(value, value, { documents: Object.keys(value).map((key) => `/${key}`) })).toEqual([]);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.string()), (items) => {
        expect(told({ L: items }, { L: items.toReversed() }, { unordered: ['/L'] })).toEqual([]);
      }),
    );
  });
});
