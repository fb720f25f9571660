import type { StackSummary } from '@aws-sdk/client-cloudformation';
import { asFailure, classify } from '../aws/errors.ts';
import { Failure, type Finding } from '../types.ts';
import type { StackContext } from './context.ts';
import { plannedBy, type RunIdentity } from './identity.ts';
import { hasEnded } from './sweep.ts';

type SweepCalls = StackContext<'listStacks' | 'deleteStack'>;

/**
 * Removes the empty stacks under whose throw-away names finished runs planned this very stack, and which they could not
 * remove themselves. A role that may not list stacks leaves them where they are: that is no part of planning. Never
 * throws.
 */
export async function sweepThrowAway(
  { cfn, clock }: Pick<SweepCalls, 'cfn' | 'clock'>,
  { stackName, run }: { readonly stackName: string; readonly run: RunIdentity },
): Promise<readonly Finding[]> {
  try {
    for (const { StackName = '', StackId, CreationTime } of await shells(cfn)) {
      const maker = plannedBy(StackName, stackName);
      const age = clock.now() - (CreationTime?.getTime() ?? clock.now());
      // By its ARN: another stack of that name is none that was listed here.
      if (StackId !== undefined && maker !== undefined && hasEnded(maker, run, age))
        await cfn.deleteStack({ StackName: StackId });
    }
    return [];
  } catch (error) {
    // A failure of ours is the job's cancellation, which whoever waits next is told.
    if (error instanceof Failure || classify(error).kind === 'access-denied') return [];
    const { findings } = asFailure(error, `remove what earlier plans of ${stackName} left`);
    return findings.map((finding) => ({ ...finding, level: 'warning' }));
  }
}

async function shells(cfn: SweepCalls['cfn']): Promise<readonly StackSummary[]> {
  const all: StackSummary[] = [];
  let token: string | undefined;
  do {
    const page = await cfn.listStacks({
      StackStatusFilter: ['REVIEW_IN_PROGRESS'],
      ...(token && { NextToken: token }),
    });
    all.push(...(page.StackSummaries ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return all;
}
