import { isRecord } from './canonical.ts';
import type { Value } from './model.ts';
import { isOrdered, namedBy, type Place } from './place.ts';

/** How a list is compared: by what it holds, by the names of its items, or in its order. */
export type ListKind = { readonly kind: 'set' | 'list' } | { readonly kind: 'named'; readonly by: string };

/** What kind of a list stands here. Names that are missing or not unique make it a set. */
export function listKind(place: Place, before: readonly Value[], after: readonly Value[]): ListKind {
  const by = namedBy(place);
  if (by !== undefined && areNamed(before, by) && areNamed(after, by)) return { kind: 'named', by };
  return { kind: isOrdered(place) ? 'list' : 'set' };
}

/** The item's name, where it has one that is a text. */
export function nameOf(item: Value, by: string): string | undefined {
  const name = isRecord(item) && Object.hasOwn(item, by) ? item[by] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function areNamed(items: readonly Value[], by: string): boolean {
  const names = items.map((item) => nameOf(item, by));
  return !names.includes(undefined) && new Set(names).size === names.length;
}
