import type { Clock } from '../time/clock.ts';
import { poll } from '../time/poll.ts';
import { type Client, connect, isPassing, type Refusal, type Repository, refusalOf } from './client.ts';

/** How long a conversation with GitHub may take. */
export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds for all requests and all waits between them. Default 12 s: telling must not hold the job up. */
  readonly timeLimit?: number;
}

export const TIME_LIMIT = 12_000;
const PACE = { first: 500, fastest: 4_000, slowest: 4_000, jitter: 0.2 };

/** What every request is sent with. */
export interface RequestOptions {
  readonly request: { readonly signal: AbortSignal };
}

/**
 * Talks to GitHub, from the start again when it was down or asked to come back within seconds, until the time limit.
 * Never throws: what stands in the way is told instead, since no answer of GitHub's is the verdict's business.
 */
export async function converse<T>(
  repository: Repository,
  { clock, signal, timeLimit = TIME_LIMIT }: Patience,
  talk: (client: Client, options: RequestOptions) => Promise<T>,
): Promise<T | Refusal> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeLimit)]);
  const deadline = clock.now() + timeLimit;
  let last: unknown = new Error('GitHub did not answer in time');
  try {
    const client = await connect(repository);
    // Of what a request is sent with, `paginate` hands on its address and headers alone: each gets the signal here.
    client.hook.before('request', (request) => {
      request.request = { ...request.request, signal: limited };
    });
    const attempt = async () => {
      try {
        return { done: true, value: await talk(client, { request: { signal: limited } }) } as const;
      } catch (error) {
        if (limited.aborted || !isPassing(error)) throw error;
        last = error;
        return { done: false, busy: false } as const;
      }
    };
    const value = await poll(attempt, { clock, signal: limited, deadline, pace: PACE });
    return value ?? refusalOf(last);
  } catch (error) {
    return refusalOf(limited.aborted && !signal.aborted ? last : error);
  }
}
