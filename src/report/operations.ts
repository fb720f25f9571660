import { isCancellation, isOfStackItself } from '../stack/event-kinds.ts';
import type { Deployment, StackEvent } from '../stack/model.ts';
import { resourcePath } from '../stack/resource-path.ts';

/** What was going on with the root stack when a resource's operation began. */
export type Phase = 'deployment' | 'rollback' | 'clean-up';

export type Ending = 'complete' | 'failed' | 'cancelled' | 'skipped' | 'running';

/** One resource being created, updated or deleted: the bar of a timeline. A rolled back resource has two. */
export interface Operation {
  /** The logical id, after those of the nested stacks it is in: `Network › Subnet`. */
  readonly path: string;
  readonly logicalId: string;
  readonly nestedIn: readonly string[];
  readonly resourceType: string;
  readonly physicalId?: string;
  /** CREATE, UPDATE, DELETE, IMPORT, … */
  readonly verb: string;
  readonly phase: Phase;
  readonly startedAt: number;
  /** When it ended, or when the deployment did while it was still running. */
  readonly endedAt: number;
  readonly ending: Ending;
  readonly reason?: string;
}

/** The operations of a deployment on resources, in the order in which they began. */
export function operationsOf(deployment: Deployment): readonly Operation[] {
  const open = new Map<string, Operation>();
  const all: Operation[] = [];
  let phase: Phase = 'deployment';
  for (const event of deployment.events) {
    if (isOfStackItself(event)) {
      if (event.nestedIn.length === 0) phase = phaseAfter(event.status) ?? phase;
      continue;
    }
    const { verb, state } = parseStatus(event.status);
    const key = `${resourcePath(event)} ${verb}`;
    const begun = open.get(key);
    if (state === 'IN_PROGRESS') {
      if (begun === undefined) open.set(key, begin(event, verb, phase));
      continue;
    }
    open.delete(key);
    all.push({ ...(begun ?? begin(event, verb, phase)), ...end(event, state) });
  }
  for (const operation of open.values()) all.push({ ...operation, endedAt: deployment.endedAt });
  return all.sort((a, b) => a.startedAt - b.startedAt);
}

/** Milliseconds. */
export function lengthOf(operation: Operation): number {
  return Math.max(0, operation.endedAt - operation.startedAt);
}

export type ResourceState = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'SKIPPED';

/** `UPDATE_ROLLBACK_IN_PROGRESS` is UPDATE_ROLLBACK, IN_PROGRESS. A status of another shape counts as in progress. */
export function parseStatus(status: string): { readonly verb: string; readonly state: ResourceState } {
  for (const state of ['IN_PROGRESS', 'COMPLETE', 'FAILED', 'SKIPPED'] as const) {
    if (status.endsWith(`_${state}`)) return { verb: status.slice(0, -state.length - 1), state };
  }
  return { verb: status, state: 'IN_PROGRESS' };
}

function begin(event: StackEvent, verb: string, phase: Phase): Operation {
  const { logicalId, nestedIn, resourceType, at } = event;
  const physicalId = event.physicalId ? { physicalId: event.physicalId } : {};
  const path = resourcePath(event);
  return {
    path,
    logicalId,
    nestedIn,
    resourceType,
    ...physicalId,
    verb,
    phase,
    startedAt: at,
    endedAt: at,
    ending: 'running',
  };
}

function end(event: StackEvent, state: Exclude<ResourceState, 'IN_PROGRESS'>): Partial<Operation> {
  const physicalId = event.physicalId ? { physicalId: event.physicalId } : {};
  const reason = event.reason === undefined ? {} : { reason: event.reason };
  return { endedAt: event.at, ending: endingOf(state, event.reason), ...physicalId, ...reason };
}

function endingOf(state: Exclude<ResourceState, 'IN_PROGRESS'>, reason: string | undefined): Ending {
  switch (state) {
    case 'COMPLETE':
      return 'complete';
    case 'SKIPPED':
      return 'skipped';
    case 'FAILED':
      return isCancellation(reason) ? 'cancelled' : 'failed';
    default:
      return state satisfies never;
  }
}

function phaseAfter(stackStatus: string): Phase | undefined {
  if (stackStatus.endsWith('_COMPLETE_CLEANUP_IN_PROGRESS')) return 'clean-up';
  if (stackStatus.endsWith('ROLLBACK_IN_PROGRESS')) return 'rollback';
  return undefined;
}
