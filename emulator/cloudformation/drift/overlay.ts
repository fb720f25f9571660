import { valueAt } from '../change-sets/differences.ts';
import { isObject, type Json, type JsonObject } from '../template/model.ts';
import type { PropertyDifference } from './differences.ts';

type Path = readonly string[];

function changedAt(value: Json, path: Path, change: (there: Json | undefined) => Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(value)) {
    const items: Json[] = [...value];
    const index = Number(key);
    const after = rest.length === 0 ? change(items[index]) : changedAt(items[index] ?? {}, rest, change);
    if (after !== undefined) items[index] = after;
    return items;
  }
  const members = isObject(value) ? value : {};
  const after = rest.length === 0 ? change(members[key]) : changedAt(members[key] ?? {}, rest, change);
  const { [key]: _before, ...others } = members;
  return after === undefined ? others : { ...members, [key]: after };
}

function fromTheEnd(a: Path, b: Path): number {
  const place = a.findIndex((key, index) => key !== b[index]);
  return place < 0 ? b.length - a.length : Number(b[place]) - Number(a[place]) || 0;
}

/**
 * The properties as they are: the expected ones with what differs laid over them. What is not compared stays as it is
 * expected; items that were added to a list are at its end.
 */
export function withDrift(expected: JsonObject, differences: readonly PropertyDifference[]): JsonObject {
  let properties: Json = expected;
  const isItem = ({ path }: PropertyDifference) => Array.isArray(valueAt(expected, path.slice(0, -1)));
  for (const { path, actual } of differences.filter(({ type }) => type === 'NOT_EQUAL'))
    properties = changedAt(properties, path, () => actual);
  for (const one of differences.filter(({ type }) => type === 'ADD')) {
    const { path, actual } = one;
    properties = isItem(one)
      ? changedAt(properties, path.slice(0, -1), (list) =>
          Array.isArray(list) && actual !== undefined ? [...list, actual] : list,
        )
      : changedAt(properties, path, () => actual);
  }
  // Last, and from the end, since the places of the other differences are those of the expected lists.
  const removals = differences.filter(({ type }) => type === 'REMOVE').sort((a, b) => fromTheEnd(a.path, b.path));
  for (const one of removals)
    properties = isItem(one)
      ? changedAt(properties, one.path.slice(0, -1), (list) =>
          Array.isArray(list) ? list.toSpliced(Number(one.path.at(-1)), 1) : list,
        )
      : changedAt(properties, one.path, () => undefined);
  return isObject(properties) ? properties : expected;
}
