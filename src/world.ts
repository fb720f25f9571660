import type { Aws, AwsTarget } from './aws/aws.ts';
import type { Runner } from './runner/runner.ts';
import type { Clock } from './time/clock.ts';

/** Everything outside the program, passed in: tests give one with a clock of their own or one that points elsewhere. */
export interface World {
  readonly clock: Clock;
  /** Aborted when the job is cancelled, with a Failure `cancelled` as its reason. */
  readonly signal: AbortSignal;
  readonly runner: Runner;
  /** The checked-out repository: every path that a user writes is below it. */
  readonly workspace: string;
  aws(target: AwsTarget): Aws;
}
