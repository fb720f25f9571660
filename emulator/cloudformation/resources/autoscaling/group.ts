import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { ResourceState, Services } from '../../../types.ts';
import { changed, missingFrom } from '../changed.ts';
import { physicalName } from '../physical-name.ts';
import { provider, type TypedRequest } from '../provider.ts';
import { NotStabilized, stabilize, unlessGone } from '../stabilize.ts';
import { tagChanges } from '../tags.ts';
import { describeGroup, existingGroup, inServiceCount, instanceIds } from './described-group.ts';
import {
  createInput,
  GROUP_PROPERTIES,
  type GroupProperties,
  groupTags,
  updatedSizes,
  updateInput,
} from './group-properties.ts';
import { templateProperties } from './read-group.ts';
import { rollingUpdate } from './rolling-update.ts';
import { type RollingUpdatePolicy, readUpdatePolicy, UpdatePolicyRefused } from './update-policy.ts';

type Request = TypedRequest<GroupProperties>;

/** How long CloudFormation waits for a group's instances to come or go. */
const STABLE_LIMIT_MS = 3_600_000;

export const autoScalingGroup = provider<GroupProperties>({
  type: 'AWS::AutoScaling::AutoScalingGroup',
  properties: GROUP_PROPERTIES,

  async create(request) {
    const { services, properties } = request;
    refuseImpossiblePolicy(request);
    const name = properties.AutoScalingGroupName ?? physicalName(request, 255);
    await services.autoScaling.createAutoScalingGroup(createInput(name, properties, request.tags));
    request.initiated(await stateOf(services, name));
    await changeAdditions(services, name, undefined, properties);
    await reached(request, name, launchedEnough);
    return stateOf(services, name);
  },

  async update(request, previous) {
    const { services, properties } = request;
    const name = previous.physicalId;
    const policy = readUpdatePolicy(request.updatePolicy);
    refuseImpossiblePolicy(request);
    const known = new Set(instanceIds(await existingGroup(services, name)));
    const suspended = await suspend(services, name, policy.rolling);
    try {
      const onlyModified = policy.ignoreUnmodifiedGroupSizeProperties && !request.rollback;
      const sizes = updatedSizes(previous.properties, properties, onlyModified);
      await changeTags(request, name, previous.properties);
      await changeAdditions(services, name, previous.properties, properties);
      await services.autoScaling.updateAutoScalingGroup(updateInput(name, properties, sizes));
      await reached(request, name, launchedEnough);
      if (policy.rolling) await rollingUpdate(request, name, policy.rolling, known);
    } finally {
      await resume(services, name, suspended);
    }
    return stateOf(services, name);
  },

  /** Empties the group first, which heeds scale-in protection: a protected instance holds the deletion up. */
  async delete(request, { physicalId: name }) {
    const { services } = request;
    if (!(await describeGroup(services, name))) return;
    const AutoScalingGroupName = name;
    await services.autoScaling.updateAutoScalingGroup({
      AutoScalingGroupName,
      MinSize: 0,
      MaxSize: 0,
      DesiredCapacity: 0,
    });
    await reached(request, name, (group) => instanceIds(group).length === 0);
    await unlessGone(['ValidationError'], () => services.autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName }));
  },

  async read({ services, properties }, { physicalId: name }) {
    const group = await describeGroup(services, name);
    if (group === undefined) return undefined;
    const { LifecycleHooks } = await services.autoScaling.describeLifecycleHooks({ AutoScalingGroupName: name });
    return templateProperties(group, LifecycleHooks ?? [], properties);
  },

  async find({ services }, name) {
    return (await describeGroup(services, name)) && stateOf(services, name);
  },
});

/** "MinInstancesInService must be less than the autoscaling group's MaxSize": refused before anything is changed. */
function refuseImpossiblePolicy({ updatePolicy, properties }: Request): void {
  const { rolling } = readUpdatePolicy(updatePolicy);
  if (rolling && rolling.minInstancesInService > 0 && rolling.minInstancesInService >= Number(properties.MaxSize)) {
    throw new UpdatePolicyRefused("MinInstancesInService must be less than the autoscaling group's MaxSize");
  }
}

async function reached(
  { services, clock, signal }: Request,
  name: string,
  condition: (group: AutoScalingGroup) => boolean,
): Promise<void> {
  let last = await existingGroup(services, name);
  await stabilize(
    async () => {
      last = await existingGroup(services, name);
      return condition(last) || undefined;
    },
    { clock, signal, limitMs: STABLE_LIMIT_MS, timedOut: () => new NotStabilized(unstableText(last)) },
  );
}

