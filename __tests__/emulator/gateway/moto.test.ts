import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startMoto } from '../../../emulator/moto.ts';
import { EquipmentError, findPython, LOCAL_DIRECTORY, pythonWith } from '../../../emulator/python.ts';

/** Reads /proc. */
const onLinux = process.platform === 'linux' ? test : test.skip;

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Waits until the kernel has taken a process away. */
const gone = async (pid: number) => {
  for (const end = performance.now() + 5_000; performance.now() < end; await setTimeout(20)) {
    if (!isAlive(pid)) return true;
  }
  return false;
};

describe('the life of moto', () => {
  test('several run side by side, each with a port and a state of its own, and end with their disposal', async () => {
    const pids: number[] = [];
    {
      const motos = await Promise.all([startMoto(), startMoto(), startMoto()]);
      await using stack = new AsyncDisposableStack();
      for (const moto of motos) stack.use(moto);
      pids.push(...motos.map(({ pid }) => pid));
      expect(new Set(motos.map(({ endpoint }) => endpoint)).size).toBe(3);
      for (const { endpoint } of motos) expect((await fetch(`${endpoint}/moto-api/`)).status).toBe(200);
    }
    expect(pids.map(isAlive)).toEqual([false, false, false]);
  });

  onLinux('it listens on the loopback interface alone', async () => {
    await using moto = await startMoto();
    const port = Number(new URL(moto.endpoint).port).toString(16).toUpperCase().padStart(4, '0');
    const listening = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(`:${port}`) && state === '0A');
    expect(listening.map(([, local]) => local)).toEqual([`0100007F:${port}`]);
  });

  test('it does not outlive a parent that is killed', async () => {
    const module = path.resolve('emulator/moto.ts');
    const script = `const { pid } = await (await import(${JSON.stringify(module)})).startMoto(); console.log(pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) =>
      createInterface(parent.stdout).once('line', (line) => resolve(Number(line))),
    );
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await gone(pid)).toBe(true);
  });
});

describe('the environment', () => {
  const made = async (name: string, requirement: string) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'requirements-'));
    const requirements = path.join(folder, 'requirements.txt');
    // The comment makes the digest, and with it the folder, this run's own.
    await writeFile(requirements, `# ${folder}\n${requirement}\n`);
    const digest = createHash('sha256')
      .update(await readFile(requirements))
      .digest('hex');
    const directory = path.join(LOCAL_DIRECTORY, 'python', `${name}-${digest.slice(0, 12)}`);
    const told: string[] = [];
    return {
      make: () => pythonWith({ name, requirements, tell: (line) => void told.push(line) }),
      told,
      lock: `${directory}.lock`,
      finished: path.join(directory, '.finished'),
      [Symbol.asyncDispose]: async () => {
        for (const gone of [folder, directory, `${directory}.lock`]) await rm(gone, { recursive: true, force: true });
      },
    };
  };

  test('starts at the same time make it once, and a lock whose holder is gone holds up nobody', async () => {
    await using environment = await made('once', '');
    const holder = spawn('true');
    await new Promise((resolve) => holder.on('close', resolve));
    await mkdir(path.dirname(environment.lock), { recursive: true });
    await writeFile(environment.lock, String(holder.pid));
    const pythons = await Promise.all([environment.make(), environment.make(), environment.make()]);
    expect(new Set(pythons).size).toBe(1);
    expect(environment.told.filter((line) => line.startsWith('Installing once'))).toHaveLength(1);
    expect(existsSync(environment.lock)).toBe(false);
    expect(spawnSync(pythons[0] ?? '', ['-c', 'import sys; print(sys.prefix)']).stdout.toString()).toContain('/once-');
  }, 120_000);

  test('pip’s last words are told when it fails, and the next start tries again', async () => {
    await using environment = await made('fails', './no-such-package.whl');
    await expect(environment.make()).rejects.toThrow(/pip could not install fails.*no-such-package\.whl/s);
    expect(existsSync(environment.finished)).toBe(false);
    expect(existsSync(environment.lock)).toBe(false);
  }, 120_000);
});

describe('finding Python', () => {
  let folder: string;
  const fake = async (name: string, output: string, code = 0) => {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\necho "${output}"\nexit ${code}\n`);
    await chmod(file, 0o755);
    return file;
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'python-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('the first one that is new enough and has venv', async () => {
    const old = await fake('old', '3 9 1');
    const bare = await fake('bare', '3 12 0');
    const broken = await fake('broken', 'no such version', 127);
    const good = await fake('good', '3 10 1');
    expect(await findPython([broken, old, bare, good])).toBe(good);
  });

  test('one sentence says what was found instead', async () => {
    const old = await fake('old', '3 9 1');
    await expect(findPython([old])).rejects.toThrow(
      new EquipmentError(`The local AWS needs Python 3.10 or newer: ${old} is 3.9.`),
    );
    const bare = await fake('bare', '3 12 0');
    await expect(findPython([bare])).rejects.toThrow(/is 3\.12 but has no venv module .*apt install python3-venv/);
    await expect(findPython([path.join(folder, 'none')])).rejects.toThrow('none was found on the PATH.');
  });
});
