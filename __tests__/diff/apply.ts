import { canonical, isList, isRecord } from '../../src/diff/canonical.ts';
import { nameOf } from '../../src/diff/list-kinds.ts';
import type { TextHunk, Value, ValueDiff } from '../../src/diff/model.ts';

type Of<Kind extends ValueDiff['kind']> = Extract<ValueDiff, { kind: Kind }>;

/** What a reader makes of a diff: the first value with it applied. Everything that goes has to be there. */
export function apply(before: Value | undefined, diff: ValueDiff): Value | undefined {
  switch (diff.kind) {
    case 'same':
      return before;
    case 'added':
      if (before !== undefined) throw new Error('added where something was');
      return diff.after;
    case 'removed':
      return expectSame(before, diff.before, undefined);
    case 'changed':
      return expectSame(before, diff.before, diff.after);
    case 'text':
      if (typeof before !== 'string') throw new Error('a text diff of what is no text');
      return applyText(before, diff.hunks);
    case 'object':
      return applyObject(before, diff);
    case 'set':
      return applySet(before, diff);
    case 'named':
      return applyNamed(before, diff);
    case 'list':
      return applyList(before, diff);
    default:
      return diff satisfies never;
  }
}

function expectSame<Result>(found: Value | undefined, expected: Value, result: Result): Result {
  if (found === undefined || canonical(found) !== canonical(expected))
    throw new Error(`expected ${canonical(expected)} and found ${found === undefined ? 'nothing' : canonical(found)}`);
  return result;
}

function applyText(before: string, hunks: readonly TextHunk[]): string {
  const old = before.split('\n');
  const result: string[] = [];
  let at = 0;
  for (const { beforeLine, afterLine, lines } of hunks) {
    result.push(...old.slice(at, beforeLine - 1));
    at = beforeLine - 1;
    if (result.length !== afterLine - 1) throw new Error('a hunk says another line than it begins at');
    for (const { sign, text } of lines) {
      if (sign !== '+' && old[at++] !== text) throw new Error(`line ${at} is not '${text}'`);
      if (sign !== '-') result.push(text);
    }
  }
  return [...result, ...old.slice(at)].join('\n');
}

function applyObject(before: Value | undefined, { members }: Of<'object'>): Value {
  if (!isRecord(before)) throw new Error('an object diff of what is no object');
  const result = new Map(Object.entries(before));
  for (const { key, diff } of members) {
    const value = apply(result.get(key), diff);
    if (value === undefined) result.delete(key);
    else result.set(key, value);
  }
  return Object.fromEntries(result);
}

function applySet(before: Value | undefined, { removed, added, kept }: Of<'set'>): Value {
  if (!isList(before)) throw new Error('a set diff of what is no list');
  const result = [...before];
  for (const item of removed) {
    const index = result.findIndex((candidate) => canonical(candidate) === canonical(item));
    if (index === -1) throw new Error(`removed what was not there: ${canonical(item)}`);
    result.splice(index, 1);
  }
  if (result.length !== kept) throw new Error(`${result.length} kept instead of ${kept}`);
  return [...result, ...added];
}

function applyNamed(before: Value | undefined, { by, items, kept }: Of<'named'>): Value {
  if (!isList(before)) throw new Error('a diff of names of what is no list');
  const result = new Map(before.map((item) => [nameOf(item, by) ?? '', item]));
  for (const { name, diff } of items) {
    const value = apply(result.get(name), diff);
    if (value === undefined) result.delete(name);
    else result.set(name, value);
  }
  if (result.size !== kept + items.filter(({ diff }) => diff.kind !== 'removed').length)
    throw new Error('kept is wrong');
  return [...result.values()];
}

function applyList(before: Value | undefined, { items }: Of<'list'>): Value {
  if (!isList(before)) throw new Error('a list diff of what is no list');
  const removed = new Map(items.flatMap(({ index, diff }) => (diff.kind === 'removed' ? [[index, diff]] : [])));
  const rest = before.filter((item, index) => {
    const diff = removed.get(index);
    if (diff !== undefined) apply(item, diff);
    return diff === undefined;
  });
  const others = items.filter(({ diff }) => diff.kind !== 'removed').toSorted((a, b) => a.index - b.index);
  const result: Value[] = [...rest];
  for (const { index, diff } of others) {
    const isNew = diff.kind === 'added';
    const value = apply(isNew ? undefined : result[index], diff);
    if (value === undefined) throw new Error('a list item that becomes nothing');
    result.splice(index, isNew ? 0 : 1, value);
  }
  return result;
}
