import { canonical, isList, isRecord, isSame } from './canonical.ts';
import { listKind, nameOf } from './list-kinds.ts';
import type { Value, ValueDiff, ValueRecord } from './model.ts';
import { itemOf, memberOf, NOWHERE, type Place } from './place.ts';
import { steps } from './sequence.ts';
import { diffText } from './text.ts';

const SAME: ValueDiff = { kind: 'same' };

/**
 * What differs between two values; undefined stands for one that is not there. `property` is the name of the property
 * that holds them, which decides how a list is compared.
 */
export function diffValues(before: Value | undefined, after: Value | undefined, property = ''): ValueDiff {
  return diffAt(before, after, { property, isArgument: false });
}

function diffAt(before: Value | undefined, after: Value | undefined, place: Place): ValueDiff {
  if (before === undefined) return after === undefined ? SAME : { kind: 'added', after };
  if (after === undefined) return { kind: 'removed', before };
  if (isSame(before, after, place)) return SAME;
  if (isRecord(before) && isRecord(after)) return diffRecords(before, after, place);
  if (isList(before) && isList(after)) return diffLists(before, after, place);
  if (typeof before === 'string' && typeof after === 'string' && (before.includes('\n') || after.includes('\n')))
    return { kind: 'text', hunks: diffText(before, after) };
  return { kind: 'changed', before, after };
}

function diffRecords(before: ValueRecord, after: ValueRecord, place: Place): ValueDiff {
  const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
  const members = [...keys].flatMap((key) => {
    const diff = diffAt(own(before, key), own(after, key), memberOf(place, key));
    return diff.kind === 'same' ? [] : [{ key, diff }];
  });
  return { kind: 'object', members };
}

function diffLists(before: readonly Value[], after: readonly Value[], place: Place): ValueDiff {
  const how = listKind(place, before, after);
  switch (how.kind) {
    case 'set':
      return diffSets(before, after);
    case 'named':
      return diffNamed(before, after, how.by);
    case 'list':
      return diffSequences(before, after, itemOf(place));
    default:
      return how satisfies never;
  }
}

/** What one list has and the other has not, each as often as it has it more. */
function diffSets(before: readonly Value[], after: readonly Value[]): ValueDiff {
  const counts = new Map<string, number>();
  for (const item of before) counts.set(canonical(item), (counts.get(canonical(item)) ?? 0) + 1);
  const take = (item: Value): boolean => {
    const left = counts.get(canonical(item)) ?? 0;
    if (left > 0) counts.set(canonical(item), left - 1);
    return left > 0;
  };
  const added = after.filter((item) => !take(item));
  const removed = before.toReversed().filter(take).reverse();
  return { kind: 'set', removed, added, kept: after.length - added.length };
}

function diffNamed(before: readonly Value[], after: readonly Value[], by: string): ValueDiff {
  const byName = (items: readonly Value[]) => new Map(items.map((item) => [nameOf(item, by) ?? '', item]));
  const [old, now] = [byName(before), byName(after)];
  const items = [...new Set([...now.keys(), ...old.keys()])].flatMap((name) => {
    const diff = diffAt(old.get(name), now.get(name), NOWHERE);
    return diff.kind === 'same' ? [] : [{ name, diff }];
  });
  return { kind: 'named', by, items, kept: after.length - items.filter(({ diff }) => diff.kind !== 'removed').length };
}

/** In their order. What takes the place of a removed item is compared with it, where both are of one shape. */
function diffSequences(before: readonly Value[], after: readonly Value[], item: Place): ValueDiff {
  const texts = (list: readonly Value[]) => list.map((value) => canonical(value, item));
  const items: { index: number; diff: ValueDiff }[] = [];
  let removed: number[] = [];
  const flush = () => {
    for (const index of removed) items.push({ index, diff: diffAt(before[index], undefined, item) });
    removed = [];
  };
  for (const step of steps(texts(before), texts(after))) {
    if (step.kind === 'removed') removed.push(step.before);
    if (step.kind === 'kept') flush();
    if (step.kind !== 'added') continue;
    const [replaced, ...rest] = removed;
    const old = replaced === undefined ? undefined : before[replaced];
    const now = after[step.after];
    const alike = old !== undefined && now !== undefined && isRecord(old) === isRecord(now);
    items.push({ index: step.after, diff: diffAt(alike ? old : undefined, now, item) });
    if (alike) removed = rest;
  }
  flush();
  return { kind: 'list', items };
}

function own(record: ValueRecord, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
