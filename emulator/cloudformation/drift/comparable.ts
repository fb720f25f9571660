import type { Deployment, ResourceRecord } from '../model.ts';
import { conform } from '../resources/property-types.ts';
import { hasDynamicReference } from '../template/dynamic-references.ts';
import { isObject, type Json, type JsonObject } from '../template/model.ts';
import { referencesIn } from '../template/references.ts';
import { driftSchema, isDocument, isWithin } from './schema.ts';

/** "CloudFormation does not perform drift detection on the KMSKeyId property of any resources": User Guide, drift. */
const KMS_KEY = /^Kms(Master)?Key(Id|ARN)?$/i;

/** Why a property is left out of the comparison. */
export type Incomparable = 'sensitive' | 'write-only' | 'not-mapped';

/** The properties of a resource that its drift is found by, and those that are set and not compared. */
export interface Comparable {
  readonly expected: JsonObject;
  /** JSON pointers below the properties. */
  readonly left: ReadonlyMap<string, Incomparable>;
}

const isFunction = (value: JsonObject) => {
  const [name = '', ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
};

/** Where a template's properties depend on a NoEcho parameter; of lists as a whole, whose items may move. */
function secretsIn(raw: Json | undefined, isSecret: (parameter: string) => boolean, path: string): string[] {
  const holds = [...referencesIn(raw)].some(({ kind, name }) => kind === 'ref' && isSecret(String(name)));
  if (!holds) return [];
  if (!isObject(raw) || isFunction(raw)) return [path];
  return Object.entries(raw).flatMap(([name, item]) => secretsIn(item, isSecret, `${path}/${name}`));
}

/** "CloudFormation doesn't support drift detection on dynamic references": User Guide, dynamic references. */
function dynamicIn(declared: Json, path: string): string[] {
  if (!hasDynamicReference(declared)) return [];
  if (!isObject(declared)) return [path];
  return Object.entries(declared).flatMap(([name, item]) => dynamicIn(item, `${path}/${name}`));
}

function pathsOf(value: Json, path: readonly string[] = []): (readonly string[])[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...entries.flatMap(([name, item]) => pathsOf(item, [...path, name]))];
}

function without(value: Json, isLeft: (path: readonly string[]) => boolean, path: readonly string[]): Json | undefined {
  if (path.length > 0 && isLeft(path)) return undefined;
  if (Array.isArray(value))
    return value.flatMap((item, index) => without(item, isLeft, [...path, String(index)]) ?? []);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).flatMap(([name, item]): [string, Json][] => {
    const rest = without(item, isLeft, [...path, name]);
    return rest === undefined ? [] : [[name, rest]];
  });
  return kept.length === 0 && Object.keys(value).length > 0 && path.length > 0 ? undefined : Object.fromEntries(kept);
}

/** Policy documents as objects, also where the template has them as text. */
function parsedDocument(value: Json): Json {
  if (typeof value !== 'string') return value;
  try {
    const parsed: Json = JSON.parse(value);
    return parsed;
  } catch {
    return value;
  }
}

/** Properties as JSON has them, with the value types of the type's schema. */
export function asJson(type: string, properties: Readonly<Record<string, unknown>>): JsonObject {
  const schema = driftSchema(type);
  const text = JSON.stringify(conform(type, { ...properties }).properties, (_key, value) => value ?? undefined);
  const json: JsonObject = JSON.parse(text);
  const documents = (value: Json, path: readonly string[]): Json => {
    if (isDocument(schema, path)) return parsedDocument(value);
    if (Array.isArray(value)) return value.map((item, index) => documents(item, [...path, String(index)]));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, documents(item, [...path, name])]));
  };
  return Object.fromEntries(Object.entries(json).map(([name, item]) => [name, documents(item, [name])]));
}

/**
 * What of a resource's properties is compared. Left out are those that depend on NoEcho parameters or dynamic
 * references, those that the type's read handler does not return, keys of KMS, and empty lists, of which drift
 * detection learns nothing (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2091).
 */
export function comparable(record: ResourceRecord, deployment: Deployment | undefined): Comparable {
  const properties = asJson(record.type, record.properties);
  const { writeOnly = [] } = driftSchema(record.type);
  const declaration = deployment?.template.resources.get(record.logicalId);
  const isSecret = (name: string) => deployment?.parameters.get(name)?.noEcho === true;
  const sensitive = [...secretsIn(declaration?.properties, isSecret, ''), ...dynamicIn(record.declared, '')];
  const left = new Map<string, Incomparable>();
  for (const path of pathsOf(properties)) {
    const text = path.map((part) => `/${part}`).join('');
    if (path.length === 0) continue;
    if (sensitive.some((one) => text === one || text.startsWith(`${one}/`))) left.set(text, 'sensitive');
    else if (writeOnly.some((one) => isWithin(path, one))) left.set(text, 'write-only');
    else if (KMS_KEY.test(path.at(-1) ?? '')) left.set(text, 'not-mapped');
  }
  const isLeft = (path: readonly string[]) => left.has(path.map((part) => `/${part}`).join(''));
  const kept = without(properties, isLeft, []);
  const expected = isObject(kept) ? kept : {};
  return { expected: withoutEmptyLists(expected), left };
}

const withoutEmptyLists = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => !Array.isArray(item) || item.length > 0));

/** The actual properties with the members that are expected, which is what ActualProperties shows. */
export function asExpected(expected: Json, actual: Json | undefined): Json | undefined {
  if (!isObject(expected) || !isObject(actual)) return actual;
  return Object.fromEntries(
    Object.entries(expected).flatMap(([name, item]): [string, Json][] => {
      const value = asExpected(item, actual[name]);
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
}
