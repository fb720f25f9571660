import type { SignalInbox } from '../../types.ts';
import { isObject, type JsonObject, scalarText } from '../template/model.ts';
import { ResourceFailure } from './failure.ts';

/** What a CreationPolicy waits for. CloudFormation User Guide, CreationPolicy attribute: Count 1, Timeout PT5M. */
export interface CreationSignals {
  readonly count: number;
  readonly timeoutMs: number;
  readonly minSuccessfulPercent: number;
}

/** An ISO 8601 duration of hours, minutes and seconds, in milliseconds. */
export function durationMs(text: string): number | undefined {
  const match = /^PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1_000;
}

export function creationSignals(policy: JsonObject | undefined): CreationSignals | undefined {
  const signal = policy?.ResourceSignal;
  const group = policy?.AutoScalingCreationPolicy;
  if (!isObject(signal) && !isObject(group)) return undefined;
  const { Count, Timeout } = isObject(signal) ? signal : {};
  const timeout = durationMs(scalarText(Timeout) ?? 'PT5M');
  if (timeout === undefined)
    throw new ResourceFailure(`Invalid Timeout value ${scalarText(Timeout)} in CreationPolicy`);
  const percent = isObject(group) ? scalarText(group.MinSuccessfulInstancesPercent) : undefined;
  return { count: Number(scalarText(Count) ?? 1), timeoutMs: timeout, minSuccessfulPercent: Number(percent ?? 100) };
}

/**
 * Waits until enough instances have signalled success, or until that cannot be any more. Of a group, the share that
 * MinSuccessfulInstancesPercent names must succeed, and the texts are those of groups; of any other resource, all.
 *
 * Errors: ResourceFailure with CloudFormation's words.
 */
export async function awaitCreationSignals(
  wanted: CreationSignals,
  inbox: SignalInbox,
  resource: {
    readonly isGroup: boolean;
    readonly now: () => number;
    readonly speed: number;
    progress(reason: string): void;
  },
  cancelled: AbortSignal,
): Promise<void> {
  const { count, timeoutMs, minSuccessfulPercent } = wanted;
  const needed = Math.ceil((count * minSuccessfulPercent) / 100);
  const began = resource.now();
  let successes = 0;
  let failures = 0;
  const unable = (tally: string) =>
    new ResourceFailure(
      `Received ${tally} signal(s) out of ${count}.  Unable to satisfy ${minSuccessfulPercent}% MinSuccessfulInstancesPercent requirement`,
    );
  while (successes < needed) {
    const elapsed = resource.speed === Number.POSITIVE_INFINITY ? 0 : (resource.now() - began) * resource.speed;
    const signal = await inbox.next(Math.max(0, timeoutMs - elapsed), cancelled);
    if (signal === undefined) {
      if (resource.isGroup) throw unable(`${successes} SUCCESS`);
      throw new ResourceFailure(
        `Failed to receive ${count - successes} resource signal(s) within the specified duration`,
      );
    }
    resource.progress(`Received ${signal.status} signal with UniqueId ${signal.uniqueId}`);
    if (signal.status === 'SUCCESS') {
      successes++;
      continue;
    }
    failures++;
    if (!resource.isGroup) throw new ResourceFailure(`Received FAILURE signal with UniqueId ${signal.uniqueId}`);
    if (failures > count - needed) throw unable(`${failures} FAILURE`);
  }
}
