import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import type { Account, Services, ServicesFor } from './types.ts';

/** Whether a call may have launched or ended an instance. */
export const movesInstances = (service: string, action: string) =>
  (service === 'autoscaling' && !action.startsWith('Describe')) ||
  (service === 'ec2' && /^(Run|Start|Stop|Reboot|Terminate)Instances$/.test(action));

/**
 * Clients that go straight to moto, made once per caller and region. Every call of theirs that may have launched or
 * ended an instance is followed by `moved`, every call at all by `noted`. They try once: moto answers what it cannot do with a 500, which the SDK
 * would send again.
 */
export function createServices(
  endpoint: string,
  moved: (account: Account) => void,
  noted?: (account: Account, call: NotedCall) => void,
): ServicesFor {
  const made = new Map<string, Services>();
  return (account) => {
    const key = `${account.credentials.accessKeyId} ${account.region}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const services = makeServices(endpoint, account, moved);
    if (noted !== undefined) note(services, (call) => noted(account, call));
    made.set(key, services);
    return services;
  };
}

function makeServices(endpoint: string, account: Account, moved: (account: Account) => void): Services {
  const { region, credentials } = account;
  // moto answers one call at a time in all its threads; more at once only wait, which is no reason for a warning.
  const requestHandler = { httpAgent: { maxSockets: 8 }, socketAcquisitionWarningTimeout: 600_000 };
  const configuration = { endpoint, region, credentials, maxAttempts: 1, requestHandler };

  const watch =
    (service: string) =>
    <I, O>(next: (args: I) => Promise<O>, context: { commandName?: string }) =>
    async (args: I): Promise<O> => {
      try {
        return await next(args);
      } finally {
        const action = (context.commandName ?? '').replace(/Command$/, '');
        if (movesInstances(service, action)) moved(account);
      }
    };
  const autoScaling = new AutoScaling(configuration);
  autoScaling.middlewareStack.add(watch('autoscaling'), { step: 'initialize', name: 'watchInstances' });
  const ec2 = new EC2(configuration);
  ec2.middlewareStack.add(watch('ec2'), { step: 'initialize', name: 'watchInstances' });

  return {
    autoScaling,
    ec2,
    ecs: new ECS(configuration),
    iam: new IAM(configuration),
    logs: new CloudWatchLogs(configuration),
    s3: new S3({ ...configuration, forcePathStyle: true }),
    ssm: new SSM(configuration),
    sts: new STS(configuration),
  };
}

/** A call as it was asked and as it ended. */
export interface NotedCall {
  readonly service: string;
  readonly action: string;
  readonly parameters: Record<string, unknown>;
  readonly errorCode?: string;
}

const SERVICE_NAMES = {
  autoScaling: 'autoscaling',
  ec2: 'ec2',
  ecs: 'ecs',
  iam: 'iam',
  logs: 'logs',
  s3: 's3',
  ssm: 'ssm',
  sts: 'sts',
} as const satisfies Record<keyof Services, string>;

function note(services: Services, noted: (call: NotedCall) => void): void {
  const watch =
    (service: string) =>
    <I extends { input: object }, O>(next: (args: I) => Promise<O>, context: { commandName?: string }) =>
    async (args: I): Promise<O> => {
      const call = {
        service,
        action: (context.commandName ?? '').replace(/Command$/, ''),
        parameters: { ...args.input },
      };
      try {
        const answer = await next(args);
        noted(call);
        return answer;
      } catch (error) {
        noted({ ...call, errorCode: error instanceof Error ? error.name : String(error) });
        throw error;
      }
    };
  const options = { step: 'initialize', name: 'noteCall' } as const;
  services.autoScaling.middlewareStack.add(watch(SERVICE_NAMES.autoScaling), options);
  services.ec2.middlewareStack.add(watch(SERVICE_NAMES.ec2), options);
  services.ecs.middlewareStack.add(watch(SERVICE_NAMES.ecs), options);
  services.iam.middlewareStack.add(watch(SERVICE_NAMES.iam), options);
  services.logs.middlewareStack.add(watch(SERVICE_NAMES.logs), options);
  services.s3.middlewareStack.add(watch(SERVICE_NAMES.s3), options);
  services.ssm.middlewareStack.add(watch(SERVICE_NAMES.ssm), options);
  services.sts.middlewareStack.add(watch(SERVICE_NAMES.sts), options);
}
