import { isAtRest, isOfStackItself } from './event-kinds.ts';
import type { Following } from './follow.ts';
import type { StackEvent } from './model.ts';

export interface OperationEnd {
  /** Whether an event belongs to the operation; its end is remembered. */
  notice(event: StackEvent): boolean;
  /** The event with which the stack came to rest, until another shows that it went on. */
  seen(): StackEvent | undefined;
}

/** Tells the operation's events from those of another that turn up late, and notices its end. */
export function operationEnd({ stackId, token, after }: Pick<Following, 'stackId' | 'token' | 'after'>): OperationEnd {
  let begun = after === undefined;
  let last: StackEvent | undefined;
  return {
    seen: () => last,
    notice: (event: StackEvent): boolean => {
      const foreign = token !== undefined && event.token !== undefined && event.token !== token;
      if (!begun && foreign) return false;
      if (event.stackId !== stackId || !isOfStackItself(event)) return true;
      if (!isAtRest(event.status)) {
        if (event.status !== 'REVIEW_IN_PROGRESS') begun = true;
        last = undefined;
        return true;
      }
      // The end of an operation whose beginning was not seen is an earlier one's, unless it bears our token.
      if (begun || (token !== undefined && event.token === token)) last = event;
      return begun || last !== undefined;
    },
  };
}
