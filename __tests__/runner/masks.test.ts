import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Masks } from '../../src/runner/masks.ts';

function masksOf(...values: readonly string[]): Masks {
  const masks = new Masks();
  for (const value of values) masks.add(value);
  return masks;
}

const secret = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 30 }).filter((text) => text.trim() === text);

describe('Masks', () => {
  test.each([
    ['as it is', (value: string) => value],
    ['as JSON', (value: string) => JSON.stringify({ key: value })],
    ['as JSON in JSON', (value: string) => JSON.stringify(JSON.stringify({ key: value }))],
    ['in a URL', (value: string) => `https://example.com/?q=${encodeURIComponent(value)}`],
    ['in a form', (value: string) => new URLSearchParams({ q: value }).toString()],
    ['as HTML', (value: string) => `<p>${escapeHtml(value)}</p>`],
    ['in Base64', (value: string) => Buffer.from(value).toString('base64')],
    ['in Base64 for URLs', (value: string) => Buffer.from(value).toString('base64url')],
  ])('hide a value %s', (_, disguise) => {
    fc.assert(
      fc.property(secret, (value) => {
        const hidden = masksOf(value).hide(disguise(value));
        expect(hidden).toContain('***');
        expect(hidden).not.toContain(disguise(value));
        expect(hidden).not.toContain(value);
      }),
    );
  });

  test('hide a value inside the Base64 of a longer text, wherever it begins', () => {
    const masks = masksOf('correct horse battery');
    for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
      for (const after of ['', 'x', 'xy', 'xyz']) {
        const encoded = Buffer.from(`${before}correct horse battery${after}`).toString('base64');
        const hidden = masks.hide(encoded);
        expect(hidden).toContain('***');
        const shown = hidden.split('***').map((part) => Buffer.from(part, 'base64').toString('latin1'));
        expect(shown.join(' ')).not.toMatch(/orrect|batter/);
      }
    }
  });

  test('hide each line of a value of several lines, and a value whose part is a value too', () => {
    const masks = masksOf('-----KEY-----\r\nabcdef\n\n  \nghijkl', 'abcdef1234');
    expect(masks.hide('x abcdef y ghijkl z')).toBe('x *** y *** z');
    expect(masks.hide('abcdef1234')).toBe('***');
  });

  test('nothing is registered for an empty or blank value, which would hide everything', () => {
    const masks = new Masks();
    expect([...masks.add(''), ...masks.add(' \n\t')]).toEqual([]);
    expect(masks.hide('a b')).toBe('a b');
  });

  test('tell the runner the value and its lines, once each', () => {
    expect(new Masks().add('a1\nb2\na1')).toEqual(['a1\nb2\na1', 'a1', 'b2']);
  });
});

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
