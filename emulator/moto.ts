import { type ChildProcess, spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EquipmentError, pythonWith, type Tell } from './python.ts';

const file = (name: string) => fileURLToPath(new URL(`moto/${name}`, import.meta.url));
const LAST_LINES = 40;
/** After this long without an end, the process is killed. Milliseconds. */
const PATIENCE = 3_000;

export interface Moto extends AsyncDisposable {
  readonly endpoint: string;
  /** What an AWS SDK or CLI needs to talk to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
  /** The last lines that it wrote, for the person who wonders. */
  log(): string;
}

/**
 * What an SDK or CLI needs to talk to an endpoint on this machine; it asks no instance metadata service for more. The
 * AWS CLI's first version reads AWS_DEFAULT_REGION alone, SDKs read AWS_REGION.
 */
export const clientEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
});

/**
 * Starts moto on a free port of the loopback interface; installs it first when it is not there. It ends with the
 * disposal, and with this process however that ends.
 *
 * Throws EquipmentError when Python is missing or moto does not start.
 */
export async function startMoto({ tell }: { tell?: Tell } = {}): Promise<Moto> {
  const python = await pythonWith({
    name: 'moto',
    requirements: file('requirements.txt'),
    ...(tell === undefined ? {} : { tell }),
  });
  const child = spawn(python, ['-u', file('server.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LANG: 'C.UTF-8',
      PYTHONDONTWRITEBYTECODE: '1',
      MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
      // The person's own AWS configuration is nothing to it.
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
    },
  });
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
  });
  const log = () => lines.join('\n');

  const port = await firstLine(child).catch((error) => {
    throw new EquipmentError(`moto did not start. Its last lines:\n${log()}`, { cause: error });
  });
  if (child.pid === undefined) throw new EquipmentError('moto did not start.');
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    env: clientEnvironment(endpoint),
    pid: child.pid,
    log,
    [Symbol.asyncDispose]: () => end(child),
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`exit code ${code}`)));
    if (child.stdout !== null) createInterface(child.stdout).once('line', resolve);
  });
}

/** Closing standard input ends it; see moto/server.py. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    child.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin?.end();
  });
}
