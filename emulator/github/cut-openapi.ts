/**
 * Cuts what the local GitHub serves out of GitHub's OpenAPI description, as JSON Schema. To do it again, or for more
 * operations:
 *
 *     npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
 *     node emulator/github/cut-openapi.ts package/generated/api.github.com.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OPERATIONS = [
  ...['checks/create', 'checks/get', 'checks/update', 'checks/list-annotations', 'checks/list-for-ref'],
  ...['issues/list-comments', 'issues/get-comment', 'issues/create-comment', 'issues/update-comment'],
  ...['issues/delete-comment', 'issues/list-for-repo', 'issues/get', 'issues/create', 'issues/update'],
  ...['issues/add-labels', 'pulls/get', 'repos/list-pull-requests-associated-with-commit'],
  ...['repos/compare-commits-with-basehead', 'repos/get-content'],
];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** What says nothing about a request's or a response's shape. */
const PROSE = ['description', 'example', 'examples', 'title', 'x-multi-segment', 'externalDocs'];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: Json | undefined, ...path: string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
const textAt = (value: Json | undefined, ...path: string[]): string => String(at(value, ...path) ?? '');

const source = process.argv[2];
if (source === undefined) throw new Error('Say which file: node cut-openapi.ts <api.github.com.json>');
const description: Json = JSON.parse(readFileSync(source, 'utf8'));
const defs: JsonObject = {};

/** OpenAPI 3.0's schema as JSON Schema: `nullable` becomes a type, references point into `$defs`, prose goes. */
function schema(value: Json, isPropertyMap = false): Json {
  if (Array.isArray(value)) return value.map((item) => schema(item));
  if (!isObject(value)) return value;
  if (typeof value.$ref === 'string' && !isPropertyMap) return { $ref: reference(value.$ref) };
  const kept = Object.entries(value).filter(([key]) => isPropertyMap || (!PROSE.includes(key) && key !== 'nullable'));
  const plain: JsonObject = Object.fromEntries(
    kept.map(([key, inner]) => [key, schema(inner, !isPropertyMap && key === 'properties')]),
  );
  if (isPropertyMap || value.nullable !== true) return plain;
  return typeof plain.type === 'string' && plain.enum === undefined
    ? { ...plain, type: [plain.type, 'null'] }
    : { anyOf: [plain, { type: 'null' }] };
}

function reference(pointer: string): string {
  const name = pointer.slice('#/components/schemas/'.length);
  if (!(name in defs)) {
    defs[name] = true; // known before it is followed: schemas refer to themselves
    defs[name] = schema(at(description, 'components', 'schemas', name) ?? true);
  }
  return `github#/$defs/${name}`;
}

/** Follows a reference to a shared parameter or response. */
function resolve(value: Json): Json {
  const pointer = at(value, '$ref');
  return typeof pointer === 'string' ? (at(description, ...pointer.slice(2).split('/')) ?? null) : value;
}

const bodySchema = (content: Json): Json => schema(at(content, 'content', 'application/json', 'schema') ?? true);

function operation(path: string, method: string, spec: JsonObject): JsonObject {
  const parameters = (Array.isArray(spec.parameters) ? spec.parameters : []).map(resolve).map((parameter) => ({
    name: textAt(parameter, 'name'),
    in: textAt(parameter, 'in'),
    required: at(parameter, 'required') === true,
    schema: schema(at(parameter, 'schema') ?? true),
  }));
  const responses = Object.entries(isObject(spec.responses ?? null) ? (spec.responses as JsonObject) : {});
  return {
    id: textAt(spec, 'operationId'),
    method: method.toUpperCase(),
    path,
    parameters,
    ...(spec.requestBody === undefined ? {} : { body: bodySchema(resolve(spec.requestBody)) }),
    responses: Object.fromEntries(responses.map(([status, response]) => [status, bodySchema(resolve(response))])),
  };
}

const paths = at(description, 'paths');
const operations = Object.entries(isObject(paths) ? paths : {}).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const spec = at(item, method);
    return isObject(spec) && OPERATIONS.includes(textAt(spec, 'operationId')) ? [operation(path, method, spec)] : [];
  }),
);
const missing = OPERATIONS.filter((id) => !operations.some((found) => found.id === id));
if (missing.length > 0) throw new Error(`${source} does not describe ${missing.join(', ')}`);

const slice = {
  source: {
    package: `@octokit/openapi@${textAt(description, 'info', 'version')}`,
    file: 'generated/api.github.com.json',
    licence: 'MIT',
    copyright: 'Copyright (c) 2020 Octokit contributors (openapi.LICENSE)',
  },
  operations,
  $defs: Object.fromEntries(Object.entries(defs).sort(([a], [b]) => (a < b ? -1 : 1))),
};
writeFileSync(join(import.meta.dirname, 'openapi.generated.json'), `${JSON.stringify(slice, null, 1)}\n`);
