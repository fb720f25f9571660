import { isDeepStrictEqual } from 'node:util';
import { willReplace } from './autoscaling/update-policy.ts';
import { replacement } from './replacement.ts';
import { type PropertyFacts, specification, typeFacts, type ValueType } from './specification.ts';

/** What starts an update policy of a group ("UpdatePolicy attribute"). */
const LAUNCH_PROPERTIES = [
  'LaunchConfigurationName',
  'LaunchTemplate',
  'MixedInstancesPolicy',
  'PlacementGroup',
  'VPCZoneIdentifier',
];

/**
 * The properties whose change makes CloudFormation replace the resource: those that the specification says always
 * replace, at whatever depth, and those that may and here do. An Auto Scaling group with UpdatePolicy
 * AutoScalingReplacingUpdate WillReplace is also replaced for a change of what it launches.
 */
export function replacingChanges(
  type: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  updatePolicy?: Record<string, unknown>,
): string[] {
  const byPolicy = type === 'AWS::AutoScaling::AutoScalingGroup' && willReplace(updatePolicy) ? LAUNCH_PROPERTIES : [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .filter((name) => byPolicy.includes(name) || changeReplaces(type, name, before[name], after[name]));
}

function changeReplaces(type: string, name: string, before: unknown, after: unknown): boolean {
  const kind = replacement(type, name);
  if (kind === 'no') return false;
  const facts = typeFacts(type)?.properties[name];
  if (facts?.replacement === 'yes') return true;
  // EC2 API Reference, ModifyVpcTenancy: dedicated can become default, and not the other way.
  if (type === 'AWS::EC2::VPC' && name === 'InstanceTenancy') return after !== 'default' && after !== undefined;
  return facts ? nestedReplaces(facts.type, before, after) : false;
}

/** Whether a part of an object that differs between the two replaces the resource. */
export function nestedReplaces(type: ValueType, before: unknown, after: unknown): boolean {
  if (typeof type === 'string' || !('object' in type)) return false;
  const fields = specification().objects[type.object] ?? {};
  return Object.entries(fields).some(([name, facts]) =>
    fieldReplaces(facts, fieldOf(before, name), fieldOf(after, name)),
  );
}

function fieldReplaces(facts: PropertyFacts, before: unknown, after: unknown): boolean {
  if (isDeepStrictEqual(before, after)) return false;
  return facts.replacement === 'yes' || nestedReplaces(facts.type, before, after);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
