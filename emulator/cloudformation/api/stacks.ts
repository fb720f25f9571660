import { compare } from '../change-sets/create.ts';
import { stackDriftInformation } from '../drift/drift-xml.ts';
import { tellStack } from '../execution/run.ts';
import { startCreate, startDelete, startUpdate } from '../execution/start.ts';
import type { FailureMode, Stack } from '../model.ts';
import { CloudFormationError, stackMissing, stackMissingInBrackets, validationError } from '../protocol/errors.ts';
import { isPaused, isUpdatable } from '../status.ts';
import { addStack } from '../store.ts';
import { checkEvaluation, requestedDeployment, withStoredValues } from './deployment.ts';
import { stackAsTold } from './lagging.ts';
import { page } from './paging.ts';
import type { ApiAction, ApiRequest } from './request.ts';
import { checkStackName } from './stack-names.ts';
import { describeStack } from './stack-xml.ts';

const UNSUPPORTED = [
  'DeploymentConfig',
  'RollbackConfiguration',
  'StackPolicyBody',
  'StackPolicyURL',
  'StackPolicyDuringUpdateBody',
  'StackPolicyDuringUpdateURL',
];

function refuseUnsupported({ query }: ApiRequest): void {
  for (const member of UNSUPPORTED)
    if (query.has(member)) throw validationError(`This local AWS does not support ${member}.`);
}

function failureMode(request: ApiRequest): FailureMode {
  const { query } = request;
  const onFailure = query.text('OnFailure');
  if (onFailure !== undefined && query.has('DisableRollback'))
    throw validationError('You can specify either OnFailure or DisableRollback, but not both.');
  if (onFailure === 'DELETE') return 'delete';
  return onFailure === 'DO_NOTHING' || query.flag('DisableRollback') ? 'keep' : 'rollback';
}

const createStack: ApiAction = async (request) => {
  refuseUnsupported(request);
  const { query, store, world, account } = request;
  const name = query.text('StackName') ?? '';
  checkStackName(name);
  const token = query.text('ClientRequestToken');
  const existing = store.find(name);
  if (existing !== undefined && existing.status !== 'REVIEW_IN_PROGRESS') {
    const first = existing.operations.find(({ type }) => type === 'CREATE_STACK');
    if (token !== undefined && first?.token === token) return { StackId: existing.id, OperationId: first.id };
    throw new CloudFormationError('AlreadyExistsException', `Stack [${name}] already exists`);
  }
  const failure = failureMode(request);
  const asked = await requestedDeployment(request, undefined);
  const deployment = await withStoredValues(request, asked);
  checkEvaluation(request, existing ?? { id: '', name, resources: new Map() }, deployment);
  const timeoutInMinutes = query.integer('TimeoutInMinutes');
  const stack =
    existing ??
    addStack(store, {
      name,
      account,
      status: 'CREATE_IN_PROGRESS',
      deployment,
      terminationProtection: query.flag('EnableTerminationProtection') ?? false,
      ...(timeoutInMinutes !== undefined && { timeoutInMinutes }),
      now: world.clock.now(),
    });
  stack.disableRollback = failure === 'keep';
  stack.retainExceptOnCreate = query.flag('RetainExceptOnCreate') ?? false;
  const operation = startCreate({ world, store, stack, account, token }, deployment, failure);
  return { StackId: stack.id, OperationId: operation.id };
};

const updateStack: ApiAction = async (request) => {
  refuseUnsupported(request);
  const { query, store, world, account } = request;
  const name = query.text('StackName') ?? '';
  const stack = store.require(name, stackMissingInBrackets);
  const token = query.text('ClientRequestToken');
  const repeated = stack.operations.find((operation) => token !== undefined && operation.token === token);
  if (repeated?.type === 'UPDATE_STACK') return { StackId: stack.id, OperationId: repeated.id };
  const disableRollback = query.flag('DisableRollback') ?? false;
  if (!isUpdatable(stack.status) && !(isPaused(stack.status) && disableRollback))
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  const asked = await requestedDeployment(request, stack.deployment);
  const deployment = await withStoredValues(request, asked);
  checkEvaluation(request, stack, deployment);
  const { isEmpty } = await compare(world, store, stack, deployment);
  if (isEmpty && !isPaused(stack.status)) throw validationError('No updates are to be performed.');
  stack.disableRollback = disableRollback;
  stack.retainExceptOnCreate = query.flag('RetainExceptOnCreate') ?? false;
  const failure = disableRollback ? 'keep' : 'rollback';
  const operation = startUpdate({ world, store, stack, account, token }, deployment, failure);
  return { StackId: stack.id, OperationId: operation.id };
};

