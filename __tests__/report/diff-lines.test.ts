import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Value, ValueDiff } from '../../src/diff/model.ts';
import { diffValues } from '../../src/diff/values.ts';
import { KNOWN_AFTER_APPLY, WITHHELD } from '../../src/plan/model.ts';
import { diffFence, diffLines } from '../../src/report/diff-lines.ts';
import { alone } from '../../src/report/value-lines.ts';
import { hostileText } from '../runner/hostile.ts';
import { seen } from './html.ts';

const WHOLE = { lineLength: 10_000, lines: 10_000 };
const shown = (diff: ValueDiff) => diffFence(diffLines(diff), WHOLE).split('\n').slice(1, -1);

describe('a value is shown as a template would say it', () => {
  test.each<[string, Value, readonly string[]]>([
    ['a text', 'abc', ['abc']],
    ['nothing', '', ['""']],
    ['blanks at the ends', ' a ', ['" a "']],
    ['a number and a boolean', [80, true, null], ['- 80', '- true', '- null']],
    ['empty ones', { a: [], b: {} }, ['a: []', 'b: {}']],
    ['several lines', { a: 'one\ntwo' }, ['a: |', '  one', '  two']],
    [
      'lists of mappings',
      { Rules: [{ Port: 22, Cidr: 'x' }, { Port: 80 }] },
      ['Rules:', '  - Port: 22', '    Cidr: x', '  - Port: 80'],
    ],
    ['lists of lists', [['a', 'b'], []], ['- - a', '  - b', '- []']],
    ['references', { a: { Ref: 'B' }, c: { 'Fn::GetAtt': ['D', 'Arn'] } }, ['a: !Ref B', 'c: !GetAtt D.Arn']],
    [
      'functions',
      { a: { 'Fn::Sub': '${X}\ny' }, b: { 'Fn::Join': ['', ['x']] } },
      ['a: !Sub |', '  ${X}', '  y', 'b: !Join', '  - ""', '  - - x'],
    ],
    ['what only looks like a function', { Ref: 'A', b: 1 }, ['Ref: A', 'b: 1']],
    ['a Ref that is none', { Ref: ['x'] }, ['Ref:', '  - x']],
    [
      'what is not known or not shown',
      [KNOWN_AFTER_APPLY, `pre-${WITHHELD}`],
      ['- (known after apply)', '- pre-(withheld)'],
    ],
  ])('%s', (_, value, lines) => {
    expect(alone(value)).toEqual(lines);
  });
});

describe('a difference is shown with what it takes to find it', () => {
  test.each<[string, ValueDiff, readonly string[]]>([
    ['a scalar', { kind: 'changed', before: 1, after: 2 }, ['- 1', '+ 2']],
    [
      'one of two rules removed',
      { kind: 'set', removed: [{ Port: 22 }], added: [], kept: 1 },
      ['- - Port: 22', '  # one more stays as it is'],
    ],
    [
      'members, the only one in its key’s line',
      {
        kind: 'object',
        members: [
          { key: 'A', diff: { kind: 'object', members: [{ key: 'B', diff: { kind: 'added', after: [1] } }] } },
          {
            key: 'C',
            diff: {
              kind: 'object',
              members: [
                { key: 'D', diff: { kind: 'removed', before: 'x' } },
                { key: 'E', diff: { kind: 'list', items: [{ index: 3, diff: { kind: 'added', after: 'y' } }] } },
              ],
            },
          },
        ],
      },
      ['+ A.B:', '+   - 1', '  C:', '-   D: x', '    E:', '+     [3]: y'],
    ],
    [
      'a named item',
      {
        kind: 'named',
        by: 'Key',
        items: [{ name: 'Team', diff: { kind: 'removed', before: { Key: 'Team', Value: 'x' } } }],
        kept: 0,
      },
      ['- [Team]:', '-   Key: Team', '-   Value: x'],
    ],
    [
      'text below functions',
      {
        kind: 'object',
        members: [
          {
            key: 'UserData',
            diff: {
              kind: 'object',
              members: [
                {
                  key: 'Fn::Base64',
                  diff: {
                    kind: 'text',
                    hunks: [
                      {
                        beforeLine: 4,
                        afterLine: 5,
                        lines: [
                          { sign: ' ', text: 'a' },
                          { sign: '+', text: '' },
                          { sign: '-', text: 'b' },
                        ],
                      },
                    ],
                  },
                },
              ],
            },
          },
        ],
      },
      ['  UserData !Base64: |', '@@ line 5 @@', '    a', '+', '-   b'],
    ],
  ])('%s', (_, diff, lines) => {
    expect(shown(diff)).toEqual(lines);
  });

  test('the same is nothing', () => {
    expect(diffLines({ kind: 'same' })).toEqual([]);
  });
});

describe('a long diff folds', () => {
  const diff: ValueDiff = {
    kind: 'set',
    removed: [],
    added: Array.from({ length: 50 }, (_, n) => `item ${n}`),
    kept: 0,
  };

  test('lines that are left out are counted', () => {
    const lines = diffFence(diffLines(diff), { lineLength: 100, lines: 10 }).split('\n');
    expect(lines).toHaveLength(13);
    expect(lines.at(-2)).toBe('  … 40 more lines');
    expect(diffFence(diffLines(diff), { lineLength: 100, lines: 49 })).not.toContain('more line');
  });

  test('a long line says how long it was', () => {
    const long = diffFence(diffLines({ kind: 'added', after: 'x'.repeat(3_000) }), { lineLength: 20, lines: 5 });
    expect(long).toContain(`+ ${'x'.repeat(19)}… (3,000 characters)`);
  });
});

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    hostileText,
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(hostileText, tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('no text can forge a line of a diff, nor leave its block', () => {
  fc.assert(
    fc.property(value, value, (before, after) => {
      const lines = diffLines(diffValues(before, after));
      const markdown = `${diffFence(lines, WHOLE)}\n\nafter`;
      const fenced = markdown.split('\n').slice(1, -3);
      expect(fenced).toHaveLength(Math.max(1, lines.length));
      lines.forEach(({ sign }, n) => {
        expect(fenced[n]?.charAt(0) || ' ').toBe(sign);
      });
      const page = seen(markdown);
      const made = ['div', 'pre', 'code', 'span', 'p'];
      expect(made).toEqual(expect.arrayContaining([...page.elements]));
      expect(page.addresses).toEqual([]);
      expect(page.text.endsWith('after')).toBe(true);
    }),
    { numRuns: 100 },
  );
});
