import { isOfStackItself } from './event-kinds.ts';
import type { ResourceTiming, StackEvent } from './model.ts';

/**
 * How long each resource was worked on: from its first event to its last, one timing for each time that work on it
 * began. In the order in which work began; stacks themselves are left out, nested ones are resources of their parents.
 */
export function timingsOf(events: readonly StackEvent[]): ResourceTiming[] {
  const timings: { -readonly [Key in keyof ResourceTiming]: ResourceTiming[Key] }[] = [];
  const open = new Map<string, (typeof timings)[number]>();
  for (const event of events) {
    if (isOfStackItself(event)) continue;
    const { logicalId, nestedIn, resourceType, status, at } = event;
    const key = JSON.stringify([...nestedIn, logicalId]);
    let timing = open.get(key);
    if (timing !== undefined && verbOf(timing.status) !== verbOf(status)) {
      timing.endedAt ??= at;
      timing = undefined;
    }
    if (timing === undefined) {
      timing = { logicalId, nestedIn, resourceType, startedAt: at, status };
      timings.push(timing);
      open.set(key, timing);
    }
    timing.status = status;
    if (status.endsWith('_IN_PROGRESS')) continue;
    timing.endedAt = at;
    open.delete(key);
  }
  return timings;
}

/** CREATE, UPDATE, DELETE, IMPORT, ROLLBACK: what is done to the resource. */
function verbOf(status: string): string {
  return status.replace(/_(IN_PROGRESS|COMPLETE|FAILED|SKIPPED)$/, '');
}
