/**
 * Keeps the README's tables of inputs and outputs equal to action.yml: writes them between their markers, or with
 * `--check` says that they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

interface ActionMetadata {
  readonly inputs: Record<string, { readonly description: string; readonly default?: string }>;
  readonly outputs: Record<string, { readonly description: string }>;
}

const root = join(import.meta.dirname, '..');

function cell(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function tables(metadata: ActionMetadata): { inputs: string; outputs: string } {
  return {
    inputs: table(
      ['input', 'default', 'meaning'],
      Object.entries(metadata.inputs).map(([name, input]) => [
        `\`${name}\``,
        input.default ? `\`${cell(input.default)}\`` : '',
        cell(input.description),
      ]),
    ),
    outputs: table(
      ['output', 'meaning'],
      Object.entries(metadata.outputs).map(([name, output]) => [`\`${name}\``, cell(output.description)]),
    ),
  };
}

export function withTables(readme: string, metadata: ActionMetadata): string {
  let text = readme;
  for (const [name, content] of Object.entries(tables(metadata))) {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [start, end] = [text.indexOf(open), text.indexOf(close)];
    if (start < 0 || end < start) throw new Error(`README.md has no ${open} … ${close}`);
    text = `${text.slice(0, start + open.length)}\n${content}\n${text.slice(end)}`;
  }
  return text;
}

if (process.argv[1] === import.meta.filename) {
  const file = join(root, 'README.md');
  const readme = readFileSync(file, 'utf8');
  const metadata = load(readFileSync(join(root, 'action.yml'), 'utf8')) as ActionMetadata;
  const wanted = withTables(readme, metadata);
  if (!process.argv.includes('--check')) writeFileSync(file, wanted);
  else if (wanted !== readme) {
    console.error('README.md: its tables differ from action.yml; run `npm run readme`.');
    process.exitCode = 1;
  }
}
