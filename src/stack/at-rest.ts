import { poll } from '../time/poll.ts';
import { Failure } from '../types.ts';
import type { StackContext } from './context.ts';
import { describeStack } from './describe.ts';
import type { Stack } from './model.ts';
import { isBusy } from './status.ts';

const PACE = { first: 2_000, fastest: 10_000, slowest: 10_000, jitter: 0.2 };

/**
 * The stack once nothing is under way on it; undefined where there is none, or only its empty shell. `deadline` is an
 * instant. Throws Failure `stack-busy` when something still is by then.
 */
export async function stackAtRest(
  { cfn, clock, signal }: StackContext<'describeStacks'>,
  stackName: string,
  deadline: number,
): Promise<Stack | undefined> {
  let last: Stack | undefined;
  const read = async () => {
    last = await describeStack(cfn, stackName);
    return last !== undefined && isBusy(last.status)
      ? ({ done: false, busy: false } as const)
      : ({ done: true, value: { stack: last } } as const);
  };
  const found = await poll(read, { clock, signal, deadline, pace: PACE });
  if (found === undefined) throw busyFor(stackName, last?.status ?? '');
  return found.stack?.status === 'REVIEW_IN_PROGRESS' ? undefined : found.stack;
}

function busyFor(stackName: string, status: string): Failure {
  return new Failure('stack-busy', [
    {
      level: 'error',
      title: `Stack ${stackName} is still in ${status}`,
      message:
        'Drift is detected of a stack on which nothing is under way, and something was until busy-timeout ended.',
      remedy: 'Run the job again when it has ended.',
    },
  ]);
}
