import { type ActualStack, liveRecords } from '../drift/actual-stack.ts';
import type { ResourceRecord, Stack } from '../model.ts';
import { isCleaningUp } from '../status.ts';
import type { RegionStore } from '../store.ts';
import { type JsonObject, sameValue } from '../template/model.ts';

/**
 * Before a drift-aware change set is executed: the stack's resources are taken as they are, so that the update changes
 * what has drifted, and a rollback leads to the actual state (CloudFormation User Guide, "Using drift-aware change
 * sets": "If a deployment fails, restore resources to their actual pre-deployment state").
 */
export function takeActual(stack: Stack, actual: ActualStack): void {
  for (const [logicalId, { live }] of actual.resources) {
    if (live === undefined) stack.resources.delete(logicalId);
    else stack.resources.set(logicalId, live);
  }
  if (stack.stable !== undefined) stack.stable = { ...stack.stable, resources: liveRecords(actual) };
}

/**
 * A resource's properties with the values of those that AWS manages left as they are, where the template has not
 * changed them.
 */
export function keepManaged(stack: Stack, logicalId: string, properties: JsonObject): JsonObject {
  const executed = [...stack.changeSets.values()].find(
    ({ executionStatus }) => executionStatus === 'EXECUTE_IN_PROGRESS',
  );
  const resource = executed?.actual?.resources.get(logicalId);
  if (resource === undefined) return properties;
  const kept = Object.entries(resource.managed).filter(([name]) =>
    sameValue(resource.previous.properties[name], properties[name]),
  );
  return kept.length === 0 ? properties : { ...properties, ...Object.fromEntries(kept) };
}

/** What of a record is still as it was taken: the update has not come to it, or was rolled back. */
const isLive = (record: ResourceRecord, live: ResourceRecord | undefined) => record.properties === live?.properties;

/**
 * After it: what was not brought in line is again expected to be what the last deployment made it, deleted resources
 * included. What was brought in line has no drift until it is looked for.
 */
export function settleActual(store: RegionStore, stack: Stack, actual: ActualStack): void {
  if (stack.status === 'UPDATE_COMPLETE' || isCleaningUp(stack.status)) {
    store.drift.forget(stack.id);
    return;
  }
  for (const [logicalId, { previous, live }] of actual.resources) {
    const record = stack.resources.get(logicalId);
    if (record === undefined) stack.resources.set(logicalId, previous);
    else if (live !== previous && isLive(record, live))
      stack.resources.set(logicalId, {
        ...record,
        properties: previous.properties,
        declared: previous.declared,
      });
  }
  if (stack.stable !== undefined) stack.stable = { ...stack.stable, resources: new Map(stack.resources) };
}
