import { type PropertyFacts, specification, typeFacts, type ValueType } from './specification.ts';

/** One way in which properties do not fit the resource type's schema, in CloudFormation's words. */
export interface PropertyProblem {
  /** JSON pointer below the resource's Properties; empty for the properties themselves. */
  readonly path: string;
  /** For example `#/MaxSize: expected type: String, found: JSONArray`. */
  readonly message: string;
}

export interface ConformedProperties {
  /** The properties with the value types of the schema: "80" has become 80 where an integer is asked for. */
  readonly properties: Record<string, unknown>;
  readonly problems: readonly PropertyProblem[];
}

/**
 * Fits resolved properties to the resource type's schema. A template's scalars are converted as CloudFormation does
 * ("80" for an integer, true for a string); what cannot be converted, keys that are not known and required keys that
 * are missing are problems. Everything fits a type that the specification here does not have.
 */
export function conform(type: string, properties: Record<string, unknown>): ConformedProperties {
  const facts = typeFacts(type);
  const problems: PropertyProblem[] = [];
  if (!facts) return { properties, problems };
  return { properties: conformObject(properties, facts.properties, '', problems), problems };
}

function conformObject(
  value: Record<string, unknown>,
  schema: Readonly<Record<string, PropertyFacts>>,
  path: string,
  problems: PropertyProblem[],
): Record<string, unknown> {
  for (const [name, facts] of Object.entries(schema)) {
    if (facts.required && value[name] === undefined) {
      problems.push({ path, message: `#${path}: required key [${name}] not found` });
    }
  }
  const conformed: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const facts = Object.hasOwn(schema, name) ? schema[name] : undefined;
    if (facts) {
      conformed[name] = conformValue(item, facts.type, `${path}/${name}`, problems);
    } else {
      problems.push({ path, message: `#${path}: extraneous key [${name}] is not permitted` });
    }
  }
  return conformed;
}

function conformValue(value: unknown, type: ValueType, path: string, problems: PropertyProblem[]): unknown {
  if (typeof type === 'string') return conformScalar(value, type, path, problems);
  if ('array' in type) {
    if (!Array.isArray(value)) return mismatch('JSONArray', value, path, problems);
    return value.map((item, index) => conformValue(item, type.array, `${path}/${index}`, problems));
  }
  if ('map' in type) {
    if (!isRecord(value)) return mismatch('JSONObject', value, path, problems);
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, conformValue(item, type.map, `${path}/${key}`, problems)]),
    );
  }
  if ('union' in type) return conformUnion(value, type.union, path, problems);
  if (!isRecord(value)) return mismatch('JSONObject', value, path, problems);
  return conformObject(value, specification().objects[type.object] ?? {}, path, problems);
}

function conformUnion(value: unknown, types: readonly ValueType[], path: string, problems: PropertyProblem[]): unknown {
  for (const type of types) {
    const attempt: PropertyProblem[] = [];
    const conformed = conformValue(value, type, path, attempt);
    if (attempt.length === 0) return conformed;
  }
  problems.push({ path, message: `#${path}: #: no subschema matched out of the total ${types.length} subschemas` });
  return value;
}

function conformScalar(
  value: unknown,
  type: Extract<ValueType, string>,
  path: string,
  problems: PropertyProblem[],
): unknown {
  switch (type) {
    case 'json':
      return value;
    case 'tag':
      return conformObject(isRecord(value) ? value : {}, TAG, path, problems);
    case 'string':
    case 'date-time':
      return isScalar(value) ? String(value) : mismatch('String', value, path, problems);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      return mismatch('Boolean', value, path, problems);
    case 'integer':
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) return mismatch('Number', value, path, problems);
      if (type === 'integer' && !Number.isInteger(number)) return mismatch('Integer', value, path, problems);
      return number;
    }
    default: {
      const unknown: never = type;
      return unknown;
    }
  }
}

const TAG: Readonly<Record<string, PropertyFacts>> = {
  Key: { type: 'string', required: true },
  Value: { type: 'string' },
};

function mismatch(expected: string, value: unknown, path: string, problems: PropertyProblem[]): unknown {
  problems.push({ path, message: `#${path}: expected type: ${expected}, found: ${jsonTypeName(value)}` });
  return value;
}

function jsonTypeName(value: unknown): string {
  if (Array.isArray(value)) return 'JSONArray';
  if (value === null) return 'Null';
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
    case 'number':
      return Number.isInteger(value) ? 'Integer' : 'Double';
    default:
      return 'JSONObject';
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
