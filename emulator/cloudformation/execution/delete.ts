import type { Leftover, ResourceRecord, Stack } from '../model.ts';
import type { RetentionPolicy } from '../template/model.ts';
import { failedTo } from './failed-to.ts';
import { runGraph } from './graph.ts';
import { deleteResource } from './resource.ts';
import { endOperation, type Run, setResource, setStackStatus, tellResource } from './run.ts';

export interface Deletion {
  readonly operation: 'delete' | 'rollback';
  /** Resources to leave alone although they cannot be deleted. */
  readonly retain?: ReadonlySet<string>;
  /** Goes on as if what cannot be deleted were (FORCE_DELETE_STACK). */
  readonly force?: boolean;
}

const gone = (record: ResourceRecord) => record.status === 'DELETE_COMPLETE' || record.status === 'DELETE_SKIPPED';

/** For each resource, the ones that were built on it and therefore go first. */
export function dependentsOf(records: readonly ResourceRecord[]): Map<string, string[]> {
  const dependents = new Map<string, string[]>();
  for (const { logicalId, dependencies } of records)
    for (const other of dependencies) dependents.set(other, [...(dependents.get(other) ?? []), logicalId]);
  return dependents;
}

/**
 * What becomes of a resource when the operation that created it is rolled back. CloudFormation User Guide,
 * DeletionPolicy: RetainExceptOnCreate is Delete then, and the request can say so for all. What was imported was not
 * created.
 */
export function createdPolicy(stack: Stack, { deletionPolicy, imported }: ResourceRecord): RetentionPolicy {
  if (imported) return 'Retain';
  return deletionPolicy === 'RetainExceptOnCreate' || stack.retainExceptOnCreate ? 'Delete' : deletionPolicy;
}

/** Deletes every resource of the stack, dependents first. The ids of those that could not be deleted. */
export async function deleteAll(run: Run, deletion: Deletion): Promise<readonly string[]> {
  const { stack } = run;
  await deleteLeftovers(run, 'cleanup');
  const records = [...stack.resources.values()].filter((record) => !gone(record));
  const dependents = dependentsOf(records);
  const { failed } = await runGraph({
    ids: records.map(({ logicalId }) => logicalId),
    before: (id) => dependents.get(id) ?? [],
    task: async (id) => {
      const record = stack.resources.get(id);
      if (record === undefined || run.cancelled.aborted) return false;
      const tell = (status: string, reason?: string) => {
        setResource(run, { ...record, status }, reason === undefined ? {} : { reason });
      };
      if (deletion.retain?.has(id)) {
        tell('DELETE_SKIPPED');
        return true;
      }
      const policy = deletion.operation === 'rollback' ? createdPolicy(stack, record) : record.deletionPolicy;
      const deleted = await deleteResource(run, { record, policy }, deletion.operation, tell);
      return deleted || deletion.force === true;
    },
  });
  return failed;
}

/**
 * Deletes what updates have left over, dependents first. What cannot be deleted is told and then left alone, as
 * CloudFormation does in its clean-up phase.
 */
export async function deleteLeftovers(run: Run, operation: 'cleanup' | 'rollback'): Promise<readonly string[]> {
  const leftovers = run.stack.leftovers.splice(0);
  const keyed = new Map(leftovers.map((leftover, index): [string, Leftover] => [String(index), leftover]));
  const keysOf = new Map<string, string[]>();
  for (const [key, { record }] of keyed) keysOf.set(record.logicalId, [...(keysOf.get(record.logicalId) ?? []), key]);
  const dependents = dependentsOf(leftovers.map(({ record }) => record));
  const { failed } = await runGraph({
    ids: keyed.keys(),
    before: (key) =>
      (dependents.get(keyed.get(key)?.record.logicalId ?? '') ?? []).flatMap((id) => keysOf.get(id) ?? []),
    task: async (key) => {
      const leftover = keyed.get(key);
      if (leftover === undefined) return true;
      const current = run.stack.resources.get(leftover.record.logicalId);
      const removed = current === undefined || current.physicalId === leftover.record.physicalId;
      const tell = (status: string, reason?: string) => {
        const options = { withProperties: false, ...(reason !== undefined && { reason }) };
        if (removed) setResource(run, { ...leftover.record, status }, options);
        else tellResource(run, leftover.record, { ...options, status });
      };
      await deleteResource(run, leftover, operation, tell);
      if (removed) run.stack.resources.delete(leftover.record.logicalId);
      return true;
    },
  });
  return failed;
}

/** The end of a stack that has nothing any more. */
export function bury(run: Run): void {
  const { stack, world } = run;
  stack.outputs = [];
  stack.imports = new Set();
  stack.deletionTime = world.clock.now();
  stack.changeSets.clear();
  setStackStatus(run, 'DELETE_COMPLETE');
}

/** Deletes a stack whose status is DELETE_IN_PROGRESS: to DELETE_COMPLETE or DELETE_FAILED. */
export async function deleteStack(run: Run, deletion: Omit<Deletion, 'operation'>): Promise<void> {
  const { stack } = run;
  const failed = await deleteAll(run, { ...deletion, operation: 'delete' });
  if (run.cancelled.aborted) return;
  if (failed.length > 0) {
    setStackStatus(run, 'DELETE_FAILED', failedTo('delete', failed));
    endOperation(run, 'FAILED');
    return;
  }
  for (const child of run.store.childrenOf(stack))
    if (child.status === 'REVIEW_IN_PROGRESS') bury({ ...run, stack: child });
  bury(run);
  endOperation(run, 'SUCCEEDED');
}
