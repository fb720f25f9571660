import type { Annotation } from './runner.ts';

// actions/runner, Common/ActionCommand.cs: a line is a command when it starts, after blanks, with `::`, or when it
// holds `##[` anywhere. Both of the process's streams are read. A zero-width space breaks either and shows nothing.
const BREAK = '\u200b';

/** One line of foreign text, changed so that the runner takes no command from it. */
export function neutralised(line: string): string {
  return line.replace(/^([\s\ufeff\u200b]*:)(?=:)/, `$1${BREAK}`).replaceAll('##[', `##${BREAK}[`);
}

/** `::name key=value,…::data`, escaped as the runner unescapes it. Properties without a value are left out. */
export function command(name: string, data: string, properties: Readonly<Record<string, string | undefined>> = {}) {
  const given = Object.entries(properties)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
    .map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${name}${given.length > 0 ? ` ${given.join(',')}` : ''}::${escapeData(data)}`;
}

/** The workflow command that makes an annotation. `text` makes each piece of text fit to be written. */
export function annotationCommand(annotation: Annotation, text: (foreign: string) => string): string {
  const { level, title, message, file, line, endLine, column, endColumn } = annotation;
  // The runner drops columns of a range of lines (ActionCommandManager.cs, ValidateLinesAndColumns).
  const onOneLine = endLine === undefined || endLine === line;
  return command(level, text(message), {
    file: file === undefined ? undefined : text(file),
    line: line?.toString(),
    endLine: endLine?.toString(),
    col: onOneLine ? column?.toString() : undefined,
    endColumn: onOneLine ? endColumn?.toString() : undefined,
    title: text(title),
  });
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
