import { isObject, type Json, sameValue, scalarText } from '../template/model.ts';

/** One place in which two values differ. */
export interface ValueDifference {
  readonly path: readonly string[];
  readonly type: 'Add' | 'Modify' | 'Remove';
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

const bothLists = (a: Json | undefined, b: Json | undefined): a is Json[] => Array.isArray(a) && Array.isArray(b);
const bothObjects = (a: Json | undefined, b: Json | undefined) => isObject(a) && isObject(b);

export const memberOf = (value: Json | undefined, key: string): Json | undefined => {
  if (Array.isArray(value)) return value[Number(key)];
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
};

export const valueAt = (value: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(memberOf, value);

const keysOf = (value: Json | undefined): string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : [];

/**
 * Where two values differ, as deep as both have the same shape. Items of lists are compared by their place
 * (CloudFormation User Guide, example change sets, "Viewing property-level changes": `/Properties/Tags/0/Value`).
 */
export function differences(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[] = [],
): ValueDifference[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [{ path, type: 'Add', before, after }];
  if (after === undefined) return [{ path, type: 'Remove', before, after }];
  if (sameValue(before, after)) return [];
  if (!bothLists(before, after) && !bothObjects(before, after)) return [{ path, type: 'Modify', before, after }];
  return [...new Set([...keysOf(before), ...keysOf(after)])].flatMap((key) =>
    differences(memberOf(before, key), memberOf(after, key), [...path, key]),
  );
}

/** A value as descriptions hold it: numbers and booleans are text, wherever they are. */
export function shown(value: Json): Json {
  const text = scalarText(value);
  if (text !== undefined) return text;
  if (Array.isArray(value)) return value.map(shown);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

/** A value as BeforeValue and AfterValue hold it: text as it is, anything else as JSON. */
export const shownText = (value: Json): string => scalarText(value) ?? JSON.stringify(shown(value));

/** A path as `/Properties/Tags/0`, as in a JSON pointer. */
export const pointer = (path: readonly string[]): string =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
