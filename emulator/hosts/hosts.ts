import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Account, EmulatorClock, Hosts, Scenarios, ServicesFor } from '../types.ts';
import { createStackCalls, type StackCalls } from './cloudformation.ts';
import { bootHost, type Host } from './host.ts';
import type { Instance } from './instance.ts';
import { createControlServer } from './machine/control.ts';
import { findIsolation } from './machine/isolation.ts';
import { createMachineImages } from './machine-images.ts';

export interface HostsOptions {
  readonly servicesFor: ServicesFor;
  readonly clock: EmulatorClock;
  readonly scenarios: Pick<Scenarios, 'host'>;
  /** Where the helper scripts on the hosts reach CloudFormation; asked when the first of them calls. */
  readonly gatewayEndpoint: () => string;
  /** A directory for the hosts' roots: made when the first host boots, removed at the end. */
  readonly dir: string;
  /** Told what went wrong inside the local AWS itself. */
  readonly tell?: (line: string) => void;
  /** Boots from scripted steps even where namespaces can be made, for this reason. */
  readonly scripted?: string;
}

interface Known {
  readonly account: Account;
  readonly groupName: string;
  readonly groupLogicalId: string | undefined;
  readonly ordinal: number;
  readonly host: Promise<Host | undefined>;
  booted?: Host;
}

export function createHosts(options: HostsOptions): Hosts {
  const { servicesFor, clock, scenarios, dir } = options;
  const isolation =
    options.scripted === undefined ? findIsolation() : ({ kind: 'scripted', why: options.scripted } as const);
  const over = new AbortController();
  const tell = (line: string) => {
    if (!over.signal.aborted) options.tell?.(line);
  };
  const control = createControlServer(tell);
  const images = createMachineImages(dir, { oneUser: isolation.kind === 'namespace' && isolation.oneUser });
  const known = new Map<string, Known>();
  const launched = new Map<string, number>();
  const stackCalls = new Map<string, StackCalls>();
  const leaving = new Set<Promise<void>>();
  const retired = new Map<string, Host>();

  const callsOf = (account: Account) => {
    const key = placeOf(account);
    let calls = stackCalls.get(key);
    if (calls === undefined) {
      calls = createStackCalls(account, servicesFor, options.gatewayEndpoint);
      stackCalls.set(key, calls);
    }
    return calls;
  };

  const boot = async (account: Account, group: AutoScalingGroup, instanceId: string, ordinal: number) => {
    const { ec2, ecs } = servicesFor(account);
    const instance = await readInstance(account, group, instanceId, ec2);
    if (instance === undefined || over.signal.aborted) return undefined;
    const namespace =
      isolation.kind === 'namespace'
        ? { image: await images.prepare(ec2, instance.imageId), unshare: isolation.unshare, control }
        : undefined;
    const { groupName, groupLogicalId } = instance;
    const behaviours = scenarios.host({
      groupName,
      ordinal,
      ...(groupLogicalId === undefined ? {} : { groupLogicalId }),
    });
    return bootHost({ instance, ecs, calls: callsOf(account), clock, namespace }, behaviours);
  };

  const launch = (account: Account, group: AutoScalingGroup, instanceId: string) => {
    const groupName = group.AutoScalingGroupName ?? '';
    const groupKey = `${placeOf(account)}/${groupName}`;
    const ordinal = (launched.get(groupKey) ?? 0) + 1;
    launched.set(groupKey, ordinal);
    const host = boot(account, group, instanceId, ordinal).catch((error) => {
      tell(`local AWS: ${instanceId} cannot boot: ${error instanceof Error ? error.stack : error}`);
      return undefined;
    });
    const entry: Known = { account, groupName, groupLogicalId: tagOf(group, 'logical-id'), ordinal, host };
    known.set(instanceId, entry);
    void host.then((booted) => {
      if (booted !== undefined) entry.booted = booted;
    });
  };

  /** ECS deregisters the container instance of a terminated instance by itself; a draining one first empties. */
  const retire = async (instanceId: string, entry: Known) => {
    known.delete(instanceId);
    const host = await entry.host;
    if (host === undefined) return;
    retired.set(instanceId, host);
    const { groupName, groupLogicalId, ordinal } = entry;
    const drains = scenarios
      .host({ groupName, ordinal, ...(groupLogicalId === undefined ? {} : { groupLogicalId }) })
      .find((behaviour) => behaviour.kind === 'drains');
    const { ecs } = servicesFor(entry.account);
    const registration = () => ({ cluster: host.cluster ?? '', containerInstance: host.containerInstanceArn ?? '' });
    try {
      if (drains !== undefined && host.containerInstanceArn !== undefined) {
        const { cluster, containerInstance } = registration();
        await ecs.updateContainerInstancesState({
          cluster,
          containerInstances: [containerInstance],
          status: 'DRAINING',
        });
        await (drains.forMs === undefined ? forGood(over.signal) : clock.sleep(drains.forMs, over.signal));
      }
      await host.end();
      if (host.containerInstanceArn !== undefined) {
        await ecs.deregisterContainerInstance({ ...registration(), force: true }).catch(ignoreGone);
      }
    } catch (error) {
      await host.end();
      if (!over.signal.aborted) throw error;
    }
  };

  const compare = async (account: Account) => {
    const place = placeOf(account);
    const present = new Set<string>();
    for (const group of await groupsOf(account, servicesFor)) {
      for (const { InstanceId } of group.Instances ?? []) {
        if (InstanceId === undefined) continue;
        present.add(InstanceId);
        if (!known.has(InstanceId) && !retired.has(InstanceId)) launch(account, group, InstanceId);
      }
    }
    for (const [instanceId, entry] of [...known]) {
      if (placeOf(entry.account) !== place || present.has(instanceId)) continue;
      const left = retire(instanceId, entry).catch((error) => {
        tell(`local AWS: ${instanceId} cannot leave: ${error instanceof Error ? error.stack : error}`);
      });
      leaving.add(left);
      void left.finally(() => leaving.delete(left));
    }
  };

  const comparisons = new Map<string, { again: boolean; done: Promise<void> }>();
  const reconcile = (account: Account) => {
    if (over.signal.aborted) return;
    const place = placeOf(account);
    const running = comparisons.get(place);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const state = { again: false, done: Promise.resolve() };
    comparisons.set(place, state);
    state.done = (async () => {
      do {
        state.again = false;
        await compare(account).catch((error) => {
          tell(`local AWS: hosts of ${place}: ${error instanceof Error ? error.stack : error}`);
        });
      } while (state.again && !over.signal.aborted);
      comparisons.delete(place);
    })();
  };

  return {
    mode: isolation.kind === 'namespace' ? { kind: 'namespace' } : isolation,
    reconcile,
    agentConnected(containerInstanceArn) {
      for (const host of [...retired.values(), ...[...known.values()].flatMap(({ booted }) => booted ?? [])]) {
        if (host.containerInstanceArn === containerInstanceArn) return host.agentConnected;
      }
      return undefined;
    },
    consoleOutput: (instanceId) => (known.get(instanceId)?.booted ?? retired.get(instanceId))?.console() || undefined,
    async stop() {
      over.abort(new Error('the local AWS stops'));
      await Promise.all([...comparisons.values()].map(({ done }) => done));
      await Promise.all([...leaving]);
      await Promise.all([...known.values()].map(async ({ host }) => (await host)?.end()));
      for (const calls of stackCalls.values()) calls.close();
      await control.stop();
      await images.remove();
    },
  };
}

