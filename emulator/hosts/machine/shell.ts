/** A word of a shell script that stands for exactly this text. NUL, which no shell can hold, is left out. */
export const quote = (text: string) => `'${text.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;

/** The same as bash's $'…', which has no line break in it. */
export const quoteOnOneLine = (text: string) =>
  `$'${text
    .replaceAll('\0', '')
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')}'`;

export const quoteAll = (words: readonly string[]) => words.map(quote).join(' ');

/** What a command that has been carried out leaves behind, as the script that its stand-in runs. */
export function result(ended: { stdout?: string; stderr?: string; code?: number }): string {
  const { stdout = '', stderr = '', code = 0 } = ended;
  return [
    ...(stdout === '' ? [] : [`printf %s ${quote(stdout)}`]),
    ...(stderr === '' ? [] : [`printf %s ${quote(stderr)} >&2`]),
    `exit ${code}`,
  ].join('\n');
}
