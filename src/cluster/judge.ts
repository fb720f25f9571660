import { isInService } from './expectation.ts';
import type { Expectation, RollCallVerdict, RolledInstance } from './model.ts';
import type { ContainerHost, LiveGroup, RollCallRequest } from './request.ts';

/** ECS counts these as registered ("registeredContainerInstancesCount … in ACTIVE and DRAINING status", API Reference). */
export const REGISTERED: ReadonlySet<string> = new Set(['ACTIVE', 'DRAINING']);

/** AWS says that an agent which reconnects briefly is normal; for so long it is given the benefit. Milliseconds. */
export const AWAY_LIMIT = 120_000;

/** Everything that one full reading found. */
export interface Facts {
  readonly at: number;
  readonly clusterStatus: string;
  readonly registeredCount: number;
  readonly expected: Expectation;
  readonly groups: readonly LiveGroup[];
  readonly hosts: readonly ContainerHost[];
  /** Since when each agent (by container instance ARN) was disconnected in every reading. */
  readonly awaySince: ReadonlyMap<string, number>;
}

/** Who is who. Each registered container instance is in one list, but one that is missing may be draining as well. */
export interface Roll {
  readonly answered: readonly RolledInstance[];
  readonly missing: readonly RolledInstance[];
  readonly draining: readonly RolledInstance[];
  readonly strangers: readonly RolledInstance[];
  readonly disconnected: readonly RolledInstance[];
  readonly unexpected: readonly RolledInstance[];
}

type Lists = { [list in keyof Roll]: RolledInstance[] };

export interface Judgement {
  /** What the verdict is if the roll call ends now. */
  readonly verdict: RollCallVerdict;
  /** Waiting longer would not change it. */
  readonly final: boolean;
  readonly roll: Roll;
}

/** Instances of the groups and of the cluster, joined by EC2 instance id: one record per container instance, and one
 * per instance of a group that has none. */
export function join(groups: readonly LiveGroup[], hosts: readonly ContainerHost[]): RolledInstance[] {
  const members = new Map(
    groups.flatMap(({ name, instances }) =>
      instances.map(({ instanceId, lifecycleState }) => [instanceId, { group: name, lifecycleState }] as const),
    ),
  );
  const registered = hosts.map((host): RolledInstance => {
    const instanceId = host.ec2InstanceId ?? (host.arn.split('/').at(-1) || host.arn);
    return {
      instanceId,
      ...members.get(instanceId),
      containerInstanceArn: host.arn,
      status: host.status,
      ...(host.statusReason ? { statusReason: host.statusReason } : {}),
      agentConnected: host.agentConnected,
    };
  });
  const known = new Set(registered.map(({ instanceId }) => instanceId));
  const absent = [...members].filter(([instanceId]) => !known.has(instanceId));
  return [...registered, ...absent.map(([instanceId, member]): RolledInstance => ({ instanceId, ...member }))];
}

const isLeaving = (instance: RolledInstance) =>
  instance.status === 'DRAINING' || (instance.lifecycleState?.startsWith('Terminat') ?? false);

/** The best of an instance's registrations stands for it: an agent that lost its data registers the instance anew. */
function bestFirst(a: RolledInstance, b: RolledInstance): number {
  const rank = ({ status, agentConnected }: RolledInstance) =>
    (status === 'ACTIVE' ? 0 : 2) + (agentConnected === true ? 0 : 1);
  return rank(a) - rank(b);
}

/** The registration that stands for each instance, and those that it has besides. */
export function oncePerInstance(instances: readonly RolledInstance[]): {
  readonly first: RolledInstance[];
  readonly again: RolledInstance[];
} {
  const seen = new Set<string>();
  const first: RolledInstance[] = [];
  const again: RolledInstance[] = [];
  for (const instance of [...instances].sort(bestFirst)) {
    (seen.has(instance.instanceId) ? again : first).push(instance);
    seen.add(instance.instanceId);
  }
  return { first, again };
}

/**
 * Calls everyone by name. `counted` is the number of container instances expected, and whether strangers may be among
 * them (a number that the user gave says so).
 */
