import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { CloudFormation, type StackEvent } from '@aws-sdk/client-cloudformation';
import { describe } from '@jest/globals';
import { findIsolation } from '../../../emulator/hosts/machine/isolation.ts';
import type { LocalAws } from '../../../emulator/local-aws.ts';

/**
 * For what needs user data to be run. Reported as skipped where this machine makes no namespaces; in CI it has to run.
 */
export const describeUserData =
  findIsolation().kind === 'namespace' || process.env.CI !== undefined ? describe : describe.skip;

export const stackYml = () => readFileSync(new URL('../../../stack.yml', import.meta.url), 'utf8');

/** The parameters of an environment file, as CloudFormation takes them. */
export function parametersOf(file: string): { ParameterKey: string; ParameterValue: string }[] {
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8').trim();
  return text.split('\n').map((line) => {
    const [ParameterKey = '', ...value] = line.split('=');
    return { ParameterKey, ParameterValue: value.join('=') };
  });
}

/** Waits until `read` gives something. */
export async function until<T>(read: () => Promise<T | undefined> | T | undefined, limitMs = 10_000): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`nothing came within ${limitMs} ms: ${read}`);
    await setTimeout(20);
  }
}

export interface Deployed {
  readonly status: string;
  readonly events: StackEvent[];
  readonly instanceIds: string[];
  /** What the first host's console shows. */
  console(): Promise<string>;
  /** How many container instances are registered with the stack's cluster. */
  registered(): Promise<number>;
}

/** Creates a stack that stays as it is when it fails, and reads what came of it. */
export async function deploy(
  aws: LocalAws,
  stackName: string,
  template: string,
  parameters: string,
): Promise<Deployed> {
  const cloudFormation = new CloudFormation({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const change = await cloudFormation.createChangeSet({
    StackName: stackName,
    ChangeSetName: 'first',
    ChangeSetType: 'CREATE',
    TemplateBody: template,
    Parameters: parametersOf(parameters),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  const ChangeSetName = change.Id ?? '';
  await until(async () => {
    const { Status } = await cloudFormation.describeChangeSet({ ChangeSetName });
    return Status === 'CREATE_COMPLETE' || Status === 'FAILED' || undefined;
  });
  await cloudFormation.executeChangeSet({ ChangeSetName, DisableRollback: true });
  const status = await until(async () => {
    const { Stacks } = await cloudFormation.describeStacks({ StackName: stackName });
    const now = Stacks?.[0]?.StackStatus ?? '';
    return now.endsWith('_IN_PROGRESS') ? undefined : now;
  }, 25_000);
  const { StackEvents = [] } = await cloudFormation.describeStackEvents({ StackName: stackName });
  const { StackResources = [] } = await cloudFormation.describeStackResources({ StackName: stackName });
  const physicalId = (type: string) =>
    StackResources.find(({ ResourceType }) => ResourceType === type)?.PhysicalResourceId;
  const cluster = physicalId('AWS::ECS::Cluster') ?? '';
  const { AutoScalingGroups } = await aws.services.autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: [physicalId('AWS::AutoScaling::AutoScalingGroup') ?? ''],
  });
  const instanceIds = (AutoScalingGroups?.[0]?.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
  cloudFormation.destroy();
  return {
    status,
    events: StackEvents,
    instanceIds,
    console: () => consoleOf(aws, instanceIds[0] ?? ''),
    async registered() {
      const { clusters } = await aws.services.ecs.describeClusters({ clusters: [cluster] });
      return clusters?.[0]?.registeredContainerInstancesCount ?? 0;
    },
  };
}

export async function consoleOf(aws: LocalAws, instanceId: string): Promise<string> {
  const response = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=local',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ Action: 'GetConsoleOutput', InstanceId: instanceId, Version: '2016-11-15' }),
  });
  const encoded = /<output>([^<]*)<\/output>/.exec(await response.text())?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString();
}
