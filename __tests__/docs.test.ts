import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FAILURE_REASONS } from '../src/types.ts';
import { readActionMetadata } from './e2e/runner/action-metadata.ts';

const root = join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');

/** The cells of a document's table rows, by what stands in code in the first. */
function rows(markdown: string): Map<string, readonly string[]> {
  const found = [...markdown.matchAll(/^\| `([^`|]+)` \|(.*)\|$/gm)];
  return new Map(found.map(([, key = '', rest = '']) => [key, rest.split(' | ').map((cell) => cell.trim())]));
}

test('every failure-reason is explained, and none that does not exist', () => {
  const explained = [...rows(read('docs/troubleshooting.md')).keys()].filter((key) => key !== 'failure-reason');
  expect(explained.sort()).toEqual(Object.keys(FAILURE_REASONS).sort());
});

test('the time limits and their defaults are those of action.yml', async () => {
  const { defaults } = await readActionMetadata(root);
  const limits = [...rows(read('docs/deploy.md'))].filter(([input]) => input.endsWith('-timeout'));
  expect(limits.map(([input]) => input).sort()).toEqual([
    'busy-timeout',
    'drain-timeout',
    'roll-call-timeout',
    'stack-timeout',
  ]);
  for (const [input, cells] of limits) {
    const minutes = /^(\d+)m$/.exec(defaults.get(input) ?? '')?.[1];
    if (minutes !== undefined) expect(cells.at(-1)).toBe(`${minutes} minutes`);
  }
});
