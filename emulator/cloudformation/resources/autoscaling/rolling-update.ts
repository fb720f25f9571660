import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { TypedRequest } from '../provider.ts';
import { NotStabilized, stabilize } from '../stabilize.ts';
import { existingGroup, inServiceCount, instanceIds } from './described-group.ts';
import type { GroupProperties } from './group-properties.ts';
import { obsoleteInstances } from './obsolete-instances.ts';
import { initiatedText, planRollingUpdate, replacementCount } from './rolling-update-plan.ts';
import { SignalTally } from './signal-tally.ts';
import type { RollingUpdatePolicy } from './update-policy.ts';

type Request = TypedRequest<GroupProperties>;

/** "CloudFormation waits at most one hour" for MinActiveInstancesPercent ("UpdatePolicy attribute"). */
const ACTIVE_LIMIT_MS = 3_600_000;

/**
 * Replaces a group's obsolete instances in batches, as UpdatePolicy AutoScalingRollingUpdate asks: terminates first,
 * waits for the signals of the new ones (or pauses) after each batch, and grows the group for the duration where that
 * is needed to keep MinInstancesInService. What fails leaves the group as it is at that moment; setting the sizes
 * again is the rollback's. Throws `SignalsMissing` when too few new instances signal success.
 *
 * @param known instances that were there before the update of the group: the others are waited for as new ones
 */
export async function rollingUpdate(
  request: Request,
  name: string,
  policy: RollingUpdatePolicy,
  known: Set<string>,
): Promise<void> {
  const { services, progress } = request;
  const group = await existingGroup(services, name);
  const obsolete = await obsoleteInstances(services, group);
  const launched = newInstances(group, known);
  const wait = newInstanceWait(request, policy, obsolete.length + launched.length);
  await wait(launched);
  if (obsolete.length === 0) return;

  const before = {
    minSize: group.MinSize ?? 0,
    maxSize: group.MaxSize ?? 0,
    desiredCapacity: group.DesiredCapacity ?? 0,
    obsolete,
  };
  const plan = planRollingUpdate(policy, before);
  progress(initiatedText(policy, obsolete.length, plan.batchSize));
  if (plan.temporaryCapacity !== undefined) {
    const capacity = plan.temporaryCapacity;
    progress(`Temporarily setting autoscaling group MinSize and DesiredCapacity to ${capacity}.`);
    await resize(request, name, { MinSize: capacity, DesiredCapacity: capacity });
    await wait(newInstances(await existingGroup(services, name), known));
  }
  for (let done = 0; done < obsolete.length; ) {
    const batch = obsolete.slice(done, done + plan.batchSize);
    await enoughActive(request, name, policy);
    await replaceBatch(request, name, batch, { isLast: done + batch.length === obsolete.length, before });
    done += batch.length;
    const percent = Math.round((100 * done) / obsolete.length);
    progress(`Successfully terminated instance(s) [${batch.join(',')}] (Progress ${percent}%).`);
    await wait(newInstances(await existingGroup(services, name), known));
  }
}

/** The group's instances that are not known yet; from now on they are. */
function newInstances(group: AutoScalingGroup, known: Set<string>): string[] {
  const launched = instanceIds(group).filter((id) => !known.has(id));
  for (const id of launched) known.add(id);
  return launched;
}

/** Waits for what the policy asks for after instances were added: signals, or the time of a pause. */
function newInstanceWait(request: Request, policy: RollingUpdatePolicy, expected: number) {
  const tally = new SignalTally(policy, expected);
  return async (launched: readonly string[]) => {
    if (launched.length === 0) return;
    if (policy.waitOnResourceSignals) return tally.await(launched, request);
    if (policy.pauseMs === 0) return;
    request.progress(`New instance(s) added to autoscaling group - Pausing for ${policy.pauseTime}.`);
    await request.clock.sleep(policy.pauseMs, request.signal);
  };
}

/** Terminates a batch, and has it replaced as far as it is to be. */
async function replaceBatch(
  request: Request,
  name: string,
  batch: readonly string[],
  update: { isLast: boolean; before: { minSize: number; desiredCapacity: number } },
): Promise<void> {
  const { services, progress } = request;
  const { minSize, desiredCapacity } = update.before;
  const group = await existingGroup(services, name);
  const replacing = replacementCount({
    leaving: batch.length,
    isLast: update.isLast,
    capacity: instanceIds(group).length,
    desiredCapacity,
  });
  progress(`Terminating instance(s) [${batch.join(',')}]; replacing with ${replacing} new instance(s).`);
  // The group's own sizes come back with the last batch, so that it shrinks by what is not replaced.
  if (update.isLast && group.MinSize !== minSize) await resize(request, name, { MinSize: minSize });
  for (const [index, InstanceId] of batch.entries()) {
    await services.autoScaling.terminateInstanceInAutoScalingGroup({
      InstanceId,
      ShouldDecrementDesiredCapacity: index >= replacing,
    });
  }
  if (update.isLast) {
    const after = await existingGroup(services, name);
    if (after.DesiredCapacity !== desiredCapacity) await resize(request, name, { DesiredCapacity: desiredCapacity });
  }
}

async function resize(
  request: Request,
  name: string,
  sizes: { MinSize?: number; DesiredCapacity?: number },
): Promise<void> {
  await request.services.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: name, ...sizes });
}

async function enoughActive(request: Request, name: string, policy: RollingUpdatePolicy): Promise<void> {
  await stabilize(
    async () => {
      const group = await existingGroup(request.services, name);
      const needed = ((group.DesiredCapacity ?? 0) * policy.minActiveInstancesPercent) / 100;
      return inServiceCount(group) >= Math.ceil(needed) || undefined;
    },
    {
      clock: request.clock,
      signal: request.signal,
      limitMs: ACTIVE_LIMIT_MS,
      timedOut: () =>
        new NotStabilized(
          `Unable to satisfy ${policy.minActiveInstancesPercent}% MinActiveInstancesPercent requirement`,
        ),
    },
  );
}
