import type { ResourceRule, ResourceState, SignalInbox } from '../../types.ts';
import type { Leftover, ResourceRecord } from '../model.ts';
import { awaitCreationSignals, creationSignals } from './creation-policy.ts';
import { failureReason, ResourceFailure } from './failure.ts';
import { providerFor } from './providers.ts';
import { type Run, setResource } from './run.ts';
import type { StackPlan } from './stack-scope.ts';
import { recordOf, request, type Target } from './target.ts';

/** What the scenario does to the step: takes time, fails it. */
export async function befall(
  run: Run,
  logicalId: string,
  operation: ResourceRule['operation'],
  signal: AbortSignal,
): Promise<void> {
  const { scenarios, clock } = run.world;
  const fate = scenarios.resource({ stackName: run.stack.name, logicalId, operation });
  if (fate?.delayMs !== undefined) await clock.sleep(fate.delayMs, signal);
  if (fate?.fail !== undefined) throw new ResourceFailure(fate.fail);
}

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

/** The provider's creation and the CreationPolicy's signals; `initiated` is told the physical id as soon as there is one. */
async function bringUp(
  run: Run,
  target: Target,
  signal: AbortSignal,
  initiated: (state: ResourceState) => void,
): Promise<void> {
  const { world, stack } = run;
  const inbox = world.signalDesk.open(stack.id, target.logicalId);
  try {
    await befall(run, target.logicalId, 'create', signal);
    const provider = providerFor(run, target.type);
    const asked = request(run, target, inbox, signal);
    const state = await provider.create({ ...asked, initiated });
    initiated(state);
    const wanted = creationSignals(target.creationPolicy);
    const { speed } = world.clock;
    const resource = { isGroup: target.type === GROUP, now: Date.now, speed, progress: asked.progress };
    if (wanted !== undefined) await awaitCreationSignals(wanted, inbox, resource, signal);
  } finally {
    inbox.close();
  }
}

/** Creates a resource, telling each step. False when it failed. */
export async function createResource(run: Run, target: Target, signal: AbortSignal): Promise<boolean> {
  let record = setResource(run, recordOf(target, 'CREATE_IN_PROGRESS'));
  try {
    await bringUp(run, target, signal, (state) => {
      const first = record.physicalId === undefined;
      record = { ...record, physicalId: state.physicalId, attributes: state.attributes };
      if (first) record = setResource(run, record, { reason: 'Resource creation Initiated' });
    });
    setResource(run, { ...record, status: 'CREATE_COMPLETE' });
    return true;
  } catch (error) {
    const reason = signal.aborted ? 'Resource creation cancelled' : failureReason(error, target.type);
    setResource(run, { ...record, status: 'CREATE_FAILED' }, { reason });
    return false;
  }
}

/** Tells a creation that could not even begin: a function of the template has no value. */
export function failToBegin(run: Run, plan: StackPlan, logicalId: string, status: string, error: unknown): void {
  const existing = run.stack.resources.get(logicalId);
  const type = plan.active.get(logicalId)?.type ?? '';
  const blank: Omit<ResourceRecord, 'timestamp'> = {
    logicalId,
    type,
    attributes: {},
    properties: {},
    declared: {},
    deletionPolicy: 'Delete',
    updateReplacePolicy: 'Delete',
    dependencies: plan.dependencies.get(logicalId) ?? [],
    status,
  };
  setResource(run, { ...(existing ?? blank), status }, { reason: failureReason(error, type) });
}

