import type { TextHunk, Value, ValueDiff } from '../diff/model.ts';
import { clip, count, oneLine } from '../text.ts';
import { fence } from './markdown.ts';
import { alone, block, item, keyed, textLines } from './value-lines.ts';

/** One line of a diff; `@` is a heading. The text has no line break in it, so that none can be forged. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+' | '@';
  readonly text: string;
}

const INDENT = '  ';

/** What differs, as lines of YAML with signs: only what differs, with as much around it as says where it is. */
export function diffLines(diff: ValueDiff, indent = ''): readonly DiffLine[] {
  switch (diff.kind) {
    case 'same':
      return [];
    case 'added':
      return signed('+', alone(diff.after), indent);
    case 'removed':
      return signed('-', alone(diff.before), indent);
    case 'changed':
      return [...signed('-', alone(diff.before), indent), ...signed('+', alone(diff.after), indent)];
    case 'text':
      return diff.hunks.flatMap((hunk) => hunkLines(hunk, indent));
    case 'object':
      return diff.members.flatMap((member) => memberLines(oneLine(member.key), member.diff, indent));
    case 'named':
      return [
        ...diff.items.flatMap(({ name, diff: inner }) => memberLines(`[${oneLine(name)}]`, inner, indent)),
        ...stays(diff.kept, indent),
      ];
    case 'list':
      return diff.items.flatMap(({ index, diff: inner }) => memberLines(`[${index}]`, inner, indent));
    case 'set':
      return [
        ...diff.removed.flatMap((value) => signed('-', item(value), indent)),
        ...diff.added.flatMap((value) => signed('+', item(value), indent)),
        ...stays(diff.kept, indent),
      ];
    default:
      return diff satisfies never;
  }
}

/** What is under a key: values on the key's own line, everything else below it. */
export function memberLines(key: string, diff: ValueDiff, indent = ''): readonly DiffLine[] {
  const whole = (sign: '-' | '+', value: Value) => signed(sign, keyed(key, block(value)), indent);
  switch (diff.kind) {
    case 'added':
      return whole('+', diff.after);
    case 'removed':
      return whole('-', diff.before);
    case 'changed':
      return [...whole('-', diff.before), ...whole('+', diff.after)];
    case 'object': {
      const [only, ...more] = diff.members;
      if (only !== undefined && more.length === 0) return memberLines(within(key, only.key), only.diff, indent);
      return below(key, diff, indent);
    }
    case 'text':
      return below(`${key}: |`, diff, indent);
    case 'same':
      return [];
    case 'set':
    case 'named':
    case 'list':
      return below(key, diff, indent);
    default:
      return diff satisfies never;
  }
}

/** A member that is the only one that differs, in its key's line; a function as the tag that it is. */
function within(key: string, member: string): string {
  return member.startsWith('Fn::') ? `${key} !${oneLine(member.slice(4))}` : `${key}.${oneLine(member)}`;
}

function below(label: string, diff: ValueDiff, indent: string): readonly DiffLine[] {
  const heading = label.endsWith('|') ? label : `${label}:`;
  return [{ sign: ' ', text: `${indent}${heading}` }, ...diffLines(diff, indent + INDENT)];
}

function hunkLines({ afterLine, lines }: TextHunk, indent: string): readonly DiffLine[] {
  // A file that had a single line, or none, needs no number.
  const heading: readonly DiffLine[] = afterLine > 1 ? [{ sign: '@', text: `line ${afterLine}` }] : [];
  return [...heading, ...lines.flatMap(({ sign, text }) => signed(sign, textLines(text), indent))];
}

function stays(kept: number, indent: string): readonly DiffLine[] {
  if (kept === 0) return [];
  return [
    {
      sign: ' ',
      text: `${indent}# ${kept === 1 ? 'one more stays' : `${kept} more stay`} as ${kept === 1 ? 'it is' : 'they are'}`,
    },
  ];
}

function signed(sign: DiffLine['sign'], lines: readonly string[], indent: string): readonly DiffLine[] {
  return lines.map((text) => ({ sign, text: `${indent}${text}` }));
}

/** How much of a diff is shown. What is folded is told. */
export interface DiffLimits {
  /** Characters of a line. */
  readonly lineLength: number;
  readonly lines: number;
}

/** A coloured block. Every line has a sign of ours in its first column, so that no text can be taken for one. */
export function diffFence(lines: readonly DiffLine[], limits: DiffLimits): string {
  const rest = lines.length - limits.lines;
  // One line more would take no less room than saying that it is left out.
  const shown = rest > 1 ? lines.slice(0, limits.lines) : lines;
  const written = shown.map(({ sign, text }) => {
    const clipped = shorten(text, limits.lineLength);
    return sign === '@' ? `@@ ${clipped} @@` : `${sign} ${clipped}`.trimEnd();
  });
  return fence([...written, ...(rest > 1 ? [`  … ${count(rest, 'more line')}`] : [])].join('\n'), 'diff');
}

function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${clip(text, length)} (${count(text.trim().length, 'character')})`;
}
