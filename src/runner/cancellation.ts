import { Failure } from '../types.ts';

/** The signals with which the runner cancels a job: SIGINT, SIGTERM 7.5 seconds later, the end 2.5 seconds after that. */
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

type Signal = keyof typeof SIGNALS;

export interface SignalSource {
  on(name: Signal, listener: () => void): unknown;
}

/**
 * Turns the runner's signals into an AbortSignal whose reason is a Failure `cancelled`. A second signal means that
 * whoever sends it will not wait: `exit` is called at once with 128 plus the signal's number, as shells do.
 */
export function abortOnSignals(source: SignalSource, exit: (code: number) => void): AbortSignal {
  const controller = new AbortController();
  const onSignal = (name: Signal) => {
    if (controller.signal.aborted) exit(128 + SIGNALS[name]);
    else controller.abort(cancelled(name));
  };
  source.on('SIGINT', () => onSignal('SIGINT'));
  source.on('SIGTERM', () => onSignal('SIGTERM'));
  return controller.signal;
}

function cancelled(name: Signal): Failure {
  return new Failure('cancelled', [
    {
      level: 'error',
      title: 'The job was cancelled',
      message: `The runner sent ${name}, so ECS Muster stopped waiting.`,
      remedy: 'Run the job again: it goes on from the state that AWS is in.',
    },
  ]);
}
