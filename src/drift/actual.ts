import { isList, isRecord } from '../diff/canonical.ts';
import type { Value } from '../diff/model.ts';
import type { PropertyDifference } from '../stack/drift-model.ts';

/** Where a difference stands within its property, and what is there now. */
type Change = Pick<PropertyDifference, 'path' | 'kind' | 'actual'>;

/**
 * What a property is once these differences have happened to it: only those, so that what is set aside stays as it was
 * deployed. Undefined: it is not there any more. Paths begin within the property.
 */
export function actualValue(expected: Value | undefined, changes: readonly Change[]): Value | undefined {
  // What goes out of a list goes last, from its end, and what comes is put after it: places of the others stay.
  const order = { changed: 0, removed: 1, added: 2 };
  const sorted = [...changes].sort((a, b) => order[a.kind] - order[b.kind] || placeOf(b) - placeOf(a));
  const added = sorted.filter(({ kind }) => kind === 'added').reverse();
  const others = sorted.filter(({ kind }) => kind !== 'added');
  return [...others, ...added].reduce<Value | undefined>(
    (value, change) => apply(value, change.path, change),
    expected,
  );
}

function placeOf({ path }: Change): number {
  const place = Number(path.at(-1));
  return Number.isInteger(place) ? place : 0;
}

function apply(value: Value | undefined, path: readonly string[], change: Change): Value | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return change.kind === 'removed' ? undefined : (change.actual ?? null);
  if (isList(value)) return withItem(value, key, rest, change);
  const members = isRecord(value) ? value : {};
  const inner = apply(Object.hasOwn(members, key) ? members[key] : undefined, rest, change);
  const others = Object.entries(members).filter(([name]) => name !== key);
  return Object.fromEntries(inner === undefined ? others : [...others, [key, inner]]);
}

function withItem(list: readonly Value[], key: string, rest: readonly string[], change: Change): Value {
  const place = Number(key);
  if (rest.length === 0 && change.kind === 'added') return [...list, change.actual ?? null];
  if (!Number.isInteger(place) || place < 0 || place >= list.length) return list;
  const inner = apply(list[place], rest, change);
  return inner === undefined ? list.toSpliced(place, 1) : list.with(place, inner);
}
