import { MOST_FINDINGS } from '../template/most-findings.ts';

/** Items separated by commas, spaces or line ends, without empty ones. */
export function listItems(text: string): string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '');
}

export interface Assignment {
  readonly key: string;
  /** Everything after the first `=`, unchanged. */
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

export interface Assignments {
  readonly assignments: readonly Assignment[];
  /** Lines, from 1, that hold something else than an assignment. */
  readonly unreadable: readonly { readonly line: number; readonly problem: string; readonly firstWord: string }[];
  readonly lastLine: number;
}

/**
 * Lines of `Key=Value`. Blank lines and lines that start with `#` are passed over; a `#` inside a value stays. Line
 * ends may be LF or CRLF. White space around a key is dropped, a value is taken as it is.
 */
export function readAssignments(text: string): Assignments {
  const assignments: Assignment[] = [];
  const unreadable: { line: number; problem: string; firstWord: string }[] = [];
  let lastLine = 1;
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    lastLine = line;
    if (content.trimStart().startsWith('#')) continue;
    const equals = content.indexOf('=');
    const key = content.slice(0, Math.max(0, equals)).trim();
    if (equals > 0 && key !== '') {
      assignments.push({ key, value: content.slice(equals + 1), line });
      continue;
    }
    if (unreadable.length > MOST_FINDINGS) continue;
    const firstWord = /\w+/.exec(content)?.[0] ?? '';
    const problem = equals === -1 ? "there is no '=' in it" : "there is no name before the '='";
    unreadable.push({ line, problem, firstWord });
  }
  return { assignments, unreadable, lastLine };
}
