import { setTimeout as sleep } from 'node:timers/promises';

/**
 * When something happens to a run: so many milliseconds after its start, at the first line of the log that matches, or
 * as soon as a question (of a journal, say) is answered with true.
 */
export type Moment = number | RegExp | (() => boolean | Promise<boolean>);

const ASK_EVERY = 10;

/** Aborts `target` at the moment. `onLine` is to be given each line of the log; `stop` ends the watching. */
export function watchFor(moment: Moment | undefined, target: AbortController) {
  const stopped = new AbortController();
  let asking: Promise<void> = Promise.resolve();
  if (typeof moment === 'number') {
    const timer = setTimeout(() => target.abort(), moment);
    stopped.signal.addEventListener('abort', () => clearTimeout(timer));
  } else if (typeof moment === 'function') asking = askUntilTrue(moment, target, stopped.signal);
  return {
    onLine(line: string) {
      if (moment instanceof RegExp && moment.test(line)) target.abort();
    },
    /** Rejects with what the question threw. */
    async stop() {
      stopped.abort();
      await asking;
    },
  };
}

async function askUntilTrue(ask: () => boolean | Promise<boolean>, target: AbortController, stopped: AbortSignal) {
  while (!stopped.aborted) {
    if (await ask()) {
      target.abort();
      return;
    }
    await sleep(ASK_EVERY);
  }
}
