/** What an SDK client and each of its methods send their calls through. */
interface Sender {
  send(command: never, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

/**
 * The same client under a signal: every call of it, and every wait between its attempts, ends when the signal is
 * aborted, and rejects with the signal's reason. The SDK takes a signal per call only, and its methods call
 * `this.send`, so it is given there.
 */
export function underSignal<Client extends Sender>(client: Client, signal: AbortSignal): Client {
  const send = async (command: never, options?: { abortSignal?: AbortSignal }) => {
    signal.throwIfAborted();
    const abortSignal = options?.abortSignal ? AbortSignal.any([signal, options.abortSignal]) : signal;
    try {
      return await client.send(command, { ...options, abortSignal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error;
    }
  };
  return Object.create(client, { send: { value: send } });
}
