/** One step from one sequence to another. `kept` is a pair of places, each counted in its own sequence. */
export type Step =
  | { readonly kind: 'kept'; readonly before: number; readonly after: number }
  | { readonly kind: 'removed'; readonly before: number }
  | { readonly kind: 'added'; readonly after: number };

/** Beyond this many differences sequences have little in common, and the shortest way is not worth its price. */
const MOST_DIFFERENCES = 1_000;

/**
 * The shortest way from one sequence of texts to another: Myers, "An O(ND) difference algorithm and its variations"
 * (1986). Sequences that have next to nothing in common are replaced as a whole between their common ends.
 */
export function steps(before: readonly string[], after: readonly string[]): Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - head;
  while (tail < shorter && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const middle = shortest(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  return [
    ...range(head).map((i): Step => ({ kind: 'kept', before: i, after: i })),
    ...middle.map((step) => shift(step, head)),
    ...range(tail).map(
      (i): Step => ({ kind: 'kept', before: before.length - tail + i, after: after.length - tail + i }),
    ),
  ];
}

function shortest(before: readonly string[], after: readonly string[]): Step[] {
  const trace: Map<number, number>[] = [];
  const furthest = new Map<number, number>([[1, 0]]);
  const most = Math.min(before.length + after.length, MOST_DIFFERENCES);
  for (let d = 0; d <= most; d++) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      let x = goesDown(furthest, k, d) ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
      let y = x - k;
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x++;
        y++;
      }
      furthest.set(k, x);
      if (x >= before.length && y >= after.length) return walkBack(trace, before.length, after.length);
    }
  }
  return [
    ...range(before.length).map((i): Step => ({ kind: 'removed', before: i })),
    ...range(after.length).map((i): Step => ({ kind: 'added', after: i })),
  ];
}

function walkBack(trace: readonly ReadonlyMap<number, number>[], beforeLength: number, afterLength: number): Step[] {
  const found: Step[] = [];
  let [x, y] = [beforeLength, afterLength];
  for (let d = trace.length - 1; d >= 0; d--) {
    const furthest = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = goesDown(furthest, k, d);
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : at(furthest, fromK);
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      x--;
      y--;
      found.push({ kind: 'kept', before: x, after: y });
    }
    if (d === 0) break;
    found.push(down ? { kind: 'added', after: fromY } : { kind: 'removed', before: fromX });
    [x, y] = [fromX, fromY];
  }
  return removalsFirst(found.reverse());
}

/** Within one difference what goes is told before what comes, as every reader of diffs expects. */
function removalsFirst(all: readonly Step[]): Step[] {
  const result: Step[] = [];
  let added: Step[] = [];
  for (const step of all) {
    if (step.kind === 'added') {
      added.push(step);
      continue;
    }
    if (step.kind === 'kept') {
      result.push(...added);
      added = [];
    }
    result.push(step);
  }
  return [...result, ...added];
}

function goesDown(furthest: ReadonlyMap<number, number>, k: number, d: number): boolean {
  return k === -d || (k !== d && at(furthest, k - 1) < at(furthest, k + 1));
}

function at(furthest: ReadonlyMap<number, number>, k: number): number {
  return furthest.get(k) ?? 0;
}

function shift(step: Step, by: number): Step {
  switch (step.kind) {
    case 'kept':
      return { kind: 'kept', before: step.before + by, after: step.after + by };
    case 'removed':
      return { kind: 'removed', before: step.before + by };
    case 'added':
      return { kind: 'added', after: step.after + by };
    default:
      return step satisfies never;
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
