import { AutoScaling, type AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { type ContainerInstance, ECS } from '@aws-sdk/client-ecs';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import type { MiddlewareStack } from '@smithy/types';
import type { Aws } from '../../src/aws/aws.ts';
import { connect as connectS3 } from '../../src/aws/services/s3.ts';

/** What AWS holds at one moment, in short. */
export interface Scene {
  /** Status of the cluster, default ACTIVE; null when there is none. */
  readonly cluster?: string | null;
  /** What DescribeClusters counts; default the ACTIVE and DRAINING hosts. */
  readonly count?: number;
  readonly providers?: readonly string[];
  readonly groups?: readonly AutoScalingGroup[];
  readonly hosts?: readonly ContainerInstance[];
}

type Answers = Readonly<Record<string, (input: Record<string, unknown>) => object>>;

const ACCESS = { accessKeyId: 'test', secretAccessKey: 'test' };
export const CLUSTER_ARN = 'arn:aws:ecs:eu-west-1:123456789012:cluster/todobackend';

export const hostArn = (instanceId: string) =>
  `arn:aws:ecs:eu-west-1:123456789012:container-instance/todobackend/${instanceId}`;

/** A container instance as ECS describes one, ACTIVE and connected unless `more` says otherwise. */
export function host(ec2InstanceId: string, more: ContainerInstance = {}): ContainerInstance {
  return {
    containerInstanceArn: hostArn(ec2InstanceId),
    ec2InstanceId,
    status: 'ACTIVE',
    agentConnected: true,
    ...more,
  };
}

/** A group whose instances are in service, but for those written as `id:State`. */
export function group(name: string, desired: number, instances: readonly string[], more = {}): AutoScalingGroup {
  return {
    AutoScalingGroupName: name,
    MinSize: 0,
    MaxSize: 10,
    DesiredCapacity: desired,
    DefaultCooldown: 300,
    AvailabilityZones: ['eu-west-1a'],
    HealthCheckType: 'EC2',
    CreatedTime: new Date(0),
    Instances: instances.map((written) => {
      const [InstanceId = '', ...state] = written.split(':');
      return {
        InstanceId,
        AvailabilityZone: 'eu-west-1a',
        LifecycleState: state.length > 0 ? (state.join(':') as 'Pending') : 'InService',
        HealthStatus: 'Healthy',
        ProtectedFromScaleIn: false,
      };
    }),
    ...more,
  };
}

/** An error as the SDK throws one. */
export function awsError(name: string, message: string, status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status }, $fault: 'client' });
}

/**
 * The SDK's own clients, answered before anything is sent: by `answers`, or from the scene that is set at the time.
 * `calls` names each call in order.
 */
export function fakeAws(scene: () => Scene, answers: Answers = {}) {
  const calls: string[] = [];
  const all: Answers = { ...fromScene(scene), ...answers };
  const answer = (commandName: string, input: object): object => {
    const action = commandName.replace(/Command$/, '');
    calls.push(action);
    const found = all[action];
    if (found === undefined) throw new Error(`No answer for ${action}`);
    return found({ ...input });
  };
  const config = { region: 'eu-west-1', credentials: ACCESS };
  const [ecs, autoScaling] = [new ECS(config), new AutoScaling(config)];
  intercept(ecs.middlewareStack, answer);
  intercept(autoScaling.middlewareStack, answer);
  const aws: Aws = {
    region: 'eu-west-1',
    ecs: async () => ecs,
    autoScaling: async () => autoScaling,
    cloudFormation: async () => new CloudFormation(config),
    ssm: async () => new SSM(config),
    s3: async () => connectS3(config, {})(new AbortController().signal),
    sts: async () => new STS(config),
    cloudTrail: async () => new CloudTrail(config),
    withSignal: () => aws,
  };
  return { aws, calls };
}

function intercept<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  answer: (commandName: string, input: object) => object,
): void {
  stack.add(
    (_next, context) => async (args) => {
      const output: Output = Object.assign(Object.create(null), answer(String(context.commandName), args.input));
      return { output, response: {} };
    },
    { step: 'initialize', priority: 'high' },
  );
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function fromScene(scene: () => Scene): Answers {
  const hosts = () => scene().hosts ?? [];
  return {
    DescribeClusters({ clusters }) {
      const { cluster = 'ACTIVE', count, providers = [] } = scene();
      if (cluster === null) return { clusters: [], failures: [{ arn: strings(clusters)[0], reason: 'MISSING' }] };
      const registered = hosts().filter(({ status }) => status === 'ACTIVE' || status === 'DRAINING').length;
      const found = {
        clusterArn: CLUSTER_ARN,
        clusterName: 'todobackend',
        status: cluster,
        capacityProviders: providers,
      };
      return { clusters: [{ ...found, registeredContainerInstancesCount: count ?? registered }], failures: [] };
    },
    DescribeAutoScalingGroups({ AutoScalingGroupNames }) {
      const names = strings(AutoScalingGroupNames);
      return {
        AutoScalingGroups: (scene().groups ?? []).filter(({ AutoScalingGroupName = '' }) =>
          names.includes(AutoScalingGroupName),
        ),
      };
    },
    ListContainerInstances: () => ({
      containerInstanceArns: hosts().map(({ containerInstanceArn }) => containerInstanceArn),
    }),
    DescribeContainerInstances({ containerInstances }) {
      const asked = strings(containerInstances);
      return {
        containerInstances: hosts().filter(({ containerInstanceArn = '' }) => asked.includes(containerInstanceArn)),
      };
    },
    DescribePolicies: () => ({ ScalingPolicies: [] }),
    DescribeScheduledActions: () => ({ ScheduledUpdateGroupActions: [] }),
  };
}
