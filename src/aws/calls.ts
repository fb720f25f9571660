import type { Client, Command, MetadataBearer } from '@smithy/types';

/** One call of a service. When its signal ends it, it rejects with the signal's reason. */
export type Call<Input, Output> = (input: Input, options?: CallOptions) => Promise<Output>;

interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/**
 * How long a call that is under way may still take after the signal, when its effect has to be known. Milliseconds;
 * the runner lets a cancelled process live for 7.5 seconds.
 */
const PATIENCE = 1_500;

/**
 * What sends the commands of a client under a signal. None is sent after the signal; `end`, the same signal unless another
 * is given, ends calls that are under way and the waits between their attempts.
 */
export function senderUnder<Inputs extends object, Outputs extends MetadataBearer, Config>(
  client: Client<Inputs, Outputs, Config>,
  signal: AbortSignal,
  end = signal,
) {
  return async <Input extends Inputs, Output extends Outputs>(
    command: Command<Inputs, Input, Outputs, Output, Config>,
    options?: CallOptions,
  ): Promise<Output> => {
    signal.throwIfAborted();
    const abortSignal = options?.abortSignal ? AbortSignal.any([end, options.abortSignal]) : end;
    try {
      return await client.send(command, { abortSignal });
    } catch (error) {
      if (end.aborted) throw signal.reason;
      throw error;
    }
  };
}

/**
 * Makes commands of a client into calls, sent as by `senderUnder`. Each service names the commands that it uses, where the
 * SDK's `new ECS()` has them all: only what is named is bundled, and read and compiled at every start.
 */
export function callsUnder<Inputs extends object, Outputs extends MetadataBearer, Config>(
  client: Client<Inputs, Outputs, Config>,
  signal: AbortSignal,
  end = signal,
) {
  const send = senderUnder(client, signal, end);
  return <Input extends Inputs, Output extends Outputs>(
    Command: new (input: Input) => Command<Inputs, Input, Outputs, Output, Config>,
  ): Call<Input, Output> =>
    (input, options) =>
      send(new Command(input), options);
}

/**
 * A signal that is aborted a moment after another: a call that makes something is given that moment to be answered. It
 * takes effect either way, and what it made has to be known to be removed.
 */
export function shortlyAfter(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const later = () => setTimeout(() => controller.abort(signal.reason), PATIENCE).unref();
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener('abort', later, { once: true });
  return controller.signal;
}
