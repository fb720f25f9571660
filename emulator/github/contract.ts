import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

/** GitHub's published description of the operations that the local GitHub serves, ready to check against. */

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: object;
}

interface Slice {
  readonly operations: readonly {
    readonly id: string;
    readonly method: string;
    readonly path: string;
    readonly parameters: readonly Parameter[];
    readonly body?: object | boolean;
    readonly responses: Readonly<Record<string, object | boolean>>;
  }[];
  readonly $defs: Readonly<Record<string, Schema>>;
}

/** A JSON schema, as far as it says what an object must have. */
export type Schema =
  | boolean
  | {
      readonly $ref?: string;
      readonly type?: string | readonly string[];
      readonly enum?: readonly unknown[];
      readonly anyOf?: readonly Schema[];
      readonly oneOf?: readonly Schema[];
      readonly allOf?: readonly Schema[];
      readonly items?: Schema;
      readonly required?: readonly string[];
      readonly properties?: Readonly<Record<string, Schema>>;
    };

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Matched {
  readonly operation: string;
  /** Values of the path's and the query's parameters, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  /** How the request departs from the description; empty when it does not. */
  readonly problems: readonly string[];
  /** How an answer departs from it. */
  check(status: number, body: unknown): readonly string[];
}

const slice: Slice = JSON.parse(readFileSync(join(import.meta.dirname, 'openapi.generated.json'), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, coerceTypes: false });
ajv.addSchema({ $id: 'github', $defs: slice.$defs });

const compiled = new Map<object | boolean, ValidateFunction>();

function problemsOf(schema: object | boolean, value: unknown, where: string): string[] {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${where}${error.instancePath} ${error.message}`);
}

const routes = slice.operations.map((operation) => ({
  ...operation,
  pattern: new RegExp(`^${operation.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** A schema that the description gives a name. */
export function schemaNamed(name: string): Schema {
  const schema = slice.$defs[name];
  if (schema === undefined) throw new Error(`GitHub's description has no schema ${name}`);
  return schema;
}

/** A parameter's text as its schema's type, so that `per_page=100` is the number that the schema asks for. */
function typed(text: string, schema: object): unknown {
  const type = 'type' in schema ? schema.type : undefined;
  if ((type === 'integer' || type === 'number') && /^-?\d+$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

/** The operation that a call is, with what is wrong about it; undefined when nothing is served there. */
export function match(call: Call): Matched | undefined {
  for (const route of routes) {
    const found = route.method === call.method ? route.pattern.exec(call.path) : null;
    if (found === null) continue;
    const parameters: Record<string, string> = { ...Object.fromEntries(call.query) };
    for (const [name, value] of Object.entries(found.groups ?? {})) parameters[name] = decodeURIComponent(value);
    const known = new Set(route.parameters.map(({ name }) => name));
    const problems = [
      ...route.parameters.flatMap(({ name, required, schema }) => {
        const text = parameters[name];
        if (text === undefined) return required ? [`parameter ${name} is required`] : [];
        return problemsOf(schema, typed(text, schema), `parameter ${name}`);
      }),
      ...[...call.query.keys()].filter((name) => !known.has(name)).map((name) => `parameter ${name} does not exist`),
      ...(route.body === undefined ? [] : problemsOf(route.body, call.body, 'body')),
    ];
    return {
      operation: route.id,
      parameters,
      problems,
      check(status, body) {
        const schema = route.responses[status];
        return schema === undefined
          ? [`status ${status} is not described`]
          : problemsOf(schema, body, `answer ${status}`);
      },
    };
  }
  return undefined;
}
