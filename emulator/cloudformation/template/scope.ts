import { createConditions } from './conditions.ts';
import type { Scope } from './intrinsics.ts';
import type { Json, JsonObject, Template } from './model.ts';
import { type ParameterValues, parameterReference } from './parameters.ts';

/** What pseudo parameters stand for. */
export interface Surroundings {
  readonly accountId: string;
  readonly region: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly notificationArns: readonly string[];
}

export const partitionOf = (region: string) =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** CloudFormation User Guide, pseudo parameters. */
export function pseudoParameters(surroundings: Surroundings): ReadonlyMap<string, Json> {
  const { accountId, region, stackId, stackName, notificationArns } = surroundings;
  return new Map<string, Json>([
    ['AWS::AccountId', accountId],
    ['AWS::NotificationARNs', [...notificationArns]],
    ['AWS::Partition', partitionOf(region)],
    ['AWS::Region', region],
    ['AWS::StackId', stackId],
    ['AWS::StackName', stackName],
    ['AWS::URLSuffix', region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'],
  ]);
}

export interface ScopeInput {
  readonly template: Template;
  readonly parameters: ParameterValues;
  readonly surroundings: Surroundings;
  /** What a resource's Ref gives; undefined when there is no such resource (or its condition is false). */
  resourceRef(logicalId: string): Json | undefined;
  resourceAttribute(logicalId: string, attribute: string): Json;
  importValue(name: string): Json;
  availabilityZones(region: string): Json;
}

/** The scope that a template's values are resolved in. */
export function createScope(input: ScopeInput): Scope {
  const { template, parameters, surroundings } = input;
  const pseudo = pseudoParameters(surroundings);
  const mappings: JsonObject = template.mappings;
  const base = {
    ref(name: string) {
      const parameter = parameters.get(name);
      return parameter === undefined ? (pseudo.get(name) ?? input.resourceRef(name)) : parameterReference(parameter);
    },
    attribute: (logicalId: string, attribute: string) => input.resourceAttribute(logicalId, attribute),
    mappings,
    importValue: (name: string) => input.importValue(name),
    availabilityZones: (region: string) => input.availabilityZones(region === '' ? surroundings.region : region),
  };
  return { ...base, condition: createConditions(template.conditions, base) };
}
