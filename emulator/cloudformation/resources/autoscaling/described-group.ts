import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Services } from '../../../types.ts';

/** A group as it is now; undefined when there is none of that name. */
export async function describeGroup(services: Services, name: string): Promise<AutoScalingGroup | undefined> {
  const { AutoScalingGroups } = await services.autoScaling.describeAutoScalingGroups({ AutoScalingGroupNames: [name] });
  return AutoScalingGroups?.[0];
}

/** The same, for a group that must exist. */
export async function existingGroup(services: Services, name: string): Promise<AutoScalingGroup> {
  const group = await describeGroup(services, name);
  if (!group) throw new GroupMissing(`AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
  return group;
}

class GroupMissing extends Error {
  override readonly name = 'ValidationError';
}

export function instanceIds(group: AutoScalingGroup): string[] {
  return (group.Instances ?? []).flatMap((instance) => instance.InstanceId ?? []);
}

export function inServiceCount(group: AutoScalingGroup): number {
  return (group.Instances ?? []).filter((instance) => instance.LifecycleState === 'InService').length;
}
