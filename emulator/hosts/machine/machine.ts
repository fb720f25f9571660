import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CommandHandler, ControlServer } from './control.ts';
import { HOST_SCRIPTS, type PreparedImage } from './image.ts';
import { quote, quoteOnOneLine } from './shell.ts';

/** How much of the end of its console a machine keeps: what GetConsoleOutput returns at most. */
const CONSOLE_BYTES = 65_536;

/** A process on a machine. */
export interface Job {
  /** Its exit code: 137 when it was killed or the machine ended. */
  readonly ended: Promise<number>;
  kill(): void;
}

/** A root, a process tree and a console of its own. */
export interface Machine {
  /** Starts a script of bash in the background. Its output goes to the console unless it says otherwise. */
  run(script: string): Job;
  print(text: string): void;
  console(): string;
  /** Resolves when nothing runs on it any more, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends everything that runs on it. */
  end(): Promise<void>;
}

const KILLED = 137;

export async function startMachine(parts: {
  readonly image: PreparedImage;
  readonly unshare: readonly string[];
  readonly control: ControlServer;
  readonly carryOut: CommandHandler;
}): Promise<Machine> {
  const { image, unshare, control, carryOut } = parts;
  const line = await control.open(carryOut);
  const child = spawn('unshare', [...unshare, '/bin/bash', join(HOST_SCRIPTS, 'enter')], {
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      HOST_ROOT: image.mountPoint,
      HOST_SKELETON: image.skeleton,
      HOST_MOUNTS: image.mounts,
    },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // An interrupt at the terminal is for the process that owns the machine.
    detached: true,
  });
  const [requests, output, errors, exits] = child.stdio;
  const jobs = new Map<number, (code: number) => void>();
  let text = '';
  const print = (more: string) => {
    text = (text + more).slice(-CONSOLE_BYTES);
  };
  for (const stream of [output, errors]) {
    stream?.setEncoding('utf8');
    stream?.on('data', print);
  }
  if (exits !== undefined && exits !== null && 'setEncoding' in exits) {
    createInterface(exits).on('line', (exit) => {
      const [job, code] = exit.split(' ').map(Number);
      if (job !== undefined && code !== undefined) finish(job, code);
    });
  }
  const finish = (job: number, code: number) => {
    jobs.get(job)?.(code);
    jobs.delete(job);
  };
  const closed = new Promise<void>((resolve) => {
    const close = () => {
      line.close();
      for (const job of [...jobs.keys()]) finish(job, KILLED);
      resolve();
    };
    child.once('error', close);
    child.once('close', close);
  });
  let over = false;
  closed.then(() => {
    over = true;
  });
  const request = (words: string) => {
    if (!over) requests?.write(`${words}\n`);
  };
  requests?.on('error', () => undefined);
  const lineFile = `CONTROL_PORT=${line.port} CONTROL_TOKEN=${line.token}`;
  request(`printf '%s\\n' ${quote(lineFile)} > /.host/control`);

  let last = 0;
  return {
    run(script) {
      if (over) return { ended: Promise.resolve(KILLED), kill: () => undefined };
      last += 1;
      const job = last;
      const ended = new Promise<number>((resolve) => jobs.set(job, resolve));
      request(`run ${job} ${quoteOnOneLine(script)}`);
      return {
        ended,
        kill() {
          request(`stop ${job}`);
          finish(job, KILLED);
        },
      };
    },
    print,
    console: () => text,
    ended: closed,
    async end() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
