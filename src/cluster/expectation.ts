import { Failure } from '../types.ts';
import type { Expectation } from './model.ts';
import type { DesiredCount, LiveGroup, RolledGroup, Scaling } from './request.ts';

const MOVED_BY: Record<Scaling, string> = {
  'managed-scaling': 'managed scaling of a capacity provider moves it',
  'scaling-policy': 'a scaling policy moves it',
  'scheduled-action': 'a scheduled action moves it',
};

/**
 * How many container instances are expected, and where the number came from. Several groups add up. `live` holds each
 * group of `groups` by name. Throws a Failure `invalid-config` when the number cannot be known.
 */
export function expectation(
  groups: readonly RolledGroup[],
  live: ReadonlyMap<string, LiveGroup>,
  desired: DesiredCount,
): Expectation {
  if (typeof desired === 'number') return { count: desired, source: "the input 'desired-count'" };
  if (groups.length === 0) throw unknowable();
  const parts = groups.map((group) => ofGroup(group, live.get(group.name), desired));
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    count: parts.reduce((sum, part) => sum + part.count, 0),
    source: parts.map((part) => `${part.count} (${part.source})`).join(' + '),
  };
}

/** Whether a group's number depends on what AWS says now, and why; undefined: the template's number stands. */
function liveBecause(group: RolledGroup, desired: 'auto' | 'template' | 'live'): string | undefined {
  if (desired === 'template') return undefined;
  if (desired === 'live') return "'desired-count' is live";
  const [scaling] = group.scaledBy;
  if (scaling !== undefined) return MOVED_BY[scaling];
  return group.templateDesired === undefined ? 'no template gives a number' : undefined;
}

function ofGroup(group: RolledGroup, live: LiveGroup | undefined, desired: 'auto' | 'template' | 'live'): Expectation {
  const name = group.logicalId ?? group.name;
  const why = liveBecause(group, desired);
  if (why === undefined && group.templateDesired === undefined) throw withoutTemplateNumber(group);
  if (live === undefined) {
    return { count: group.templateDesired ?? 0, source: `DesiredCapacity of ${name} in the template` };
  }
  const capacity = why === undefined ? (group.templateDesired ?? 0) : clamp(live.desired, live.min, live.max);
  if (group.weighted || live.weighted) return ofWeights(name, live, capacity);
  return why === undefined
    ? { count: capacity, source: `DesiredCapacity of ${name} in the template` }
    : { count: capacity, source: `live desired capacity of ${name}: ${why}` };
}

/**
 * Capacity is a sum of weights here, so the instances in service are counted, and one more while they fall short. Where
 * AWS tells no weights (capacity in vCPUs or memory), any instance has to do.
 */
function ofWeights(name: string, live: LiveGroup, capacity: number): Expectation {
  const inService = live.instances.filter(isInService);
  const told = inService.every(({ weight }) => weight !== undefined);
  const held = told ? inService.reduce((sum, { weight = 0 }) => sum + weight, 0) : capacity;
  const weights = told
    ? `weights of ${name} add up to ${held} of ${capacity}`
    : `capacity of ${name} is no number of them`;
  return held >= capacity
    ? { count: inService.length, source: `instances in service: ${weights}` }
    : { count: inService.length + 1, source: `instances in service and at least one more: ${weights}` };
}

export const isInService = (instance: { readonly lifecycleState?: string }) => instance.lifecycleState === 'InService';

const clamp = (value: number, min: number, max: number) => Math.min(Math.max(value, min), max);

function withoutTemplateNumber(group: RolledGroup): Failure {
  return new Failure('invalid-config', [
    {
      level: 'error',
      title: `'desired-count' is template, but DesiredCapacity of ${group.logicalId ?? group.name} has no number there`,
      message: 'The roll call needs to know how many container instances to expect.',
      remedy: "Give DesiredCapacity in the template, or set 'desired-count' to live, auto or a number.",
      ...(group.location && { location: group.location }),
    },
  ]);
}

function unknowable(): Failure {
  return new Failure('invalid-config', [
    {
      level: 'error',
      title: 'How many container instances to expect is not known',
      message:
        'No Auto Scaling group is known to feed the cluster, so no instance is expected to answer the roll call.',
      remedy: "Set 'desired-count' to the number of container instances that the cluster is to have.",
    },
  ]);
}