/** CloudFormation User Guide, "Stack … cannot be deleted while in status …": not while an update or an import goes on. */
const undeletable = (status: string) => /^(UPDATE|IMPORT)(_ROLLBACK)?(_COMPLETE_CLEANUP)?_IN_PROGRESS$/.test(status);

/** The request is accepted, nothing is deleted, and an event in the stack's present status says why. */
function exportInUse({ store }: ApiRequest, stack: Stack): string | undefined {
  for (const { exportName } of stack.outputs) {
    const users = exportName === undefined ? [] : store.importers(exportName).filter((user) => user !== stack);
    if (users.length === 0) continue;
    return `Export ${exportName} cannot be deleted as it is in use by ${users.map((user) => user.name).join(' and ')}`;
  }
  return undefined;
}

const deleteStack: ApiAction = (request) => {
  const { query, store, world, account } = request;
  const name = query.text('StackName') ?? '';
  const stack = store.find(name);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS')
    return undefined;
  if (stack.terminationProtection)
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  if (undeletable(stack.status))
    throw validationError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
  const retain = query.list('RetainResources');
  const force = query.text('DeletionMode') === 'FORCE_DELETE_STACK';
  if ((retain.length > 0 || force) && stack.status !== 'DELETE_FAILED')
    throw validationError(
      `Invalid operation on stack [${stack.id}]. ${force ? 'FORCE_DELETE_STACK' : 'RetainResources'} can only be specified when the stack is in the DELETE_FAILED state.`,
    );
  const inUse = exportInUse(request, stack);
  if (inUse !== undefined) {
    stack.statusReason = inUse;
    tellStack(stack, world.clock.now(), { reason: inUse });
    return undefined;
  }
  const token = query.text('ClientRequestToken');
  startDelete({ world, store, stack, account, token }, { retain: new Set(retain), force });
  return undefined;
};

const describeStacks: ApiAction = (request) => {
  const { query, store } = request;
  const name = query.text('StackName');
  if (name !== undefined && name !== '') {
    const stack = stackAsTold(request, name);
    if (stack === undefined) throw stackMissing(name);
    return { Stacks: [describeStack(store, stack)] };
  }
  const live = store.stacks().filter(({ status }) => status !== 'DELETE_COMPLETE');
  const { items, nextToken } = page(live, query.text('NextToken'), 100);
  return { Stacks: items.map((stack) => describeStack(store, stack)), NextToken: nextToken };
};

const listStacks: ApiAction = ({ query, store }) => {
  const wanted = new Set(query.list('StackStatusFilter'));
  const stacks = store.stacks().filter(({ status }) => wanted.size === 0 || wanted.has(status));
  const { items, nextToken } = page(stacks, query.text('NextToken'), 100);
  return {
    StackSummaries: items.map((stack) => ({
      StackId: stack.id,
      StackName: stack.name,
      TemplateDescription: stack.deployment?.template.description,
      CreationTime: stack.creationTime,
      LastUpdatedTime: stack.lastUpdatedTime,
      DeletionTime: stack.deletionTime,
      StackStatus: stack.status,
      StackStatusReason: stack.statusReason,
      ParentId: stack.parentId,
      RootId: stack.rootId,
      DriftInformation: stackDriftInformation(store, stack),
    })),
    NextToken: nextToken,
  };
};

const updateTerminationProtection: ApiAction = ({ query, store }) => {
  const stack = store.require(query.text('StackName') ?? '', stackMissingInBrackets);
  if (stack.parentId !== undefined)
    throw validationError('Termination protection cannot be changed on nested stacks. Change it on the root stack.');
  stack.terminationProtection = query.flag('EnableTerminationProtection') ?? false;
  return { StackId: stack.id };
};

export const stackActions: Readonly<Record<string, ApiAction>> = {
  CreateStack: createStack,
  UpdateStack: updateStack,
  DeleteStack: deleteStack,
  DescribeStacks: describeStacks,
  ListStacks: listStacks,
  UpdateTerminationProtection: updateTerminationProtection,
};
