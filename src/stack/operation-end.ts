import { isAtRest } from './event-kinds.ts';
import type { Following } from './follow.ts';
import type { Stack, StackEvent } from './model.ts';
import { isSuccess } from './status.ts';

/** What is known of an operation when the stack itself has just been read. */
export interface Sighting {
  /** As it was read; undefined where it was not found. */
  readonly stack: Stack | undefined;
  /** What it was like before the operation, where that is known. */
  readonly before: Following['after'];
  /** The event with which it came to rest. */
  readonly rested: StackEvent | undefined;
  readonly eventsReadable: boolean;
  readonly eventsCame: boolean;
  /** The operation began so recently that what is read may be of before. */
  readonly mayBeStale: boolean;
  /** How often the end was read in vain already. */
  readonly unconfirmed: number;
}

export type OperationEnd =
  | { readonly kind: 'going-on' }
  /** The events tell the end, and the stack tells another status. */
  | { readonly kind: 'unconfirmed' }
  | { readonly kind: 'as-read'; readonly stack: Stack }
  | { readonly kind: 'as-told'; readonly by: StackEvent };

/** How often the end is read in vain before the stack's own last event is taken for it. */
export const CONFIRMATIONS = 5;

/**
 * Whether the operation has ended. The stack and its events may either be behind the other: the end is known when both
 * tell the same. When the stack has been read in vain so often, its last event decides where that tells a failure, and
 * the stack where it tells a success.
 */
export function operationEnd(sighting: Sighting): OperationEnd {
  const { stack, before, rested, eventsReadable, eventsCame, mayBeStale, unconfirmed } = sighting;
  if (stack === undefined || !isAtRest(stack.status)) return { kind: 'going-on' };
  if (rested === undefined) {
    const isStale = (mayBeStale && eventsReadable) || (!eventsCame && isAsBefore(stack, before));
    return isStale ? { kind: 'going-on' } : { kind: 'as-read', stack };
  }
  const agrees = stack.status === rested.status && !isAsBefore(stack, before);
  if (!eventsReadable || agrees) return { kind: 'as-read', stack };
  if (unconfirmed + 1 < CONFIRMATIONS) return { kind: 'unconfirmed' };
  return isSuccess(rested.status) ? { kind: 'as-read', stack } : { kind: 'as-told', by: rested };
}

/** Nothing shows that the operation has begun: this is the stack before it. */
function isAsBefore(stack: Stack, before: Following['after']): boolean {
  return before !== undefined && stack.status === before.status && stack.updatedAt === before.updatedAt;
}
