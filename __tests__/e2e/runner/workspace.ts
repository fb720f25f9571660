import { existsSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const projectFolder = join(import.meta.dirname, '..', '..', '..');

/** What a checkout of a user's repository holds, in these tests. */
const CHECKED_OUT = ['stack.yml', 'env', 'examples'];

/** Files of a workspace by path: their content, or null for one that is to be absent. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

/** Lays out a workspace: copies of the project's own stack, environments and examples, with `files` over them. */
export async function layOut(folder: string, files: Files): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of CHECKED_OUT) {
    const source = join(projectFolder, name);
    if (existsSync(source)) await cp(source, join(folder, name), { recursive: true });
  }
  await write(folder, files);
}

export async function write(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    if (content === null) {
      await rm(file, { recursive: true, force: true });
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
