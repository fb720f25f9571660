import { CloudFormation, type StackResourceDrift } from '@aws-sdk/client-cloudformation';
import { createClock } from '../../../emulator/clock.ts';
import { createCloudFormation } from '../../../emulator/cloudformation/index.ts';
import { providers } from '../../../emulator/cloudformation/resources/index.ts';
import { replacement } from '../../../emulator/cloudformation/resources/replacement.ts';
import { startMoto } from '../../../emulator/moto.ts';
import { createScenarios } from '../../../emulator/scenario.ts';
import { createServices } from '../../../emulator/services.ts';
import type { Account, Services } from '../../../emulator/types.ts';

const account: Account = {
  accountId: '123456789012',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

export type DriftLab = Awaited<ReturnType<typeof startDriftLab>>;

/** The engine with its real resource types on a moto of its own, without hosts, and the SDK's client speaking to it. */
export async function startDriftLab() {
  const moto = await startMoto();
  const services: Services = createServices(moto.endpoint, () => undefined)(account);
  const scenarios = createScenarios();
  const engine = createCloudFormation({
    servicesFor: () => services,
    clock: createClock(Number.POSITIVE_INFINITY),
    scenarios,
    providers,
    replacement,
  });
  const client = new CloudFormation({
    region: account.region,
    credentials: account.credentials,
    maxAttempts: 1,
    requestHandler: {
      async handle(request: { body?: unknown }) {
        const parameters = Object.fromEntries(new URLSearchParams(String(request.body)));
        const action = parameters.Action ?? '';
        const answer = await engine.handle({ action, parameters, account, requestId: 'request' });
        const headers = { 'content-type': answer.contentType };
        return { response: { statusCode: answer.status, headers, body: Buffer.from(answer.body) } };
      },
    },
  });
  const { Subnets = [] } = await services.ec2.describeSubnets({});
  const vpcId = Subnets[0]?.VpcId ?? '';

  const until = async <T>(read: () => Promise<T | undefined>): Promise<T> => {
    for (let tries = 0; tries < 2_000; tries++) {
      const found = await read();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error('it never came');
  };

  const settled = (name: string) =>
    until(async () => {
      const [stack] = (await client.describeStacks({ StackName: name })).Stacks ?? [];
      return stack?.StackStatus?.endsWith('_IN_PROGRESS') ? undefined : stack;
    });

  return {
    client,
    engine,
    services,
    scenarios,
    vpcId,
    subnetIds: Subnets.flatMap((subnet) => (subnet.VpcId === vpcId ? (subnet.SubnetId ?? []) : [])),
    imageId: 'ami-12c6146b',
    until,
    settled,
    async create(name: string, template: object | string, more: object = {}) {
      const TemplateBody = typeof template === 'string' ? template : JSON.stringify(template);
      await client.createStack({
        StackName: name,
        TemplateBody,
        Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
        ...more,
      });
      const stack = await settled(name);
      if (stack.StackStatus !== 'CREATE_COMPLETE') {
        const { StackEvents = [] } = await client.describeStackEvents({ StackName: name });
        const failed = StackEvents.filter((event) => event.ResourceStatus?.endsWith('FAILED'));
        throw new Error(failed.map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`).join('\n'));
      }
      return stack;
    },
    /** Runs a detection to its end. */
    async detect(name: string, more: { LogicalResourceIds?: string[] } = {}) {
      const { StackDriftDetectionId = '' } = await client.detectStackDrift({ StackName: name, ...more });
      return until(async () => {
        const status = await client.describeStackDriftDetectionStatus({ StackDriftDetectionId });
        return status.DetectionStatus === 'DETECTION_IN_PROGRESS' ? undefined : status;
      });
    },
    /** `LogicalId STATUS` of everything that was checked, each difference below it. */
    async drifts(name: string): Promise<string[]> {
      const { StackResourceDrifts = [] } = await client.describeStackResourceDrifts({ StackName: name });
      return StackResourceDrifts.flatMap(driftLines);
    },
    [Symbol.asyncDispose]: async () => {
      await engine.stop();
      await moto[Symbol.asyncDispose]();
    },
  };
}

/** `LogicalId STATUS`, and each difference below it. */
export function driftLines(drift: StackResourceDrift | undefined): string[] {
  if (drift === undefined) return [];
  return [
    `${drift.LogicalResourceId} ${drift.StackResourceDriftStatus}`,
    ...(drift.PropertyDifferences ?? []).map(
      ({ DifferenceType, PropertyPath, ExpectedValue, ActualValue }) =>
        `  ${DifferenceType} ${PropertyPath}: ${ExpectedValue} -> ${ActualValue}`,
    ),
  ];
}
