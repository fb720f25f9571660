import type { Services } from '../../types.ts';
import type { Deployment, OutputValue, ResourceRecord, Stack } from '../model.ts';
import { validationError } from '../protocol/errors.ts';
import { attributesOf } from '../resources/replacement.ts';
import type { RegionStore } from '../store.ts';
import { type Evaluation, evaluate } from '../template/evaluate.ts';
import { resolve, type Scope } from '../template/intrinsics.ts';
import { type Json, scalarText, type Template } from '../template/model.ts';
import { usesFunction } from '../template/references.ts';
import { createScope } from '../template/scope.ts';

/** Where the value of a resource's Ref or attribute comes from. */
export interface ResourceValues {
  ref(logicalId: string): Json | undefined;
  attribute(logicalId: string, attribute: string): Json;
}

/** The zones of a region, for templates that use Fn::GetAZs. */
export type Zones = ReadonlyMap<string, Json>;

export async function zonesFor(template: Template, store: RegionStore, services: Services): Promise<Zones> {
  const uses = [...template.resources.values()].some(({ properties }) => usesFunction(properties, 'Fn::GetAZs'));
  const inOutputs = [...template.outputs.values()].some(({ value }) => usesFunction(value, 'Fn::GetAZs'));
  if (!uses && !inOutputs) return new Map();
  const { AvailabilityZones = [] } = await services.ec2.describeAvailabilityZones({});
  const names = AvailabilityZones.flatMap(({ ZoneName }) => ZoneName ?? []).sort();
  return new Map<string, Json>([[store.region, names]]);
}

/** The value of an attribute of a resource that exists. */
export function attributeOfRecord(record: ResourceRecord, attribute: string): Json {
  const value = record.attributes[attribute];
  if (value !== undefined) return value as Json;
  const [first = '', ...rest] = attribute.split('.');
  let nested: unknown = record.attributes[first];
  for (const part of rest) nested = typeof nested === 'object' && nested !== null ? Object(nested)[part] : undefined;
  if (nested !== undefined) return nested as Json;
  const known = attributesOf(record.type).includes(attribute);
  throw validationError(
    known
      ? `Attribute ${attribute} of resource ${record.logicalId} has no value`
      : `Resource type ${record.type} does not support attribute {${attribute}}.`,
  );
}

/** The values of resources as the stack has them now. */
export const liveValues = (stack: Pick<Stack, 'resources'>): ResourceValues => ({
  ref: (logicalId) => stack.resources.get(logicalId)?.physicalId,
  attribute(logicalId, attribute) {
    const record = stack.resources.get(logicalId);
    if (record?.physicalId === undefined) throw validationError(`Resource ${logicalId} has not been created`);
    return attributeOfRecord(record, attribute);
  },
});

export function scopeFor(
  store: RegionStore,
  stack: Pick<Stack, 'id' | 'name'>,
  deployment: Deployment,
  values: ResourceValues,
  zones: Zones,
): Scope {
  return createScope({
    template: deployment.template,
    parameters: deployment.parameters,
    surroundings: {
      accountId: store.accountId,
      region: store.region,
      stackId: stack.id,
      stackName: stack.name,
      notificationArns: deployment.notificationArns,
    },
    resourceRef: (logicalId) => values.ref(logicalId),
    resourceAttribute: (logicalId, attribute) => values.attribute(logicalId, attribute),
    importValue(name) {
      const found = store.exports().get(name);
      if (found === undefined) throw validationError(`No export named ${name} found.`);
      return found.output.value;
    },
    availabilityZones(region) {
      const names = zones.get(region);
      if (names === undefined) throw validationError(`Template error: invalid value for Fn::GetAZs: ${region}`);
      return names;
    },
  });
}

export interface StackPlan extends Evaluation {
  readonly deployment: Deployment;
}

/** The deployment evaluated over the resources that the stack has. */
export function planFor(store: RegionStore, stack: Stack, deployment: Deployment, zones: Zones): StackPlan {
  const scope = scopeFor(store, stack, deployment, liveValues(stack), zones);
  return { ...evaluate(deployment.template, scope), deployment };
}

/** The outputs whose conditions hold, resolved. */
export function outputsOf(plan: StackPlan): OutputValue[] {
  const { scope, deployment } = plan;
  const outputs: OutputValue[] = [];
  for (const [key, declaration] of deployment.template.outputs) {
    if (declaration.condition !== undefined && !scope.condition(declaration.condition)) continue;
    const value = resolve(declaration.value, scope);
    const text = Array.isArray(value) ? undefined : scalarText(value);
    if (text === undefined)
      throw validationError(
        `Template format error: The Value field of every Outputs member must evaluate to a String.`,
      );
    const exportName =
      declaration.exportName === undefined ? undefined : scalarText(resolve(declaration.exportName, scope));
    outputs.push({
      key,
      value: text,
      ...(declaration.description !== undefined && { description: declaration.description }),
      ...(exportName !== undefined && { exportName }),
    });
  }
  return outputs;
}
