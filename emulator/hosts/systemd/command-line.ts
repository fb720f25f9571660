import { quote } from '../machine/shell.ts';
import type { Unit } from './unit-file.ts';

/** One ExecStart= line: whether its failure counts, and the line as shell (systemd.service(5), "Command lines"). */
export function commandLine(line: string): { readonly mayFail: boolean; readonly shell: string } {
  const prefix = /^[-@:+!]*/.exec(line)?.[0] ?? '';
  return { mayFail: prefix.includes('-'), shell: words(line.slice(prefix.length)).map(shellWord).join(' ') };
}

interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

function words(line: string): Word[] {
  const found: Word[] = [];
  let text = '';
  let quoted = false;
  let open: '"' | "'" | undefined;
  let inWord = false;
  const end = () => {
    if (inWord) found.push({ text, quoted });
    text = '';
    quoted = false;
    inWord = false;
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (char === '\\' && at + 1 < line.length) {
      at += 1;
      inWord = true;
      text += ESCAPES[line[at] ?? ''] ?? line[at];
    } else if (open !== undefined) {
      if (char === open) open = undefined;
      else text += char;
    } else if (char === '"' || char === "'") {
      open = char;
      quoted = true;
      inWord = true;
    } else if (/\s/.test(char)) {
      end();
    } else {
      inWord = true;
      text += char;
    }
  }
  end();
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', s: ' ' };

/** `$$` is a dollar, `%%` a percent sign; `${NAME}` is replaced, and a word that is all `$NAME` is split as well. */
function shellWord({ text, quoted }: Word): string {
  if (!quoted && /^\$[A-Za-z_]\w*$/.test(text)) return text;
  return (
    text
      .replaceAll('%%', '%')
      .split(/(\$\$|\$\{[A-Za-z_]\w*\})/)
      .filter((part) => part !== '')
      .map((part) => (part === '$$' ? "'$'" : /^\$\{\w+\}$/.test(part) ? `"${part}"` : quote(part)))
      .join('') || "''"
  );
}

/** Where a unit's output goes, for journalctl. */
export const journalFile = (unit: string) => `/run/journal/${unit}`;

/** A script that carries out a unit's lines one after the other and ends as the first that fails. */
export function unitScript(unit: Unit, lines: readonly string[]): string {
  const log = quote(journalFile(unit.name));
  const steps = lines.map(commandLine).map(({ mayFail, shell }) => `${shell}${mayFail ? ' || true' : ' || exit'}`);
  return [
    // For the console, tee; it is not waited for, since what a unit leaves running may hold it open.
    unit.toConsole ? `exec > >(exec tee -a ${log}) 2>&1` : `exec >>${log} 2>&1`,
    `cd ${quote(unit.workingDirectory.replace(/^-/, '').replace(/^~$/, '/root'))} || exit 200`,
    ...unit.environment.filter((entry) => /^[A-Za-z_]\w*=/.test(entry)).map((entry) => `export ${quote(entry)}`),
    ...unit.environmentFiles.map(environmentFrom),
    'set -f',
    ...steps,
    'exit 0',
  ].join('\n');
}

/** Reads KEY=VALUE lines; a file whose name begins with a dash may be missing. */
function environmentFrom(file: string): string {
  const optional = file.startsWith('-');
  const path = quote(optional ? file.slice(1) : file);
  const missing = optional ? '' : `[[ -f ${path} ]] || exit 203\n`;
  return `${missing}if [[ -f ${path} ]]; then
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]]; then export "$line"; fi
  done < ${path}
fi`;
}
