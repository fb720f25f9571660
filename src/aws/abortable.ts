/** What an SDK client and each of its methods send their calls through. */
interface Sender {
  send(command: never, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

/**
 * How long a call that is under way may still take after the signal, when its effect has to be known. Milliseconds;
 * the runner lets a cancelled process live for 7.5 seconds.
 */
const PATIENCE = 1_500;

/**
 * The same client under a signal: every call of it, and every wait between its attempts, ends when the signal is
 * aborted, and rejects with the signal's reason. The SDK takes a signal per call only, and its methods call
 * `this.send`, so it is given there.
 *
 * Calls of the methods in `awaited` are not begun after the signal, but one that is under way is given a moment to be
 * answered: it takes effect either way, and what it made has to be known to be removed.
 */
export function underSignal<Client extends Sender>(
  client: Client,
  signal: AbortSignal,
  awaited: readonly (keyof Client & string)[] = [],
): Client {
  if (awaited.length === 0) return sendingUnder(client, signal, signal);
  const patient: object = sendingUnder(client, signal, delayed(signal));
  const methods = awaited.map((name): [string, PropertyDescriptor] => {
    const value = (...given: unknown[]) => Reflect.apply(Reflect.get(patient, name), patient, given);
    return [name, { value }];
  });
  return Object.create(sendingUnder(client, signal, signal), Object.fromEntries(methods));
}

function sendingUnder<Client extends Sender>(client: Client, begin: AbortSignal, end: AbortSignal): Client {
  const send = async (command: never, options?: { abortSignal?: AbortSignal }) => {
    begin.throwIfAborted();
    const abortSignal = options?.abortSignal ? AbortSignal.any([end, options.abortSignal]) : end;
    try {
      return await client.send(command, { ...options, abortSignal });
    } catch (error) {
      if (end.aborted) throw begin.reason;
      throw error;
    }
  };
  return Object.create(client, { send: { value: send } });
}

/** A signal that is aborted a moment after another. */
function delayed(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const later = () => setTimeout(() => controller.abort(signal.reason), PATIENCE).unref();
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener('abort', later, { once: true });
  return controller.signal;
}
