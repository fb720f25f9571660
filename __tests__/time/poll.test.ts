import { describe, expect, test } from '@jest/globals';
import { poll, type Reading } from '../../src/time/poll.ts';
import { FakeClock } from './fake-clock.ts';

const pace = { fastest: 1_000, slowest: 5_000, backoff: 2 };
const signal = new AbortController().signal;
const quiet: Reading<never> = { done: false, busy: false };
const busy: Reading<never> = { done: false, busy: true };
const done: Reading<string> = { done: true, value: 'ready' };

function readings(...sequence: Reading<string>[]): () => Promise<Reading<string>> {
  return async () => sequence.shift() ?? quiet;
}

describe('poll', () => {
  test('backs off while nothing happens, up to the slowest pace', async () => {
    const clock = new FakeClock();
    expect(await poll(readings(quiet, quiet, quiet, quiet, done), { clock, signal, pace })).toBe('ready');
    expect(clock.sleeps).toEqual([1_000, 2_000, 4_000, 5_000]);
  });

  test('is fast again as soon as something happens', async () => {
    const clock = new FakeClock();
    await poll(readings(quiet, quiet, busy, busy, quiet, done), { clock, signal, pace });
    expect(clock.sleeps).toEqual([1_000, 2_000, 1_000, 1_000, 1_000]);
  });

  test('may begin slower or faster than it goes on', async () => {
    const clock = new FakeClock();
    const own = { lead: 300, first: 500, fastest: 2_000, slowest: 4_000, backoff: 2 };
    await poll(readings(busy, busy, busy, busy, quiet, quiet, busy, done), { clock, signal, pace: own });
    expect(clock.sleeps).toEqual([300, 500, 1_000, 2_000, 2_000, 2_000, 4_000, 2_000]);
  });

  test('doubles its waits while it is throttled, beyond the slowest, but not for ever', async () => {
    const clock = new FakeClock();
    const throttled: Reading<never> = { done: false, busy: false, throttled: true };
    await poll(readings(...Array(6).fill(throttled), quiet, done), { clock, signal, pace });
    expect(clock.sleeps).toEqual([2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 5_000]);
  });

  test('spreads its waits by the jitter', async () => {
    const clock = new FakeClock();
    await poll(readings(...Array(50).fill(busy), done), { clock, signal, pace: { ...pace, jitter: 0.2 } });
    for (const ms of clock.sleeps) expect(Math.abs(ms - 1_000)).toBeLessThanOrEqual(200);
    expect(new Set(clock.sleeps).size).toBeGreaterThan(10);
  });

  test('gives up at the deadline, after a last reading at the deadline itself', async () => {
    const clock = new FakeClock(100);
    const at: number[] = [];
    const read = async () => {
      at.push(clock.now());
      return quiet;
    };
    expect(await poll(read, { clock, signal, deadline: 4_100, pace })).toBeUndefined();
    expect(at).toEqual([100, 1_100, 3_100, 4_100]);
  });

  test('does not miss what is ready at the deadline', async () => {
    const clock = new FakeClock();
    const read = async () => (clock.now() >= 4_000 ? done : quiet);
    expect(await poll(read, { clock, signal, deadline: 4_000, pace })).toBe('ready');
  });

  test('reads once even when the deadline has passed already', async () => {
    const clock = new FakeClock(9_000);
    expect(await poll(readings(done), { clock, signal, deadline: 1_000, pace })).toBe('ready');
  });

  test('rejects with the reason of the signal, before the next reading', async () => {
    const controller = new AbortController();
    let count = 0;
    const read = async () => {
      count += 1;
      controller.abort(new Error('cancelled'));
      return quiet;
    };
    await expect(poll(read, { clock: new FakeClock(), signal: controller.signal, pace })).rejects.toThrow('cancelled');
    expect(count).toBe(1);
  });

  test('passes on what a reading throws', async () => {
    const read = async () => {
      throw new Error('AccessDenied');
    };
    await expect(poll(read, { clock: new FakeClock(), signal, pace })).rejects.toThrow('AccessDenied');
  });
});
