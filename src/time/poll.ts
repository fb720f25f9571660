import type { Clock } from './clock.ts';

/** What one reading found: the end of the wait, or how lively the thing is that is waited for. */
export type Reading<T> = { readonly done: true; readonly value: T } | { readonly done: false; readonly busy: boolean };

export interface Pace {
  /** The first wait, and the wait after a busy reading. Milliseconds. */
  readonly fastest: number;
  /** No wait is longer than this. Milliseconds. */
  readonly slowest: number;
  /** What each wait after a quiet reading is multiplied by. Default 1.5. */
  readonly backoff?: number;
}

export interface Wait {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The instant (milliseconds since the epoch) at which to give up. None: for ever. */
  readonly deadline?: number;
  readonly pace: Pace;
}

/**
 * Reads until a reading is done: the only loop of the program that waits. There is always one reading at the deadline
 * itself, so that nothing that was ready in time is missed.
 *
 * Returns the value, or undefined when the deadline passed. Rejects with what `read` throws, or with the signal's
 * reason when it is aborted.
 */
export async function poll<T>(read: () => Promise<Reading<T>>, wait: Wait): Promise<T | undefined> {
  const { clock, signal, deadline = Number.POSITIVE_INFINITY, pace } = wait;
  let interval = pace.fastest;
  for (;;) {
    signal.throwIfAborted();
    const reading = await read();
    if (reading.done) return reading.value;
    const remaining = deadline - clock.now();
    if (remaining <= 0) return undefined;
    if (reading.busy) interval = pace.fastest;
    await clock.sleep(Math.min(interval, remaining), signal);
    if (!reading.busy) interval = Math.min(interval * (pace.backoff ?? 1.5), pace.slowest);
  }
}
