import type { Aws } from '../aws/aws.ts';
import { asFailure, classify } from '../aws/errors.ts';
import { Failure, type Finding } from '../types.ts';
import { readCluster, readHosts } from './read.ts';
import type { DesiredCount, RolledGroup } from './request.ts';

/** DescribeAutoScalingInstances takes no more at once (Amazon EC2 Auto Scaling API Reference). */
const PER_DESCRIBE = 50;

export interface Members {
  readonly groups: readonly RolledGroup[];
  readonly findings: readonly Finding[];
}

/**
 * Finds the Auto Scaling groups that feed a cluster which no template of ours tells about: those of its capacity
 * providers, and those that its registered instances belong to.
 *
 * Throws a Failure `invalid-config` when there are none and `desired` is no number: nothing then says how many
 * container instances to expect.
 */
export async function clusterMembers(aws: Aws, cluster: string, desired: DesiredCount): Promise<Members> {
  const findings: Finding[] = [];
  const live = await readCluster(aws, cluster);
  const [provided, registered] = await Promise.all([
    optional(findings, 'ecs:DescribeCapacityProviders', cluster, () =>
      fromCapacityProviders(aws, live.capacityProviders),
    ),
    optional(findings, 'autoscaling:DescribeAutoScalingInstances', cluster, () => fromInstances(aws, live.arn)),
  ]);
  const names = new Set([...provided.map(({ name }) => name), ...registered]);
  const groups = [...names].map(
    (name): RolledGroup => ({
      name,
      scaledBy: provided.some((group) => group.name === name && group.managed) ? ['managed-scaling'] : [],
      weighted: false,
    }),
  );
  if (groups.length === 0 && typeof desired !== 'number') throw withoutGroups(live.name, findings);
  return { groups, findings };
}

interface ProvidedGroup {
  readonly name: string;
  readonly managed: boolean;
}

async function fromCapacityProviders(aws: Aws, names: readonly string[]): Promise<ProvidedGroup[]> {
  const ours = names.filter((name) => !name.startsWith('FARGATE'));
  if (ours.length === 0) return [];
  const ecs = await aws.ecs();
  const found: ProvidedGroup[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await ecs.describeCapacityProviders({ capacityProviders: ours, ...(nextToken && { nextToken }) });
    for (const { autoScalingGroupProvider: provider } of answer.capacityProviders ?? []) {
      // arn:aws:autoscaling:REGION:ACCOUNT:autoScalingGroup:UUID:autoScalingGroupName/NAME
      const name = provider?.autoScalingGroupArn?.split(':autoScalingGroupName/')[1];
      if (name) found.push({ name, managed: provider?.managedScaling?.status === 'ENABLED' });
    }
    nextToken = answer.nextToken;
  } while (nextToken);
  return found;
}

async function fromInstances(aws: Aws, cluster: string): Promise<string[]> {
  const hosts = await readHosts(aws, cluster);
  const ids = [...new Set(hosts.flatMap(({ ec2InstanceId }) => ec2InstanceId ?? []))];
  const autoScaling = await aws.autoScaling();
  const names: string[] = [];
  for (let at = 0; at < ids.length; at += PER_DESCRIBE) {
    const InstanceIds = ids.slice(at, at + PER_DESCRIBE);
    const answer = await autoScaling.describeAutoScalingInstances({ InstanceIds });
    names.push(
      ...(answer.AutoScalingInstances ?? []).flatMap(({ AutoScalingGroupName }) => AutoScalingGroupName ?? []),
    );
  }
  return names;
}

/** One way of finding groups may be denied as long as another finds some. */
async function optional<T>(
  findings: Finding[],
  action: string,
  cluster: string,
  find: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  try {
    return await find();
  } catch (error) {
    const fact = classify(error);
    if (fact.kind !== 'access-denied') throw asFailure(error, `find the Auto Scaling groups of cluster ${cluster}`);
    findings.push({
      level: 'warning',
      title: `Not every Auto Scaling group of cluster ${cluster} may be known: ${action} is not allowed`,
      message: `The roll call goes by the groups that other calls named. ${fact.message}`,
      remedy: `Allow ${action} to the job's role.`,
    });
    return [];
  }
}

function withoutGroups(cluster: string, findings: readonly Finding[]): Failure {
  return new Failure(findings.length > 0 ? 'access-denied' : 'invalid-config', [
    {
      level: 'error',
      title: `How many container instances cluster ${cluster} is to have is not known`,
      message:
        'No Auto Scaling group feeds it, neither through a capacity provider nor as the group of a registered instance.',
      remedy: "Set 'desired-count' to the number of container instances that are expected.",
    },
    ...findings,
  ]);
}
