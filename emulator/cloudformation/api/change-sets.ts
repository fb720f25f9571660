import { addChangeSet, fillChangeSet } from '../change-sets/create.ts';
import type { ChangeSet, ChangeSetType } from '../change-sets/model.ts';
import { nestedBelow } from '../change-sets/nested.ts';
import { startCreate, startImport, startUpdate } from '../execution/start.ts';
import type { FailureMode, Stack } from '../model.ts';
import {
  CloudFormationError,
  constraintViolation,
  stackMissingInBrackets,
  validationError,
} from '../protocol/errors.ts';
import { isBusy, isCleaningUp, isPaused, isUpdatable } from '../status.ts';
import { addStack } from '../store.ts';
import { checkEvaluation, requestedDeployment, withStoredValues } from './deployment.ts';
import { findChangeSet } from './find-change-set.ts';
import { refuseOtherChanges, requestedImports } from './imports.ts';
import type { ApiAction, ApiRequest } from './request.ts';
import { announceReview, checkStackName } from './stack-names.ts';

function stackForChangeSet(request: ApiRequest, type: ChangeSetType, name: string): Stack | undefined {
  const { query, store } = request;
  const stackName = query.text('StackName') ?? '';
  const stack = store.find(stackName);
  if (type === 'CREATE') {
    if (stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS')
      throw validationError(
        `Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`,
      );
    return stack;
  }
  if (stack === undefined) {
    if (type === 'IMPORT') return undefined;
    throw stackMissingInBrackets(stackName);
  }
  const { status } = stack;
  if (type === 'IMPORT' && status === 'REVIEW_IN_PROGRESS') return stack;
  if (isUpdatable(status) || isPaused(status) || isCleaningUp(status)) return stack;
  throw validationError(`Stack:${stack.id} is in ${status} state and can not be updated.`);
}

const UNSUPPORTED = ['DeploymentConfig', 'RollbackConfiguration'];

/** "Drift-aware change sets" are of stacks that exist. */
function deploymentMode({ query }: ApiRequest, type: ChangeSetType): 'REVERT_DRIFT' | undefined {
  const mode = query.text('DeploymentMode');
  if (mode === undefined || mode === '') return undefined;
  if (mode !== 'REVERT_DRIFT')
    throw constraintViolation(mode, 'deploymentMode', 'Member must satisfy enum value set: [REVERT_DRIFT]');
  if (type !== 'UPDATE') throw validationError(`DeploymentMode REVERT_DRIFT is not valid for ChangeSetType ${type}.`);
  return mode;
}

const createChangeSet: ApiAction = async (request) => {
  const { query, store, world, account } = request;
  const name = query.text('ChangeSetName') ?? '';
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name))
    throw constraintViolation(
      name,
      'changeSetName',
      'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*',
    );
  const type = query.text('ChangeSetType') ?? 'UPDATE';
  if (!isChangeSetType(type))
    throw constraintViolation(type, 'changeSetType', 'Member must satisfy enum value set: [IMPORT, CREATE, UPDATE]');
  for (const member of UNSUPPORTED)
    if (query.has(member) && query.text(member) !== 'false')
      throw validationError(`This local AWS does not support ${member} of CreateChangeSet.`);
  const mode = deploymentMode(request, type);
  const stackName = query.text('StackName') ?? '';
  checkStackName(stackName);
  const existing = stackForChangeSet(request, type, name);
  const clientToken = query.text('ClientToken');
  const same = existing?.changeSets.get(name);
  if (same !== undefined && existing !== undefined) {
    if (clientToken !== undefined && same.clientToken === clientToken) return { Id: same.id, StackId: existing.id };
    throw new CloudFormationError(
      'AlreadyExistsException',
      `ChangeSet ${name} already exists for stack ${existing.id}`,
    );
  }
  const onStackFailure = query.text('OnStackFailure');
  if (onStackFailure === 'DELETE' && type !== 'CREATE')
    throw validationError('OnStackFailure=DELETE can only be specified for CREATE change sets.');
  const asked = await requestedDeployment(request, existing?.deployment);
  const deployment = await withStoredValues(request, asked);
  checkEvaluation(request, existing ?? { id: '', name: stackName, resources: new Map() }, deployment);
  const resourcesToImport = requestedImports(request, type, deployment.template, existing);
  if (type === 'IMPORT') await refuseOtherChanges(request, existing, deployment, resourcesToImport);
  const stack =
    existing ??
    addStack(store, {
      name: stackName,
      account,
      status: 'REVIEW_IN_PROGRESS',
      deployment: undefined,
      now: world.clock.now(),
    });
  stack.account = account;
  if (existing === undefined) announceReview(request, stack);
  const description = query.text('Description');
  const changeSet = addChangeSet(
    store,
    stack,
    {
      name,
      type,
      deployment,
      includeNestedStacks: query.flag('IncludeNestedStacks') ?? false,
      ...(query.flag('ImportExistingResources') && { importExistingResources: true }),
      resourcesToImport,
      validates: !(query.flag('DisableValidation') ?? false),
      ...(clientToken !== undefined && { clientToken }),
      ...(description !== undefined && { description }),
      ...(mode && { deploymentMode: mode }),
      ...(isOnStackFailure(onStackFailure) && { onStackFailure }),
    },
    world.clock.now(),
  );
  setImmediate(() => void fillChangeSet(world, store, stack, changeSet));
  return { Id: changeSet.id, StackId: stack.id };
};

