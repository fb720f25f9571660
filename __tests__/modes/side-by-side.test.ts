import { expect, test } from '@jest/globals';
import { limit, limitEach } from '../../src/modes/side-by-side.ts';

function counted() {
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const work = (n: number) => async () => {
    running += 1;
    most = Math.max(most, running);
    order.push(n);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return n;
  };
  return { work, order, most: () => most };
}

test('never more than so many at once, in their order, each with its own result', async () => {
  const { work, order, most } = counted();
  const inTurn = limit(3);
  const results = await Promise.all(Array.from({ length: 10 }, (_, n) => inTurn(work(n))));
  expect(results).toEqual([...results.keys()]);
  expect(order).toEqual(results);
  expect(most()).toBe(3);
});

test('a piece of work that fails gives its place to the next', async () => {
  const inTurn = limit(1);
  const failed = inTurn(() => Promise.reject(new Error('no')));
  const next = inTurn(async () => 'done');
  await expect(failed).rejects.toThrow('no');
  await expect(next).resolves.toBe('done');
});

test('each key has a limit of its own', async () => {
  const { work, most } = counted();
  const of = limitEach(2);
  await Promise.all(Array.from({ length: 8 }, (_, n) => of(n % 2 === 0 ? 'a' : 'b')(work(n))));
  expect(most()).toBe(4);
});
