import { classify } from '../aws/errors.ts';
import type { CloudTrail } from '../aws/services/cloudtrail.ts';
import type { Clock } from '../time/clock.ts';
import { type Pace, poll, type Reading } from '../time/poll.ts';
import { type TrailedCall, trailedCall } from './trail-event.ts';

/** Which calls are asked for: those that name a resource by one of its names, since an instant. */
export interface TrailQuestion {
  readonly names: readonly string[];
  readonly since: number;
  /** As whom CloudTrail is asked. Who was refused once is not asked for again. */
  readonly trail: CloudTrail;
}

export interface TrailAnswers<Question extends TrailQuestion> {
  /** By question, newest first; questions that were not answered are missing. */
  readonly calls: ReadonlyMap<Question, readonly TrailedCall[]>;
  /** Why the missing ones are missing. */
  readonly refusals: readonly TrailRefusal[];
}

export interface TrailRefusal {
  readonly why: string;
  /** The role may not ask. */
  readonly denied: boolean;
}

/** "The rate of lookup requests is limited to two per second, per account, per Region" (CloudTrail API, LookupEvents). */
const PACE: Pace = { fastest: 600, slowest: 600, backoff: 1 };

/** Calls told of one resource, and pages of fifty events that are read to find them. */
const MOST_CALLS = 5;
const MOST_PAGES = 3;

interface Step<Question> {
  readonly question: Question;
  readonly name: string;
  readonly page: number;
  readonly token?: string;
}

/**
 * Asks CloudTrail, one request after the other and no more than it takes, who changed what. All questions are about one
 * account and region, which share that budget. `deadline` is an instant: what is not answered by then stays unanswered.
 * Rejects only with the reason of `signal`.
 */
export async function lookUpCalls<Question extends TrailQuestion>(
  questions: readonly Question[],
  { clock, signal, deadline }: { readonly clock: Clock; readonly signal: AbortSignal; readonly deadline: number },
): Promise<TrailAnswers<Question>> {
  const calls = new Map<Question, readonly TrailedCall[]>();
  const refusals = new Map<CloudTrail, TrailRefusal>();
  let steps: readonly Step<Question>[] = questions.flatMap((question) =>
    question.names.map((name) => ({ question, name, page: 1 })),
  );
  const skipped: Step<Question>[] = [];
  const read = async (): Promise<Reading<true>> => {
    const [step, ...later] = steps;
    if (step === undefined) return { done: true, value: true };
    const { question } = step;
    try {
      const { found, token } = await lookUp(step, deadline - clock.now());
      const known = [...(calls.get(question) ?? []), ...found].slice(0, MOST_CALLS);
      calls.set(question, known);
      const goesOn = token !== undefined && known.length < MOST_CALLS && step.page < MOST_PAGES;
      // What was found under one name need not be looked for under the next.
      const others = known.length > 0 ? later.filter((one) => one.question !== question) : later;
      steps = goesOn ? [{ ...step, token, page: step.page + 1 }, ...others] : others;
    } catch (error) {
      signal.throwIfAborted();
      if (clock.now() >= deadline) return { done: false, busy: false };
      refusals.set(question.trail, refusalOf(error));
      skipped.push(...steps.filter((one) => one.question.trail === question.trail));
      steps = later.filter((one) => one.question.trail !== question.trail);
    }
    return steps.length === 0 ? { done: true, value: true } : { done: false, busy: false };
  };
  const ended = await poll(read, { clock, signal, deadline, pace: PACE });
  // Nothing was found of these, and not everywhere.
  for (const { question } of [...skipped, ...steps]) if (calls.get(question)?.length === 0) calls.delete(question);
  const late = ended === undefined ? [{ why: 'there was no more time to ask', denied: false }] : [];
  return { calls, refusals: [...refusals.values(), ...late] };
}

function refusalOf(error: unknown): TrailRefusal {
  const fact = classify(error);
  const why = fact.kind === 'failure' ? fact.failure.message : fact.message;
  return { why, denied: fact.kind === 'access-denied' };
}

async function lookUp({ question, name, token }: Step<TrailQuestion>, timeLeft: number) {
  const { Events = [], NextToken } = await question.trail.lookupEvents(
    {
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: name }],
      StartTime: new Date(question.since),
      ...(token !== undefined && { NextToken: token }),
    },
    { abortSignal: AbortSignal.timeout(Math.max(0, timeLeft)) },
  );
  return { found: Events.flatMap((event) => trailedCall(event) ?? []), token: NextToken };
}
