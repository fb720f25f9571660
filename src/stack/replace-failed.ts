import { formatDuration } from '../time/duration.ts';
import { Failure } from '../types.ts';
import { awsCommand } from './command.ts';
import type { StackContext } from './context.ts';
import { failureFindings } from './explain.ts';
import type { Stack, StackEvent } from './model.ts';
import { underWaySentence } from './progress.ts';
import { deleteStack } from './removal.ts';
import { failuresOf } from './root-cause.ts';

export interface ReplacementRequest {
  readonly stack: Stack;
  readonly region: string;
  readonly roleArn?: string;
  /** How long the deletion may take. Milliseconds. */
  readonly timeout: number;
  readonly tell: (events: readonly StackEvent[]) => void;
}

/**
 * Deletes a stack whose creation failed (ROLLBACK_COMPLETE) so that it can be created again, which the user has
 * permitted. Throws Failure: `stack-stuck` under termination protection or when the deletion fails, `timed-out`.
 */
export async function replaceFailedStack(
  context: StackContext<'deleteStack' | 'describeStacks' | 'describeStackEvents'>,
  { stack, region, roleArn, timeout, tell }: ReplacementRequest,
): Promise<void> {
  if (stack.terminationProtection) throw isProtected(stack, region);
  const deadline = context.clock.now() + timeout;
  const followed = await deleteStack(context, { stack, ...(roleArn && { roleArn }), deadline, tell });
  if (followed.stack === undefined)
    throw new Failure('timed-out', [
      {
        level: 'error',
        title: `The failed stack ${stack.name} was not deleted after ${formatDuration(timeout)}`,
        message: `CloudFormation goes on with it. ${underWaySentence(followed.events, context.clock.now())}`,
        remedy: 'Run the job again: it waits for the deletion.',
      },
    ]);
  if (followed.stack.status === 'DELETE_COMPLETE') return;
  const causes = failureFindings(failuresOf(followed.events), () => undefined);
  throw new Failure('stack-stuck', [
    ...causes,
    {
      level: 'error',
      title: `The failed stack ${stack.name} could not be deleted: ${followed.stack.status}`,
      message: followed.stack.statusReason ?? 'CloudFormation gave no reason',
    },
  ]);
}

function isProtected(stack: Stack, region: string): Failure {
  const command = awsCommand('cloudformation', 'update-termination-protection', [
    '--no-enable-termination-protection',
    '--stack-name',
    stack.name,
    '--region',
    region,
  ]);
  return new Failure('stack-stuck', [
    {
      level: 'error',
      title: `The failed stack ${stack.name} is protected from deletion`,
      message: `It is in ${stack.status} and would have to be deleted, but termination protection is on, which is never turned off here.`,
      remedy: `If it may go: ${command}`,
    },
  ]);
}
