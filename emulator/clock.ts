import { setImmediate, setTimeout } from 'node:timers/promises';
import type { EmulatorClock } from './types.ts';

/** Node keeps no timer longer than this, milliseconds: it would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** How fast time limits on real processes pass when sleeps take no time. */
const TIMEOUT_SPEED = 60;

/** A clock whose waits are `speed` times shorter than AWS's; at Infinity there are none. */
export function createClock(speed: number): EmulatorClock {
  if (!(speed > 0)) throw new RangeError(`speed must be a number above 0, not ${speed}`);
  return {
    speed,
    now: () => new Date(),
    sleep: (ms, signal) => wait(ms / speed, signal),
    timeout: (ms, signal) => wait(ms / (Number.isFinite(speed) ? speed : TIMEOUT_SPEED), signal),
  };
}

async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const options = signal === undefined ? {} : { signal };
  try {
    await (ms > 0 ? setTimeout(Math.min(ms, LONGEST_TIMER), undefined, options) : setImmediate(undefined, options));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
