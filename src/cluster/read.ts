import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Aws } from '../aws/aws.ts';
import { orFailure } from '../aws/errors.ts';
import { Failure } from '../types.ts';
import type { ContainerHost, LiveGroup } from './request.ts';

/** DescribeContainerInstances takes no more at once (ECS API Reference). */
const PER_DESCRIBE = 100;

/** What DescribeClusters tells of one cluster. */
export interface LiveCluster {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly registeredCount: number;
  readonly capacityProviders: readonly string[];
}

/** Reads a cluster by name or ARN. Throws a Failure when there is none, when it was deleted, or when AWS tells too little. */
export async function readCluster(aws: Aws, cluster: string): Promise<LiveCluster> {
  const doing = `read ECS cluster ${cluster}`;
  const ecs = await aws.ecs();
  const answer = await orFailure(doing, ecs.describeClusters({ clusters: [cluster] }));
  const found = answer.clusters?.[0];
  if (found === undefined) {
    const [failure] = answer.failures ?? [];
    throw failure?.reason === 'MISSING'
      ? noCluster(cluster, aws.region)
      : unreadable(doing, failure?.reason ?? 'no cluster');
  }
  const { clusterArn, clusterName, status, registeredContainerInstancesCount: registeredCount } = found;
  if (!clusterArn || !clusterName || !status || registeredCount === undefined) {
    throw unreadable(doing, 'its ARN, name, status or registered container instance count is missing');
  }
  if (status === 'INACTIVE') throw deletedCluster(clusterName);
  return {
    arn: clusterArn,
    name: clusterName,
    status,
    registeredCount,
    capacityProviders: found.capacityProviders ?? [],
  };
}

/** Reads Auto Scaling groups by name. Throws a Failure for one that does not exist. */
export async function readGroups(aws: Aws, names: readonly string[]): Promise<LiveGroup[]> {
  if (names.length === 0) return [];
  const doing = `read Auto Scaling group ${names.join(', ')}`;
  const autoScaling = await aws.autoScaling();
  const found: LiveGroup[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await orFailure(
      doing,
      autoScaling.describeAutoScalingGroups({ AutoScalingGroupNames: [...names], ...(NextToken && { NextToken }) }),
    );
    for (const group of answer.AutoScalingGroups ?? []) {
      const { AutoScalingGroupName: name, MinSize: min, MaxSize: max, DesiredCapacity: desired } = group;
      if (name === undefined || min === undefined || max === undefined || desired === undefined) {
        throw unreadable(doing, 'its name, sizes or desired capacity is missing');
      }
      const instances = (group.Instances ?? []).map(({ InstanceId, LifecycleState, WeightedCapacity }) => {
        if (!InstanceId || !LifecycleState) throw unreadable(doing, 'an instance without id or lifecycle state');
        return {
          instanceId: InstanceId,
          lifecycleState: LifecycleState,
          ...(WeightedCapacity && { weight: Number(WeightedCapacity) }),
        };
      });
      found.push({ name, min, max, desired, weighted: isWeighted(group), instances });
    }
    NextToken = answer.NextToken;
  } while (NextToken);
  const missing = names.filter((name) => !found.some((group) => group.name === name));
  if (missing.length > 0) throw noGroup(missing, aws.region);
  return found;
}

/** Amazon EC2 Auto Scaling User Guide, "Configure … instance weights" and "attribute-based instance type selection". */
function isWeighted({ MixedInstancesPolicy: policy, DesiredCapacityType: unit }: AutoScalingGroup): boolean {
  const overrides = policy?.LaunchTemplate?.Overrides ?? [];
  return (
    (unit !== undefined && unit !== 'units') || overrides.some(({ WeightedCapacity }) => WeightedCapacity !== undefined)
  );
}

/** Lists and describes every container instance of a cluster. One that vanishes in between is left out. */
export async function readHosts(aws: Aws, cluster: string): Promise<ContainerHost[]> {
  const doing = `read the container instances of ECS cluster ${cluster}`;
  const ecs = await aws.ecs();
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await orFailure(doing, ecs.listContainerInstances({ cluster, ...(nextToken && { nextToken }) }));
    arns.push(...(answer.containerInstanceArns ?? []));
    nextToken = answer.nextToken;
  } while (nextToken);
  const hosts: ContainerHost[] = [];
  for (let at = 0; at < arns.length; at += PER_DESCRIBE) {
    const containerInstances = arns.slice(at, at + PER_DESCRIBE);
    const answer = await orFailure(doing, ecs.describeContainerInstances({ cluster, containerInstances }));
    const refused = answer.failures?.find(({ reason }) => reason !== 'MISSING');
    if (refused !== undefined)
      throw unreadable(doing, `${refused.arn ?? 'one of them'}: ${refused.reason ?? 'no reason'}`);
    for (const instance of answer.containerInstances ?? []) {
      const { containerInstanceArn: arn, ec2InstanceId, status, statusReason, agentConnected } = instance;
      if (!arn || !status || agentConnected === undefined) {
        throw unreadable(doing, 'the ARN, status or agent connection of one is missing');
      }
      hosts.push({
        arn,
        status,
        agentConnected,
        ...(ec2InstanceId && { ec2InstanceId }),
        ...(statusReason && { statusReason }),
      });
    }
  }
  return hosts;
}

function noCluster(cluster: string, region: string): Failure {
  return new Failure('invalid-config', [
    {
      level: 'error',
      title: `ECS cluster ${cluster} does not exist in ${region}`,
      message: 'ECS answered MISSING to DescribeClusters, so there is no roll to call.',
      remedy: `Check the input 'cluster', the region and the account: aws ecs list-clusters --region ${region}`,
    },
  ]);
}

function deletedCluster(name: string): Failure {
  return new Failure('capacity-short', [
    {
      level: 'error',
      title: `ECS cluster ${name} has been deleted`,
      message: 'ECS says that its status is INACTIVE, so no container instance can be registered with it.',
      remedy: 'Deploy the stack under a new cluster name, or delete the stack and deploy it again.',
    },
  ]);
}

function noGroup(names: readonly string[], region: string): Failure {
  return new Failure('capacity-short', [
    {
      level: 'error',
      title: `Auto Scaling group ${names.join(', ')} does not exist in ${region}`,
      message: 'The stack names it, but Auto Scaling does not know it: it was deleted from outside the stack.',
      remedy: 'Deploy the stack with another name for the group, so that CloudFormation makes it anew.',
    },
  ]);
}

function unreadable(doing: string, what: string): Failure {
  return new Failure('timed-out', [
    {
      level: 'error',
      title: `Could not ${doing}: AWS's answer is incomplete`,
      message: `AWS answered, but not with what the verdict rests on: ${what}.`,
      remedy: 'Run the job again. If it stays so, something between this runner and AWS alters the answers.',
    },
  ]);
}
