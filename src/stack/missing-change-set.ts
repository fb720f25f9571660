import { classify } from '../aws/errors.ts';
import { poll } from '../time/poll.ts';
import type { StackContext } from './context.ts';

/** How long CloudFormation, eventually consistent, may not find a change set that it has just made. Milliseconds. */
export const UNKNOWN_FOR = 15_000;

const PACE = { first: 300, fastest: 1_000, slowest: 4_000 };

/**
 * Whether an error says that CloudFormation has no such change set, or not even its stack: it was deleted, is not found
 * yet, or was executed and is asked for by its name.
 */
export function isChangeSetMissing(error: unknown): boolean {
  const fact = classify(error);
  return fact.kind === 'not-found-stack' || (fact.kind === 'other' && /^ChangeSetNotFound/.test(fact.code));
}

/**
 * Asks again while CloudFormation does not find a change set that has just been made: one answer may know less than the
 * one before it. Rejects with what `ask` does, and with the last such error when it has not been found for long.
 */
export async function whileUnknown<T>(
  { clock, signal }: Pick<StackContext, 'clock' | 'signal'>,
  ask: () => Promise<T>,
): Promise<T> {
  let missing: unknown;
  const read = async () => {
    try {
      return { done: true, value: { answer: await ask() } } as const;
    } catch (error) {
      if (!isChangeSetMissing(error)) throw error;
      missing = error;
      return { done: false, busy: true } as const;
    }
  };
  const found = await poll(read, { clock, signal, deadline: clock.now() + UNKNOWN_FOR, pace: PACE });
  if (found === undefined) throw missing;
  return found.answer;
}
