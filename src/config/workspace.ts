import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { decodeText } from '../template/source.ts';

export type WorkspacePath = { readonly path: string } | { readonly problem: string };

/** A path as a user writes it, in its shortest form and relative to the workspace. Anything outside is refused. */
export function pathInWorkspace(written: string): WorkspacePath {
  if (isAbsolute(written)) return { problem: 'is an absolute path; paths start at the root of the repository' };
  const path = normalize(written);
  if (path === '..' || path.startsWith(`..${sep}`)) return { problem: 'leads out of the repository' };
  return { path: path.endsWith(sep) ? path.slice(0, -1) : path };
}

export type FileText = { readonly text: string } | { readonly problem: string };
export type FileBytes = { readonly bytes: Uint8Array } | { readonly problem: string };

/** The bytes of a file below the workspace. Symbolic links may not lead out of it. The size is looked at first. */
export async function readWorkspaceBytes(workspace: string, path: string, limit: number): Promise<FileBytes> {
  try {
    const real = await realPathInside(workspace, path);
    if (real === undefined) return { problem: 'is a symbolic link that leads out of the repository' };
    const entry = await stat(real);
    if (!entry.isFile()) return { problem: 'is no file' };
    if (entry.size > limit) {
      return {
        problem: `has ${entry.size.toLocaleString('en')} bytes, and ${limit.toLocaleString('en')} are the limit`,
      };
    }
    return { bytes: await readFile(real) };
  } catch (error) {
    return { problem: whyUnreadable(error) };
  }
}

/** Names in a folder below the workspace; none when it does not exist or leads out of it. */
export async function listWorkspaceFolder(workspace: string, path: string): Promise<string[]> {
  try {
    const real = await realPathInside(workspace, path);
    return real === undefined ? [] : await readdir(real);
  } catch (error) {
    whyUnreadable(error);
    return [];
  }
}

/** Whether paths below the workspace are paths of the repository: it may be checked out in a folder of its own. */
export async function isCheckoutRoot(workspace: string): Promise<boolean> {
  try {
    await stat(join(workspace, '.git'));
    return true;
  } catch (error) {
    whyUnreadable(error);
    return false;
  }
}

async function realPathInside(workspace: string, path: string): Promise<string | undefined> {
  const [root, real] = await Promise.all([realpath(workspace), realpath(join(workspace, path))]);
  const inside = relative(root, real);
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? undefined : real;
}

export async function readWorkspaceFile(workspace: string, path: string, limit: number): Promise<FileText> {
  const content = await readWorkspaceBytes(workspace, path, limit);
  if ('problem' in content) return content;
  const decoded = decodeText(content.bytes, limit);
  return 'problem' in decoded ? { problem: `cannot be read: ${decoded.problem}` } : decoded;
}

function whyUnreadable(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist in the checked-out repository';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this job';
  if (code === 'ELOOP') return 'is a symbolic link to itself';
  throw error;
}
