import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { quickStartProblems } from '../../scripts/workflows.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ecs-muster-workflows-'));
  await mkdir(join(root, 'examples', 'workflows'), { recursive: true });
  await writeFile(join(root, 'examples', 'workflows', 'deploy.yml'), 'name: deploy\non: push\n');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const readme = (...parts: readonly string[]) => writeFile(join(root, 'README.md'), parts.join('\n'));
const fence = (text: string) => `\`\`\`yaml\n${text}\`\`\``;
const DIFFERS = ['README.md: the quick start is not examples/workflows/deploy.yml'];

test('the quick start is the first workflow below its heading', async () => {
  await readme('# X', fence('a: 1\n'), '## Quick start', '```\nenv/dev.cfg\n```', fence('name: deploy\non: push\n'));
  expect(await quickStartProblems(root)).toEqual([]);
});

test.each([
  ['differs', ['## Quick start', fence('name: deploy\non: pull_request\n')]],
  ['is missing', ['## Quick start', 'See below.']],
  ['stands elsewhere', ['# X', fence('name: deploy\non: push\n'), '## Quick start']],
  ['belongs to another heading', ['## Quick start', '', '## More', fence('name: deploy\non: push\n')]],
])('one that %s is told', async (_, parts) => {
  await readme(...parts);
  expect(await quickStartProblems(root)).toEqual(DIFFERS);
});
