import { type Pace, poll, type Reading } from '../time/poll.ts';
import { isRefusal, type Refusal } from './client.ts';
import { type Patience, TIME_LIMIT } from './patience.ts';

/** What is left to write, within this patience. */
export type Write<Outcome> = (patience: Patience) => Promise<Outcome | Refusal>;

/** GitHub takes 80 requests a minute that write ("Rate limits for the REST API"), and an issue may take two. */
const FEW = 40;
const AT_ONCE: Pace = { fastest: 0, slowest: 0 };
/** For "a large number" it asks to "wait at least one second between each" ("Best practices for using the REST API"). */
const APART: Pace = { fastest: 1_000, slowest: 1_000, backoff: 1 };
/** All issues together: telling must not hold the job up, however many there are. Milliseconds. */
const ALL_WITHIN = 5 * 60_000;
const LATE: Refusal = { outcome: 'failed', why: 'the issues before it took 5 minutes, and there was no more time' };

/** Writes one after the other, as GitHub asks of whoever writes, until there is no more time. */
export async function inTurn<Outcome extends { readonly outcome: string }>(
  steps: readonly (Outcome | Write<Outcome>)[],
  patience: Patience,
): Promise<readonly (Outcome | Refusal)[]> {
  const outcomes: (Outcome | Refusal)[] = steps.map((step) => (typeof step === 'function' ? LATE : step));
  const writes = steps.flatMap((write, n) => (typeof write === 'function' ? [{ write, n }] : []));
  const { clock, signal } = patience;
  const deadline = clock.now() + ALL_WITHIN;
  const pace = writes.length > FEW ? APART : AT_ONCE;
  let refused = 0;
  const writeNext = async (): Promise<Reading<true>> => {
    const next = writes.shift();
    const timeLimit = Math.min(TIME_LIMIT, deadline - clock.now());
    if (next === undefined || timeLimit <= 0) return { done: true, value: true };
    const outcome = await next.write({ ...patience, timeLimit });
    outcomes[next.n] = outcome;
    refused = isRefusal(outcome) ? refused + 1 : 0;
    // One issue may be refused alone. Who is refused again would be refused for all, and each time it takes its time.
    if (refused > 1) for (const { n } of writes.splice(0)) outcomes[n] = outcome;
    return writes.length === 0 ? { done: true, value: true } : { done: false, busy: false };
  };
  try {
    await poll(writeNext, { clock, signal, deadline, pace });
  } catch {
    // The job is cancelled: nothing more is written.
  }
  return outcomes;
}
