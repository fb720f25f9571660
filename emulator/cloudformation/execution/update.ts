import { tagsDiffer } from '../change-sets/changes.ts';
import type { Deployment, FailureMode, ResourceRecord, Stack } from '../model.ts';
import { knownProperty } from '../resources/replacement.ts';
import { missingValue } from '../template/existence.ts';
import { createOne, markStable } from './create.ts';
import { deleteLeftovers } from './delete.ts';
import { importsOf, publishable } from './exports.ts';
import { failedTo } from './failed-to.ts';
import { runGraph } from './graph.ts';
import { changedProperties, isReplaced } from './replacing.ts';
import { createResource, failToBegin, replaceResource, revertFailed, updateResource } from './resource.ts';
import { rollBackUpdate } from './rollback.ts';
import { endOperation, nextOperation, type Run, setStackStatus } from './run.ts';
import { outputsOf, planFor, type StackPlan, zonesFor } from './stack-scope.ts';
import { STACK_TYPE } from './stack-type.ts';
import { type Target, targetOf } from './target.ts';

type Need = 'nothing' | 'update' | 'replacement';

function needOf(run: Run, target: Target, old: ResourceRecord, tagsChanged: boolean): Need {
  const changed = changedProperties(old.declared, target.declared);
  const wanted = { ...target, properties: target.declared };
  if (isReplaced(run.world.replacement, target.type, old.declared, wanted)) return 'replacement';
  const tagged = tagsChanged && knownProperty(target.type, 'Tags');
  const nested = target.type === STACK_TYPE;
  return changed.length > 0 || tagged || nested || old.status === 'UPDATE_FAILED' ? 'update' : 'nothing';
}

/** Keeps what a template says of a resource beside its properties; CloudFormation tells no event of that. */
function keepAttributes(run: Run, target: Target, old: ResourceRecord): void {
  const { metadata, updatePolicy, deletionPolicy, updateReplacePolicy, dependencies } = target;
  const { metadata: _metadata, updatePolicy: _updatePolicy, ...rest } = old;
  run.stack.resources.set(target.logicalId, {
    ...rest,
    deletionPolicy,
    updateReplacePolicy,
    dependencies,
    ...(metadata !== undefined && { metadata }),
    ...(updatePolicy && { updatePolicy }),
  });
}

interface Update {
  readonly plan: StackPlan;
  readonly tagsChanged: boolean;
  readonly signal: AbortSignal;
  readonly failure: FailureMode;
}

async function deployOne(
  run: Run,
  { plan, tagsChanged, signal, failure }: Update,
  logicalId: string,
): Promise<boolean> {
  const old = run.stack.resources.get(logicalId);
  if (old === undefined) return createOne(run, plan, logicalId, signal);
  let target: Target;
  try {
    target = await targetOf(run, plan, logicalId);
  } catch (error) {
    failToBegin(run, plan, logicalId, 'UPDATE_FAILED', error);
    return false;
  }
  if (old.status === 'CREATE_FAILED' || old.physicalId === undefined) {
    if (old.physicalId !== undefined) run.stack.leftovers.push({ record: old, policy: 'Delete' });
    return createResource(run, target, signal);
  }
  const need = needOf(run, target, old, tagsChanged);
  switch (need) {
    case 'nothing':
      keepAttributes(run, target, old);
      return true;
    case 'update':
      if (await updateResource(run, target, old, signal)) return true;
      if (failure === 'keep' && !signal.aborted) await revertFailed(run, old);
      return false;
    case 'replacement':
      return replaceResource(run, target, old, signal);
    default: {
      const unknown: never = need;
      return unknown;
    }
  }
}

/** Makes the resources what the deployment wants. The reason why that failed, or undefined. */
async function change(run: Run, deployment: Deployment, failure: FailureMode): Promise<string | undefined> {
  const { stack, store, services, cancelled } = run;
  const tagsChanged = tagsDiffer(stack.deployment, deployment);
  stack.deployment = deployment;
  const missing = await missingValue(deployment.parameters, services);
  if (missing !== undefined) return missing;
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, cancelled]);
  try {
    const plan = planFor(store, stack, deployment, await zonesFor(deployment.template, store, services));
    stack.imports = importsOf(plan);
    const { failed } = await runGraph({
      ids: plan.active.keys(),
      before: (id) => plan.dependencies.get(id) ?? [],
      task: (id) => deployOne(run, { plan, tagsChanged, signal, failure }, id),
      stopAfterFailure: () => {
        if (failure === 'keep' && !cancelled.aborted) return false;
        abort.abort();
        return true;
      },
    });
    if (cancelled.aborted || failed.length > 0) return failureOf(run, failed);
    stack.outputs = publishable(run, outputsOf(plan));
    for (const record of stack.resources.values())
      if (!plan.active.has(record.logicalId)) stack.leftovers.push({ record, policy: record.deletionPolicy });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function failureOf(run: Run, failed: readonly string[]): string {
  const created = failed.filter((id) => run.stack.resources.get(id)?.status === 'CREATE_FAILED');
  return `${failedTo('create', created)}${failedTo(
    'update',
    failed.filter((id) => !created.includes(id)),
  )}`;
}

/** Deletes what the update left over, in nested stacks too: to UPDATE_COMPLETE. */
async function cleanUp(run: Run): Promise<void> {
  const { stack, store, world } = run;
  await deleteLeftovers(run, 'cleanup');
  for (const child of store.childrenOf(stack))
    if (child.status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') await cleanUp(runOfChild(run, child));
  if (world.stopped.aborted) return;
  markStable(stack);
  setStackStatus(run, 'UPDATE_COMPLETE');
  endOperation(run, 'SUCCEEDED');
}

function runOfChild(run: Run, child: Stack): Run {
  const operation = child.operations.at(-1) ?? run.operation;
  return { ...run, stack: child, operation };
}

export interface UpdateOptions {
  readonly failure: FailureMode;
  /** A nested stack waits with its clean-up for its parent. */
  readonly deferCleanup: boolean;
}

/**
 * Updates a stack whose status is UPDATE_IN_PROGRESS: to UPDATE_COMPLETE, or by `failure` to UPDATE_ROLLBACK_COMPLETE
 * or UPDATE_FAILED.
 */
export async function updateStack(run: Run, deployment: Deployment, options: UpdateOptions): Promise<void> {
  const { world } = run;
  const { failure, deferCleanup } = options;
  const problem = await change(run, deployment, failure);
  if (world.stopped.aborted) return;
  if (problem === undefined) {
    setStackStatus(run, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    if (!deferCleanup) await cleanUp(run);
    return;
  }
  endOperation(run, 'FAILED');
  if (failure === 'keep' && !run.cancelled.aborted) {
    setStackStatus(run, 'UPDATE_FAILED', problem);
    return;
  }
  const reason = run.cancelled.aborted ? 'User Initiated' : problem;
  const undoing = nextOperation(run, 'ROLLBACK', world.stopped);
  setStackStatus(undoing, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
  await rollBackUpdate(undoing);
}
