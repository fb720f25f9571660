import type { Account } from '../../types.ts';
import type { ChangeSet } from '../change-sets/model.ts';
import type { Deployment, FailureMode, Operation, Stack } from '../model.ts';
import type { RegionStore } from '../store.ts';
import type { World } from '../world.ts';
import { settleActual, takeActual } from './actual.ts';
import { createStack, undoCreation } from './create.ts';
import { type Deletion, deleteStack } from './delete.ts';
import { importStack } from './import.ts';
import { rollBackUpdate } from './rollback.ts';
import { setStackStatus, startOperation } from './run.ts';
import { updateStack } from './update.ts';

export interface Start {
  readonly world: World;
  readonly store: RegionStore;
  readonly stack: Stack;
  readonly account: Account;
  readonly token?: string | undefined;
}

/**
 * Every other change set of the stack describes a stack that is no more. API Reference, ExecuteChangeSet: "CloudFormation
 * deletes all other change sets associated with the stack".
 */
function outdate(stack: Stack, executed?: ChangeSet): void {
  for (const changeSet of [...stack.changeSets.values()]) {
    if (changeSet === executed) continue;
    if (executed !== undefined) stack.changeSets.delete(changeSet.name);
    else if (changeSet.executionStatus === 'AVAILABLE') changeSet.executionStatus = 'OBSOLETE';
  }
}

/** What a change set takes over instead of creating it: physical ids by logical id. */
const importsOf = (changeSet: ChangeSet | undefined) =>
  new Map(
    changeSet?.changes.flatMap(({ action, logicalId, physicalId }): [string, string][] =>
      action === 'Import' && physicalId !== undefined ? [[logicalId, physicalId]] : [],
    ),
  );

/** The stack remembers the change set that has made it what it is, and none after another kind of change. */
function conclude(stack: Stack, changeSet: ChangeSet | undefined, succeeded: boolean): void {
  if (changeSet !== undefined) changeSet.executionStatus = succeeded ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
  if (!succeeded) return;
  if (changeSet === undefined) delete stack.changeSetId;
  else stack.changeSetId = changeSet.id;
}

export function startCreate(
  start: Start,
  deployment: Deployment,
  failure: FailureMode,
  changeSet?: ChangeSet,
): Operation {
  const { world, store, stack, account, token } = start;
  outdate(stack, changeSet);
  return startOperation(
    world,
    store,
    stack,
    { type: 'CREATE_STACK', account, token, imports: importsOf(changeSet) },
    {
      begin(run) {
        stack.deployment = deployment;
        if (changeSet !== undefined) {
          changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
          stack.lastUpdatedTime = world.clock.now();
        }
        setStackStatus(run, 'CREATE_IN_PROGRESS', 'User Initiated');
      },
      async work(run) {
        await createStack(run, deployment, failure);
        conclude(stack, changeSet, stack.status === 'CREATE_COMPLETE');
      },
    },
  );
}

export function startUpdate(
  start: Start,
  deployment: Deployment,
  failure: FailureMode,
  options: { readonly changeSet?: ChangeSet; readonly deferCleanup?: boolean } = {},
): Operation {
  const { world, store, stack, account, token } = start;
  const { changeSet, deferCleanup = false } = options;
  outdate(stack, changeSet);
  return startOperation(
    world,
    store,
    stack,
    { type: 'UPDATE_STACK', account, token, imports: importsOf(changeSet) },
    {
      begin(run) {
        if (changeSet !== undefined) changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
        stack.lastUpdatedTime = world.clock.now();
        if (changeSet?.actual) takeActual(stack, changeSet.actual);
        setStackStatus(run, 'UPDATE_IN_PROGRESS', 'User Initiated');
      },
      async work(run) {
        await updateStack(run, deployment, { failure, deferCleanup });
        if (changeSet?.actual) settleActual(store, stack, changeSet.actual);
        conclude(stack, changeSet, stack.status === 'UPDATE_COMPLETE');
      },
    },
  );
}

/** A change set of type IMPORT. The API knows no operation type of imports. */
export function startImport(start: Start, changeSet: ChangeSet): Operation {
  const { world, store, stack, account, token } = start;
  const isNew = stack.deployment === undefined;
  outdate(stack, changeSet);
  return startOperation(
    world,
    store,
    stack,
    { type: isNew ? 'CREATE_STACK' : 'UPDATE_STACK', account, token, imports: importsOf(changeSet) },
    {
      begin(run) {
        changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
        stack.lastUpdatedTime = world.clock.now();
        setStackStatus(run, 'IMPORT_IN_PROGRESS', 'User Initiated');
      },
      async work(run) {
        await importStack(run, changeSet.deployment);
        conclude(stack, changeSet, stack.status === 'IMPORT_COMPLETE');
      },
    },
  );
}

export function startDelete(start: Start, deletion: Omit<Deletion, 'operation'>): Operation {
  const { world, store, stack, account, token } = start;
  outdate(stack);
  return startOperation(
    world,
    store,
    stack,
    { type: 'DELETE_STACK', account, token },
    {
      begin: (run) => setStackStatus(run, 'DELETE_IN_PROGRESS', 'User Initiated'),
      work: (run) => deleteStack(run, deletion),
    },
  );
}

/** After an update whose rollback failed. */
export function startContinue(start: Start, skipped: ReadonlySet<string>): Operation {
  const { world, store, stack, account, token } = start;
  return startOperation(
    world,
    store,
    stack,
    { type: 'CONTINUE_ROLLBACK', account, token, skipped },
    {
      begin: (run) => setStackStatus(run, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated'),
      work: (run) => rollBackUpdate(run),
    },
  );
}

/**
 * After a failure that was not rolled back: to the state before. API Reference, RollbackStack: "This operation will
 * delete a stack if it doesn't contain a last known stable state."
 */
export function startRollback(start: Start): Operation {
  const { world, store, stack, account, token } = start;
  const created = stack.stable === undefined;
  return startOperation(
    world,
    store,
    stack,
    { type: 'ROLLBACK', account, token },
    {
      begin: (run) =>
        setStackStatus(run, created ? 'DELETE_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated'),
      work: (run) => (created ? undoCreation(run, 'delete') : rollBackUpdate(run)),
    },
  );
}
