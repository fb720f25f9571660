import { setImmediate, setTimeout } from 'node:timers/promises';
import type { EmulatorClock } from './types.ts';

/** Node keeps no timer longer than this, milliseconds: it would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A clock whose waits are `speed` times shorter than AWS's; at Infinity there are none. */
export function createClock(speed: number): EmulatorClock {
  if (!(speed > 0)) throw new RangeError(`speed must be a number above 0, not ${speed}`);
  return {
    speed,
    now: () => new Date(),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      const wait = Math.max(0, Math.min(ms / speed, LONGEST_TIMER));
      const options = signal === undefined ? {} : { signal };
      try {
        await (wait > 0 ? setTimeout(wait, undefined, options) : setImmediate(undefined, options));
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
  };
}
