import { isAtRest, isOfStackItself } from './event-kinds.ts';
import type { Following } from './follow.ts';
import type { StackEvent } from './model.ts';

/** What events have told of one operation so far. */
export interface OperationLog {
  /** Oldest first. */
  readonly events: readonly StackEvent[];
  /** Keeps those events that belong to the operation, and returns them. */
  take(fresh: readonly StackEvent[]): readonly StackEvent[];
  /** The last status of the stack that is known, be it the one before the operation. */
  status(): string | undefined;
  /** The event with which the stack came to rest, until another shows that it went on. */
  rested(): StackEvent | undefined;
}

/** Tells the operation's events from those of another that turn up late, and notices its end. */
export function operationLog({ stackId, token, after }: Pick<Following, 'stackId' | 'token' | 'after'>): OperationLog {
  const events: StackEvent[] = [];
  let begun = after === undefined;
  let status = after?.status;
  let rested: StackEvent | undefined;

  const isOurs = (event: StackEvent): boolean => {
    const foreign = token !== undefined && event.token !== undefined && event.token !== token;
    if (!begun && foreign) return false;
    if (event.stackId !== stackId || !isOfStackItself(event)) return true;
    if (!isAtRest(event.status)) {
      // A shell's first event may turn up after the operation has begun.
      if (event.status === 'REVIEW_IN_PROGRESS') return false;
      begun = true;
      rested = undefined;
      return true;
    }
    // The end of an operation whose beginning was not seen is an earlier one's, unless it bears our token.
    if (begun || (token !== undefined && event.token === token)) rested = event;
    return begun || rested !== undefined;
  };

  return {
    events,
    take(fresh) {
      const ours = fresh.filter(isOurs);
      events.push(...ours);
      status = ours.findLast((event) => event.stackId === stackId && isOfStackItself(event))?.status ?? status;
      return ours;
    },
    status: () => status,
    rested: () => rested,
  };
}
