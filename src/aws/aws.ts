import type { AutoScaling } from '@aws-sdk/client-auto-scaling';
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { ECS } from '@aws-sdk/client-ecs';
import type { S3 } from '@aws-sdk/client-s3';
import type { SSM } from '@aws-sdk/client-ssm';
import type { STS } from '@aws-sdk/client-sts';

/** Where calls go and as whom. `role` is assumed from the job's credentials; without it those are used as they are. */
export interface AwsTarget {
  readonly region: string;
  readonly role?: string;
}

/**
 * One region of one account. Each client is imported and made when it is first asked for. Every call is given the
 * signal, retries throttling and short outages, and has a time limit of its own.
 */
export interface Aws {
  readonly region: string;
  cloudFormation(): Promise<CloudFormation>;
  ecs(): Promise<ECS>;
  autoScaling(): Promise<AutoScaling>;
  ssm(): Promise<SSM>;
  s3(): Promise<S3>;
  sts(): Promise<STS>;
  /** The same, under another signal: clean-up after a cancelled job must not be cancelled itself. */
  withSignal(signal: AbortSignal): Aws;
}
