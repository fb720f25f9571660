import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../../src/diff/canonical.ts';
import type { Value } from '../../src/diff/model.ts';
import { diffValues } from '../../src/diff/values.ts';
import { apply } from './apply.ts';

const PROPERTIES = ['Tags', 'SecurityGroupIngress', 'Statement', 'Action', 'Command', 'Name', 'Key', 'a', '__proto__'];

const { value } = fc.letrec<{ value: Value; record: { [key: string]: Value } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Value>('x', 'y', '80', 80, true, null, 'a\nb\nc', 'a\nc'),
    fc.array(tie('value'), { maxLength: 5 }),
    tie('record'),
  ),
  record: fc.dictionary(fc.constantFrom(...PROPERTIES), tie('value'), { maxKeys: 4, noNullPrototype: false }),
}));

/** Two values that have much in common, as those of a deployed and a new template do. */
const pair = fc.oneof(
  fc.tuple(value, value),
  fc
    .tuple(fc.array(value, { maxLength: 6 }), fc.array(value, { maxLength: 2 }), fc.nat(6), fc.nat(3))
    .map(([items, inserted, at, gone]): [Value, Value] => [items, items.toSpliced(at, gone, ...inserted)]),
);

describe('a shown diff applied to the value before gives the value after', () => {
  test('for any two values', () => {
    fc.assert(
      fc.property(pair, fc.constantFrom(...PROPERTIES), ([before, after], property) => {
        const diff = diffValues(before, after, property);
        const result = apply(before, diff);
        // The order of a set is not told, so the result is compared as the property itself is.
        expect(diffValues(result, after, property)).toEqual({ kind: 'same' });
      }),
      { numRuns: 1_000 },
    );
  });

  test('exactly, where no list is a set', () => {
    const plain = fc.array(
      fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.dictionary(fc.constantFrom('x', 'y'), fc.nat(2))),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(plain, plain, (before, after) => {
        const result = apply(before, diffValues(before, after, 'Command'));
        expect(canonical(result ?? null)).toBe(canonical(after));
      }),
      { numRuns: 1_000 },
    );
  });

  test('what is not there becomes what is, and the other way round', () => {
    expect(diffValues(undefined, { a: 1 })).toEqual({ kind: 'added', after: { a: 1 } });
    expect(diffValues({ a: 1 }, undefined)).toEqual({ kind: 'removed', before: { a: 1 } });
    expect(diffValues(undefined, undefined)).toEqual({ kind: 'same' });
  });
});

describe('the same', () => {
  test('is any value to itself, in whatever order its members are written', () => {
    const reversed = (data: Value): Value => {
      if (Array.isArray(data)) return data.map(reversed);
      if (typeof data !== 'object' || data === null) return data;
      return Object.fromEntries(
        Object.entries(data)
          .reverse()
          .map(([key, inner]) => [key, reversed(inner)]),
      );
    };
    fc.assert(fc.property(value, (any) => expect(diffValues(any, reversed(any))).toEqual({ kind: 'same' })));
  });

  test('are a number and the text of it, which CloudFormation does not tell apart', () => {
    expect(diffValues({ Port: 80, On: true }, { Port: '80', On: 'true' })).toEqual({ kind: 'same' });
    expect(diffValues(null, 'null').kind).toBe('changed');
  });
});

describe('lists compare as what they are', () => {
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' };
  const http = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' };

  test('one of two security group rules goes: that rule is removed, and nothing else is shown', () => {
    expect(diffValues([ssh, http], [http], 'SecurityGroupIngress')).toEqual({
      kind: 'set',
      removed: [ssh],
      added: [],
      kept: 1,
    });
  });

  test('a set in another order is the same, also deep inside', () => {
    expect(diffValues([ssh, http], [http, ssh], 'SecurityGroupIngress')).toEqual({ kind: 'same' });
    const policy = (...actions: string[]) => ({ Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
    expect(diffValues(policy('ecs:Poll', 'ecs:Submit'), policy('ecs:Submit', 'ecs:Poll'))).toEqual({ kind: 'same' });
  });

  test('of two equal rules one goes', () => {
    expect(diffValues([ssh, ssh], [ssh], 'SecurityGroupIngress')).toMatchObject({ removed: [ssh], kept: 1 });
  });

  test('tags are told by their keys', () => {
    const tags = (values: Record<string, string>) => Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
    expect(diffValues(tags({ a: '1', b: '2', c: '3' }), tags({ d: '4', b: '5', a: '1' }), 'Tags')).toEqual({
      kind: 'named',
      by: 'Key',
      kept: 1,
      items: [
        { name: 'd', diff: { kind: 'added', after: { Key: 'd', Value: '4' } } },
        {
          name: 'b',
          diff: { kind: 'object', members: [{ key: 'Value', diff: { kind: 'changed', before: '2', after: '5' } }] },
        },
        { name: 'c', diff: { kind: 'removed', before: { Key: 'c', Value: '3' } } },
      ],
    });
  });

  test('tags with one key twice are no named list, and still told in full', () => {
    const tag = (Value: string) => ({ Key: 'a', Value });
    expect(diffValues([tag('1'), tag('2')], [tag('2'), tag('3')], 'Tags')).toEqual({
      kind: 'set',
      removed: [tag('1')],
      added: [tag('3')],
      kept: 1,
    });
  });

  test('every other list is compared in its order, an item with what takes its place', () => {
    expect(diffValues(['a', 'b', 'c'], ['b', 'c', 'd'], 'Command')).toEqual({
      kind: 'list',
      items: [
        { index: 0, diff: { kind: 'removed', before: 'a' } },
        { index: 2, diff: { kind: 'added', after: 'd' } },
      ],
    });
    expect(diffValues([{ x: 1, y: 1 }, 'b'], [{ x: 2, y: 1 }, 'b'], 'Command')).toEqual({
      kind: 'list',
      items: [
        { index: 0, diff: { kind: 'object', members: [{ key: 'x', diff: { kind: 'changed', before: 1, after: 2 } }] } },
      ],
    });
  });

  test('the argument of a function is compared as the property is', () => {
    const either = (...ids: string[]) => ({ SecurityGroupIds: { 'Fn::If': ['C', ids, { Ref: 'AWS::NoValue' }] } });
    expect(diffValues(either('a', 'b'), either('b', 'a'))).toEqual({ kind: 'same' });
  });
});
