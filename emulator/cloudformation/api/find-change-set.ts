import type { ChangeSet } from '../change-sets/model.ts';
import type { Stack } from '../model.ts';
import { changeSetMissing, stackMissingInBrackets, validationError } from '../protocol/errors.ts';
import { knowsOf } from './lagging.ts';
import type { ApiRequest } from './request.ts';

/**
 * The change set and stack that ChangeSetName (an ARN, or a name beside a StackName) and StackName name. One that was
 * executed is found by its ARN alone (seen on AWS: guardian/riff-raff#672).
 */
export function findChangeSet(request: ApiRequest): { stack: Stack; changeSet: ChangeSet } {
  const found = namedChangeSet(request);
  if (!knowsOf(request, found)) throw changeSetMissing(request.query.text('ChangeSetName') ?? '');
  return found;
}

function namedChangeSet(request: ApiRequest): { stack: Stack; changeSet: ChangeSet } {
  const { query, store } = request;
  const name = query.text('ChangeSetName') ?? '';
  const stackName = query.text('StackName');
  if (name.startsWith('arn:')) return store.changeSetById(name);
  if (stackName === undefined)
    throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
  const stack = store.require(stackName, stackMissingInBrackets);
  const changeSet = stack.changeSets.get(name);
  if (changeSet === undefined || isExecuted(changeSet.executionStatus)) throw changeSetMissing(name);
  return { stack, changeSet };
}

/** Whether an execution has begun, however it ended. */
export const isExecuted = (executionStatus: ChangeSet['executionStatus']) => executionStatus.startsWith('EXECUTE_');
