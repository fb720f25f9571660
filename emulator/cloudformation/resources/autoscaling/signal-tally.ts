import type { EmulatorClock, SignalInbox } from '../../../types.ts';
import { requiredSuccesses } from './rolling-update-plan.ts';
import type { RollingUpdatePolicy } from './update-policy.ts';

/** The rolling update has failed: too few of the new instances have signalled success. */
export class SignalsMissing extends Error {
  override readonly name = 'SignalsMissing';
}

/**
 * Counts the signals of a rolling update against MinSuccessfulInstancesPercent. Texts are CloudFormation's; the two
 * spaces after a full stop are in them.
 */
export class SignalTally {
  readonly #policy: RollingUpdatePolicy;
  /** Every instance that the whole update will launch. */
  readonly #expected: number;
  #successes = 0;
  #failures = 0;
  #missing = 0;

  constructor(policy: RollingUpdatePolicy, expected: number) {
    this.#policy = policy;
    this.#expected = expected;
  }

  /** Waits for one signal of each new instance, at most PauseTime. Throws `SignalsMissing` as soon as the update cannot succeed. */
  async await(
    launched: readonly string[],
    wait: {
      readonly signals: SignalInbox;
      readonly clock: EmulatorClock;
      readonly signal: AbortSignal;
      progress(reason: string): void;
    },
  ): Promise<void> {
    const { pauseTime, pauseMs } = this.#policy;
    wait.progress(
      `New instance(s) added to autoscaling group - Waiting on ${launched.length} resource signal(s) with a timeout of ${pauseTime}.`,
    );
    const awaited = new Set(launched);
    const started = wait.clock.now().getTime();
    // At unlimited speed no wait takes any of AWS's time, so there is nothing to subtract.
    const elapsed = () => (wait.clock.now().getTime() - started) * wait.clock.speed;
    while (awaited.size > 0) {
      const elapsedMs = Number.isFinite(wait.clock.speed) ? elapsed() : 0;
      const received = elapsedMs < pauseMs ? await wait.signals.next(pauseMs - elapsedMs, wait.signal) : undefined;
      if (!received) break;
      if (!awaited.delete(received.uniqueId)) continue;
      wait.progress(`Received ${received.status} signal with UniqueId ${received.uniqueId}`);
      if (received.status === 'SUCCESS') this.#successes += 1;
      else this.#failures += 1;
      this.#throwIfLost();
    }
    if (awaited.size === 0) return;
    this.#missing += awaited.size;
    wait.progress(
      `Failed to receive ${awaited.size} resource signal(s) for the current batch.  Each resource signal timeout is counted as a FAILURE.`,
    );
    this.#throwIfLost();
  }

  #throwIfLost(): void {
    const percent = this.#policy.minSuccessfulInstancesPercent;
    const possible = this.#expected - this.#failures - this.#missing;
    if (possible >= requiredSuccesses(this.#expected, percent)) return;
    const received =
      this.#failures > 0 ? `${this.#failures} FAILURE signal(s)` : `${this.#successes} SUCCESS signal(s)`;
    throw new SignalsMissing(
      `Received ${received} out of ${this.#expected}.  Unable to satisfy ${percent}% MinSuccessfulInstancesPercent requirement`,
    );
  }
}
