/**
 * From the start of the process to its first AWS request, beside the floor: a bare Node that makes one HTTP request.
 * All are started in turn, so that a machine whose speed drifts does so for all.
 *
 * The floor is a module that imports from `node:http` as modules do, which makes Node load a WebSocket client and HTTP/2
 * too. `require` does not: that Node, the barest, is measured as well.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { dist, root } from './action-process.ts';
import { median } from './statistics.ts';

const FLOOR =
  "import { get } from 'node:http'; get(process.env.AWS_ENDPOINT_URL, (answer) => answer.resume()).on('error', () => {});";
const BAREST =
  "require('node:http').get(process.env.AWS_ENDPOINT_URL, (answer) => answer.resume()).on('error', () => {});";

export interface StartUp {
  readonly floorMs: number;
  readonly firstRequestMs: number;
  /** Action to floor, the median of each round's: what disturbs a round disturbs both. */
  readonly ratio: number;
  readonly barestMs: number;
  readonly barestRatio: number;
}

export async function startUp(runs: number): Promise<StartUp> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    GITHUB_WORKSPACE: root,
    GITHUB_REPOSITORY: 'muster/bench',
    INPUT_ENVIRONMENT: 'dev',
  };

  /** Milliseconds from spawn to the first request of the child, which is then ended. */
  async function time(args: readonly string[]): Promise<number> {
    const started = performance.now();
    const child = spawn(process.execPath, args, { env, cwd: root, stdio: 'ignore' });
    const exited = once(child, 'exit');
    const asked = once(server, 'request').then(() => performance.now() - started);
    const ms = await Promise.race([asked, exited.then(() => Promise.reject(new Error(`${args[0]} made no request`)))]);
    child.kill('SIGKILL');
    await exited;
    server.closeAllConnections();
    return ms;
  }

  const commands = {
    barest: ['--input-type=commonjs', '--eval', BAREST],
    floor: ['--input-type=module', '--eval', FLOOR],
    action: [join(dist, 'index.js')],
  };
  const measured: Record<keyof typeof commands, number[]> = { barest: [], floor: [], action: [] };
  try {
    // The first round warms the machine's caches.
    for (let run = -1; run < runs; run += 1)
      for (const name of ['barest', 'floor', 'action'] as const) {
        const ms = await time(commands[name]);
        if (run >= 0) measured[name].push(ms);
      }
  } finally {
    server.close();
    server.closeAllConnections();
  }
  const ratioTo = (name: keyof typeof commands) =>
    median(measured.action.map((ms, round) => ms / (measured[name][round] ?? Number.NaN)));
  return {
    floorMs: median(measured.floor),
    firstRequestMs: median(measured.action),
    ratio: ratioTo('floor'),
    barestMs: median(measured.barest),
    barestRatio: ratioTo('barest'),
  };
}
