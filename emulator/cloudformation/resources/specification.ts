import { readFileSync } from 'node:fs';

/** The type of a property's value as AWS's resource specification gives it; `object` names an entry of `objects`. */
export type ValueType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'json'
  | 'date-time'
  | 'tag'
  | { readonly array: ValueType }
  | { readonly map: ValueType }
  | { readonly union: readonly ValueType[] }
  | { readonly object: string };

export interface PropertyFacts {
  readonly type: ValueType;
  readonly required?: boolean;
  /** Whether a change of it replaces the resource; absent: no. `maybe` depends on what changes inside it. */
  readonly replacement?: 'yes' | 'maybe';
}

export interface TypeFacts {
  /** The properties or attributes that identify a resource of this type. */
  readonly identifier: readonly string[];
  /** What `Fn::GetAtt` can return. */
  readonly attributes: readonly string[];
  readonly properties: Readonly<Record<string, PropertyFacts>>;
}

export interface Specification {
  readonly types: Readonly<Record<string, TypeFacts>>;
  readonly objects: Readonly<Record<string, Readonly<Record<string, PropertyFacts>>>>;
}

let loaded: Specification | undefined;

/** What AWS's resource specification says of the types known here; read from disk once. */
export function specification(): Specification {
  loaded ??= read();
  return loaded;
}

function read(): Specification {
  return JSON.parse(readFileSync(new URL('./specification.generated.json', import.meta.url), 'utf8'));
}

/** Undefined for a type that the local AWS does not know. */
export function typeFacts(type: string): TypeFacts | undefined {
  return specification().types[type];
}
