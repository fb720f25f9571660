import { classify } from '../aws/errors.ts';
import type { Calls } from './context.ts';
import { eventTail, isAtRest, isOfStackItself } from './events.ts';
import type { Stack, StackEvent } from './model.ts';

/**
 * The events of the operation that brought a stack to where it is, from its beginning; empty where they cannot be read:
 * they only add the why to what is certain already.
 */
export async function whyItFailed(cfn: Calls<'describeStackEvents'>, stackId: string): Promise<StackEvent[]> {
  let ended = false;
  const isBefore = (event: StackEvent) => {
    if (!isOfStackItself(event) || !isAtRest(event.status)) return false;
    if (ended) return true;
    ended = true;
    return false;
  };
  try {
    return await eventTail(cfn, { stackId, nestedIn: [], isBefore }).read();
  } catch (error) {
    if (classify(error).kind === 'expired-credentials') throw error;
    return [];
  }
}

/** Logical ids of the resources that a rollback could not bring back; empty where they cannot be read. */
export async function failedResources(cfn: Calls<'describeStackResources'>, stack: Stack): Promise<string[]> {
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED') return [];
  try {
    const { StackResources = [] } = await cfn.describeStackResources({ StackName: stack.id });
    return StackResources.flatMap(({ ResourceStatus, LogicalResourceId }) =>
      ResourceStatus?.endsWith('_FAILED') && LogicalResourceId ? [LogicalResourceId] : [],
    );
  } catch (error) {
    if (classify(error).kind === 'expired-credentials') throw error;
    return [];
  }
}
