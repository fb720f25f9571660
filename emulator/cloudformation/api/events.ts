import type { Operation, OperationEvent, Stack, StackEvent } from '../model.ts';
import { stackMissingInBrackets, validationError } from '../protocol/errors.ts';
import type { XmlObject } from '../protocol/xml.ts';
import { findChangeSet } from './find-change-set.ts';
import { eventsAsTold } from './lagging.ts';
import { page } from './paging.ts';
import type { ApiAction, ApiRequest } from './request.ts';

const EVENTS_PER_PAGE = 100;

const stackEvent = (stack: Stack, event: StackEvent): XmlObject => ({
  StackId: stack.id,
  EventId: event.eventId,
  StackName: stack.name,
  OperationId: event.operationId,
  LogicalResourceId: event.logicalId,
  PhysicalResourceId: event.physicalId,
  ResourceType: event.type,
  Timestamp: event.timestamp,
  ResourceStatus: event.status,
  ResourceStatusReason: event.reason,
  ResourceProperties: event.properties,
  ClientRequestToken: event.token,
});

/** Newest first, also of a deleted stack by its id. */
const describeStackEvents: ApiAction = (request) => {
  const { query, store } = request;
  const name = query.text('StackName') ?? '';
  const stack = store.require(name, stackMissingInBrackets);
  const newestFirst = eventsAsTold(request, stack)?.toReversed();
  if (newestFirst === undefined) throw stackMissingInBrackets(name);
  const { items, nextToken } = page(newestFirst, query.text('NextToken'), EVENTS_PER_PAGE, 'front');
  return { StackEvents: items.map((event) => stackEvent(stack, event)), NextToken: nextToken };
};

interface Row {
  readonly stack: Stack;
  readonly operation: Operation;
  readonly event: OperationEvent;
}

function operationEvent({ stack, operation, event }: Row): XmlObject {
  const { stackEvent: told, validation } = event;
  return {
    EventId: event.eventId,
    StackId: stack.id,
    OperationId: operation.id,
    OperationType: operation.type,
    OperationStatus: operation.status,
    EventType: event.kind,
    LogicalResourceId: told?.logicalId ?? validation?.logicalId,
    PhysicalResourceId: told?.physicalId,
    ResourceType: told?.type ?? validation?.type,
    Timestamp: event.timestamp,
    StartTime: operation.startTime,
    EndTime: operation.endTime,
    ResourceStatus: told?.status,
    ResourceStatusReason: told?.reason,
    ResourceProperties: told?.properties,
    ClientRequestToken: operation.token,
    ValidationFailureMode: validation?.mode,
    ValidationName: validation?.name,
    ValidationStatus: validation === undefined ? undefined : 'FAILED',
    ValidationStatusReason: validation?.reason,
    ValidationPath: validation?.path,
  };
}

function findOperation(request: ApiRequest): { stack: Stack; operation: Operation | undefined } {
  const { query, store } = request;
  const operationId = query.text('OperationId');
  const stackName = query.text('StackName');
  const changeSetName = query.text('ChangeSetName');
  if (operationId !== undefined) {
    for (const stack of store.stacks()) {
      const operation = stack.operations.find(({ id }) => id === operationId);
      if (operation !== undefined) return { stack, operation };
    }
    throw validationError(`Operation [${operationId}] does not exist`);
  }
  if (changeSetName !== undefined && (stackName !== undefined || changeSetName.startsWith('arn:'))) {
    const { stack, changeSet } = findChangeSet(request);
    return { stack, operation: changeSet.operation };
  }
  if (stackName === undefined)
    throw validationError('One of ChangeSetName, OperationId or StackName must be specified');
  const stack = store.require(stackName, stackMissingInBrackets);
  return { stack, operation: stack.operations.at(-1) };
}

const isFailure = ({ kind }: OperationEvent) => kind === 'PROVISIONING_ERROR' || kind === 'VALIDATION_ERROR';

/** The events of one operation, newest first; by StackName, of the stack's latest. */
const describeEvents: ApiAction = (request) => {
  const { query } = request;
  const { stack, operation } = findOperation(request);
  const onlyFailed = query.structure('Filters')?.flag('FailedEvents') ?? false;
  const rows = (operation?.events ?? []).filter((event) => !onlyFailed || isFailure(event)).toReversed();
  const { items, nextToken } = page(rows, query.text('NextToken'), EVENTS_PER_PAGE, 'front');
  return {
    OperationEvents: operation === undefined ? [] : items.map((event) => operationEvent({ stack, operation, event })),
    NextToken: nextToken,
  };
};

export const eventActions: Readonly<Record<string, ApiAction>> = {
  DescribeStackEvents: describeStackEvents,
  DescribeEvents: describeEvents,
};
