import { randomBytes } from 'node:crypto';
import { orFailure } from '../aws/errors.ts';
import type { StackContext } from './context.ts';
import { newestEventId } from './events.ts';
import { type Followed, followOperation } from './follow.ts';
import type { Stack, StackEvent } from './model.ts';

export interface RemovalRequest {
  readonly stack: Stack;
  readonly roleArn?: string;
  readonly deadline: number;
  readonly tell: (events: readonly StackEvent[]) => void;
}

/** Deletes a stack and follows the deletion to its end. Whether that may be done is for the caller to have asked. */
export async function deleteStack(
  context: StackContext<'deleteStack' | 'describeStacks' | 'describeStackEvents'>,
  { stack, roleArn, deadline, tell }: RemovalRequest,
): Promise<Followed> {
  const { cfn } = context;
  const token = `muster-delete-${randomBytes(8).toString('hex')}`;
  const eventId = await newestEventId(cfn, stack.id);
  const doing = `delete stack ${stack.name}`;
  await orFailure(
    doing,
    cfn.deleteStack({ StackName: stack.id, ClientRequestToken: token, ...(roleArn && { RoleARN: roleArn }) }),
  );
  const after = { eventId, status: stack.status, updatedAt: stack.updatedAt };
  return followOperation(context, { stackId: stack.id, stackName: stack.name, after, token, deadline, tell });
}
