import { pointer } from '../change-sets/differences.ts';
import { isObject, type Json, type JsonObject, sameValue, scalarText } from '../template/model.ts';
import { type DriftSchema, isDocument, isUnordered } from './schema.ts';

/** One property that is not what it is expected to be. */
export interface PropertyDifference {
  /** Below the properties. An item that was added is at its place in the actual list. */
  readonly path: readonly string[];
  readonly type: 'ADD' | 'REMOVE' | 'NOT_EQUAL';
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
}

const NOTHING = 'null';

const valueText = (value: Json | undefined): string =>
  value === undefined ? NOTHING : (scalarText(value) ?? JSON.stringify(value));

/** As PropertyDifference tells it: the path a JSON pointer, text as it is, anything else JSON, `null` for nothing. */
export const shownDifference = ({ path, type, expected, actual }: PropertyDifference) => ({
  path: pointer(path),
  type,
  expected: valueText(expected),
  actual: valueText(actual),
});

/** By which member items of one list are known, whatever else of them has changed. */
const NAMES = [
  'Key',
  'DeviceName',
  'PolicyName',
  'LifecycleHookName',
  'CapacityProvider',
  'Granularity',
  'Name',
  'Sid',
];

const nameOf = (item: Json | undefined): string | undefined => {
  if (!isObject(item)) return undefined;
  const member = NAMES.find((name) => Object.hasOwn(item, name));
  return member === undefined ? undefined : `${member} ${scalarText(item[member])}`;
};

/**
 * Where the actual properties differ from the expected ones. Only what is expected is compared (CloudFormation User
 * Guide, drift: "only determines drift for property values that are explicitly set"), except that items may have been
 * added to a list, and members to free JSON.
 */
export function propertyDifferences(
  schema: DriftSchema,
  expected: JsonObject,
  actual: JsonObject,
): PropertyDifference[] {
  return ofObjects(schema, expected, actual, []);
}

type Path = readonly string[];

function compare(schema: DriftSchema, expected: Json, actual: Json | undefined, path: Path): PropertyDifference[] {
  if (actual === undefined || actual === null) return sameValue(expected, actual) ? [] : [removed(expected, path)];
  if (isObject(expected) && isObject(actual)) return ofObjects(schema, expected, actual, path);
  if (Array.isArray(expected) && Array.isArray(actual)) return ofLists(schema, expected, actual, path);
  return sameValue(expected, actual) ? [] : [unequal(expected, actual, path)];
}

function ofObjects(schema: DriftSchema, expected: JsonObject, actual: JsonObject, path: Path): PropertyDifference[] {
  const differences = Object.entries(expected).flatMap(([name, item]) =>
    compare(schema, item, actual[name], [...path, name]),
  );
  if (!isDocument(schema, path)) return differences;
  for (const [name, item] of Object.entries(actual))
    if (!Object.hasOwn(expected, name)) differences.push(added(item, [...path, name]));
  return differences;
}

function ofLists(
  schema: DriftSchema,
  expected: readonly Json[],
  actual: readonly Json[],
  path: Path,
): PropertyDifference[] {
  const pairs = isUnordered(schema, path) ? matched(schema, expected, actual, path) : inOrder(expected, actual);
  const taken = new Set(pairs.values());
  return [
    ...expected.flatMap((item, index) => {
      const partner = pairs.get(index);
      return compare(schema, item, partner === undefined ? undefined : actual[partner], [...path, String(index)]);
    }),
    ...actual.flatMap((item, index) => (taken.has(index) ? [] : [added(item, [...path, String(index)])])),
  ];
}

const inOrder = (expected: readonly Json[], actual: readonly Json[]) =>
  new Map(expected.slice(0, actual.length).map((_item, index): [number, number] => [index, index]));

/**
 * Pairs as many of the expected items as can be with actual ones that fit: one that another item could do without is
 * passed on (augmenting paths). An item equal in full comes first.
 */
function fitting(
  expected: readonly Json[],
  actual: readonly Json[],
  fits: (index: number, place: number) => boolean,
): Map<number, number> {
  const holders = new Map<number, number>();
  const place = (index: number, tried: Set<number>): boolean => {
    const candidates = [...actual.keys()].filter((candidate) => !tried.has(candidate) && fits(index, candidate));
    for (const candidate of candidates) {
      tried.add(candidate);
      const holder = holders.get(candidate);
      if (holder !== undefined && !place(holder, tried)) continue;
      holders.set(candidate, index);
      return true;
    }
    return false;
  };
  for (const [index, item] of expected.entries()) {
    const same = actual.findIndex((other, candidate) => !holders.has(candidate) && sameValue(item, other));
    if (same >= 0) holders.set(same, index);
  }
  const placed = new Set(holders.values());
  for (const index of expected.keys()) if (!placed.has(index)) place(index, new Set());
  return new Map([...holders].map(([candidate, index]) => [index, candidate]));
}

/** Which item of the actual list each expected one is: one that fits, one of the same name, else one in its place. */
function matched(schema: DriftSchema, expected: readonly Json[], actual: readonly Json[], path: Path) {
  const pairs = fitting(expected, actual, (index, place) => {
    const item = expected[index];
    return item !== undefined && compare(schema, item, actual[place], [...path, String(index)]).length === 0;
  });
  const taken = new Set(pairs.values());
  const pair = (fits: (item: Json, other: Json | undefined, index: number, place: number) => boolean) => {
    for (const [index, item] of expected.entries()) {
      if (pairs.has(index)) continue;
      const place = actual.findIndex(
        (other, candidate) => !taken.has(candidate) && fits(item, other, index, candidate),
      );
      if (place < 0) continue;
      pairs.set(index, place);
      taken.add(place);
    }
  };
  pair((item, other) => nameOf(item) !== undefined && nameOf(item) === nameOf(other));
  pair((item, other, index, place) => index === place && nameOf(item) === undefined && nameOf(other) === undefined);
  return pairs;
}

const added = (actual: Json, path: Path): PropertyDifference => ({ path, type: 'ADD', expected: undefined, actual });

const removed = (expected: Json, path: Path): PropertyDifference => ({
  path,
  type: 'REMOVE',
  expected,
  actual: undefined,
});

const unequal = (expected: Json, actual: Json, path: Path): PropertyDifference => ({
  path,
  type: 'NOT_EQUAL',
  expected,
  actual,
});
