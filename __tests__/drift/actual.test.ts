import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actualValue } from '../../src/drift/actual.ts';

const changed = (path: string, actual: string) => ({ path: path.split('.'), kind: 'changed', actual }) as const;
const removed = (path: string) => ({ path: path.split('.'), kind: 'removed' }) as const;

test('only what is told happens to a value', () => {
  const tags = [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ];
  expect(actualValue(tags, [changed('1.Value', '3')])).toEqual([tags[0], { Key: 'b', Value: '3' }]);
  expect(actualValue('3', [{ path: [], kind: 'changed', actual: '5' }])).toBe('5');
  expect(actualValue('3', [{ path: [], kind: 'removed' }])).toBeUndefined();
  expect(actualValue({ a: { b: '1' } }, [removed('a.b'), changed('a.c', '2')])).toEqual({ a: { c: '2' } });
  expect(actualValue(undefined, [changed('a', '1')])).toEqual({ a: '1' });
});

test('a place that is not there changes nothing', () => {
  expect(actualValue(['a'], [changed('7', 'b'), removed('x')])).toEqual(['a']);
});

test('items that go out of a list and come into it leave the others where they are', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string(), { minLength: 1 }),
      fc.array(fc.nat()),
      fc.array(fc.string()),
      (list, gone, more) => {
        const places = [...new Set(gone.map((n) => n % list.length))];
        const changes = [
          ...places.map((place) => ({ path: [String(place)], kind: 'removed' }) as const),
          ...more.map((actual, n) => ({ path: [String(list.length + n)], kind: 'added', actual }) as const),
        ];
        const kept = list.filter((_, place) => !places.includes(place));
        expect(actualValue(list, changes)).toEqual([...kept, ...more]);
      },
    ),
  );
});
