import type { RollCall } from '../cluster/model.ts';

/** `registered 2 of 3`, the roll call in numbers. */
export function rollCallNumbers({ registeredCount, expected }: Pick<RollCall, 'registeredCount' | 'expected'>): string {
  return `registered ${registeredCount} of ${expected.count}`;
}
