import { type Schema, schemaNamed } from './contract.ts';

/**
 * What is known, completed by what GitHub's description requires beside it: `null` where it may be, else the emptiest
 * value of its type. GitHub's answers carry dozens of addresses and counters that nothing here is about.
 */
export function complete(schemaName: string, known: object): object {
  const filled = fill(schemaNamed(schemaName), known);
  return typeof filled === 'object' && filled !== null ? filled : {};
}

function fill(schema: Schema, known: unknown): unknown {
  if (known === null || typeof schema === 'boolean') return known ?? null;
  if (schema.$ref !== undefined) return fill(schemaNamed(schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)), known);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choose(choices, known);
  if (schema.allOf !== undefined) return schema.allOf.reduce<unknown>((filled, part) => fill(part, filled), known);
  const types = [schema.type ?? 'object'].flat();
  if (known === undefined && types.includes('null')) return null;
  if (types.includes('object')) return fillObject(schema, known);
  if (types.includes('array')) return Array.isArray(known) ? known.map((item) => fill(schema.items ?? true, item)) : [];
  return known ?? schema.enum?.[0] ?? EMPTIEST[types[0] ?? ''] ?? null;
}

const EMPTIEST: Readonly<Record<string, unknown>> = { string: '', integer: 0, number: 0, boolean: false };

function choose(choices: readonly Schema[], known: unknown): unknown {
  const isNull = (schema: Schema) => typeof schema === 'object' && schema.type === 'null';
  if (known === undefined && choices.some(isNull)) return null;
  const first = choices.find((schema) => !isNull(schema));
  return first === undefined || (known !== undefined && typeof known !== 'object') ? known : fill(first, known);
}

function fillObject({ required = [], properties = {} }: Exclude<Schema, boolean>, known: unknown): unknown {
  if (known !== undefined && typeof known !== 'object') return known;
  const given = new Map(Object.entries(known ?? {}));
  const names = new Set([...given.keys(), ...required]);
  return Object.fromEntries([...names].map((name) => [name, fill(properties[name] ?? true, given.get(name))]));
}
