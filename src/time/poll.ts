import type { Clock } from './clock.ts';

/**
 * What one reading found: the end of the wait, or how lively the thing is that is waited for. `throttled`: the service
 * asked for fewer calls, or could not be reached.
 */
export type Reading<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly busy: boolean; readonly throttled?: boolean };

/** How long the waits between readings are. Milliseconds. */
export interface Pace {
  /** A wait before the first reading, for what is never ready at once. Default none. */
  readonly lead?: number;
  /** The first wait between readings. Default `fastest`. */
  readonly first?: number;
  /** No wait after a busy reading is longer than this. */
  readonly fastest: number;
  /** No wait after a quiet reading is longer than this. */
  readonly slowest: number;
  /** What each wait is multiplied by to make the next. Default 1.5. */
  readonly backoff?: number;
  /** Each wait is this fraction shorter or longer, at random, so that many jobs do not call in step. Default 0. */
  readonly jitter?: number;
}

export interface Wait {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The instant (milliseconds since the epoch) at which to give up. None: for ever. */
  readonly deadline?: number;
  readonly pace: Pace;
}

/** A throttled wait doubles up to this many times the slowest. */
const THROTTLED_CEILING = 4;

/**
 * Reads until a reading is done: the only loop of the program that waits. There is always one reading at the deadline
 * itself, so that nothing that was ready in time is missed.
 *
 * Returns the value, or undefined when the deadline passed. Rejects with what `read` throws, or with the signal's
 * reason when it is aborted.
 */
export async function poll<T>(read: () => Promise<Reading<T>>, wait: Wait): Promise<T | undefined> {
  const { clock, signal, deadline = Number.POSITIVE_INFINITY, pace } = wait;
  let interval = pace.first ?? pace.fastest;
  signal.throwIfAborted();
  if (pace.lead) await clock.sleep(Math.min(pace.lead, Math.max(0, deadline - clock.now())), signal);
  for (;;) {
    signal.throwIfAborted();
    const reading = await read();
    if (reading.done) return reading.value;
    const remaining = deadline - clock.now();
    if (remaining <= 0) return undefined;
    const longest = reading.busy ? pace.fastest : pace.slowest;
    interval = reading.throttled
      ? Math.min(interval * 2, pace.slowest * THROTTLED_CEILING)
      : Math.min(interval, longest);
    await clock.sleep(Math.min(spread(interval, pace.jitter), remaining), signal);
    if (!reading.throttled) interval = Math.min(interval * (pace.backoff ?? 1.5), longest);
  }
}

function spread(interval: number, jitter = 0): number {
  return interval * (1 + jitter * (Math.random() * 2 - 1));
}
