import { durationMs } from './duration.ts';

/** AutoScalingRollingUpdate with the documented defaults filled in (CloudFormation User Guide, "UpdatePolicy attribute"). */
export interface RollingUpdatePolicy {
  readonly maxBatchSize: number;
  readonly minInstancesInService: number;
  readonly minActiveInstancesPercent: number;
  readonly minSuccessfulInstancesPercent: number;
  /** As the policy gives it, for the words of events. */
  readonly pauseTime: string;
  readonly pauseMs: number;
  readonly suspendProcesses: readonly string[];
  readonly waitOnResourceSignals: boolean;
}

export interface UpdatePolicy {
  readonly rolling?: RollingUpdatePolicy;
  readonly ignoreUnmodifiedGroupSizeProperties: boolean;
}

export class UpdatePolicyRefused extends Error {
  override readonly name = 'UpdatePolicyRefused';
}

/** Reads a resolved UpdatePolicy. Throws `UpdatePolicyRefused` for what is not carried out here. */
export function readUpdatePolicy(policy: Record<string, unknown> = {}): UpdatePolicy {
  if (policy.AutoScalingInstanceRefresh !== undefined) {
    throw new UpdatePolicyRefused(
      'The local AWS does not carry out UpdatePolicy AutoScalingInstanceRefresh. Use AutoScalingRollingUpdate here.',
    );
  }
  const rolling = record(policy.AutoScalingRollingUpdate);
  return {
    ...(rolling && { rolling: readRollingUpdate(rolling) }),
    ignoreUnmodifiedGroupSizeProperties: isTrue(
      record(policy.AutoScalingScheduledAction)?.IgnoreUnmodifiedGroupSizeProperties,
    ),
  };
}

/** AutoScalingReplacingUpdate.WillReplace: a changed launch source makes a new group. */
export function willReplace(policy: Record<string, unknown> = {}): boolean {
  return isTrue(record(policy.AutoScalingReplacingUpdate)?.WillReplace);
}

function readRollingUpdate(policy: Record<string, unknown>): RollingUpdatePolicy {
  const waitOnResourceSignals = isTrue(policy.WaitOnResourceSignals);
  const pauseTime = String(policy.PauseTime ?? (waitOnResourceSignals ? 'PT5M' : 'PT0S'));
  return {
    maxBatchSize: integer(policy.MaxBatchSize, 1),
    minInstancesInService: integer(policy.MinInstancesInService, 0),
    minActiveInstancesPercent: integer(policy.MinActiveInstancesPercent, 100),
    minSuccessfulInstancesPercent: integer(policy.MinSuccessfulInstancesPercent, 100),
    pauseTime,
    pauseMs: durationMs(pauseTime),
    suspendProcesses: Array.isArray(policy.SuspendProcesses) ? policy.SuspendProcesses.map(String) : [],
    waitOnResourceSignals,
  };
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function integer(value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new UpdatePolicyRefused(`Invalid UpdatePolicy value: ${value}`);
  return number;
}
