import type { Scaling } from '../cluster/request.ts';
import type { DetectedResource, PropertyDifference } from '../stack/drift-model.ts';

/** What moves the desired capacity of a group, by the group's path, as the template and the live group tell it. */
export type ScaledGroups = ReadonlyMap<string, readonly Scaling[]>;

export const GROUP_TYPE = 'AWS::AutoScaling::AutoScalingGroup';

const MOVED_BY: Readonly<Record<Scaling, string>> = {
  'managed-scaling': 'managed scaling of a capacity provider moves it',
  'scaling-policy': 'a scaling policy moves it',
  'scheduled-action': 'a scheduled action moves it',
};

/** Whether this is a group's desired capacity, which something may move. */
export function isDesiredCapacity({ resourceType }: DetectedResource, { path }: PropertyDifference): boolean {
  return resourceType === GROUP_TYPE && path.length === 1 && path[0] === 'DesiredCapacity';
}

/**
 * What moves a property by design; undefined where that is not known of it. A desired capacity outside of the bounds
 * that were deployed was not moved by scaling alone.
 */
export function movedByDesign(
  resource: DetectedResource,
  difference: PropertyDifference,
  scaledBy: readonly Scaling[] = [],
): string | undefined {
  const [scaling] = scaledBy;
  if (scaling === undefined || !isDesiredCapacity(resource, difference) || difference.actual === undefined)
    return undefined;
  const { MinSize, MaxSize } = resource.expected ?? {};
  const actual = Number(difference.actual);
  const fits = actual >= numberOr(MinSize, 0) && actual <= numberOr(MaxSize, Number.POSITIVE_INFINITY);
  return fits ? `${MOVED_BY[scaling]}, and ${actual} is within what was deployed` : undefined;
}

function numberOr(value: unknown, otherwise: number): number {
  return value === undefined || value === null || Number.isNaN(Number(value)) ? otherwise : Number(value);
}
