import { randomUUID } from 'node:crypto';
import { deletedResources, liveRecords, readActualStack } from '../drift/actual-stack.ts';
import type { Deployment, Stack, ValidationFailure } from '../model.ts';
import { addOperation, type RegionStore } from '../store.ts';
import { missingValue } from '../template/existence.ts';
import type { World } from '../world.ts';
import { withActual } from './actual.ts';
import { changesOf, type FoundChanges, tagsDiffer } from './changes.ts';
import { validateEarly, validationReason } from './early-validation.ts';
import { importedChange, importsOf } from './imports.ts';
import type { ChangeSet, ChangeSetType } from './model.ts';
import { compareNested } from './nested.ts';
import { type Preview, preview } from './preview.ts';

export const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

export interface NewChangeSet {
  readonly name: string;
  readonly type: ChangeSetType;
  readonly deployment: Deployment;
  readonly description?: string;
  readonly clientToken?: string;
  readonly includeNestedStacks: boolean;
  readonly importExistingResources?: boolean;
  readonly resourcesToImport: ReadonlyMap<string, string>;
  readonly validates: boolean;
  readonly onStackFailure?: 'DO_NOTHING' | 'ROLLBACK' | 'DELETE';
  readonly deploymentMode?: 'REVERT_DRIFT';
  readonly parent?: ChangeSet;
}

/** Puts a change set beside the stack; what it holds is found out by `fillChangeSet`. */
export function addChangeSet(store: RegionStore, stack: Stack, wanted: NewChangeSet, now: Date): ChangeSet {
  const { parent, ...members } = wanted;
  const changeSet: ChangeSet = {
    ...members,
    id: store.arn('changeSet', wanted.name, randomUUID()),
    creationTime: now,
    operation: addOperation(stack, 'CREATE_CHANGESET', now, wanted.clientToken),
    status: 'CREATE_PENDING',
    executionStatus: 'UNAVAILABLE',
    changes: [],
    valuedChanges: [],
    problems: [],
    ...(parent && { parentId: parent.id, rootId: parent.rootId ?? parent.id }),
  };
  stack.changeSets.set(changeSet.name, changeSet);
  return changeSet;
}

export interface Comparison extends FoundChanges {
  readonly preview: Preview;
  readonly isEmpty: boolean;
}

/** Whether the deployment would change anything at all, and what. */
export async function compare(
  world: World,
  store: RegionStore,
  stack: Stack,
  deployment: Deployment,
  unchanged: ReadonlySet<string> = new Set(),
  recreated: ReadonlySet<string> = new Set(),
): Promise<Comparison> {
  const services = world.servicesFor(stack.account);
  const { replacement } = world;
  const found = await preview({ store, stack, deployment, services, replacement, unchanged });
  const all = changesOf({ stack, deployment, preview: found, replacement, recreated });
  const before = stack.deployment;
  const arns = (of: Deployment | undefined) => of?.notificationArns.join() ?? '';
  const isEmpty =
    before !== undefined &&
    all.changes.length === 0 &&
    !found.outputsChanged &&
    !tagsDiffer(before, deployment) &&
    arns(before) === arns(deployment);
  return { ...all, preview: found, isEmpty };
}

/** It can be deleted while it is still being found out. */
const isDeleted = ({ status }: ChangeSet) => status === 'DELETE_COMPLETE';

function fail(world: World, changeSet: ChangeSet, reason: string): void {
  if (isDeleted(changeSet)) return;
  changeSet.status = 'FAILED';
  changeSet.statusReason = reason;
  changeSet.operation.status = 'FAILED';
  changeSet.operation.endTime = world.clock.now();
}

function tellFailures(world: World, changeSet: ChangeSet, failures: readonly ValidationFailure[]): void {
  for (const validation of failures)
    changeSet.operation.events.push({
      eventId: randomUUID(),
      kind: 'VALIDATION_ERROR',
      timestamp: world.clock.now(),
      validation,
    });
}

/** Finds out what a pending change set changes: to CREATE_COMPLETE, or FAILED with the reason. */
export async function fillChangeSet(
  world: World,
  store: RegionStore,
  stack: Stack,
  changeSet: ChangeSet,
): Promise<void> {
  changeSet.status = 'CREATE_IN_PROGRESS';
  try {
    const services = world.servicesFor(stack.account);
    const missing = await missingValue(changeSet.deployment.parameters, services);
    if (missing !== undefined) return fail(world, changeSet, missing);
    const actual = changeSet.deploymentMode && (await readActualStack({ world, store, stack, account: stack.account }));
    const recreated = actual ? deletedResources(actual) : new Set<string>();
    const subject = actual ? { ...stack, resources: liveRecords(actual) } : stack;
    const compared = changeSet.includeNestedStacks
      ? await compareNested(world, store, subject, changeSet, recreated)
      : await compare(world, store, subject, changeSet.deployment, new Set(), recreated);
    const found = actual ? withActual(compared, actual, stack) : compared;
    if (actual) changeSet.actual = actual;
    if (found.isEmpty) return fail(world, changeSet, NO_CHANGES);
    const imported = await importsOf({ world, store, stack }, changeSet, found.preview);
    const failures = changeSet.validates ? await validateEarly(found.preview, services, imported) : [];
    tellFailures(world, changeSet, failures);
    const refusing = failures.filter(({ mode }) => mode === 'FAIL');
    if (refusing.length > 0) return fail(world, changeSet, validationReason(refusing));
    if (isDeleted(changeSet)) return;
    changeSet.changes = found.changes.map((change) => importedChange(change, imported));
    changeSet.valuedChanges = found.valuedChanges.map((change) => importedChange(change, imported));
    changeSet.problems = found.problems;
    changeSet.status = 'CREATE_COMPLETE';
    changeSet.executionStatus = 'AVAILABLE';
    changeSet.operation.status = 'SUCCEEDED';
    changeSet.operation.endTime = world.clock.now();
  } catch (error) {
    fail(world, changeSet, error instanceof Error ? error.message : String(error));
  }
}
