import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { diffText } from '../../src/diff/text.ts';
import { apply } from './apply.ts';

const text = fc.array(fc.constantFrom('a', 'b', '', '```', 'c'), { maxLength: 30 }).map((lines) => lines.join('\n'));

describe('a text diff', () => {
  test('applied to the text before gives the text after', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(apply(before, { kind: 'text', hunks: diffText(before, after) })).toBe(after);
      }),
      { numRuns: 1_000 },
    );
  });

  test('shows three lines around a difference, and what goes before what comes', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    const [hunk, ...more] = diffText(lines.join('\n'), lines.with(9, 'other').join('\n'));
    expect(more).toEqual([]);
    expect(hunk).toMatchObject({ beforeLine: 7, afterLine: 7 });
    expect(hunk?.lines.map(({ sign, text }) => `${sign}${text}`)).toEqual([
      ' line 7',
      ' line 8',
      ' line 9',
      '-line 10',
      '+other',
      ' line 11',
      ' line 12',
      ' line 13',
    ]);
  });

  test('holds differences that are far apart apart', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);
    const hunks = diffText(lines.join('\n'), lines.with(4, 'x').toSpliced(30, 0, 'new').join('\n'));
    expect(hunks.map(({ beforeLine, afterLine }) => [beforeLine, afterLine])).toEqual([
      [2, 2],
      [28, 28],
    ]);
  });

  test('is as short as can be', () => {
    const changed = (before: string, after: string) =>
      diffText([...before].join('\n'), [...after].join('\n')).flatMap(({ lines }) =>
        lines.filter(({ sign }) => sign !== ' '),
      );
    expect(changed('ABCABBA', 'CBABAC')).toHaveLength(5);
  });

  test('two long texts without a line in common are told in a moment', () => {
    const lines = (word: string) => Array.from({ length: 5_000 }, (_, index) => `${word} ${index}`).join('\n');
    const [before, after] = [lines('a'), lines('b')];
    expect(apply(before, { kind: 'text', hunks: diffText(before, after) })).toBe(after);
  });
});
