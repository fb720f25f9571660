import type { Deployment, FailureMode, Stack } from '../model.ts';
import { missingValue } from '../template/existence.ts';
import { bury, deleteAll } from './delete.ts';
import { importsOf, publishable } from './exports.ts';
import { failedTo, sentence } from './failed-to.ts';
import { runGraph } from './graph.ts';
import { importResource } from './import-resource.ts';
import { createResource, failToBegin } from './resource.ts';
import { endOperation, nextOperation, type Run, setStackStatus } from './run.ts';
import { outputsOf, planFor, type StackPlan, zonesFor } from './stack-scope.ts';
import { targetOf } from './target.ts';

const CONSEQUENCE: Readonly<Record<'rollback' | 'delete', string>> = {
  rollback: 'Rollback requested by user.',
  delete: 'Delete requested by user.',
};

/** Remembers the stack as it is, to roll back to. */
export function markStable(stack: Stack): void {
  if (stack.deployment === undefined) return;
  const { deployment, outputs, imports } = stack;
  stack.stable = { deployment, outputs, imports, resources: new Map(stack.resources) };
}

/** Creates one of the template's resources, or takes it over where the change set says so. */
export async function createOne(run: Run, plan: StackPlan, logicalId: string, signal: AbortSignal): Promise<boolean> {
  try {
    const target = await targetOf(run, plan, logicalId);
    const existing = run.imports.get(logicalId);
    return existing === undefined
      ? await createResource(run, target, signal)
      : await importResource(run, target, existing, signal);
  } catch (error) {
    failToBegin(run, plan, logicalId, 'CREATE_FAILED', error);
    return false;
  }
}

/** The stack's TimeoutInMinutes; at infinite speed none passes, since no creation takes any time either. */
function timeLimit({ stack, world }: Run, reached: () => void): Disposable & { readonly passed: boolean } {
  const ended = new AbortController();
  const limit = { passed: false, [Symbol.dispose]: () => ended.abort() };
  const { timeoutInMinutes } = stack;
  if (timeoutInMinutes === undefined || world.clock.speed === Number.POSITIVE_INFINITY) return limit;
  const wait = world.clock.sleep(timeoutInMinutes * 60_000, AbortSignal.any([ended.signal, world.stopped]));
  wait.then(
    () => {
      limit.passed = true;
      reached();
    },
    () => {},
  );
  return limit;
}

/** Creates everything the deployment wants. The reason why it failed, or undefined. */
async function build(run: Run, deployment: Deployment, failure: FailureMode): Promise<string | undefined> {
  const { stack, store, services, cancelled } = run;
  let plan: StackPlan;
  const missing = await missingValue(deployment.parameters, services);
  if (missing !== undefined) return sentence(missing);
  try {
    plan = planFor(store, stack, deployment, await zonesFor(deployment.template, store, services));
    stack.imports = importsOf(plan);
  } catch (error) {
    return sentence(error);
  }
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, cancelled]);
  using limit = timeLimit(run, () => abort.abort());
  const { failed } = await runGraph({
    ids: plan.active.keys(),
    before: (id) => plan.dependencies.get(id) ?? [],
    task: (id) => (limit.passed ? Promise.resolve(false) : createOne(run, plan, id, signal)),
    stopAfterFailure: () => {
      if (failure === 'keep' && !cancelled.aborted) return false;
      abort.abort();
      return true;
    },
  });
  if (limit.passed) return 'Stack creation time exceeded the specified timeout. ';
  if (failed.length > 0 || cancelled.aborted) return failedTo('create', failed);
  try {
    stack.outputs = publishable(run, outputsOf(plan));
    return undefined;
  } catch (error) {
    return sentence(error);
  }
}

/**
 * Creates a stack whose status is CREATE_IN_PROGRESS: to CREATE_COMPLETE, or by `failure` to ROLLBACK_COMPLETE,
 * DELETE_COMPLETE or CREATE_FAILED.
 */
export async function createStack(run: Run, deployment: Deployment, failure: FailureMode): Promise<void> {
  const { stack } = run;
  const problem = await build(run, deployment, failure);
  if (problem === undefined) {
    markStable(stack);
    setStackStatus(run, 'CREATE_COMPLETE');
    endOperation(run, 'SUCCEEDED');
    return;
  }
  endOperation(run, 'FAILED');
  if (run.cancelled.aborted) return;
  if (failure === 'keep' || failure === 'fail') {
    setStackStatus(run, 'CREATE_FAILED', problem);
    return;
  }
  const undoing = nextOperation(run, failure === 'rollback' ? 'ROLLBACK' : 'DELETE_STACK');
  const status = failure === 'rollback' ? 'ROLLBACK_IN_PROGRESS' : 'DELETE_IN_PROGRESS';
  setStackStatus(undoing, status, `${problem}${CONSEQUENCE[failure]}`);
  await undoCreation(undoing, failure);
}

/** Deletes what a failed creation left: to ROLLBACK_COMPLETE or DELETE_COMPLETE, or their FAILED. */
export async function undoCreation(run: Run, failure: 'rollback' | 'delete'): Promise<void> {
  const { stack } = run;
  const prefix = failure === 'rollback' ? 'ROLLBACK' : 'DELETE';
  stack.outputs = [];
  const failed = await deleteAll(run, { operation: 'rollback' });
  if (run.cancelled.aborted) return;
  if (failed.length > 0) {
    setStackStatus(run, `${prefix}_FAILED`, failedTo('delete', failed));
    endOperation(run, 'FAILED');
    return;
  }
  if (failure === 'delete') bury(run);
  else {
    stack.deletionTime = run.world.clock.now();
    setStackStatus(run, 'ROLLBACK_COMPLETE');
  }
  endOperation(run, 'SUCCEEDED');
}
