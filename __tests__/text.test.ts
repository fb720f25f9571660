import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clip, oneLine, visible } from '../src/text.ts';
import { hostileText } from './runner/hostile.ts';

describe('visible', () => {
  test.each([
    ['escape sequences are gone', '\u001b[1;31mred\u001b[0m \u009b2J\u001b]0;title\u0007\u001bPq\u001b\\x', 'red x'],
    ['control characters are shown', 'a\u0000b\u001bé\u007fd\u0081', 'a␀b␛é␡d⟨U+0081⟩'],
    ['line ends are one kind', 'a\r\nb\rc\u2028d\u2029e\u0085f\u000bg\u000ch', 'a\nb\nc\nd\ne\nf\ng\nh'],
    ['what turns the reading order is named', 'x\u202etxt.exe\u2066', 'x⟨U+202E⟩txt.exe⟨U+2066⟩'],
    ['what takes no room is named', 'a\u200bb\ufeffc\u00add\u{e0041}', 'a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+00AD⟩d⟨U+E0041⟩'],
    ['joiners stay in emoji and words that need them', '👩‍👩‍👧 ❤️ می‌خواهم', '👩‍👩‍👧 ❤️ می‌خواهم'],
    ['joiners that hide between other letters are named', 'a\u200db\u200c', 'a⟨U+200D⟩b⟨U+200C⟩'],
    ['half a character is replaced', 'a\ud800b', 'a\ufffdb'],
    ['everything else is as it was', 'Ünïcode, 日本語\t#|`*', 'Ünïcode, 日本語\t#|`*'],
  ])('%s', (_, text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  test('nothing hidden is left, and looking twice changes nothing', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const seen = visible(text);
        expect(seen).not.toMatch(/[^\P{Cc}\t\n]/u);
        expect(seen).not.toMatch(/[\u2028\u2029\u200b\u202a-\u202e\ufeff]/);
        expect(seen.isWellFormed()).toBe(true);
        expect(visible(seen)).toBe(seen);
        expect(oneLine(text)).not.toMatch(/\n|^\s|\s$|\s\s/);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('clip never exceeds its length and never cuts a character in two', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, length) => {
      const clipped = clip(text, length);
      expect(clipped.length).toBeLessThanOrEqual(length);
      expect(clipped.isWellFormed()).toBe(true);
      if (text.length <= length) expect(clipped).toBe(text);
      else expect(clipped.endsWith('…')).toBe(true);
    }),
  );
});
