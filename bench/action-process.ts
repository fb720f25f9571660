/** One run of `dist/index.js` as a process of its own, watched from outside. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const root = join(import.meta.dirname, '..');
export const dist = join(root, 'dist');

const COMMAND_FILES = ['OUTPUT', 'STATE', 'ENV', 'PATH', 'STEP_SUMMARY'] as const;
/** How often the memory of the process is read. Milliseconds. */
const MEMORY_PERIOD = 50;

export interface ActionProcess {
  readonly exitCode: number | null;
  /** From spawn to exit. */
  readonly wallMs: number;
  /** The most memory that was ever resident (VmHWM), bytes; undefined where the system does not tell. */
  readonly peakMemory: number | undefined;
  /** The job summary. */
  readonly summary: string;
  readonly lines: readonly { readonly at: number; readonly text: string }[];
}

/** Runs the action in a workspace. `inputs` by their names in action.yml; `env` are AWS's variables. */
export async function runActionProcess(
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<ActionProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-muster-bench-'));
  try {
    const files = COMMAND_FILES.map((name) => [`GITHUB_${name}`, join(folder, name)] as const);
    for (const [, file] of files) await writeFile(file, '');
    const started = performance.now();
    const child = spawn(process.execPath, [join(dist, 'index.js')], {
      cwd: workspace,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        GITHUB_ACTIONS: 'true',
        NO_COLOR: '1',
        GITHUB_REPOSITORY: 'muster/bench',
        GITHUB_RUN_ID: '1',
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: folder,
        AWS_EC2_METADATA_DISABLED: 'true',
        ...env,
        ...Object.fromEntries(files),
        ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      },
    });
    const exited = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
    const lines: { at: number; text: string }[] = [];
    createInterface(child.stdout).on('line', (text) => lines.push({ at: Date.now(), text }));
    const closed = once(child, 'close');
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    let peakMemory: number | undefined;
    const watch = setInterval(async () => {
      peakMemory = (await highWaterMark(child.pid)) ?? peakMemory;
    }, MEMORY_PERIOD);
    try {
      const exitCode = await exited;
      const wallMs = performance.now() - started;
      await closed;
      const summary = await readFile(join(folder, 'STEP_SUMMARY'), 'utf8');
      return { exitCode, wallMs, peakMemory, summary, lines };
    } finally {
      clearInterval(watch);
      kill();
      process.removeListener('exit', kill);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function highWaterMark(pid: number | undefined): Promise<number | undefined> {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined; // no such file: another system than Linux, or the process has just ended
  }
}
