import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { brokenLinks, commandsNotNamed, headingIds, linksOf } from '../../scripts/documents.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ecs-muster-documents-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

test('headings have the ids that GitHub gives them', () => {
  const markdown =
    '# A `mode` of its own\n\n## What is true, and what is not?\n\n```sh\n# no heading\n```\n## Twice\n## Twice\n';
  expect([...headingIds(markdown)]).toEqual(['a-mode-of-its-own', 'what-is-true-and-what-is-not', 'twice', 'twice-1']);
});

test('links are those of text and pictures, not those of code', () => {
  const markdown =
    '[a](a.md#b) ![b](b.png) <img src="c.png"><source srcset="d.png"> `[e](e.md)`\n\n```md\n[f](f.md)\n```\n[g](https://example.com)';
  expect(linksOf(markdown)).toEqual(['a.md#b', 'b.png', 'https://example.com', 'c.png', 'd.png']);
});

test('a link to a file or a heading that does not exist is told, others are not', async () => {
  await write({
    'README.md':
      '[1](docs/a.md) [2](docs/a.md#here) [3](docs/a.md#gone) [4](docs/none.md) [5](#own) [6](LICENSE#x)\n# Own\n',
    'docs/a.md': '# Here\n[up](../README.md) [web](https://example.com/none)\n',
    'node_modules/x/README.md': '[none](none.md)',
    LICENSE: '',
  });
  expect(await brokenLinks(root)).toEqual([
    'README.md: docs/a.md#gone leads nowhere',
    'README.md: docs/none.md leads nowhere',
  ]);
});

describe('the two commands', () => {
  const ci = 'npm ci\nnpm test\nnpm run demo\n';
  test('are named by the README and run by .ci/run', async () => {
    await write({ 'README.md': 'npm ci && npm run demo\nnpm ci && npm test', '.ci/run': ci });
    expect(await commandsNotNamed(root)).toEqual([]);
  });
  test('are told where one is missing', async () => {
    await write({
      'README.md': 'npm ci && npm run demo',
      '.ci/run': ci.replace('npm run demo', 'npm run demonstrate'),
    });
    expect(await commandsNotNamed(root)).toEqual([
      '.ci/run does not run `npm run demo`',
      'README.md does not name `npm ci && npm test`',
    ]);
  });
});
