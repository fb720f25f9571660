import { readFile } from 'node:fs/promises';

export type FileCommandResult =
  | { readonly pairs: readonly (readonly [key: string, value: string])[] }
  | { readonly error: string };

/** `k=v` and `k<<DELIMITER` as Runner.Worker/FileCommandManager.cs (EnvFileKeyValuePairs) reads them. */
export function parseKeyValueFile(text: string): FileCommandResult {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const pairs: [string, string][] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals > 0 && (heredoc < 0 || equals < heredoc)) {
      pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
      continue;
    }
    const delimiter = line.slice(heredoc + 2);
    if (heredoc <= 0 || delimiter === '' || (equals >= 0 && equals < heredoc)) {
      return { error: `Invalid format '${line}'` };
    }
    const end = lines.indexOf(delimiter, at + 1);
    if (end < 0) return { error: `Invalid value. Matching delimiter not found '${delimiter}'` };
    pairs.push([line.slice(0, heredoc), lines.slice(at + 1, end).join('\n')]);
    at = end;
  }
  return { pairs };
}

export async function readKeyValueFile(path: string): Promise<FileCommandResult> {
  return parseKeyValueFile(await readFile(path, 'utf8'));
}

/** Names are compared without regard to case, as the runner does: a later `Outcome` replaces an earlier `outcome`. */
export function intoRecord(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const names = new Map<string, string>();
  const record: Record<string, string> = {};
  for (const [key, value] of pairs) {
    const name = names.get(key.toLowerCase()) ?? key;
    names.set(key.toLowerCase(), name);
    record[name] = value;
  }
  return record;
}
