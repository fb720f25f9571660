import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closest, didYouMean, editDistance, listOf } from '../src/did-you-mean.ts';

describe('edit distance', () => {
  test.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['dev', 'dve', 1],
  ])('%j to %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  test('is a distance: zero only for equals, the same both ways, never more than the longer text', () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance === 0).toBe(a === b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});

describe('closest', () => {
  test.each([
    ['enviroment', ['environment', 'env-directory'], 'environment'],
    ['stackname', ['stack-name', 'stack-timeout'], 'stack-name'],
    ['VPCID', ['VpcId', 'Vpc'], 'VpcId'],
    ['CAPABILITY_NAMED', ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'], 'CAPABILITY_NAMED_IAM'],
    ['zzz', ['environment'], undefined],
    ['a', ['bcd'], undefined],
    ['x'.repeat(10_000), ['x'.repeat(9_999)], undefined],
    ['dev', [], undefined],
  ])('%s of %j is %s', (written, candidates, expected) => {
    expect(closest(written, candidates)).toBe(expected);
  });
});

test('as sentences', () => {
  expect(didYouMean('dve', ['dev', 'prod'])).toBe("Did you mean 'dev'?");
  expect(didYouMean('staging', ['dev'])).toBeUndefined();
  expect(listOf(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
});
