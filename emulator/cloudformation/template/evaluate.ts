import { validationError } from '../protocol/errors.ts';
import { resolve, type Scope } from './intrinsics.ts';
import type { Json, JsonObject, ResourceDeclaration, RetentionPolicy, Template } from './model.ts';
import { scalarText } from './model.ts';
import { referencesIn } from './references.ts';
import { KNOWN_AFTER_APPLY } from './unknown.ts';

/** A template under its parameters: the resources that its conditions leave, and what each is built on. */
export interface Evaluation {
  readonly scope: Scope;
  readonly active: ReadonlyMap<string, ResourceDeclaration>;
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/** What of a declaration can refer to other resources. */
const referring = (declaration: ResourceDeclaration): Json[] =>
  [declaration.properties, declaration.metadata, declaration.creationPolicy, declaration.updatePolicy].filter(
    (part) => part !== undefined,
  );

export function evaluate(template: Template, scope: Scope): Evaluation {
  const active = new Map(
    [...template.resources].filter(([, { condition }]) => condition === undefined || scope.condition(condition)),
  );
  const dependencies = new Map<string, readonly string[]>();
  for (const [id, declaration] of active) {
    const needs = new Set(declaration.dependsOn);
    for (const part of referring(declaration))
      for (const reference of referencesIn(part, scope.condition))
        if (reference.kind === 'ref' || reference.kind === 'attribute') needs.add(reference.name);
    dependencies.set(
      id,
      [...needs].filter((name) => active.has(name)),
    );
  }
  return { scope, active, dependencies };
}

/** A resource's declaration with its intrinsic functions carried out. */
export interface ResolvedResource {
  readonly properties: JsonObject;
  readonly metadata?: Json;
  readonly creationPolicy?: JsonObject;
  readonly updatePolicy?: JsonObject;
  readonly deletionPolicy: RetentionPolicy;
  readonly updateReplacePolicy: RetentionPolicy;
}

const POLICIES: readonly RetentionPolicy[] = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];

function retention(value: Json | undefined, name: string, scope: Scope): RetentionPolicy {
  if (value === undefined) return 'Delete';
  const text = scalarText(resolve(value, scope));
  const found = POLICIES.find((policy) => policy === text);
  if (found === undefined) throw validationError(`Template format error: Unrecognized ${name} ${text} for resource`);
  return found;
}

function resolveObject(value: JsonObject, scope: Scope): JsonObject {
  const resolved = resolve(value, scope);
  return typeof resolved === 'object' && resolved !== null && !Array.isArray(resolved) ? resolved : {};
}

export function resolveResource(declaration: ResourceDeclaration, scope: Scope): ResolvedResource {
  const { metadata, creationPolicy, updatePolicy } = declaration;
  return {
    properties: resolveObject(declaration.properties, scope),
    ...(metadata !== undefined && { metadata: resolve(metadata, scope) }),
    ...(creationPolicy && { creationPolicy: resolveObject(creationPolicy, scope) }),
    ...(updatePolicy && { updatePolicy: resolveObject(updatePolicy, scope) }),
    deletionPolicy: retention(declaration.deletionPolicy, 'DeletionPolicy', scope),
    updateReplacePolicy: retention(declaration.updateReplacePolicy, 'UpdateReplacePolicy', scope),
  };
}

/** A scope's values where they can be had, else the placeholder; what could not be had is told. */
function lenient(scope: Scope, problems: string[]): (value: Json) => Json {
  return (value) => {
    try {
      return resolve(value, scope);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return KNOWN_AFTER_APPLY;
    }
  };
}

/**
 * A declaration as far as it can be resolved before anything is created: a property that cannot be is known after
 * apply. The problems are what CloudFormation warns of when it is asked for property values.
 */
export function previewResource(
  declaration: ResourceDeclaration,
  scope: Scope,
): { resolved: ResolvedResource; problems: readonly string[] } {
  const problems: string[] = [];
  const value = lenient(scope, problems);
  const { metadata, creationPolicy, updatePolicy } = declaration;
  const properties: JsonObject = {};
  for (const [name, raw] of Object.entries(declaration.properties)) {
    const found = value(raw);
    if (found !== null) properties[name] = found;
  }
  const policy = (raw: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(raw).map(([name, part]) => [name, value(part)]));
  return {
    problems,
    resolved: {
      properties,
      ...(metadata !== undefined && { metadata: value(metadata) }),
      ...(creationPolicy && { creationPolicy: policy(creationPolicy) }),
      ...(updatePolicy && { updatePolicy: policy(updatePolicy) }),
      deletionPolicy: retention(declaration.deletionPolicy, 'DeletionPolicy', scope),
      updateReplacePolicy: retention(declaration.updateReplacePolicy, 'UpdateReplacePolicy', scope),
    },
  };
}
