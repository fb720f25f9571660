import type { Clock } from '../../src/time/clock.ts';

/** A clock whose sleeps end at once and move its time on; it keeps how long each sleep was. */
export class FakeClock implements Clock {
  #now: number;
  readonly sleeps: number[] = [];

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.#now += ms;
  }

  /** What takes time without sleeping: a slow call. */
  pass(ms: number): void {
    this.#now += ms;
  }
}
