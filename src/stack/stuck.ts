import { stackNameInArn } from '../aws/arn.ts';
import { classify } from '../aws/errors.ts';
import type { Calls } from './context.ts';
import { isAtRest, isOfStackItself } from './event-kinds.ts';
import { eventTail } from './events.ts';
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

/**
 * The resources that a rollback could not bring back, by the names that ContinueUpdateRollback takes to skip them; empty
 * where they cannot be read.
 */
export async function failedResources(cfn: Calls<'describeStackResources'>, stack: Stack): Promise<string[]> {
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED') return [];
  try {
    return await failedIn(cfn, stack.id, '');
  } catch (error) {
    if (classify(error).kind === 'expired-credentials') throw error;
    return [];
  }
}

/**
 * API Reference, ContinueUpdateRollback: only resources in UPDATE_FAILED may be skipped; in a nested stack as
 * `NestedStackName.LogicalId`, and not the nested stack itself.
 */
async function failedIn(cfn: Calls<'describeStackResources'>, stackId: string, prefix: string): Promise<string[]> {
  const { StackResources = [] } = await cfn.describeStackResources({ StackName: stackId });
  const names: string[] = [];
  for (const { ResourceStatus, ResourceType, LogicalResourceId = '', PhysicalResourceId = '' } of StackResources) {
    if (ResourceStatus !== 'UPDATE_FAILED') continue;
    if (ResourceType !== 'AWS::CloudFormation::Stack') names.push(`${prefix}${LogicalResourceId}`);
    else names.push(...(await failedIn(cfn, PhysicalResourceId, `${stackNameInArn(PhysicalResourceId)}.`)));
  }
  return names;
}
