import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commentKey, isOfLaterRun, readMarker, writeMarker } from '../../src/plan/comment-marker.ts';
import type { PlanRecord } from '../../src/plan/record.ts';
import { hostileText } from '../runner/hostile.ts';

const record = (text: string): PlanRecord => ({
  environment: text,
  stackName: text,
  region: text,
  commit: text,
  fingerprint: text,
  template: text,
  parameters: { Name: text },
  changes: [text],
  changeSet: text,
});

describe('the hidden line', () => {
  test('says what it was given, whatever that is, in one comment of HTML', () => {
    fc.assert(
      fc.property(hostileText, fc.nat(), (text, id) => {
        const marker = { key: text, commit: text, run: { id, attempt: 2 }, records: [record(text)] };
        const line = writeMarker(marker);
        expect(line).toMatch(/^<!-- [\w:+/= -]+ -->$/);
        expect(line.slice(4, -3)).not.toContain('--');
        expect(readMarker(`${line}\nrest`)).toEqual(marker);
        expect(readMarker(`${line}\r\nrest`)).toEqual(marker);
      }),
    );
  });

  test('stays short: first the changes go, then the parameters, at last the records', () => {
    const random = (n: number) => Array.from({ length: n }, () => Math.random().toString(36).repeat(2));
    const noisy = (n: number): PlanRecord => ({ ...record('dev'), changes: random(n) });
    const read = (one: PlanRecord) => readMarker(writeMarker({ key: 'k', records: [one] }))?.records[0];
    expect(read(noisy(50))?.changes).toHaveLength(50);
    expect(read(noisy(5_000))).toMatchObject({ fingerprint: 'dev', parameters: { Name: 'dev' } });
    expect(read(noisy(5_000))).not.toHaveProperty('changes');
    const parameters = Object.fromEntries(random(5_000).map((text) => [text, text]));
    expect(read({ ...noisy(1), parameters })).toMatchObject({ fingerprint: 'dev', parameters: {} });
    const many = { key: 'k', records: Array.from({ length: 5_000 }, () => record(random(1).join())) };
    expect(readMarker(writeMarker(many))).toEqual({ key: 'k', records: [] });
  });

  test.each([
    ['another comment', 'Looks good'],
    ['not on the first line', `\n${writeMarker({ key: 'k', records: [] })}`],
    ['text before it', `> ${writeMarker({ key: 'k', records: [] })}`],
    ['cut off', writeMarker({ key: 'k', records: [] }).replace(/.{6} -->/, ' -->')],
    ['not JSON', `<!-- ecs-muster:plan:1 ${deflateRawSync('{').toString('base64')} -->`],
    ['of another shape', `<!-- ecs-muster:plan:1 ${deflateRawSync('{"key":1}').toString('base64')} -->`],
    ['too much of it', `<!-- ecs-muster:plan:1 ${deflateRawSync(' '.repeat(5_000_000)).toString('base64')} -->`],
  ])('is none: %s', (_, body) => {
    expect(readMarker(body)).toBeUndefined();
  });

  test('records of another shape are left out', () => {
    const written = { key: 'k', records: [{ ...record('dev'), fingerprint: 3 }, 'x', record('prod')] };
    const body = `<!-- ecs-muster:plan:1 ${deflateRawSync(JSON.stringify(written)).toString('base64')} -->`;
    expect(readMarker(body)?.records).toEqual([record('prod')]);
  });
});

test('a key is the same for the same environments in any order', () => {
  expect(commentKey('stack.yml', ['prod', 'dev', 'dev'])).toBe(commentKey('stack.yml', ['dev', 'prod']));
  expect(commentKey('stack.yml', ['dev'])).not.toBe(commentKey('network.yml', ['dev']));
  expect(commentKey('stack.yml', ['dev'])).not.toBe(commentKey('stack.yml', ['dev', 'prod']));
});

test.each([
  [{ id: 5, attempt: 1 }, true],
  [{ id: 7, attempt: 1 }, true],
  [{ id: 7, attempt: 2 }, false],
  [{ id: 7, attempt: 3 }, false],
  [{ id: 8, attempt: 1 }, false],
])('a comment of run 7, attempt 2 is of a later run than %j: %p', (run, later) => {
  const body = writeMarker({ key: 'k', records: [], run: { id: 7, attempt: 2 } });
  expect(isOfLaterRun(body, run)).toBe(later);
  expect(isOfLaterRun('no marker', run)).toBe(false);
});
