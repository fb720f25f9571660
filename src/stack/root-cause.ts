import { isAtRest, isCancellation, isOfStackItself } from './event-kinds.ts';
import type { StackEvent } from './model.ts';

/** A failure that nothing else in the same operation explains. */
export interface RootCause {
  readonly stackName: string;
  readonly logicalId: string;
  /** Logical ids from the root stack down to the nested stack that the resource belongs to. */
  readonly nestedIn: readonly string[];
  readonly resourceType: string;
  readonly status: string;
  readonly at: number;
  /** CloudFormation's own words. */
  readonly reason: string;
}

export interface Failures {
  /** What made the operation fail, earliest first. */
  readonly causes: readonly RootCause[];
  /** What failed while the operation was being undone, or in cleaning up after it, earliest first. */
  readonly aftermath: readonly RootCause[];
}

/**
 * Finds why an operation failed. Of all failures those remain that are neither a cancellation, nor a consequence of the
 * rollback, nor a nested stack's failure that a failure inside it explains; of each resource the first. When no
 * resource failed, the root stack's own words for giving up remain.
 */
export function failuresOf(events: readonly StackEvent[]): Failures {
  const ordered = events.toSorted((a, b) => a.at - b.at);
  const undoing = undoingSince(ordered);
  const forward: StackEvent[] = [];
  const later: StackEvent[] = [];
  for (const [index, event] of ordered.entries()) {
    if (!event.status.endsWith('_FAILED') || isOfStackItself(event) || isCancellation(event.reason)) continue;
    (isUndone(event, index, undoing) ? later : forward).push(event);
  }
  const causes = innermost(firstOfEach(forward));
  return {
    causes: (causes.length > 0 ? causes : lastWord(ordered)).map((event) => causeOf(withHooks(event, ordered))),
    aftermath: innermost(firstOfEach(later)).map(causeOf),
  };
}

/** From which event on each stack, known by its path, was undoing what it had done, or clearing up after it. */
function undoingSince(ordered: readonly StackEvent[]): ReadonlyMap<string, number> {
  const since = new Map<string, number>();
  const begun = new Set<string>();
  for (const [index, event] of ordered.entries()) {
    if (!isOfStackItself(event)) continue;
    const path = JSON.stringify(event.nestedIn);
    const undoes =
      /(ROLLBACK|CLEANUP)_IN_PROGRESS$/.test(event.status) ||
      (event.status === 'DELETE_IN_PROGRESS' && begun.has(path));
    if (undoes && !since.has(path)) since.set(path, index);
    if (/^(CREATE|UPDATE|IMPORT)_/.test(event.status)) begun.add(path);
  }
  return since;
}

function isUndone({ nestedIn }: StackEvent, index: number, undoing: ReadonlyMap<string, number>): boolean {
  return [...nestedIn.keys(), nestedIn.length].some(
    (depth) => (undoing.get(JSON.stringify(nestedIn.slice(0, depth))) ?? Number.POSITIVE_INFINITY) < index,
  );
}

/** Without the nested stacks whose failure is explained by one inside them. */
function innermost(failures: readonly StackEvent[]): StackEvent[] {
  const explained = new Set<string>();
  for (const { nestedIn } of failures)
    for (const depth of nestedIn.keys()) explained.add(JSON.stringify(nestedIn.slice(0, depth + 1)));
  return failures.filter((event) => !explained.has(pathOf(event)));
}

function firstOfEach(failures: readonly StackEvent[]): StackEvent[] {
  const first = new Map<string, StackEvent>();
  for (const event of failures) if (!first.has(pathOf(event))) first.set(pathOf(event), event);
  return [...first.values()];
}

function pathOf({ nestedIn, logicalId }: StackEvent): string {
  return JSON.stringify([...nestedIn, logicalId]);
}

/** What the root stack itself said first when it gave up. */
function lastWord(ordered: readonly StackEvent[]): StackEvent[] {
  const word = ordered.find(
    (event) =>
      isOfStackItself(event) &&
      event.nestedIn.length === 0 &&
      event.reason !== undefined &&
      (event.status.endsWith('ROLLBACK_IN_PROGRESS') || (isAtRest(event.status) && event.status.endsWith('_FAILED'))),
  );
  return word === undefined ? [] : [word];
}

/** CloudFormation only names the hooks that refused something; why they did, events of their own have told. */
function withHooks(event: StackEvent, ordered: readonly StackEvent[]): StackEvent {
  const { reason = '' } = event;
  const refusals = ordered.filter(
    ({ refusedBy, ...other }) =>
      refusedBy !== undefined && reason.includes(refusedBy) && pathOf(other) === pathOf(event),
  );
  if (refusals.length === 0) return event;
  return { ...event, reason: [reason, ...refusals.map((refusal) => refusal.reason)].join('\n') };
}

function causeOf(event: StackEvent): RootCause {
  const { stackName, logicalId, nestedIn, resourceType, status, at, reason } = event;
  return {
    stackName,
    logicalId,
    nestedIn,
    resourceType,
    status,
    at,
    reason: reason ?? 'CloudFormation gave no reason',
  };
}
