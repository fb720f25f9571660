/** Runs pieces of work, at most so many of them at once, in the order in which they were handed in. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

export function limit(most: number): Limit {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** A limit of its own for each key, made when it is first asked for. */
export function limitEach(most: number): (key: string) => Limit {
  const limits = new Map<string, Limit>();
  return (key) => {
    const known = limits.get(key) ?? limit(most);
    limits.set(key, known);
    return known;
  };
}
