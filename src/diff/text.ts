import type { TextHunk, TextLine } from './model.ts';
import { type Step, steps } from './sequence.ts';

/** Unchanged lines that are shown around a difference. */
const CONTEXT = 3;

/** What differs between two texts, line by line, with three lines around each difference. Empty: nothing does. */
export function diffText(before: string, after: string): TextHunk[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const all = steps(old, now);
  const lineOf = (step: Step): TextLine => {
    switch (step.kind) {
      case 'kept':
        return { sign: ' ', text: now[step.after] ?? '' };
      case 'removed':
        return { sign: '-', text: old[step.before] ?? '' };
      case 'added':
        return { sign: '+', text: now[step.after] ?? '' };
      default:
        return step satisfies never;
    }
  };
  const hunks: TextHunk[] = [];
  let [beforeLine, afterLine] = [1, 1];
  let open: { beforeLine: number; afterLine: number; lines: TextLine[] } | undefined;
  const near = nearDifferences(all);
  for (const [index, step] of all.entries()) {
    if (near[index]) {
      open ??= { beforeLine, afterLine, lines: [] };
      open.lines.push(lineOf(step));
    } else if (open !== undefined) {
      hunks.push(open);
      open = undefined;
    }
    if (step.kind !== 'added') beforeLine++;
    if (step.kind !== 'removed') afterLine++;
  }
  return open === undefined ? hunks : [...hunks, open];
}

/** For each step whether a difference is within the lines of context. */
function nearDifferences(all: readonly Step[]): boolean[] {
  const near = all.map(() => false);
  for (const [index, { kind }] of all.entries()) {
    if (kind === 'kept') continue;
    near.fill(true, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  }
  return near;
}
