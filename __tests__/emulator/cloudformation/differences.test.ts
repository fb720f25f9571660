import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rawAt } from '../../../emulator/cloudformation/change-sets/causes.ts';
import {
  differences,
  pointer,
  shown,
  type ValueDifference,
  valueAt,
} from '../../../emulator/cloudformation/change-sets/differences.ts';
import { isObject, type Json, sameValue } from '../../../emulator/cloudformation/template/model.ts';

const key = fc.stringMatching(/^[a-z/~0]{1,3}$/);
const { value } = fc.letrec<{ value: Json; list: Json[]; object: { [name: string]: Json } }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.string({ maxLength: 3 }), fc.integer(), fc.boolean(), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

/** A copy of a value with another one at a path; undefined takes away what is there. */
function withValueAt(whole: Json | undefined, path: readonly string[], wanted: Json | undefined): Json | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return wanted;
  const member = withValueAt(valueAt(whole, [first]), rest, wanted);
  if (Array.isArray(whole)) {
    const items = [...whole];
    if (member === undefined) items.splice(Number(first), 1);
    else items[Number(first)] = member;
    return items;
  }
  const { [first]: _old, ...others } = isObject(whole) ? whole : {};
  return member === undefined ? others : { ...others, [first]: member };
}

/** Removals from the back, so that no item moves before it has been found. */
const applied = (before: Json, found: readonly ValueDifference[]) =>
  [...found.filter(({ type }) => type !== 'Remove'), ...found.filter(({ type }) => type === 'Remove').reverse()].reduce<
    Json | undefined
  >((whole, { path, after }) => withValueAt(whole, path, after), before);

describe('differences of values', () => {
  test('make the value before the value after', () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const found = differences(before, after);
        expect(sameValue(applied(before, found), after)).toBe(true);
        for (const { path, type, before: old } of found) {
          expect(sameValue(valueAt(before, path), old)).toBe(true);
          expect(type === 'Add').toBe(old === undefined);
        }
      }),
    );
  });

  test('are none where numbers have become text', () => {
    fc.assert(fc.property(value, (one) => expect(differences(one, shown(one))).toEqual([])));
  });

  test('have paths that can be told apart (RFC 6901)', () => {
    const read = (text: string) =>
      text
        .split('/')
        .slice(1)
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    fc.assert(fc.property(fc.array(key), (path) => expect(read(pointer(path))).toEqual(path)));
  });
});

describe('the part of a declaration behind a value', () => {
  const declared: Json = { Rules: [{ Port: { Ref: 'Port' } }, { Port: 22 }], Text: { 'Fn::Sub': '${A}' } };

  test.each<[string[], Json | undefined]>([
    [['Rules', '0', 'Port'], { Ref: 'Port' }],
    [['Rules', '1', 'Port'], 22],
    [['Text', 'deeper'], { 'Fn::Sub': '${A}' }],
    [['Rules', '2'], undefined],
    [[], declared],
  ])('%j', (path, part) => {
    expect(rawAt(declared, path)).toEqual(part);
  });

  test.each<[Json]>([[{ 'Fn::If': ['C', 'a', { Ref: 'AWS::NoValue' }] }], [{ Ref: 'AWS::NoValue' }]])(
    'is the whole list where %j can move its items',
    (item) => {
      const list = [item, { Ref: 'Port' }];
      expect(rawAt(list, ['1'])).toEqual(list);
    },
  );
});
