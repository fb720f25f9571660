import type { ResourceRecord, StableState } from '../model.ts';
import { isCleaningUp } from '../status.ts';
import { sameValue } from '../template/model.ts';
import { createdPolicy, deleteLeftovers } from './delete.ts';
import { failedTo } from './failed-to.ts';
import { runGraph } from './graph.ts';
import { updateResource } from './resource.ts';
import { endOperation, type Run, setResource, setStackStatus } from './run.ts';
import { STACK_TYPE } from './stack-type.ts';

/** Brings one resource back to what it was. False when that failed. */
async function restoreOne(run: Run, stable: ResourceRecord): Promise<boolean> {
  const { stack } = run;
  const current = stack.resources.get(stable.logicalId);
  if (current === undefined || current.physicalId !== stable.physicalId) {
    if (current?.physicalId !== undefined) stack.leftovers.push({ record: current, policy: 'Delete' });
    keepFromCleanup(run, stable);
    setResource(run, { ...stable, status: 'UPDATE_IN_PROGRESS' });
    setResource(run, { ...stable, status: 'UPDATE_COMPLETE' });
    return true;
  }
  const child = stable.type === STACK_TYPE ? run.store.find(stable.physicalId ?? '') : undefined;
  const untouched =
    sameValue(current.properties, stable.properties) &&
    !current.status.endsWith('_FAILED') &&
    (child === undefined || !isCleaningUp(child.status));
  if (untouched) {
    keepFromCleanup(run, stable);
    stack.resources.set(stable.logicalId, stable);
    return true;
  }
  return updateResource(run, stable, current, run.cancelled, 'rollback');
}

/** What the update meant to delete is wanted again. */
function keepFromCleanup(run: Run, stable: ResourceRecord): void {
  run.stack.leftovers = run.stack.leftovers.filter(
    ({ record }) => record.logicalId !== stable.logicalId || record.physicalId !== stable.physicalId,
  );
}

/** Everything that the update created is left over. */
function abandonCreated(run: Run, stable: StableState): void {
  const { stack } = run;
  for (const record of stack.resources.values())
    if (!stable.resources.has(record.logicalId)) stack.leftovers.push({ record, policy: createdPolicy(stack, record) });
}

/**
 * Rolls an update back whose stack is in UPDATE_ROLLBACK_IN_PROGRESS: to UPDATE_ROLLBACK_COMPLETE or
 * UPDATE_ROLLBACK_FAILED. The resources that the run skips are taken as restored without being touched.
 */
export async function rollBackUpdate(run: Run): Promise<void> {
  const { stack, world } = run;
  const { stable } = stack;
  if (stable === undefined) throw new Error(`The stack ${stack.name} has no state to roll back to`);
  stack.deployment = stable.deployment;
  const { failed } = await runGraph({
    ids: stable.resources.keys(),
    before: (id) => stable.resources.get(id)?.dependencies ?? [],
    task: async (id) => {
      const record = stable.resources.get(id);
      if (record === undefined) return true;
      if (run.skipped.has(stack.parentId === undefined ? id : `${stack.name}.${id}`)) {
        setResource(run, { ...record, status: 'UPDATE_COMPLETE' });
        return true;
      }
      return restoreOne(run, record);
    },
  });
  if (world.stopped.aborted) return;
  if (failed.length > 0) {
    setStackStatus(run, 'UPDATE_ROLLBACK_FAILED', failedTo('update', failed));
    endOperation(run, 'FAILED');
    return;
  }
  stack.outputs = stable.outputs;
  stack.imports = stable.imports;
  abandonCreated(run, stable);
  setStackStatus(run, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  await deleteLeftovers(run, 'rollback');
  if (world.stopped.aborted) return;
  stack.stable = { ...stable, resources: new Map(stack.resources) };
  setStackStatus(run, 'UPDATE_ROLLBACK_COMPLETE');
  endOperation(run, 'SUCCEEDED');
}
