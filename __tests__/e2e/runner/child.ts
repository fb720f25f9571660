import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

/** ProcessInvoker.cs of the runner: SIGINT, then SIGTERM, then the end of the whole tree. */
const AFTER_SIGINT = 7_500;
const AFTER_SIGTERM = 2_500;
/** A child that still holds the streams after the action has exited gets this long. */
const AFTER_EXIT = 5_000;

export interface ChildRun {
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  onLine(line: string): void;
  /** Aborted when the job is cancelled. */
  readonly cancel: AbortSignal;
  /** Aborted when the runner dies: everything ends at once. */
  readonly cut: AbortSignal;
}

const projectFolder = join(import.meta.dirname, '..', '..', '..');

/** Actions run on the runner's own Node 24, whichever Node runs the tests. */
export const node24 = process.versions.node.startsWith('24.')
  ? process.execPath
  : join(projectFolder, 'node_modules', 'node', 'bin', 'node');

/** Calls `onLine` for each line; .NET's ReadLine ends one at `\n`, `\r\n` and a lone `\r`. */
function lineReader(onLine: (line: string) => void) {
  let rest = '';
  return {
    push(chunk: string) {
      const parts = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
      rest = parts.pop() ?? '';
      for (const part of parts) onLine(part);
    },
    end() {
      if (rest !== '') onLine(rest.endsWith('\r') ? rest.slice(0, -1) : rest);
      rest = '';
    },
  };
}

/** Runs a script on Node 24 as the runner does. Resolves with its exit code: 128 + n when signal n ended it. */
export function runChild(run: ChildRun): Promise<number> {
  const child = spawn(node24, [run.script], {
    cwd: run.cwd,
    env: run.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that the whole tree can be ended
  });
  const timers: NodeJS.Timeout[] = [];
  const later = (ms: number, act: () => void) => timers.push(setTimeout(act, ms));
  const killTree = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // ESRCH: the group has ended by itself
    }
  };
  const onCancel = () => {
    child.kill('SIGINT');
    later(AFTER_SIGINT, () => {
      child.kill('SIGTERM');
      later(AFTER_SIGTERM, killTree);
    });
  };
  for (const stream of [child.stdout, child.stderr]) {
    const reader = lineReader(run.onLine);
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => reader.push(chunk));
    stream.on('end', () => reader.end());
  }
  process.once('exit', killTree);
  run.cancel.addEventListener('abort', onCancel, { once: true });
  run.cut.addEventListener('abort', killTree, { once: true });
  if (run.cancel.aborted) onCancel();
  if (run.cut.aborted) killTree();
  return new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => later(AFTER_EXIT, killTree));
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  }).finally(() => {
    for (const timer of timers) clearTimeout(timer);
    killTree();
    process.removeListener('exit', killTree);
    run.cancel.removeEventListener('abort', onCancel);
    run.cut.removeEventListener('abort', killTree);
  });
}
