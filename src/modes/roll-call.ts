import type { Aws } from '../aws/aws.ts';
import { READING_SPACING, type RolledGroup, type Scaling } from '../cluster/request.ts';
import { type CalledRoll, callRoll, type RollCallContext } from '../cluster/roll-call.ts';
import type { RollCallRequest } from '../config/request.ts';
import type { Ledger } from '../outcome.ts';
import type { Stack } from '../stack/model.ts';
import { physicalIds } from '../stack/resources.ts';
import type { TemplateCluster } from '../template/cluster.ts';
import type { TemplateGroup } from '../template/groups.ts';
import { Failure } from '../types.ts';
import type { World } from '../world.ts';
import { readingTeller } from './progress.ts';

/** A cluster as AWS knows it, and the groups whose instances are expected to answer. */
export interface LiveCluster {
  readonly cluster: string;
  readonly groups: readonly RolledGroup[];
  /** The longest that CloudFormation waits for a group's signals. Milliseconds. */
  readonly signalTimeout?: number;
}

/** No cluster is given less to answer. Milliseconds. */
const LEAST_ROLL_CALL_TIMEOUT = 15 * 60_000;

/** What a template's cluster and groups are called in AWS, as the resources of its stack. */
export async function liveCluster(aws: Aws, stack: Stack, cluster: TemplateCluster): Promise<LiveCluster> {
  const logicalIds = [cluster.logicalId, ...cluster.groups.map((group) => group.logicalId)];
  const wanted = logicalIds.filter((id) => id !== undefined);
  const ids = await physicalIds(await aws.cloudFormation(), stack.id, wanted);
  const name = cluster.logicalId === undefined ? cluster.name : ids.get(cluster.logicalId);
  const missing = wanted.filter((id) => !ids.has(id));
  if (name === undefined || missing.length > 0) throw notInStack(stack, missing, cluster);
  const timeouts = cluster.groups.flatMap(({ signalTimeout }) => signalTimeout ?? []);
  return {
    cluster: name,
    groups: cluster.groups.map((group) => rolledGroup(group, ids.get(group.logicalId) ?? group.logicalId)),
    ...(timeouts.length > 0 && { signalTimeout: Math.max(...timeouts) }),
  };
}

/** What moves a group's desired capacity, as its template tells it. */
export function scalingOf(group: TemplateGroup): Scaling[] {
  return [
    ...(group.managedScaling ? (['managed-scaling'] as const) : []),
    ...(group.scalingPolicies.length > 0 ? (['scaling-policy'] as const) : []),
    ...(group.scheduledActions.length > 0 ? (['scheduled-action'] as const) : []),
  ];
}

function rolledGroup(group: TemplateGroup, name: string): RolledGroup {
  return {
    name,
    logicalId: group.logicalId,
    ...(group.desiredCapacity !== undefined && { templateDesired: group.desiredCapacity }),
    location: group.desiredCapacityLocation ?? group.location,
    scaledBy: scalingOf(group),
    weighted: group.weighted,
  };
}

function notInStack(stack: Stack, missing: readonly string[], { location }: TemplateCluster): Failure {
  return new Failure('invalid-config', [
    {
      level: 'error',
      title: `Stack ${stack.name} has no ${missing.join(', ') || 'cluster'}`,
      message: 'The template has it, the stack does not: the stack was deployed from another template.',
      remedy: 'Deploy this template first, or check out the commit that the stack was deployed from.',
      location,
    },
  ]);
}

interface Calling {
  readonly aws: Aws;
  readonly world: World;
  /** Something was just deployed. */
  readonly afterChange: boolean;
}

/** Calls the roll, whatever comes of it. Throws Failure when it cannot be called. */
export async function theRollCall(
  { cluster, groups, signalTimeout = 0 }: LiveCluster,
  { desiredCount, rollCallTimeout, drainTimeout }: RollCallRequest,
  { aws, world: { clock, signal }, afterChange }: Calling,
  onReading?: RollCallContext['onReading'],
): Promise<CalledRoll> {
  const request = {
    cluster,
    groups,
    desired: desiredCount.kind === 'number' ? desiredCount.count : desiredCount.kind,
    rollCallTimeoutMs: rollCallTimeout ?? Math.max(LEAST_ROLL_CALL_TIMEOUT, signalTimeout),
    drainTimeoutMs: drainTimeout,
    afterChange,
    spacingMs: READING_SPACING,
  };
  return callRoll(request, { aws, clock, signal, ...(onReading && { onReading }) });
}

/** Calls the roll and tells it as it goes. Throws Failure `capacity-short` or `capacity-over` unless it is complete. */
export async function answerRollCall(
  live: LiveCluster,
  request: RollCallRequest,
  { ledger, ...calling }: Calling & { readonly ledger: Ledger },
): Promise<void> {
  const { clock, runner } = calling.world;
  runner.log.group('Roll call');
  const { findings, ...rollCall } = await theRollCall(live, request, calling, readingTeller(runner.log, clock));
  runner.log.endGroup();
  ledger.rollCall = rollCall;
  switch (rollCall.verdict) {
    case 'complete':
      ledger.findings.push(...findings);
      return;
    case 'short':
      throw new Failure('capacity-short', findings);
    case 'over':
      throw new Failure('capacity-over', findings);
    default:
      rollCall.verdict satisfies never;
  }
}
