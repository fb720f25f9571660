import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../../../emulator/python.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AwsCli extends AsyncDisposable {
  /** Runs a line of shell in the repository's root, as a person would type it. */
  run(line: string): Promise<CliResult>;
  /** The same for a line that has to succeed, with what it printed as JSON. */
  json(line: string): Promise<unknown>;
}

/** The AWS CLI from PyPI, of a fixed version, with this environment and nobody's configuration. */
export async function installAwsCli(env: Readonly<Record<string, string>>): Promise<AwsCli> {
  const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
  const python = await pythonWith({ name: 'awscli', requirements });
  const home = await mkdtemp(path.join(tmpdir(), 'aws-cli-'));
  const search = `${path.dirname(python)}:${process.env.PATH}`;
  const options = { cwd: ROOT, env: { ...env, HOME: home, PATH: search, LANG: 'C.UTF-8' } };

  const run = (line: string) =>
    new Promise<CliResult>((resolve) => {
      execFile('bash', ['-c', line], options, (error, stdout, stderr) => {
        const exitCode = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1;
        resolve({ exitCode, stdout, stderr });
      });
    });

  return {
    run,
    async json(line) {
      const { exitCode, stdout, stderr } = await run(line);
      if (exitCode !== 0) throw new Error(`${line}\nended with ${exitCode}: ${stderr}`);
      return JSON.parse(stdout);
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}