export function sortOut(
  instances: readonly RolledInstance[],
  counted: { readonly expected: number; readonly strangersCount: boolean },
): Roll {
  const roll: Lists = { answered: [], missing: [], draining: [], strangers: [], disconnected: [], unexpected: [] };
  const pending: RolledInstance[] = [];
  const { first, again: twice } = oncePerInstance(instances);
  for (const instance of [...first, ...twice]) {
    const again = twice.includes(instance);
    const inService = isInService(instance) && !again;
    const registered = REGISTERED.has(instance.status ?? '');
    if (inService && instance.status !== 'ACTIVE') roll.missing.push(instance);
    if (!registered) {
      if (!again && instance.lifecycleState?.startsWith('Pending')) pending.push(instance);
    } else if (isLeaving(instance)) roll.draining.push(instance);
    else if (instance.agentConnected !== true && (inService || counted.strangersCount))
      roll.disconnected.push(instance);
    else if (instance.group === undefined) roll.strangers.push(instance);
    else if (inService) roll.answered.push(instance);
    else roll.unexpected.push(instance);
  }
  const inServiceCount = instances.filter(isInService).length;
  if (inServiceCount < counted.expected) roll.missing.push(...pending);
  return roll;
}

/** The verdict on one full reading. */
export function judge(facts: Facts, request: Pick<RollCallRequest, 'desired' | 'afterChange'>): Judgement {
  const strangersCount = typeof request.desired === 'number';
  const { expected, registeredCount } = facts;
  const roll = sortOut(join(facts.groups, facts.hosts), { expected: expected.count, strangersCount });
  const described = facts.hosts.filter(({ status }) => REGISTERED.has(status)).length;
  const present = roll.answered.length + (strangersCount ? roll.strangers.length + roll.unexpected.length : 0);
  const complete =
    facts.clusterStatus === 'ACTIVE' &&
    described === registeredCount &&
    registeredCount === expected.count &&
    present === expected.count &&
    roll.missing.length === 0;
  if (complete) return { verdict: 'complete', final: true, roll };

  const allHere = roll.missing.length === 0 && facts.clusterStatus === 'ACTIVE';
  if (allHere && present >= expected.count && registeredCount > expected.count && roll.disconnected.length === 0) {
    return { verdict: 'over', final: staysOver(facts, roll, request), roll };
  }
  const enough = present + roll.disconnected.length >= expected.count;
  const final = allHere && (enough ? staysAway(facts, roll) : !strangersCount && wantsNoMore(facts));
  return { verdict: 'short', final, roll };
}

/** Agents have been away for longer than a reconnect takes. */
function staysAway({ awaySince, at }: Facts, { disconnected }: Roll): boolean {
  const isGone = ({ containerInstanceArn = '' }: RolledInstance) =>
    at - (awaySince.get(containerInstanceArn) ?? at) >= AWAY_LIMIT;
  return disconnected.length > 0 && disconnected.every(isGone);
}

/** The groups themselves want fewer than are expected: no instance will be launched. */
function wantsNoMore({ groups, expected }: Facts): boolean {
  const wanted = groups.reduce((sum, { desired }) => sum + desired, 0);
  return !groups.some(({ weighted }) => weighted) && wanted < expected.count;
}

/**
 * Nobody is about to leave. After a change that is never certain: a host that has been terminated stays registered,
 * connected even, until ECS notices.
 */
function staysOver(facts: Facts, roll: Roll, { afterChange }: Pick<RollCallRequest, 'afterChange'>): boolean {
  const scalingIn = facts.groups.some(({ desired, instances }) => instances.filter(isInService).length > desired);
  const vanishing = roll.strangers.some(({ agentConnected }) => agentConnected !== true);
  return !afterChange && roll.draining.length === 0 && !scalingIn && !vanishing;
}

/** Since when each disconnected agent has been so, without a reading in between that says otherwise. */
export function awaySince(
  before: ReadonlyMap<string, number>,
  hosts: readonly ContainerHost[],
  at: number,
): Map<string, number> {
  return new Map(
    hosts.filter(({ agentConnected }) => !agentConnected).map(({ arn }) => [arn, before.get(arn) ?? at] as const),
  );
}