const forGood = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

const placeOf = ({ accountId, region }: Account) => `${accountId}/${region}`;

const tagOf = (group: AutoScalingGroup, name: string) =>
  group.Tags?.find(({ Key }) => Key === `aws:cloudformation:${name}`)?.Value;

async function groupsOf(account: Account, servicesFor: ServicesFor): Promise<AutoScalingGroup[]> {
  const groups: AutoScalingGroup[] = [];
  let next: string | undefined;
  do {
    const page = await servicesFor(account).autoScaling.describeAutoScalingGroups({ NextToken: next });
    groups.push(...(page.AutoScalingGroups ?? []));
    next = page.NextToken;
  } while (next !== undefined);
  return groups;
}

async function readInstance(
  account: Account,
  group: AutoScalingGroup,
  instanceId: string,
  ec2: ReturnType<ServicesFor>['ec2'],
): Promise<Instance | undefined> {
  const [{ Reservations }, { UserData }] = await Promise.all([
    ec2.describeInstances({ Filters: [{ Name: 'instance-id', Values: [instanceId] }] }),
    ec2.describeInstanceAttribute({ InstanceId: instanceId, Attribute: 'userData' }),
  ]);
  const described = Reservations?.[0]?.Instances?.[0];
  if (described === undefined) return undefined;
  const groupLogicalId = tagOf(group, 'logical-id');
  const stackId = tagOf(group, 'stack-id');
  return {
    account,
    instanceId,
    imageId: described.ImageId ?? '',
    instanceType: described.InstanceType ?? '',
    availabilityZone: described.Placement?.AvailabilityZone ?? `${account.region}a`,
    privateIp: described.PrivateIpAddress ?? '10.0.0.1',
    launchTime: described.LaunchTime ?? new Date(),
    userData: Buffer.from(UserData?.Value ?? '', 'base64').toString('utf8'),
    groupName: group.AutoScalingGroupName ?? '',
    ...(groupLogicalId === undefined ? {} : { groupLogicalId }),
    ...(stackId === undefined ? {} : { stackId }),
  };
}

/** The cluster, or the container instance, was deleted meanwhile. */
function ignoreGone(error: unknown): void {
  if (error instanceof Error && '$fault' in error && error.$fault === 'client') return;
  throw error;
}
