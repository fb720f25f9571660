import type { EmulatorClock } from '../../types.ts';

const FIRST_INTERVAL_MS = 2_000;
const LONGEST_INTERVAL_MS = 60_000;
const GROWTH = 1.5;

/**
 * Asks until the answer is there, ever less often: `read` returns undefined as long as it is not. Times are AWS's.
 * Throws what `timedOut` returns when the limit has passed, and the signal's reason when it is aborted.
 */
export async function stabilize<T>(
  read: () => Promise<T | undefined>,
  wait: {
    readonly clock: EmulatorClock;
    readonly signal: AbortSignal;
    readonly limitMs: number;
    readonly timedOut: () => Error;
  },
): Promise<T> {
  let interval = FIRST_INTERVAL_MS;
  for (let waited = 0; ; waited += interval) {
    wait.signal.throwIfAborted();
    const answer = await read();
    if (answer !== undefined) return answer;
    if (waited >= wait.limitMs) throw wait.timedOut();
    if (waited > 0) interval = Math.min(interval * GROWTH, LONGEST_INTERVAL_MS);
    await wait.clock.sleep(interval, wait.signal);
  }
}

/** Tries again as long as the service refuses with an error of this name; the last refusal is thrown after the limit. */
export async function retryWhile(
  refusal: string,
  attempt: () => Promise<void>,
  wait: { readonly clock: EmulatorClock; readonly signal: AbortSignal; readonly limitMs: number },
): Promise<void> {
  let refused = new Error(refusal);
  await stabilize(
    async () => {
      try {
        await attempt();
        return true;
      } catch (error) {
        if (!(error instanceof Error && error.name === refusal)) throw error;
        refused = error;
        return undefined;
      }
    },
    { ...wait, timedOut: () => refused },
  );
}

/** Runs a deletion for which one error name means that the resource is gone already. */
export async function unlessGone(gone: readonly string[], remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof Error && gone.includes(error.name))) throw error;
  }
}

/** What CloudFormation says when a service has taken an operation and never finished it. */
export class NotStabilized extends Error {
  override readonly name = 'NotStabilized';
}
