import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Everything that is fetched or made at run time lives here; git does not see it. */
export const LOCAL_DIRECTORY = fileURLToPath(new URL('../.local/', import.meta.url));

const OLDEST: readonly [number, number] = [3, 10];
const CANDIDATES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
/** How often a start looks whether another one has finished making the environment. Milliseconds. */
const LOCK_INTERVAL = 200;
const LINES_TOLD = 12;

export type Tell = (line: string) => void;

export const tellStandardError: Tell = (line) => void process.stderr.write(`${line}\n`);

/** Something that this machine lacks. The message is meant for the person at it. */
export class EquipmentError extends Error {
  override name = 'EquipmentError';
}

interface Environment {
  /** Names the folder. */
  readonly name: string;
  /** Absolute path of a pip requirements file with exact versions. */
  readonly requirements: string;
  /** Told while it is made; silent when it exists. */
  readonly tell?: Tell;
}

/**
 * The Python of a virtual environment that holds exactly these requirements, made on first use. Starts that run at the
 * same time make it once; other requirements make another one.
 *
 * Throws EquipmentError when there is no usable Python or pip fails.
 */
export async function pythonWith({ name, requirements, tell = tellStandardError }: Environment): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const directory = path.join(LOCAL_DIRECTORY, 'python', `${name}-${digest.slice(0, 12)}`);
  const python = path.join(directory, 'bin', 'python');
  const finished = path.join(directory, '.finished');
  if (existsSync(finished)) return python;

  await mkdir(path.dirname(directory), { recursive: true });
  const lock = `${directory}.lock`;
  for (let waiting = false; !(await takeLock(lock)); waiting = true) {
    if (!waiting) tell(`Waiting for another start that is installing ${name} …`);
    await setTimeout(LOCK_INTERVAL);
  }
  try {
    if (!existsSync(finished)) {
      await install(name, directory, requirements, tell);
      await writeFile(finished, '');
    }
    return python;
  } finally {
    await rm(lock, { force: true });
  }
}

async function install(name: string, directory: string, requirements: string, tell: Tell): Promise<void> {
  const base = await findPython();
  const shown = path.relative(path.dirname(LOCAL_DIRECTORY), directory);
  tell(`Installing ${name} from PyPI into ${shown}: once, about a minute.`);
  await rm(directory, { recursive: true, force: true });
  await run(base, ['-m', 'venv', directory], 'python -m venv', tell);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-r', requirements];
  await run(path.join(directory, 'bin', 'python'), pip, `pip could not install ${name}`, tell);
  tell(`Installed ${name}.`);
}

/** Runs to the end; tells what pip is at; throws with its last lines when it fails. */
async function run(command: string, args: readonly string[], what: string, tell: Tell): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const heard = (line: string) => {
    lines.push(line);
    const collecting = /^(Collecting|Installing) ([\w.[\]-]+)/.exec(line);
    if (collecting !== null) tell(`  ${collecting[0]}`);
  };
  createInterface(child.stdout).on('line', heard);
  createInterface(child.stderr).on('line', heard);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code === 0) return;
  const told = lines.slice(-LINES_TOLD).map((line) => `  ${line}`);
  throw new EquipmentError([`${what} failed with exit code ${code}. Its last lines:`, ...told].join('\n'));
}

/** The first Python that is new enough and can make virtual environments. */
export async function findPython(candidates: readonly string[] = CANDIDATES): Promise<string> {
  const seen: string[] = [];
  const wanted = `Python ${OLDEST.join('.')} or newer`;
  for (const candidate of candidates) {
    const found = await askPython(candidate);
    if (found === undefined) continue;
    const version = found.version.join('.');
    if (found.version[0] < OLDEST[0] || (found.version[0] === OLDEST[0] && found.version[1] < OLDEST[1])) {
      seen.push(`${candidate} is ${version}`);
    } else if (!found.venv) {
      seen.push(`${candidate} is ${version} but has no venv module (on Debian and Ubuntu: apt install python3-venv)`);
    } else {
      return candidate;
    }
  }
  const reason = seen.length === 0 ? 'none was found on the PATH' : seen.join('; ');
  throw new EquipmentError(`The local AWS needs ${wanted}: ${reason}.`);
}

const QUESTION = `
import importlib.util, sys
venv = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
print(*sys.version_info[:2], int(venv))
`;

interface FoundPython {
  readonly version: readonly [major: number, minor: number];
  readonly venv: boolean;
}

function askPython(command: string): Promise<FoundPython | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['-c', QUESTION], { timeout: 10_000 }, (error, output) => {
      const [major, minor, venv] = output.trim().split(' ').map(Number);
      const told = error === null && major !== undefined && minor !== undefined;
      resolve(told ? { version: [major, minor], venv: venv === 1 } : undefined);
    });
  });
}

/** A lock is a file with its holder's process id, put in place whole; one whose holder is gone is set aside. */
async function takeLock(lock: string): Promise<boolean> {
  const mine = `${lock}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(mine, String(process.pid));
  try {
    await link(mine, lock);
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(mine, { force: true });
  }
  const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (holder > 0 && !isAlive(holder)) await setAside(lock, holder);
  return false;
}

/** Two starts may find the same dead holder: only the one whose rename catches that file removes it. */
async function setAside(lock: string, holder: number): Promise<void> {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if (Number(await readFile(aside, 'utf8')) !== holder) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}

export const isCode = (error: unknown, code: string) =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
