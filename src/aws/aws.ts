import type { AutoScaling } from './services/auto-scaling.ts';
import type { CloudFormation } from './services/cloudformation.ts';
import type { CloudTrail } from './services/cloudtrail.ts';
import type { ECS } from './services/ecs.ts';
import type { S3 } from './services/s3.ts';
import type { SSM } from './services/ssm.ts';
import type { STS } from './services/sts.ts';

/** Where calls go and as whom. `role` is assumed from the job's credentials; without it those are used as they are. */
export interface AwsTarget {
  readonly region: string;
  readonly role?: string;
}

/**
 * One region of one account. Each service is imported and connected to when it is first asked for. Every call is given
 * the signal, retries throttling and short outages, and has a time limit of its own.
 */
export interface Aws {
  readonly region: string;
  cloudFormation(): Promise<CloudFormation>;
  ecs(): Promise<ECS>;
  autoScaling(): Promise<AutoScaling>;
  ssm(): Promise<SSM>;
  s3(): Promise<S3>;
  sts(): Promise<STS>;
  cloudTrail(): Promise<CloudTrail>;
  /** The same, under another signal: clean-up after a cancelled job must not be cancelled itself. */
  withSignal(signal: AbortSignal): Aws;
}
