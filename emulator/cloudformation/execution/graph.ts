export interface GraphOutcome {
  readonly failed: readonly string[];
  /** What was not begun, because something it needs failed or because all stopped. */
  readonly unstarted: readonly string[];
}

export interface GraphOptions {
  readonly ids: Iterable<string>;
  /** What must be done before; names that are not among the ids are ignored. */
  before(id: string): readonly string[];
  /** Does one; false when it failed. Must not reject. */
  task(id: string): Promise<boolean>;
  /** Called at the first failure; true: nothing more is begun. Absent: only what depends on the failed one is left out. */
  stopAfterFailure?(): boolean;
}

/** Runs tasks in dependency order, each as soon as all it depends on is done. */
export async function runGraph(options: GraphOptions): Promise<GraphOutcome> {
  const waiting = new Map<string, Set<string>>();
  const dependents = new Map<string, string[]>();
  const ids = new Set(options.ids);
  for (const id of ids) {
    const needs = new Set(options.before(id).filter((other) => other !== id && ids.has(other)));
    waiting.set(id, needs);
    for (const other of needs) dependents.set(other, [...(dependents.get(other) ?? []), id]);
  }
  const failed: string[] = [];
  let stopped = false;

  const finish = (id: string): string[] => {
    const ready: string[] = [];
    for (const dependent of dependents.get(id) ?? []) {
      const needs = waiting.get(dependent);
      needs?.delete(id);
      if (needs?.size === 0) ready.push(dependent);
    }
    return ready;
  };

  await new Promise<void>((resolve) => {
    let running = 0;
    const start = (ready: readonly string[]) => {
      for (const id of ready) {
        if (stopped) break;
        waiting.delete(id);
        running++;
        void options.task(id).then((succeeded) => {
          running--;
          if (succeeded) start(finish(id));
          else {
            failed.push(id);
            stopped ||= options.stopAfterFailure?.() ?? false;
          }
          if (running === 0) resolve();
        });
      }
    };
    start([...waiting].filter(([, needs]) => needs.size === 0).map(([id]) => id));
    if (running === 0) resolve();
  });
  return { failed, unstarted: [...waiting.keys()] };
}

/** The ids of one circle of dependencies, or undefined when there is none. */
export function findCircle(ids: Iterable<string>, before: (id: string) => readonly string[]): string[] | undefined {
  const remaining = new Map<string, Set<string>>();
  const all = new Set(ids);
  for (const id of all) remaining.set(id, new Set(before(id).filter((other) => all.has(other))));
  for (let removed = true; removed; ) {
    removed = false;
    for (const [id, needs] of remaining) {
      for (const other of needs) if (!remaining.has(other)) needs.delete(other);
      if (needs.size > 0) continue;
      remaining.delete(id);
      removed = true;
    }
  }
  return remaining.size === 0 ? undefined : onlyCircular(remaining);
}

/** What is left after removing, from the other end, all that nothing circular depends on. */
function onlyCircular(remaining: Map<string, Set<string>>): string[] {
  for (let removed = true; removed; ) {
    removed = false;
    for (const id of remaining.keys()) {
      const needed = [...remaining].some(([other, needs]) => other !== id && needs.has(id));
      if (needed || remaining.get(id)?.has(id)) continue;
      remaining.delete(id);
      removed = true;
    }
  }
  return [...remaining.keys()];
}
