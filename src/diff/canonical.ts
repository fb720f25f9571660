import type { Value, ValueRecord } from './model.ts';
import { isOrdered, itemOf, memberOf, NOWHERE, type Place } from './place.ts';

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isRecord(value: Value | undefined): value is ValueRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * One text for all values that are the same to CloudFormation: the order of members says nothing, neither does that of
 * a set, and a number or a boolean is the text that it is written as (`80` and `"80"`).
 */
export function canonical(value: Value, place: Place = NOWHERE): string {
  if (value === null) return 'null';
  if (isList(value)) {
    const items = value.map((item) => canonical(item, itemOf(place)));
    return `[${(isOrdered(place) ? items : items.sort()).join(',')}]`;
  }
  if (!isRecord(value)) return JSON.stringify(String(value));
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null, memberOf(place, key))}`);
  return `{${members.join(',')}}`;
}

export function isSame(a: Value, b: Value, place: Place): boolean {
  return a === b || canonical(a, place) === canonical(b, place);
}
