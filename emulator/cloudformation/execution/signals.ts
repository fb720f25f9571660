import type { EmulatorClock, Signal, SignalInbox } from '../../types.ts';

interface Inbox {
  readonly seen: Set<string>;
  readonly queue: Signal[];
  wake: (() => void) | undefined;
}

/** Where signals for resources arrive, as long as an operation on the resource has its inbox open. */
export class SignalDesk {
  readonly #clock: EmulatorClock;
  readonly #inboxes = new Map<string, Inbox>();

  constructor(clock: EmulatorClock) {
    this.#clock = clock;
  }

  /** Opens the inbox of a resource; signals are kept until they are taken or the inbox is closed. */
  open(stackId: string, logicalId: string): SignalInbox & { close(): void } {
    const key = `${stackId} ${logicalId}`;
    const inbox: Inbox = { seen: new Set(), queue: [], wake: undefined };
    this.#inboxes.set(key, inbox);
    return {
      next: (timeoutMs, signal) => this.#next(inbox, timeoutMs, signal),
      close: () => {
        if (this.#inboxes.get(key) === inbox) this.#inboxes.delete(key);
      },
    };
  }

  /** Whether the signal was taken: false when no operation on the resource is under way, or the id was seen before. */
  deliver(stackId: string, logicalId: string, signal: Signal): 'taken' | 'seen' | 'closed' {
    const inbox = this.#inboxes.get(`${stackId} ${logicalId}`);
    if (inbox === undefined) return 'closed';
    if (inbox.seen.has(signal.uniqueId)) return 'seen';
    inbox.seen.add(signal.uniqueId);
    inbox.queue.push(signal);
    inbox.wake?.();
    return 'taken';
  }

  async #next(inbox: Inbox, timeoutMs: number, signal: AbortSignal): Promise<Signal | undefined> {
    signal.throwIfAborted();
    const waiting = inbox.queue.shift();
    if (waiting !== undefined) return waiting;
    const arrived = new AbortController();
    inbox.wake = () => arrived.abort();
    try {
      await this.#clock.timeout(timeoutMs, AbortSignal.any([signal, arrived.signal]));
    } catch {
      signal.throwIfAborted();
    } finally {
      inbox.wake = undefined;
    }
    return inbox.queue.shift();
  }
}
