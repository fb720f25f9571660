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
  (service === 'autoscaling' || service === 'ec2') && !/^(Describe|Get|List|Search)/.test(action);

/**
 * Clients that go straight to moto, made once per caller and region. Every call of theirs that may have launched or
 * ended an instance is followed by `moved`. They try once: moto answers what it cannot do with a 500, which the SDK
 * would send again.
 */
export function createServices(endpoint: string, moved: (account: Account) => void): ServicesFor {
  const made = new Map<string, Services>();
  return (account) => {
    const key = `${account.credentials.accessKeyId} ${account.region}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const services = makeServices(endpoint, account, moved);
    made.set(key, services);
    return services;
  };
}

function makeServices(endpoint: string, account: Account, moved: (account: Account) => void): Services {
  const { region, credentials } = account;
  // moto answers one call at a time in all its threads; more at once only wait, which is no reason for a warning.
  const requestHandler = { httpAgent: { maxSockets: 8 }, socketAcquisitionWarningTimeout: 600_000 };
  const configuration = { endpoint, region, credentials, maxAttempts: 1, requestHandler };
  const autoScaling = new AutoScaling(configuration);
  const ec2 = new EC2(configuration);
  autoScaling.middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } finally {
        if (movesInstances('autoscaling', context.commandName ?? '')) moved(account);
      }
    },
    { step: 'initialize', name: 'movedInstances' },
  );
  ec2.middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } finally {
        if (movesInstances('ec2', context.commandName ?? '')) moved(account);
      }
    },
    { step: 'initialize', name: 'movedInstances' },
  );
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
