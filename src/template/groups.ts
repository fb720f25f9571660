import { parseIsoDuration } from '../time/duration.ts';
import type { SourceLocation } from '../types.ts';
import { type Data, type DataRecord, isList, isRecord } from './data.ts';
import { referenceMark, render } from './render.ts';
import type { Evaluator } from './resolve.ts';
import type { Resource, Template } from './template.ts';

/** What the template says about one Auto Scaling group. A number is undefined when it is absent or only AWS can tell it. */
export interface TemplateGroup {
  readonly logicalId: string;
  readonly location: SourceLocation;
  /** AutoScalingGroupName, when the template gives one that can be told. */
  readonly name?: string;
  readonly desiredCapacity?: number;
  readonly minSize?: number;
  readonly maxSize?: number;
  /** Where DesiredCapacity is written; absent when it is not. */
  readonly desiredCapacityLocation?: SourceLocation;
  /** A capacity provider moves its desired capacity. */
  readonly managedScaling: boolean;
  /** Logical ids of what else moves its desired capacity. */
  readonly scalingPolicies: readonly string[];
  readonly scheduledActions: readonly string[];
  /** Its capacity is counted in weights, vCPUs or memory, not in instances. */
  readonly weighted: boolean;
  /** The longest that CloudFormation waits for the group's signals, in milliseconds. */
  readonly signalTimeout?: number;
  /** How it is known to feed the cluster, in words. */
  readonly evidence: string;
}

/** What is in the template and, as far as is known, in the stack. */
export interface Landscape {
  readonly template: Template;
  readonly evaluate: Evaluator;
  /** Resources whose condition is not known to be false. */
  readonly resources: ReadonlyMap<string, Resource>;
}

export function ofType(landscape: Landscape, ...types: readonly string[]): Resource[] {
  return [...landscape.resources.values()].filter((resource) => types.includes(resource.type));
}

/** An expression refers to a resource by Ref, Fn::GetAtt or Fn::Sub. */
export function refersTo(data: Data | undefined, logicalId: string, evaluate: Evaluator): boolean {
  const text = render(data, evaluate);
  const mark = referenceMark(logicalId);
  return text.includes(mark) || text.includes(`${mark.slice(0, -1)}.`);
}

export function describeGroup(group: Resource, evidence: string, landscape: Landscape): TemplateGroup {
  const { template, evaluate } = landscape;
  const { logicalId, properties } = group;
  const path = ['Resources', logicalId];
  const name = evaluate.text(properties.AutoScalingGroupName);
  const declaresDesired = evaluate.resolve(properties.DesiredCapacity).kind !== 'absent';
  const signalTimeout = signalTimeoutOf(group, evaluate);
  const belonging = (types: readonly string[]) =>
    ofType(landscape, ...types)
      .filter((resource) => namesGroup(resource.properties.AutoScalingGroupName, logicalId, name, evaluate))
      .map((resource) => resource.logicalId);
  return {
    logicalId,
    location: template.locate(path),
    ...(name === undefined ? {} : { name }),
    ...numberOf('desiredCapacity', properties.DesiredCapacity, evaluate),
    ...numberOf('minSize', properties.MinSize, evaluate),
    ...numberOf('maxSize', properties.MaxSize, evaluate),
    ...(declaresDesired
      ? { desiredCapacityLocation: template.locate([...path, 'Properties', 'DesiredCapacity']) }
      : {}),
    managedScaling: capacityProvidersOf(group, landscape).some((provider) => hasManagedScaling(provider, evaluate)),
    scalingPolicies: belonging(['AWS::AutoScaling::ScalingPolicy']),
    scheduledActions: belonging(['AWS::AutoScaling::ScheduledAction']),
    weighted: isWeighted(properties, evaluate),
    ...(signalTimeout === undefined ? {} : { signalTimeout }),
    evidence,
  };
}

function numberOf<Key extends string>(key: Key, data: Data | undefined, evaluate: Evaluator): { [K in Key]?: number } {
  const result: { [K in Key]?: number } = {};
  const value = evaluate.number(data);
  if (value !== undefined) result[key] = value;
  return result;
}

function namesGroup(data: Data | undefined, logicalId: string, name: string | undefined, evaluate: Evaluator): boolean {
  return refersTo(data, logicalId, evaluate) || (name !== undefined && evaluate.text(data) === name);
}

/** Capacity providers of the template that are made of this group. */
export function capacityProvidersOf(group: Resource, landscape: Landscape): Resource[] {
  const { evaluate } = landscape;
  const name = evaluate.text(group.properties.AutoScalingGroupName);
  return ofType(landscape, 'AWS::ECS::CapacityProvider').filter((provider) => {
    const settings = provider.properties.AutoScalingGroupProvider;
    return isRecord(settings) && namesGroup(settings.AutoScalingGroupArn, group.logicalId, name, evaluate);
  });
}

/**
 * Without ManagedScaling a capacity provider leaves the group alone. With it, anything but DISABLED counts as managed:
 * the documentation names no default for Status, and the live number of an unmanaged group is right as well.
 */
function hasManagedScaling(provider: Resource, evaluate: Evaluator): boolean {
  const settings = provider.properties.AutoScalingGroupProvider;
  const scaling = isRecord(settings) ? settings.ManagedScaling : undefined;
  if (evaluate.resolve(scaling).kind === 'absent') return false;
  return !(isRecord(scaling) && evaluate.text(scaling.Status)?.toUpperCase() === 'DISABLED');
}

/** "MixedInstancesPolicy", Amazon EC2 Auto Scaling: weights and DesiredCapacityType make capacity something else than a count. */
function isWeighted(properties: DataRecord, evaluate: Evaluator): boolean {
  const unit = evaluate.resolve(properties.DesiredCapacityType);
  if (unit.kind !== 'absent' && !(unit.kind === 'known' && unit.value === 'units')) return true;
  const policy = properties.MixedInstancesPolicy;
  const template = isRecord(policy) ? policy.LaunchTemplate : undefined;
  const overrides = isRecord(template) ? template.Overrides : undefined;
  if (!isList(overrides)) return false;
  return overrides.some((item) => isRecord(item) && evaluate.resolve(item.WeightedCapacity).kind !== 'absent');
}

/** What CloudFormation waits when a policy names no time: both default to five minutes. */
const DEFAULT_SIGNAL_TIMEOUT = 'PT5M';

function signalTimeoutOf(group: Resource, evaluate: Evaluator): number | undefined {
  const timeouts: string[] = [];
  const signal = member(group.creationPolicy, 'ResourceSignal');
  if (signal !== undefined) timeouts.push(timeoutText(member(signal, 'Timeout'), evaluate));
  const rolling = member(group.updatePolicy, 'AutoScalingRollingUpdate');
  if (rolling !== undefined && evaluate.text(member(rolling, 'WaitOnResourceSignals'))?.toLowerCase() === 'true') {
    timeouts.push(timeoutText(member(rolling, 'PauseTime'), evaluate));
  }
  const known = timeouts.map(parseIsoDuration).filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function timeoutText(data: Data | undefined, evaluate: Evaluator): string {
  return data === undefined ? DEFAULT_SIGNAL_TIMEOUT : (evaluate.text(data) ?? '');
}

export function member(data: Data | undefined, key: string): Data | undefined {
  return isRecord(data) ? data[key] : undefined;
}
