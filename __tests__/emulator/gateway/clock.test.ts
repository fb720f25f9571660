import { expect, test } from '@jest/globals';
import { createClock } from '../../../emulator/clock.ts';

test('waits pass as many times faster as the speed says, and timestamps are the wall’s', async () => {
  const clock = createClock(100);
  const began = performance.now();
  await clock.sleep(20_000);
  expect(performance.now() - began).toBeGreaterThan(195);
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1_000);
});

test('at speed Infinity a day passes at once', async () => {
  await createClock(Number.POSITIVE_INFINITY).sleep(86_400_000);
});

test('a time limit on real processes passes even then, at speed 60', async () => {
  const began = performance.now();
  await createClock(Number.POSITIVE_INFINITY).timeout(6_000);
  expect(performance.now() - began).toBeGreaterThan(95);
});

test('a wait ends with the reason of its signal, also when that came first', async () => {
  const clock = createClock(1);
  const abort = new AbortController();
  const waiting = clock.sleep(60_000, abort.signal);
  abort.abort('stopped');
  await expect(waiting).rejects.toBe('stopped');
  await expect(clock.sleep(1, abort.signal)).rejects.toBe('stopped');
});

test.each([0, -1, Number.NaN])('a speed of %p is refused', (speed) => {
  expect(() => createClock(speed)).toThrow('speed must be a number above 0');
});
