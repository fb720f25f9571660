import { describe, expect, test } from '@jest/globals';
import { createClock } from '../../../emulator/clock.ts';
import { SignalTally } from '../../../emulator/cloudformation/resources/autoscaling/signal-tally.ts';
import { readUpdatePolicy } from '../../../emulator/cloudformation/resources/autoscaling/update-policy.ts';
import type { Signal } from '../../../emulator/types.ts';

function policy(MinSuccessfulInstancesPercent = 100) {
  const settings = { WaitOnResourceSignals: true, PauseTime: 'PT15M', MinSuccessfulInstancesPercent };
  const { rolling } = readUpdatePolicy({ AutoScalingRollingUpdate: settings });
  if (!rolling) throw new Error('no rolling update');
  return rolling;
}

/** Waits for the launched instances with these signals arriving, in order, and no other. */
async function waitFor(tally: SignalTally, launched: readonly string[], arriving: readonly Signal[]) {
  const queue = [...arriving];
  const progress: string[] = [];
  const limits: number[] = [];
  const ended = await tally
    .await(launched, {
      clock: createClock(60),
      signal: new AbortController().signal,
      signals: {
        async next(timeoutMs) {
          limits.push(timeoutMs);
          return queue.shift();
        },
      },
      progress: (reason) => progress.push(reason),
    })
    .then(
      () => 'satisfied',
      (error) => String(error.message),
    );
  return { ended, progress, limits };
}

const success = (uniqueId: string): Signal => ({ uniqueId, status: 'SUCCESS' });
const failure = (uniqueId: string): Signal => ({ uniqueId, status: 'FAILURE' });

describe('signals of a rolling update', () => {
  test('one of each new instance, in CloudFormation’s words', async () => {
    const { ended, progress } = await waitFor(
      new SignalTally(policy(), 2),
      ['i-1', 'i-2'],
      [success('i-2'), success('i-1')],
    );
    expect(ended).toBe('satisfied');
    expect(progress).toEqual([
      'New instance(s) added to autoscaling group - Waiting on 2 resource signal(s) with a timeout of PT15M.',
      'Received SUCCESS signal with UniqueId i-2',
      'Received SUCCESS signal with UniqueId i-1',
    ]);
  });

  test('signals of others are not counted', async () => {
    const { ended, progress } = await waitFor(new SignalTally(policy(), 1), ['i-1'], [success('i-9'), success('i-1')]);
    expect(ended).toBe('satisfied');
    expect(progress).toHaveLength(2);
  });

  test('the first failure ends an update that needs all of them', async () => {
    const { ended } = await waitFor(new SignalTally(policy(), 9), ['i-1', 'i-2'], [failure('i-1'), success('i-2')]);
    expect(ended).toBe(
      'Received 1 FAILURE signal(s) out of 9.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    );
  });

  test('what does not come within PauseTime counts as a failure', async () => {
    const { ended, progress, limits } = await waitFor(new SignalTally(policy(), 6), ['i-1', 'i-2', 'i-3'], []);
    expect(limits).toEqual([900_000]);
    expect(progress.at(-1)).toBe(
      'Failed to receive 3 resource signal(s) for the current batch.  Each resource signal timeout is counted as a FAILURE.',
    );
    expect(ended).toBe(
      'Received 0 SUCCESS signal(s) out of 6.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    );
  });

  test('a smaller percentage forgives, over all batches', async () => {
    const tally = new SignalTally(policy(50), 4);
    expect((await waitFor(tally, ['i-1', 'i-2'], [failure('i-1'), success('i-2')])).ended).toBe('satisfied');
    expect((await waitFor(tally, ['i-3'], [])).ended).toBe('satisfied');
    expect((await waitFor(tally, ['i-4'], [failure('i-4')])).ended).toBe(
      'Received 2 FAILURE signal(s) out of 4.  Unable to satisfy 50% MinSuccessfulInstancesPercent requirement',
    );
  });

  test('is ended by cancellation, with its reason', async () => {
    const cancelled = new AbortController();
    cancelled.abort(new Error('cancelled'));
    const waiting = new SignalTally(policy(), 1).await(['i-1'], {
      clock: createClock(60),
      signal: cancelled.signal,
      signals: {
        async next(_timeoutMs, signal) {
          signal.throwIfAborted();
          return undefined;
        },
      },
      progress: () => undefined,
    });
    await expect(waiting).rejects.toThrow('cancelled');
  });
});
