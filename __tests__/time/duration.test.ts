import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration, parseIsoDuration } from '../../src/time/duration.ts';

describe('parseDuration', () => {
  test.each([
    ['45s', 45_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['30', 1_800_000],
    ['1.5m', 90_000],
    [' 15M ', 900_000],
    ['0', 0],
  ])('%j is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', 'soon', '-1', '10 minutes', '1m30s', 'NaN', 'Infinity', '0x10'])('%j is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('parseIsoDuration', () => {
  test.each([
    ['PT15M', 900_000],
    ['PT1H30M', 5_400_000],
    ['PT5S', 5_000],
    ['PT0S', 0],
  ])('%j is %d ms', (text, ms) => {
    expect(parseIsoDuration(text)).toBe(ms);
  });

  test.each(['', 'PT', '15M', 'P1D', 'PT15'])('%j is none', (text) => {
    expect(parseIsoDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0.0s'],
    [-5, '0.0s'],
    [450, '0.5s'],
    [9_949, '9.9s'],
    [9_950, '10s'],
    [59_400, '59s'],
    [59_600, '1m 00s'],
    [185_000, '3m 05s'],
    [3_720_000, '1h 02m'],
  ])('%d ms is %j', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('never shows sixty seconds or sixty minutes', () => {
    fc.assert(fc.property(fc.nat(10 * 3_600_000), (ms) => !/(^|\D)60/.test(formatDuration(ms))));
  });
});
