import { type Check, checkResource, supportsDrift } from '../drift/check.ts';
import { startDetection } from '../drift/detect.ts';
import { resourceDriftXml } from '../drift/drift-xml.ts';
import type { ResourceRecord, Stack } from '../model.ts';
import { constraintViolation, stackMissingInBrackets, validationError } from '../protocol/errors.ts';
import { page } from './paging.ts';
import type { ApiAction, ApiRequest } from './request.ts';

/** CloudFormation User Guide, drift: "You can perform drift detection on stacks with the following statuses". */
const CHECKABLE = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED'];

const STATUSES = ['IN_SYNC', 'MODIFIED', 'DELETED', 'NOT_CHECKED', 'UNKNOWN', 'UNSUPPORTED'];

function checkableStack({ query, store }: ApiRequest): Stack {
  const stack = store.require(query.text('StackName') ?? '', stackMissingInBrackets);
  if (!CHECKABLE.includes(stack.status))
    throw validationError(`Drift detection cannot be performed on stack [${stack.id}] in ${stack.status} state.`);
  return stack;
}

function requireRecord(stack: Stack, logicalId: string): ResourceRecord {
  const record = stack.resources.get(logicalId);
  if (record === undefined) throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
  return record;
}

const detectStackDrift: ApiAction = (request) => {
  const { query, store, world, account } = request;
  const stack = checkableStack(request);
  if (store.drift.of(stack.id).running !== undefined)
    throw validationError(`Drift detection is already in progress for stack [${stack.id}]`);
  const wanted = query.list('LogicalResourceIds');
  const records =
    wanted.length === 0 ? [...stack.resources.values()] : wanted.map((logicalId) => requireRecord(stack, logicalId));
  const detection = startDetection({ world, store, stack, account }, records);
  return { StackDriftDetectionId: detection.id };
};

const describeStackDriftDetectionStatus: ApiAction = ({ query, store }) => {
  const id = query.text('StackDriftDetectionId') ?? '';
  const detection = store.drift.detection(id);
  if (detection === undefined) throw validationError(`Drift detection with id ${id} does not exist`);
  return {
    StackId: detection.stackId,
    StackDriftDetectionId: detection.id,
    StackDriftStatus: detection.stackStatus,
    DetectionStatus: detection.status,
    DetectionStatusReason: detection.reason,
    DriftedStackResourceCount: detection.driftedCount,
    Timestamp: detection.startTime,
  };
};

/** Answers when the resource has been read. The stack's own drift status stays what it was. */
const detectStackResourceDrift: ApiAction = async (request) => {
  const { query, store, world, account } = request;
  const stack = checkableStack(request);
  const record = requireRecord(stack, query.text('LogicalResourceId') ?? '');
  const check: Check = { world, store, stack, account };
  if (!supportsDrift(world, record.type))
    throw validationError(`Drift detection is not supported for resource type ${record.type}`);
  const known = store.drift.of(stack.id);
  known.lastCheck = world.clock.now();
  const { drift } = await checkResource(check, record);
  if (drift === undefined) throw validationError(`Resource ${record.logicalId} has not been created`);
  known.resources.set(record.logicalId, drift);
  return { StackResourceDrift: resourceDriftXml(stack, drift) };
};

const describeStackResourceDrifts: ApiAction = ({ query, store }) => {
  const stack = store.require(query.text('StackName') ?? '', stackMissingInBrackets);
  const filters = query.list('StackResourceDriftStatusFilters');
  for (const filter of filters)
    if (!STATUSES.includes(filter))
      throw constraintViolation(
        filter,
        'stackResourceDriftStatusFilters',
        `Member must satisfy enum value set: [${STATUSES.join(', ')}]`,
      );
  const size = query.integer('MaxResults') ?? 100;
  if (size < 1 || size > 100)
    throw constraintViolation(String(size), 'maxResults', 'Member must have value between 1 and 100');
  const drifts = [...store.drift.of(stack.id).resources.values()]
    .filter(({ logicalId, physicalId }) => stack.resources.get(logicalId)?.physicalId === physicalId)
    .filter(({ status }) => filters.length === 0 || filters.includes(status))
    .sort((a, b) => a.logicalId.localeCompare(b.logicalId));
  const { items, nextToken } = page(drifts, query.text('NextToken'), size);
  return { StackResourceDrifts: items.map((drift) => resourceDriftXml(stack, drift)), NextToken: nextToken };
};

export const driftActions: Readonly<Record<string, ApiAction>> = {
  DetectStackDrift: detectStackDrift,
  DetectStackResourceDrift: detectStackResourceDrift,
  DescribeStackDriftDetectionStatus: describeStackDriftDetectionStatus,
  DescribeStackResourceDrifts: describeStackResourceDrifts,
};
