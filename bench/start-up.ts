/**
 * From the start of the process to its first AWS request, beside the floor: a bare Node that makes one HTTP request.
 * Both are started in turn, so that a machine whose speed drifts does so for both.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { median } from './statistics.ts';

const root = join(import.meta.dirname, '..');
const FLOOR = "import { get } from 'node:http'; get(process.env.AWS_ENDPOINT_URL, (answer) => answer.resume()).on('error', () => {});";

export interface StartUp {
  readonly floorMs: number;
  readonly firstRequestMs: number;
  readonly ratio: number;
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

  const floor: number[] = [];
  const action: number[] = [];
  try {
    for (let run = -1; run < runs; run += 1) {
      const [a, b] = [
        await time(['--input-type=module', '--eval', FLOOR]),
        await time([join(root, 'dist', 'index.js')]),
      ];
      if (run >= 0) {
        floor.push(a);
        action.push(b);
      }
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
  return { floorMs: median(floor), firstRequestMs: median(action), ratio: median(action) / median(floor) };
}
