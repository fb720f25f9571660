import type { ReadRule, Tells } from './types.ts';

/** What the reads of one rule tell, which is in force since an instant (milliseconds since the epoch). */
export function laggingReads({ behind }: ReadRule, since: number): Tells {
  const silentReads = new WeakMap<object, number>();
  return (written, at) => {
    if (at.getTime() < since) return true;
    if ('ms' in behind) return Date.now() - at.getTime() >= behind.ms;
    const silent = silentReads.get(written) ?? 0;
    silentReads.set(written, silent + 1);
    return silent >= behind.reads;
  };
}
