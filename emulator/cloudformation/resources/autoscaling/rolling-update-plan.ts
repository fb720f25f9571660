import type { RollingUpdatePolicy } from './update-policy.ts';

/** The group when the rolling update begins: new launch source and sizes are set already. */
export interface GroupBefore {
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
  readonly obsolete: readonly string[];
}

export interface RollingUpdatePlan {
  readonly batchSize: number;
  /** MinSize and DesiredCapacity for as long as it lasts, where the group has room to keep enough in service. */
  readonly temporaryCapacity?: number;
}

/**
 * How many are replaced at a time. A batch is never larger than MaxBatchSize, nor than what MaxSize leaves room for
 * while MinInstancesInService are kept; to keep them, the group grows for the duration, unless it is at MaxSize
 * already. Deduced from events of live rolling updates that github.com/guardian/testing-asg-rolling-update records.
 */
export function planRollingUpdate(policy: RollingUpdatePolicy, group: GroupBefore): RollingUpdatePlan {
  const { maxBatchSize, minInstancesInService } = policy;
  const room = group.maxSize - minInstancesInService;
  const batchSize = Math.max(1, Math.min(maxBatchSize, group.obsolete.length, room));
  const grows = minInstancesInService > 0 && group.desiredCapacity < group.maxSize;
  if (!grows) return { batchSize };
  return { batchSize, temporaryCapacity: Math.max(group.desiredCapacity, minInstancesInService + batchSize) };
}

/**
 * How many new instances take the place of a batch: as many as leave, except for the last batch, after which the
 * group is back at its desired capacity.
 */
export function replacementCount(batch: {
  readonly leaving: number;
  readonly isLast: boolean;
  readonly capacity: number;
  readonly desiredCapacity: number;
}): number {
  if (!batch.isLast) return batch.leaving;
  return Math.max(0, batch.desiredCapacity - (batch.capacity - batch.leaving));
}

/** How many of `expected` instances must signal success; the percentage counts to a tenth ("UpdatePolicy attribute"). */
export function requiredSuccesses(expected: number, minSuccessfulInstancesPercent: number): number {
  return Math.ceil(Math.round((expected * minSuccessfulInstancesPercent) / 10) / 10);
}

/** The event that opens a rolling update, in CloudFormation's words. */
export function initiatedText(policy: RollingUpdatePolicy, obsolete: number, batchSize: number): string {
  const keeping =
    policy.minInstancesInService > 0
      ? `, while keeping at least ${policy.minInstancesInService} instance(s) in service`
      : '';
  return `Rolling update initiated. Terminating ${obsolete} obsolete instance(s) in batches of ${batchSize}${keeping}.${waitingText(policy)}`;
}

function waitingText(policy: RollingUpdatePolicy): string {
  const when = 'when new instances are added to the autoscaling group.';
  if (policy.waitOnResourceSignals) return ` Waiting on resource signals with a timeout of ${policy.pauseTime} ${when}`;
  return policy.pauseMs > 0 ? ` Pausing for ${policy.pauseTime} ${when}` : '';
}
