import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';

export interface ActionMetadata {
  /** Path of the script of the main step, and of the post step. */
  readonly main: string;
  readonly post?: string;
  /** Every declared input with its default; '' when there is none. */
  readonly defaults: ReadonlyMap<string, string>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads `action.yml` of a folder. */
export async function readActionMetadata(folder: string): Promise<ActionMetadata> {
  const file = join(folder, 'action.yml');
  const document: unknown = load(await readFile(file, 'utf8'), { filename: file });
  const runs = isRecord(document) ? document.runs : undefined;
  if (!isRecord(document) || !isRecord(runs) || typeof runs.main !== 'string') throw new Error(`${file}: no runs.main`);
  const inputs = isRecord(document.inputs) ? document.inputs : {};
  const defaults = new Map<string, string>();
  for (const [name, input] of Object.entries(inputs)) {
    const value = isRecord(input) ? input.default : undefined;
    defaults.set(name, value === undefined || value === null ? '' : String(value));
  }
  return {
    main: join(folder, runs.main),
    ...(typeof runs.post === 'string' ? { post: join(folder, runs.post) } : {}),
    defaults,
  };
}

/** Replaces `${{ github.NAME }}`, the only expression that our defaults use. */
export function evaluate(text: string, github: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = expression.startsWith('github.') ? github[expression.slice('github.'.length)] : undefined;
    if (value === undefined) throw new Error(`This runner cannot evaluate the expression ${expression}`);
    return value;
  });
}

/** An input's name as the environment carries it (Handlers/Handler.cs): spaces become underscores, hyphens stay. */
export const inputVariable = (name: string) => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
