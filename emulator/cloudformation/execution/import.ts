import type { Deployment, ResourceRecord, Stack } from '../model.ts';
import { createOne, markStable } from './create.ts';
import { dependentsOf } from './delete.ts';
import { importsOf, publishable } from './exports.ts';
import { failedTo, sentence } from './failed-to.ts';
import { failureReason } from './failure.ts';
import { runGraph } from './graph.ts';
import { befall } from './resource.ts';
import { endOperation, nextOperation, type Run, setResource, setStackStatus } from './run.ts';
import { outputsOf, planFor, zonesFor } from './stack-scope.ts';

/** Takes over what the change set names, and nothing else. The reason why that failed, or undefined. */
async function takeOver(run: Run, deployment: Deployment): Promise<string | undefined> {
  const { stack, store, services, imports, cancelled } = run;
  stack.deployment = deployment;
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, cancelled]);
  try {
    const plan = planFor(store, stack, deployment, await zonesFor(deployment.template, store, services));
    stack.imports = importsOf(plan);
    const { failed } = await runGraph({
      ids: imports.keys(),
      before: (id) => plan.dependencies.get(id) ?? [],
      task: (id) => createOne(run, plan, id, signal),
      stopAfterFailure: () => {
        abort.abort();
        return true;
      },
    });
    if (failed.length > 0) return failureOf(stack, failed);
    stack.outputs = publishable(run, outputsOf(plan));
    return undefined;
  } catch (error) {
    return sentence(error);
  }
}

function failureOf(stack: Stack, failed: readonly string[]): string {
  const tagged = failed.filter((id) => stack.resources.get(id)?.status === 'UPDATE_FAILED');
  return `${failedTo(
    'import',
    failed.filter((id) => !tagged.includes(id)),
  )}${failedTo('update', tagged)}`;
}

/**
 * Imports resources into a stack whose status is IMPORT_IN_PROGRESS: to IMPORT_COMPLETE, or to IMPORT_ROLLBACK_COMPLETE or
 * IMPORT_ROLLBACK_FAILED (CloudFormation User Guide, "Resource import status codes").
 */
export async function importStack(run: Run, deployment: Deployment): Promise<void> {
  const { stack, world } = run;
  const problem = await takeOver(run, deployment);
  if (world.stopped.aborted) return;
  if (problem === undefined) {
    markStable(stack);
    setStackStatus(run, 'IMPORT_COMPLETE');
    endOperation(run, 'SUCCEEDED');
    return;
  }
  endOperation(run, 'FAILED');
  const undoing = nextOperation(run, 'ROLLBACK', world.stopped);
  setStackStatus(undoing, 'IMPORT_ROLLBACK_IN_PROGRESS', problem);
  await rollBackImport(undoing);
}

/**
 * Lets go of one resource, which stays as it is: an import rolls back "to the previous template configuration, not
 * necessarily the actual configuration". False when that failed.
 */
async function letGo(run: Run, record: ResourceRecord): Promise<boolean> {
  const { statusReason: _reason, ...released } = record;
  setResource(run, { ...released, status: 'IMPORT_ROLLBACK_IN_PROGRESS' });
  try {
    await befall(run, record.logicalId, 'rollback', run.cancelled);
  } catch (error) {
    const reason = failureReason(error, record.type);
    setResource(run, { ...released, status: 'IMPORT_ROLLBACK_FAILED' }, { reason });
    return false;
  }
  setResource(run, { ...released, status: 'IMPORT_ROLLBACK_COMPLETE' });
  run.stack.resources.delete(record.logicalId);
  return true;
}

/**
 * "The import rollback operation failed for at least one resource in the stack": where one cannot be let go of, the stack
 * is left with it and with the template of the import.
 */
async function rollBackImport(run: Run): Promise<void> {
  const { stack, world, imports } = run;
  const taken = [...stack.resources.values()].filter(({ logicalId }) => imports.has(logicalId));
  const dependents = dependentsOf(taken);
  const { failed } = await runGraph({
    ids: taken.map(({ logicalId }) => logicalId),
    before: (id) => dependents.get(id) ?? [],
    task: async (id) => {
      const record = stack.resources.get(id);
      return record === undefined || letGo(run, record);
    },
  });
  if (world.stopped.aborted) return;
  if (failed.length > 0) {
    setStackStatus(run, 'IMPORT_ROLLBACK_FAILED', failedTo('roll back', failed));
    endOperation(run, 'FAILED');
    return;
  }
  const { stable } = stack;
  if (stable !== undefined) stack.deployment = stable.deployment;
  stack.outputs = stable?.outputs ?? [];
  stack.imports = stable?.imports ?? new Set();
  markStable(stack);
  setStackStatus(run, 'IMPORT_ROLLBACK_COMPLETE');
  endOperation(run, 'SUCCEEDED');
}