/** CloudFormation User Guide, name type: two physical resources cannot have one custom name. */
function refuseSameName(run: Run, target: Target, old: ResourceRecord): void {
  const name = old.physicalId;
  const isNamed = Object.entries(target.properties).some(
    ([property, value]) =>
      property.endsWith('Name') &&
      value === name &&
      old.properties[property] === name &&
      run.world.replacement(target.type, property) === 'yes',
  );
  if (isNamed)
    throw new ResourceFailure(
      `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
    );
}

/** Makes a new physical resource in the place of the old one, which becomes a leftover. False when it failed. */
export async function replaceResource(
  run: Run,
  target: Target,
  old: ResourceRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const reason = 'Requested update requires the creation of a new physical resource; hence creating one.';
  const shown = { ...recordOf(target, 'UPDATE_IN_PROGRESS'), attributes: old.attributes };
  setResource(run, old.physicalId === undefined ? shown : { ...shown, physicalId: old.physicalId }, { reason });
  let made: ResourceRecord | undefined;
  try {
    refuseSameName(run, target, old);
    await bringUp(run, target, signal, (state) => {
      const first = made === undefined;
      made = {
        ...recordOf(target, 'UPDATE_IN_PROGRESS'),
        physicalId: state.physicalId,
        attributes: state.attributes,
        timestamp: run.world.clock.now(),
      };
      if (first) setResource(run, made, { reason: 'Resource creation Initiated' });
    });
    if (made === undefined) throw new Error(`${target.type} was created without a physical id`);
    setResource(run, { ...made, status: 'UPDATE_COMPLETE' });
    run.stack.leftovers.push({ record: old, policy: target.updateReplacePolicy });
    return true;
  } catch (error) {
    const failed = signal.aborted ? 'Resource update cancelled' : failureReason(error, target.type);
    if (made !== undefined) run.stack.leftovers.push({ record: made, policy: 'Delete' });
    setResource(run, { ...old, status: 'UPDATE_FAILED' }, { reason: failed });
    return false;
  }
}

/** Changes a resource in place. False when it failed. */
export async function updateResource(
  run: Run,
  target: Target,
  old: ResourceRecord,
  signal: AbortSignal,
  operation: 'update' | 'rollback' = 'update',
): Promise<boolean> {
  const { world, stack } = run;
  const { physicalId = '', attributes, properties } = old;
  const attempted = { ...recordOf(target, 'UPDATE_IN_PROGRESS'), physicalId, attributes };
  setResource(run, attempted);
  const inbox = world.signalDesk.open(stack.id, target.logicalId);
  try {
    await befall(run, target.logicalId, operation, signal);
    const provider = providerFor(run, target.type);
    const asked = { ...request(run, target, inbox, signal), rollback: operation === 'rollback' };
    const state = await provider.update(asked, { physicalId, attributes, properties });
    setResource(run, { ...attempted, ...state, status: 'UPDATE_COMPLETE' });
    return true;
  } catch (error) {
    const reason = signal.aborted ? 'Resource update cancelled' : failureReason(error, target.type);
    setResource(run, { ...attempted, status: 'UPDATE_FAILED' }, { reason });
    return false;
  } finally {
    inbox.close();
  }
}

/**
 * Brings a resource whose update failed back to what it was, its status staying UPDATE_FAILED (CloudFormation User
 * Guide, stack failure options). Where that fails too, the resource stays as the update left it.
 */
export async function revertFailed(run: Run, old: ResourceRecord): Promise<void> {
  const { stack, cancelled } = run;
  const attempted = stack.resources.get(old.logicalId);
  if (attempted?.physicalId === undefined || attempted.physicalId !== old.physicalId) return;
  const { physicalId, attributes, properties, status, statusReason } = attempted;
  try {
    const provider = providerFor(run, old.type);
    const subject = { ...request(run, old, nothingArrives, cancelled), rollback: true };
    const state = await provider.update(subject, { physicalId, attributes, properties });
    stack.resources.set(old.logicalId, {
      ...old,
      ...state,
      status,
      ...(statusReason !== undefined && { statusReason }),
    });
  } catch {
    stack.resources.set(old.logicalId, attempted);
  }
}

export const nothingArrives: SignalInbox = { next: async () => undefined };

/**
 * Deletes a resource, or skips it where its policy says so. The events are told; the stack's own record of the
 * resource is the caller's to change. False when it failed, with the reason told.
 */
export async function deleteResource(
  run: Run,
  { record, policy }: Leftover,
  operation: 'delete' | 'cleanup' | 'rollback',
  tell: (status: string, reason?: string) => void,
): Promise<boolean> {
  if (policy === 'Retain' || policy === 'RetainExceptOnCreate') {
    tell('DELETE_SKIPPED');
    return true;
  }
  if (record.physicalId === undefined) {
    tell('DELETE_COMPLETE');
    return true;
  }
  tell('DELETE_IN_PROGRESS');
  try {
    await befall(run, record.logicalId, operation, run.cancelled);
    const state = { physicalId: record.physicalId, attributes: record.attributes };
    await providerFor(run, record.type).delete(request(run, record, nothingArrives, run.cancelled), state);
    tell('DELETE_COMPLETE');
    return true;
  } catch (error) {
    tell('DELETE_FAILED', failureReason(error, record.type));
    return false;
  }
}