const isChangeSetType = (text: string): text is ChangeSetType =>
  text === 'CREATE' || text === 'UPDATE' || text === 'IMPORT';

const isOnStackFailure = (text: string | undefined): text is 'DO_NOTHING' | 'ROLLBACK' | 'DELETE' =>
  text === 'DO_NOTHING' || text === 'ROLLBACK' || text === 'DELETE';

const invalidStatus = (message: string) => new CloudFormationError('InvalidChangeSetStatus', message);

/** CloudFormation API Reference, DeleteChangeSet: one that is not there is deleted already. */
const deleteChangeSet: ApiAction = (request) => {
  let found: ReturnType<typeof findChangeSet>;
  try {
    found = findChangeSet(request);
  } catch (error) {
    if (error instanceof CloudFormationError && error.code === 'ChangeSetNotFound') return {};
    throw error;
  }
  const { stack, changeSet } = found;
  if (changeSet.executionStatus === 'EXECUTE_IN_PROGRESS')
    throw invalidStatus(
      `ChangeSet [${changeSet.id}] cannot be deleted in its current execution status of [EXECUTE_IN_PROGRESS]`,
    );
  const nested = nestedBelow(request.store, stack, changeSet);
  for (const set of [{ stack, changeSet }, ...nested]) {
    set.changeSet.status = 'DELETE_COMPLETE';
    set.stack.changeSets.delete(set.changeSet.name);
  }
  return {};
};

function failureMode(changeSet: ChangeSet, disableRollback: boolean | undefined): FailureMode {
  if (changeSet.onStackFailure === 'DELETE') return 'delete';
  if (changeSet.onStackFailure === 'DO_NOTHING') return 'keep';
  return disableRollback ? 'keep' : 'rollback';
}

const hasImports = ({ changes }: ChangeSet) => changes.some(({ action }) => action === 'Import');

const executeChangeSet: ApiAction = (request) => {
  const { query, store, world, account } = request;
  const { stack, changeSet } = findChangeSet(request);
  if (changeSet.rootId !== undefined)
    throw validationError(
      `ChangeSet [${changeSet.id}] is of a nested stack; execute its root change set ${changeSet.rootId}`,
    );
  const importsBelow = nestedBelow(store, stack, changeSet).some(({ changeSet: nested }) => hasImports(nested));
  if (importsBelow) throw validationError('This local AWS does not import resources into nested stacks.');
  const disableRollback = query.flag('DisableRollback');
  if (changeSet.onStackFailure !== undefined && query.has('DisableRollback'))
    throw validationError('DisableRollback cannot be specified when the change set was created with OnStackFailure.');
  const token = query.text('ClientRequestToken');
  const repeated = token !== undefined && stack.operations.some((operation) => operation.token === token);
  if (repeated && changeSet.executionStatus.startsWith('EXECUTE')) return {};
  if (changeSet.executionStatus !== 'AVAILABLE')
    throw invalidStatus(
      `ChangeSet [${changeSet.id}] cannot be executed in its current execution status of [${changeSet.executionStatus}]`,
    );
  if (isBusy(stack.status))
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  const failure = failureMode(changeSet, disableRollback);
  if (isPaused(stack.status) && failure !== 'keep')
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  stack.disableRollback = failure === 'keep';
  stack.retainExceptOnCreate = query.flag('RetainExceptOnCreate') ?? false;
  const start = { world, store, stack, account, token };
  if (changeSet.type === 'IMPORT') startImport(start, changeSet);
  else if (changeSet.type === 'CREATE') startCreate(start, changeSet.deployment, failure, changeSet);
  else startUpdate(start, changeSet.deployment, failure, { changeSet });
  return {};
};

export const changeSetActions: Readonly<Record<string, ApiAction>> = {
  CreateChangeSet: createChangeSet,
  DeleteChangeSet: deleteChangeSet,
  ExecuteChangeSet: executeChangeSet,
};
