import type { ResourceProvider, ResourceState } from '../../types.ts';
import { compare } from '../change-sets/create.ts';
import type { Stack } from '../model.ts';
import { isCleaningUp } from '../status.ts';
import { addStack } from '../store.ts';
import { ResourceFailure } from './failure.ts';
import { childName, nestedDeployment } from './nested-deployment.ts';
import { type Run, setStackStatus } from './run.ts';
import { STACK_TYPE } from './stack-type.ts';
import { startContinue, startCreate, startDelete, startRollback, startUpdate } from './start.ts';

/** What a change set that includes nested stacks has left for the resource. */
const isShellFor = (child: Stack, logicalId: string) =>
  child.status === 'REVIEW_IN_PROGRESS' && child.parentResource === logicalId;

const stateOf = (child: Stack): ResourceState => ({
  physicalId: child.id,
  attributes: Object.fromEntries(child.outputs.map(({ key, value }) => [`Outputs.${key}`, value])),
});

/** The nested stack's own part of a drift-aware change set that its parent executes. */
const driftAwareSet = (parent: Stack, child: Stack) =>
  [...child.changeSets.values()].find(
    ({ actual, parentId }) =>
      actual !== undefined &&
      [...parent.changeSets.values()].some(
        ({ id, executionStatus }) => id === parentId && executionStatus === 'EXECUTE_IN_PROGRESS',
      ),
  );

/** Waits for the child's operation; when the parent's is cancelled, so is the child's. */
async function settle(child: Stack, signal: AbortSignal): Promise<void> {
  const { running } = child;
  if (running === undefined) return;
  const cancel = () => running.cancel.abort(signal.reason);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  await running.done;
  signal.removeEventListener('abort', cancel);
}

/** The child has been rolled back by then; the text is of the moment at which its update failed. */
function notUpdated(child: Stack): ResourceFailure {
  const failed = child.events.findLast(({ status, reason }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS' && reason);
  const { status, reason } = failed ?? { status: child.status, reason: child.statusReason };
  return new ResourceFailure(
    `Embedded stack ${child.id} was not successfully updated. Currently in ${status} with reason: ${reason}`,
  );
}

/** Stacks in stacks (CloudFormation User Guide, nested stacks), each with its own events, outputs and statuses. */
export function nestedStacks(run: Run): ResourceProvider {
  const { world, store, account, token } = run;
  const context = { world, store, services: run.services, parent: run.stack.deployment };
  const start = (child: Stack) => ({ world, store, stack: child, account, token });

  return {
    type: STACK_TYPE,

    async create(request) {
      const shell = store.childrenOf(run.stack).find((child) => isShellFor(child, request.logicalId));
      const name = shell?.name ?? childName(run.stack.name, request.logicalId);
      const deployment = await nestedDeployment(context, request.properties, { id: '', name, resources: new Map() });
      const child =
        shell ??
        addStack(store, {
          name,
          account,
          status: 'CREATE_IN_PROGRESS',
          deployment,
          disableRollback: run.stack.disableRollback,
          parent: run.stack,
          now: world.clock.now(),
        });
      startCreate(start(child), deployment, run.stack.disableRollback ? 'keep' : 'fail');
      request.initiated?.(stateOf(child));
      const { run: childRun } = child.running ?? {};
      await settle(child, request.signal);
      if (child.status === 'CREATE_IN_PROGRESS' && childRun !== undefined)
        setStackStatus(childRun, 'CREATE_FAILED', 'Resource creation cancelled');
      if (child.status !== 'CREATE_COMPLETE')
        throw new ResourceFailure(`Embedded stack ${child.id} was not successfully created: ${child.statusReason}`);
      return stateOf(child);
    },

    async update(request, previous) {
      const child = store.find(previous.physicalId);
      if (child === undefined) throw new ResourceFailure(`Stack with id ${previous.physicalId} does not exist`);
      if (run.stack.status === 'UPDATE_ROLLBACK_IN_PROGRESS') {
        if (child.status === 'UPDATE_ROLLBACK_FAILED') startContinue(start(child), run.skipped);
        else if (isCleaningUp(child.status) || child.status === 'UPDATE_FAILED') startRollback(start(child));
        await settle(child, request.signal);
        if (child.status === 'UPDATE_ROLLBACK_FAILED') throw notUpdated(child);
        return stateOf(child);
      }
      const changeSet = driftAwareSet(run.stack, child);
      const deployment = changeSet?.deployment ?? (await nestedDeployment(context, request.properties, child));
      if (changeSet === undefined && (await compare(world, store, child, deployment)).isEmpty) return stateOf(child);
      const failure = run.stack.disableRollback ? 'keep' : 'rollback';
      startUpdate(start(child), deployment, failure, { deferCleanup: true, ...(changeSet && { changeSet }) });
      await settle(child, request.signal);
      if (!isCleaningUp(child.status)) throw notUpdated(child);
      return stateOf(child);
    },

    async delete(request, state) {
      const child = store.find(state.physicalId);
      if (child === undefined || child.status === 'DELETE_COMPLETE') return;
      startDelete(start(child), {});
      await settle(child, request.signal);
      if (child.status !== 'DELETE_COMPLETE')
        throw new ResourceFailure(`Embedded stack ${child.id} was not successfully deleted: ${child.statusReason}`);
    },
  };
}
