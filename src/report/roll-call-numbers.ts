import type { RollCall } from '../cluster/model.ts';

/** `registered 2 of 3`, the roll call in numbers; `registered 5, expected 3` where nobody would say `5 of 3`. */
export function rollCallNumbers({ registeredCount, expected }: Pick<RollCall, 'registeredCount' | 'expected'>): string {
  if (registeredCount > expected.count) return `registered ${registeredCount}, expected ${expected.count}`;
  return `registered ${registeredCount} of ${expected.count}`;
}
