import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a checker: what it prints when it fails are its problems, one a line; none when it succeeds. */
export async function problemsOf(
  command: string,
  args: readonly string[],
  { cwd, env = process.env }: RunOptions,
): Promise<readonly string[]> {
  try {
    await promisify(execFile)(command, args, { cwd, env });
    return [];
  } catch (error) {
    if (!(error instanceof Error) || !('stdout' in error) || !('stderr' in error)) throw error;
    const lines = `${error.stdout}${error.stderr}`.split('\n').filter((line) => line.trim() !== '');
    return lines.length > 0 ? lines : [error.message];
  }
}
