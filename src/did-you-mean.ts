/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each at a cost of one. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, substitution);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

/** Longer than any name that CloudFormation, ECS or GitHub takes: what is longer is not a slip of the finger. */
const LONGEST_NAME = 255;

/**
 * The candidate that was most likely meant, or undefined when none is close: case and separators count for nothing,
 * and about one slip in three characters is forgiven.
 */
export function closest(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length > LONGEST_NAME) return undefined;
  const wanted = fold(written);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of candidates) {
    if (name === written || name.length > LONGEST_NAME) continue;
    const candidate = fold(name);
    const forgiven = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    if (Math.abs(wanted.length - candidate.length) > forgiven) continue;
    const distance = isCutShort(wanted, candidate) ? 1 : editDistance(wanted, candidate);
    if (distance <= forgiven && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** `CAPABILITY_NAMED` for `CAPABILITY_NAMED_IAM`: who stops early has not mistyped. */
function isCutShort(wanted: string, candidate: string): boolean {
  return wanted.length >= 4 && candidate.startsWith(wanted);
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

/** `Did you mean 'x'?`, or undefined when nothing is close. */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  const name = closest(written, candidates);
  return name === undefined ? undefined : `Did you mean '${name}'?`;
}

/** Names as a sentence lists them: at most `limit` of them, then how many more there are. */
export function listOf(names: Iterable<string>, limit = 20): string {
  const all = [...names];
  const shown = all.slice(0, limit).join(', ');
  return all.length > limit ? `${shown} and ${all.length - limit} more` : shown;
}
