import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hosts } from '../../types.ts';

/** Whether, and by which arguments of unshare(1), this machine lets us make namespaces with a root of their own. */
export type Isolation =
  | { readonly kind: 'namespace'; readonly unshare: readonly string[]; readonly oneUser: boolean }
  | Extract<Hosts['mode'], { kind: 'scripted' }>;

/** Mounts and processes of its own; when unshare(1) is killed, so is everything in it. */
const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child'];
const AS_ROOT = ['--user', '--map-root-user'];

let found: Isolation | undefined;

/** Tries it out, once in a process's life: takes some 20 ms. */
export function findIsolation(): Isolation {
  found ??= tryIsolation();
  return found;
}

function tryIsolation(): Isolation {
  if (process.platform !== 'linux') return { kind: 'scripted', why: 'namespaces are a feature of Linux' };
  if (process.getuid?.() === 0) {
    const why = whyNot(NAMESPACES);
    return why === undefined
      ? { kind: 'namespace', unshare: NAMESPACES, oneUser: false }
      : { kind: 'scripted', why: `this machine does not let root make namespaces: ${why}` };
  }
  const unshare = [...AS_ROOT, ...NAMESPACES];
  const why = whyNot(unshare);
  if (why === undefined) return { kind: 'namespace', unshare, oneUser: true };
  return {
    kind: 'scripted',
    why:
      `this machine does not let a user make namespaces: ${why} ` +
      '(on Ubuntu 24.04 and later: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0)',
  };
}

/** Does what root/host/enter does, with an almost empty root; resolves with what went wrong, if anything did. */
function whyNot(unshare: readonly string[]): string | undefined {
  const root = mkdtempSync(join(tmpdir(), 'local-aws-'));
  try {
    const script =
      'set -e; mount -t tmpfs tmpfs "$0"; cd "$0"; mkdir .outside proc usr; mount --bind -o ro /usr usr; ' +
      'mount -t proc proc proc; pivot_root . .outside';
    const tried = spawnSync('unshare', [...unshare, '/bin/bash', '-c', script, root], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    if (tried.error !== undefined) return tried.error.message;
    return tried.status === 0 ? undefined : tried.stderr.trim().split('\n')[0] || `exit code ${tried.status}`;
  } finally {
    rmSync(root, { recursive: true });
  }
}
