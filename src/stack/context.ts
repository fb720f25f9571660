import type { CloudFormation } from '../aws/services/cloudformation.ts';
import type { Clock } from '../time/clock.ts';

/** The part of CloudFormation that a function calls. */
export type Calls<Method extends keyof CloudFormation> = Pick<CloudFormation, Method>;

/** What every operation that waits is given. */
export interface StackContext<Method extends keyof CloudFormation = keyof CloudFormation> {
  readonly cfn: Calls<Method>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}
