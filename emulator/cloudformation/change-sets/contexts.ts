import { createHash } from 'node:crypto';
import type { Deployment, ResourceRecord } from '../model.ts';
import { previewResource, type ResolvedResource } from '../template/evaluate.ts';
import type { Scope } from '../template/intrinsics.ts';
import { isObject, type Json, type JsonObject, type ResourceDeclaration } from '../template/model.ts';
import type { ParameterValues } from '../template/parameters.ts';
import { referencesIn } from '../template/references.ts';
import { isKnown, KNOWN_AFTER_APPLY } from '../template/unknown.ts';
import { shown } from './differences.ts';
import type { Preview, ResourcePreview } from './preview.ts';

/** What is shown in the place of a value with NoEcho. */
export const MASK = '****';

/** A resource's declaration with its values, under the template's names: Properties, Metadata, UpdatePolicy, … */
export type Context = JsonObject;

/** The values that changes are found by, and those that may be shown. */
export interface Contexts {
  readonly real: Context;
  readonly shown: Context;
}

function contextOf(declaration: ResourceDeclaration | undefined, resolved: ResolvedResource): Context {
  const { properties, metadata, creationPolicy, updatePolicy, deletionPolicy, updateReplacePolicy } = resolved;
  return {
    Properties: properties,
    ...(metadata !== undefined && { Metadata: metadata }),
    ...(creationPolicy && { CreationPolicy: creationPolicy }),
    ...(updatePolicy && { UpdatePolicy: updatePolicy }),
    ...(declaration?.updateReplacePolicy !== undefined && { UpdateReplacePolicy: updateReplacePolicy }),
    ...(declaration?.deletionPolicy !== undefined && { DeletionPolicy: deletionPolicy }),
  };
}

const holdsSecret = (raw: Json | undefined, parameters: ParameterValues, scope: Scope) =>
  [...referencesIn(raw, scope.condition)].some(({ kind, name }) => {
    return kind === 'ref' && parameters.get(String(name))?.noEcho === true;
  });

/**
 * The same context with asterisks for the values of NoEcho parameters. CloudFormation User Guide, "NoEcho": what a
 * template's Metadata attributes hold is not masked.
 */
function masked(
  context: Context,
  declaration: ResourceDeclaration | undefined,
  parameters: ParameterValues,
  scope: Scope,
): Context {
  if (declaration === undefined || ![...parameters.values()].some(({ noEcho }) => noEcho)) return context;
  const ref = (name: string) => (parameters.get(name)?.noEcho ? MASK : scope.ref(name));
  const again = contextOf(declaration, previewResource(declaration, { ...scope, ref }).resolved);
  const chosen = (raw: JsonObject | undefined, from: Json | undefined, masks: Json | undefined): JsonObject =>
    Object.fromEntries(
      Object.entries(isObject(from) ? from : {}).map(([name, value]): [string, Json] => [
        name,
        holdsSecret(raw?.[name], parameters, scope) ? ((isObject(masks) ? masks[name] : undefined) ?? MASK) : value,
      ]),
    );
  const { properties, creationPolicy, updatePolicy } = declaration;
  return {
    ...context,
    Properties: chosen(properties, context.Properties, again.Properties),
    ...(context.CreationPolicy && {
      CreationPolicy: chosen(creationPolicy, context.CreationPolicy, again.CreationPolicy),
    }),
    ...(context.UpdatePolicy && { UpdatePolicy: chosen(updatePolicy, context.UpdatePolicy, again.UpdatePolicy) }),
  };
}

/** A resource as it will be. */
export function afterContexts(resource: ResourcePreview, preview: Preview, deployment: Deployment): Contexts {
  const declaration = preview.evaluation.active.get(resource.logicalId);
  const real = contextOf(declaration, resource.after);
  return { real, shown: masked(real, declaration, deployment.parameters, preview.evaluation.scope) };
}

/** A resource as it is. */
export function beforeContexts(record: ResourceRecord, preview: Preview, deployment: Deployment | undefined): Contexts {
  const declaration = deployment?.template.resources.get(record.logicalId);
  const { present } = preview;
  const creationPolicy =
    declaration?.creationPolicy && present ? previewResource(declaration, present).resolved.creationPolicy : undefined;
  const resolved = { ...record, properties: record.declared, ...(creationPolicy && { creationPolicy }) };
  const real = contextOf(declaration, resolved);
  if (deployment === undefined || present === undefined) return { real, shown: real };
  return { real, shown: masked(real, declaration, deployment.parameters, present) };
}

/**
 * A resource that is removed, as its template has it: what it refers to is not looked up (LocalStack's recorded answers
 * of AWS, test_change_set_ref.snapshot.json and test_stacks.snapshot.json, test_stack_deletion_order).
 */
export function removedContext(record: ResourceRecord, preview: Preview, deployment: Deployment | undefined): Context {
  const declaration = deployment?.template.resources.get(record.logicalId);
  const { present } = preview;
  if (declaration === undefined || deployment === undefined || present === undefined)
    return beforeContexts(record, preview, deployment).shown;
  const { resources } = deployment.template;
  const scope: Scope = {
    ...present,
    ref: (name) => (resources.has(name) ? KNOWN_AFTER_APPLY : present.ref(name)),
    attribute: () => KNOWN_AFTER_APPLY,
  };
  const context = contextOf(declaration, previewResource(declaration, scope).resolved);
  return masked(context, declaration, deployment.parameters, scope);
}

/**
 * CloudFormation API Reference, ResourceTargetDefinition: "Large values can be truncated". From how long on is not
 * published; seen in answers of AWS are 2.1 KB that are whole and 3.6 KB that are not.
 */
const LONGEST_VALUE = 3072;

/** A long value is told by a hash alone, as `(Truncated-Signature):` and 64 hexadecimal digits. */
export function truncated(value: Json): Json {
  const text = JSON.stringify(shown(value));
  if (text.length <= LONGEST_VALUE || !isKnown(value)) return value;
  return `(Truncated-Signature):${createHash('sha256').update(text).digest('hex')}`;
}

/** A context as BeforeContext and AfterContext hold it. */
export function contextText(context: Context): string {
  const { Properties, ...rest } = context;
  const properties = Object.entries(isObject(Properties) ? Properties : {}).map(([name, value]) => [
    name,
    truncated(value),
  ]);
  return JSON.stringify(shown({ Properties: Object.fromEntries(properties), ...rest }));
}
