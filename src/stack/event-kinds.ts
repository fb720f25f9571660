import type { StackEvent } from './model.ts';

const STACK_TYPE = 'AWS::CloudFormation::Stack';

// CloudFormation's own words for a resource that it gave up because another had failed.
const CANCELLED = /^Resource (?:creation|update|deletion|import) cancell?ed\.?$/i;

/** Whether an event is about the stack as a whole, nested or not, and not about one of its resources. */
export function isOfStackItself({
  resourceType,
  physicalId,
  stackId,
}: Pick<StackEvent, 'resourceType' | 'physicalId' | 'stackId'>): boolean {
  return resourceType === STACK_TYPE && physicalId === stackId;
}

/** Whether the reason of a failed resource says no more than that CloudFormation gave it up for another's failure. */
export function isCancellation(reason: string | undefined): boolean {
  return CANCELLED.test(reason?.trim() ?? '');
}

/** Whether nothing is under way any more in this status, be it one that this version does not know. */
export function isAtRest(status: string): boolean {
  return status !== '' && !status.endsWith('_IN_PROGRESS');
}
