import type { Value } from '../diff/model.ts';
import { KNOWN_AFTER_APPLY, WITHHELD } from '../plan/model.ts';
import { oneLine, visible } from '../text.ts';

/** A value as YAML shows it: what follows its key on the same line, and the lines below it. */
export interface Block {
  readonly head: string;
  readonly body: readonly string[];
}

/** A value as a template would say it, with the short forms of intrinsic functions. No line has a line break in it. */
export function block(value: Value): Block {
  if (typeof value !== 'object' || value === null) return scalar(value);
  if (isList(value)) return value.length === 0 ? { head: '[]', body: [] } : { head: '', body: value.flatMap(item) };
  const entries = Object.entries(value);
  const [only] = entries;
  if (only === undefined) return { head: '{}', body: [] };
  return (
    (entries.length === 1 && intrinsic(...only)) || {
      head: '',
      body: entries.flatMap(([key, member]) => keyed(key, block(member))),
    }
  );
}

/** The lines of a member of a mapping. */
export function keyed(key: string, { head, body }: Block): readonly string[] {
  return [`${oneLine(key)}:${head === '' ? '' : ` ${head}`}`, ...indented(body)];
}

/** The lines of an item of a list. */
export function item(value: Value): readonly string[] {
  const { head, body } = block(value);
  if (head !== '') return [`- ${head}`, ...indented(body)];
  return body.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
}

/** The lines of a value that stands alone. */
export function alone(value: Value): readonly string[] {
  const { head, body } = block(value);
  return head === '' ? body : [head, ...indented(body)];
}

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

/** A text as its lines, with the words for what is not known or not shown. */
export function textLines(text: string): readonly string[] {
  return visible(text)
    .replaceAll(KNOWN_AFTER_APPLY, '(known after apply)')
    .replaceAll(WITHHELD, '(withheld)')
    .split('\n');
}

function scalar(value: string | number | boolean | null): Block {
  const lines = textLines(String(value));
  const [only = ''] = lines;
  if (lines.length > 1) return { head: '|', body: lines };
  // Blanks at the ends would not be seen, and nothing at all even less.
  return { head: only === '' || only !== only.trim() ? JSON.stringify(only) : only, body: [] };
}

function intrinsic(name: string, argument: Value): Block | undefined {
  if (name === 'Fn::GetAtt' && isList(argument)) return { head: `!GetAtt ${oneLine(argument.join('.'))}`, body: [] };
  const tag = name === 'Ref' ? 'Ref' : /^Fn::(\w+)$/.exec(name)?.[1];
  if (tag === undefined || (tag === 'Ref' && typeof argument !== 'string')) return undefined;
  const { head, body } = block(argument);
  return { head: head === '' ? `!${tag}` : `!${tag} ${head}`, body };
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
