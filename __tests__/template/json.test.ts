import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonSyntaxProblem } from '../../src/template/json.ts';

describe('what is wrong with a text that is no JSON', () => {
  test.each([
    ['{"a": hunter2}', 6],
    ['{\n  "a": 1,\n  b: 2\n}', 14],
    ['{"a": 1} x', 9],
    ['x', 0],
    ['[1, 2,]', 6],
    ['{"a": tru3}', 9],
  ])('%j is told where it is', (text, offset) => {
    expect(jsonSyntaxProblem(text)?.offset).toBe(offset);
  });

  test.each(['', '{', '{"a', '[1,', '{"a":'])('%j is told at its end', (text) => {
    expect(jsonSyntaxProblem(text)?.offset).toBe(text.length);
  });

  test('is told without anything of the text, which may be a secret', () => {
    for (const text of [
      '{"Password": hunter2-hunter2}',
      'hunter2-hunter2',
      '["x" hunter2-hunter2',
      '{"a": "hunter2\n"}',
    ])
      expect(jsonSyntaxProblem(text)?.message).not.toContain('hunter2');
  });

  test('is nothing for JSON, and a stray word in it is told exactly where it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const [first, last] = [`[${JSON.stringify(before)},`, `,${JSON.stringify(after)}]`];
        expect(jsonSyntaxProblem(`${first}0${last}`)).toBeUndefined();
        expect(jsonSyntaxProblem(`${first}hunter2${last}`)?.offset).toBe(first.length);
      }),
    );
  });
});
