import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { INPUT_DEFAULTS } from '../../src/config/input-defaults.ts';
import { type Inputs, readInputs } from '../../src/config/inputs.ts';
import type { Runner } from '../../src/runner/runner.ts';
import type { Finding } from '../../src/types.ts';

/** The inputs of a step, as the runner hands them over. */
export function stepWith(inputs: Readonly<Record<string, string>>): Pick<Runner, 'input' | 'inputNames'> {
  return { input: (name) => (inputs[name] ?? '').trim(), inputNames: () => Object.keys(inputs) };
}

/** Inputs that have to be right. */
export function inputsWith(inputs: Readonly<Record<string, string>>): Inputs {
  const read = readInputs(stepWith({ ...INPUT_DEFAULTS, ...inputs }));
  if (read.inputs === undefined) throw new Error(lines(read.findings).join('\n'));
  return read.inputs;
}

/** A finding as one line: level, place, message, remedy. */
export function lines(findings: readonly Finding[]): string[] {
  return findings.map(({ level, message, remedy, location }) => {
    const place = location === undefined ? '' : ` ${location.file}:${location.line}`;
    return `${level}${place} ${message} ${remedy ?? ''}`.trim();
  });
}

/** A checked-out repository that is gone after the test. */
export async function repository(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'muster-config-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
