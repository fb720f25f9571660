import { randomUUID } from 'node:crypto';
import type { Account, Services } from '../../types.ts';
import type { Operation, OperationType, ResourceRecord, Stack, StackEvent } from '../model.ts';
import { addOperation, keepVersion, type RegionStore } from '../store.ts';
import type { World } from '../world.ts';
import { STACK_TYPE } from './stack-type.ts';

/** One operation on one stack while it goes on. */
export interface Run {
  readonly world: World;
  readonly store: RegionStore;
  readonly stack: Stack;
  readonly account: Account;
  readonly services: Services;
  readonly operation: Operation;
  readonly token?: string;
  /** The physical ids of what the operation takes over instead of creating it, by logical id. */
  readonly imports: ReadonlyMap<string, string>;
  /** The resources that a continued rollback leaves as they are: `Id`, or `NestedStackName.Id`. */
  readonly skipped: ReadonlySet<string>;
  /** Aborted when the operation is cancelled or the engine stops. */
  readonly cancelled: AbortSignal;
}

/** The same run under an operation of its own, as the rollback that follows a failure has. */
export function nextOperation(run: Run, type: OperationType, cancelled = run.cancelled): Run {
  const next = { ...run, cancelled, operation: addOperation(run.stack, type, run.world.clock.now(), run.token) };
  if (run.stack.running !== undefined) run.stack.running.run = next;
  return next;
}

interface EventInput {
  readonly logicalId: string;
  readonly physicalId?: string | undefined;
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly properties?: Record<string, unknown> | undefined;
}

function addEvent(run: Run, input: EventInput): void {
  const { stack, operation } = run;
  const timestamp = run.world.clock.now();
  const ofStack = input.physicalId === stack.id;
  const event: StackEvent = {
    eventId: ofStack
      ? randomUUID()
      : `${input.logicalId}-${input.status}-${timestamp.toISOString()}-${stack.events.length}`,
    logicalId: input.logicalId,
    physicalId: input.physicalId ?? '',
    type: input.type,
    timestamp,
    status: input.status,
    operationId: operation.id,
    ...(input.reason !== undefined && { reason: input.reason }),
    ...(input.properties && { properties: JSON.stringify(input.properties) }),
    ...(run.token !== undefined && { token: run.token }),
  };
  stack.events.push(event);
  const failed = event.status.endsWith('_FAILED') && !ofStack && !/cancelled/.test(event.reason ?? '');
  operation.events.push({
    eventId: event.eventId,
    kind: failed ? 'PROVISIONING_ERROR' : 'STACK_EVENT',
    timestamp,
    stackEvent: event,
  });
}

/** Tells the stack's status as an event outside of any operation. */
export function tellStack(stack: Stack, timestamp: Date, options: { reason?: string } = {}): void {
  stack.events.push({
    eventId: randomUUID(),
    logicalId: stack.name,
    physicalId: stack.id,
    type: STACK_TYPE,
    timestamp,
    status: stack.status,
    ...(options.reason !== undefined && { reason: options.reason }),
  });
  keepVersion(stack, timestamp);
}

/** Sets the stack's status and tells it as an event. */
export function setStackStatus(run: Run, status: string, reason?: string): void {
  const { stack } = run;
  stack.status = status;
  if (reason === undefined) delete stack.statusReason;
  else stack.statusReason = reason;
  addEvent(run, { logicalId: stack.name, physicalId: stack.id, type: STACK_TYPE, status, reason });
  keepVersion(stack, run.world.clock.now());
}

/** Puts a resource's new state into the stack and tells it as an event. */
export function setResource(
  run: Run,
  record: Omit<ResourceRecord, 'timestamp'>,
  options: { reason?: string; withProperties?: boolean } = {},
): ResourceRecord {
  const { reason, withProperties = true } = options;
  const { statusReason: _earlier, ...rest } = record;
  const kept: ResourceRecord = {
    ...rest,
    timestamp: run.world.clock.now(),
    ...(reason !== undefined && { statusReason: reason }),
  };
  run.stack.resources.set(record.logicalId, kept);
  tellResource(run, kept, { ...(reason !== undefined && { reason }), withProperties });
  return kept;
}

/** An event about a resource that does not change what the stack holds. */
export function tellResource(
  run: Run,
  record: Pick<ResourceRecord, 'logicalId' | 'physicalId' | 'type' | 'declared' | 'status'>,
  options: { reason?: string; status?: string; withProperties?: boolean } = {},
): void {
  addEvent(run, {
    logicalId: record.logicalId,
    physicalId: record.physicalId,
    type: record.type,
    status: options.status ?? record.status,
    reason: options.reason,
    properties: (options.withProperties ?? true) ? record.declared : undefined,
  });
}

export function endOperation(run: Run, status: 'SUCCEEDED' | 'FAILED'): void {
  run.operation.status = status;
  run.operation.endTime = run.world.clock.now();
}

/**
 * Starts an operation: `begin` at once, `work` after the answer to the request has left. At most one runs on a stack:
 * one that is still going on is cancelled and waited for.
 */
export function startOperation(
  world: World,
  store: RegionStore,
  stack: Stack,
  wanted: {
    type: OperationType;
    account: Account;
    token?: string | undefined;
    imports?: ReadonlyMap<string, string>;
    skipped?: ReadonlySet<string>;
  },
  steps: { begin(run: Run): void; work(run: Run): Promise<void> },
): Operation {
  const cancel = new AbortController();
  const operation = addOperation(stack, wanted.type, world.clock.now(), wanted.token);
  stack.account = wanted.account;
  const run: Run = {
    world,
    store,
    stack,
    account: wanted.account,
    services: world.servicesFor(wanted.account),
    operation,
    imports: wanted.imports ?? new Map(),
    skipped: wanted.skipped ?? new Set(),
    cancelled: AbortSignal.any([cancel.signal, world.stopped]),
    ...(wanted.token !== undefined && { token: wanted.token }),
  };
  const earlier = stack.running;
  steps.begin(run);
  const carryOut = async () => {
    earlier?.cancel.abort(new Error('The operation was cancelled by another one'));
    await earlier?.done;
    await new Promise((resolve) => setImmediate(resolve));
    try {
      await steps.work(run);
    } catch (error) {
      if (!world.stopped.aborted) breakOff(run, error);
    } finally {
      if (stack.running?.cancel === cancel) delete stack.running;
    }
  };
  stack.running = { run, cancel, done: carryOut() };
  return operation;
}

/** An error of the engine itself: the operation ends in its FAILED status, the reason tells the error. */
function breakOff(run: Run, error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const status = run.stack.status.replace(/(_COMPLETE_CLEANUP)?_IN_PROGRESS$/, '');
  setStackStatus(run, `${status}_FAILED`, `Internal Failure: ${message}`);
  endOperation(run, 'FAILED');
}
