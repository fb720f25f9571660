import { isDeepStrictEqual } from 'node:util';

/** Whether any of the named properties differs between the two. */
export function changed<P extends object>(before: P, after: P, ...names: readonly (keyof P)[]): boolean {
  return names.some((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** The items of one list that the other does not have, compared by value. */
export function missingFrom<T>(items: readonly T[], others: readonly T[]): T[] {
  return items.filter((item) => !others.some((other) => isDeepStrictEqual(item, other)));
}