/** With weights the desired capacity counts units, which fewer instances make up. */
function launchedEnough(group: AutoScalingGroup): boolean {
  const overrides = group.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? [];
  const weighted = overrides.some((override) => override.WeightedCapacity !== undefined);
  const wanted = group.DesiredCapacity ?? 0;
  return inServiceCount(group) >= (weighted ? Math.min(wanted, 1) : wanted);
}

function unstableText(group: AutoScalingGroup): string {
  const sizes = `${instanceIds(group).length}/${group.MinSize}/${group.MaxSize}`;
  return `Group did not stabilize. {current/minSize/maxSize} group size = {${sizes}}.`;
}

/** What the group has besides itself, through calls of their own. */
async function changeAdditions(
  services: Services,
  name: string,
  before: GroupProperties | undefined,
  after: GroupProperties,
): Promise<void> {
  const AutoScalingGroupName = name;
  if (before === undefined || changed(before, after, 'MetricsCollection')) {
    if (before?.MetricsCollection) await services.autoScaling.disableMetricsCollection({ AutoScalingGroupName });
    for (const { Granularity, Metrics } of after.MetricsCollection ?? []) {
      await services.autoScaling.enableMetricsCollection({
        AutoScalingGroupName,
        Granularity,
        ...(Metrics && { Metrics: [...Metrics] }),
      });
    }
  }
  const hooksBefore = before?.LifecycleHookSpecificationList ?? [];
  const hooksAfter = after.LifecycleHookSpecificationList ?? [];
  for (const hook of missingFrom(hooksAfter, hooksBefore)) {
    await services.autoScaling.putLifecycleHook({ AutoScalingGroupName, ...hook });
  }
  for (const { LifecycleHookName } of hooksBefore) {
    if (hooksAfter.some((hook) => hook.LifecycleHookName === LifecycleHookName)) continue;
    await services.autoScaling.deleteLifecycleHook({ AutoScalingGroupName, LifecycleHookName });
  }
  if (before === undefined) return;
  const attached = missingFrom(after.TargetGroupARNs ?? [], before.TargetGroupARNs ?? []);
  const detached = missingFrom(before.TargetGroupARNs ?? [], after.TargetGroupARNs ?? []);
  if (attached.length > 0) {
    await services.autoScaling.attachLoadBalancerTargetGroups({ AutoScalingGroupName, TargetGroupARNs: attached });
  }
  if (detached.length > 0) {
    await services.autoScaling.detachLoadBalancerTargetGroups({ AutoScalingGroupName, TargetGroupARNs: detached });
  }
}

async function changeTags(request: Request, name: string, before: GroupProperties): Promise<void> {
  const after = groupTags(name, request.properties, request.tags);
  const { remove } = tagChanges(
    before.Tags ?? [],
    after.map((tag) => ({ Key: tag.Key ?? '', Value: tag.Value ?? '' })),
  );
  if (after.length > 0) await request.services.autoScaling.createOrUpdateTags({ Tags: after });
  if (remove.length > 0) {
    await request.services.autoScaling.deleteTags({
      Tags: remove.map((Key) => ({ Key, ResourceId: name, ResourceType: 'auto-scaling-group' })),
    });
  }
}

/** Suspends what the policy names; resolves with what was not suspended before, which is what is resumed. */
async function suspend(services: Services, name: string, policy?: RollingUpdatePolicy): Promise<string[]> {
  if (!policy || policy.suspendProcesses.length === 0) return [];
  const group = await existingGroup(services, name);
  const already = (group.SuspendedProcesses ?? []).map((suspended) => suspended.ProcessName);
  const processes = policy.suspendProcesses.filter((process) => !already.includes(process));
  if (processes.length > 0) {
    await services.autoScaling.suspendProcesses({ AutoScalingGroupName: name, ScalingProcesses: processes });
  }
  return processes;
}

async function resume(services: Services, name: string, processes: readonly string[]): Promise<void> {
  if (processes.length === 0) return;
  await services.autoScaling.resumeProcesses({ AutoScalingGroupName: name, ScalingProcesses: [...processes] });
}

async function stateOf(services: Services, name: string): Promise<ResourceState> {
  const group = await existingGroup(services, name);
  return { physicalId: name, attributes: { AutoScalingGroupARN: group.AutoScalingGroupARN ?? '' } };
}
