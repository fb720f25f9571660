import { STACK_TYPE } from '../execution/stack-type.ts';
import { startContinue, startRollback } from '../execution/start.ts';
import type { ResourceRecord, Stack } from '../model.ts';
import { stackMissing, stackMissingInBrackets, validationError } from '../protocol/errors.ts';
import { isPaused } from '../status.ts';
import type { RegionStore } from '../store.ts';
import type { ApiAction } from './request.ts';

/** Only between the start of an operation and its end, and only for a resource that it is working on. */
const signalResource: ApiAction = ({ query, store, world }) => {
  const stack = store.require(query.text('StackName') ?? '', stackMissing);
  const logicalId = query.text('LogicalResourceId') ?? '';
  const uniqueId = query.text('UniqueId') ?? '';
  const status = query.text('Status');
  if (status !== 'SUCCESS' && status !== 'FAILURE')
    throw validationError(
      `1 validation error detected: Value '${status}' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [SUCCESS, FAILURE]`,
    );
  const record = stack.resources.get(logicalId);
  if (record === undefined) throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
  const delivered = world.signalDesk.deliver(stack.id, logicalId, { uniqueId, status });
  if (delivered === 'closed')
    throw validationError(`Resource ${logicalId} is in ${record.status} state and cannot be signaled`);
  return undefined;
};

/** CloudFormation API Reference, CancelUpdateStack: only stacks in UPDATE_IN_PROGRESS. */
const cancelUpdateStack: ApiAction = ({ query, store }) => {
  const stack = store.require(query.text('StackName') ?? '', stackMissingInBrackets);
  if (stack.status !== 'UPDATE_IN_PROGRESS')
    throw validationError('CancelUpdateStack cannot be called from current stack status');
  stack.running?.cancel.abort(new Error('The update was cancelled'));
  return undefined;
};

/** The resources of a stack and of those nested in it, by the names that ResourcesToSkip has for them. */
function skippable(store: RegionStore, stack: Stack): Map<string, ResourceRecord> {
  const prefix = stack.parentId === undefined ? '' : `${stack.name}.`;
  const own = [...stack.resources].map(([id, record]): [string, ResourceRecord] => [`${prefix}${id}`, record]);
  return new Map([...own, ...store.childrenOf(stack).flatMap((child) => [...skippable(store, child)])]);
}

/**
 * API Reference, ContinueUpdateRollback: only resources in UPDATE_FAILED, and of nested stacks only what is in them, except
 * for those that are being deleted.
 */
function checkSkipped(store: RegionStore, stack: Stack, names: readonly string[]): void {
  const known = skippable(store, stack);
  const mayBeSkipped = ({ type, status, physicalId = '' }: ResourceRecord) =>
    status === 'UPDATE_FAILED' && (type !== STACK_TYPE || store.find(physicalId)?.status.startsWith('DELETE_'));
  const wrong = names.filter((name) => {
    const record = known.get(name);
    return record === undefined || !mayBeSkipped(record);
  });
  if (wrong.length > 0)
    throw validationError(
      `The resources [${wrong.join(', ')}] in ResourcesToSkip are not in UPDATE_FAILED state because of a failed rollback`,
    );
}

const continueUpdateRollback: ApiAction = ({ query, store, world, account }) => {
  const stack = store.require(query.text('StackName') ?? '', stackMissingInBrackets);
  if (stack.parentId !== undefined)
    throw validationError(
      `Continue update rollback is not allowed on the nested stack ${stack.id}; use its root stack`,
    );
  if (query.flag('ForceRollback')) throw validationError('This local AWS does not support ForceRollback.');
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED')
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not continue rolling back.`);
  const skip = query.list('ResourcesToSkip');
  checkSkipped(store, stack, skip);
  startContinue({ world, store, stack, account, token: query.text('ClientRequestToken') }, new Set(skip));
  return {};
};

/** CloudFormation API Reference, RollbackStack: from CREATE_FAILED and UPDATE_FAILED to the last stable state. */
const rollbackStack: ApiAction = ({ query, store, world, account }) => {
  const stack = store.require(query.text('StackName') ?? '', stackMissingInBrackets);
  if (!isPaused(stack.status))
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
  stack.retainExceptOnCreate = query.flag('RetainExceptOnCreate') ?? stack.retainExceptOnCreate;
  const operation = startRollback({ world, store, stack, account, token: query.text('ClientRequestToken') });
  return { StackId: stack.id, OperationId: operation.id };
};

export const operationActions: Readonly<Record<string, ApiAction>> = {
  SignalResource: signalResource,
  CancelUpdateStack: cancelUpdateStack,
  ContinueUpdateRollback: continueUpdateRollback,
  RollbackStack: rollbackStack,
};
