import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkedOutCommit } from '../../src/runner/checkout.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-muster-checkout-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function lay(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const place = join(folder, '.git', path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, text);
  }
}

test.each([
  ['a commit', { HEAD: `${COMMIT}\n` }],
  ['a branch', { HEAD: 'ref: refs/heads/feature/x-1\n', 'refs/heads/feature/x-1': `${COMMIT}\n` }],
  ['a packed branch', { HEAD: 'ref: refs/heads/main\n', 'packed-refs': `# pack-refs\n${COMMIT} refs/heads/main\n` }],
])('the checked-out commit: %s', async (_, files) => {
  await lay(files);
  expect(await checkedOutCommit(folder)).toBe(COMMIT);
});

test.each([
  ['no checkout', {}],
  ['a branch without a commit', { HEAD: 'ref: refs/heads/main\n' }],
  ['a reference that leads out of the folder', { HEAD: 'ref: refs/../../secret\n', '../secret': COMMIT }],
  ['something else', { HEAD: 'hello' }],
])('cannot be told: %s', async (_, files) => {
  await lay(files);
  expect(await checkedOutCommit(folder)).toBeUndefined();
});
