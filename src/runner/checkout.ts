import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The commit that is checked out in a folder, read from Git's own files ("gitrepository-layout"): HEAD, the branch that
 * it names, or the packed references. Undefined where that cannot be told.
 */
export async function checkedOutCommit(folder: string): Promise<string | undefined> {
  const head = (await textOf(join(folder, '.git', 'HEAD')))?.trim();
  if (head === undefined) return undefined;
  const [, ref] = /^ref: (refs\/[\w./-]+)$/.exec(head) ?? [];
  if (ref === undefined) return asCommit(head);
  if (ref.split('/').includes('..')) return undefined;
  const loose = await textOf(join(folder, '.git', ref));
  if (loose !== undefined) return asCommit(loose.trim());
  const packed = (await textOf(join(folder, '.git', 'packed-refs')))?.split('\n') ?? [];
  const line = packed.find((one) => one.endsWith(` ${ref}`));
  return line === undefined ? undefined : asCommit(line.slice(0, line.indexOf(' ')));
}

/** The folders below `root` that these paths lead through and that are checkouts of their own. */
export async function checkoutsThrough(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const folders = paths.flatMap((path) => {
    const parts = path.split('/');
    return parts.map((_, n) => join(root, ...parts.slice(0, n + 1)));
  });
  const below = [...new Set(folders)].filter((folder) => folder !== root);
  const are = await Promise.all(below.map((folder) => exists(join(folder, '.git'))));
  return below.filter((_, n) => are[n]);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function asCommit(text: string): string | undefined {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : undefined;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined; // no checkout of Git's, or none that may be read
  }
}
