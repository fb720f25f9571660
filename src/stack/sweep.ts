import type { ChangeSetSummary } from '@aws-sdk/client-cloudformation';
import { asFailure, classify } from '../aws/errors.ts';
import { Failure, type Finding } from '../types.ts';
import type { StackContext } from './context.ts';
import { hasMadeShell, namedFor, type RunIdentity } from './identity.ts';
import type { Stack } from './model.ts';

export interface Swept {
  readonly removed: readonly string[];
  /** The stack is a shell that a run of ours made and that nobody else uses: it is this run's to remove now. */
  readonly shellIsOurs: boolean;
  readonly findings: readonly Finding[];
}

/**
 * After this long a change set that was not kept on purpose cannot be in use any more: a run executes or deletes what
 * it made within minutes, and a job on GitHub's own runners ends after six hours. Milliseconds.
 */
const ABANDONED_AFTER = 6 * 3_600_000;

/**
 * Removes the change sets that finished runs of ours left on a stack: those of earlier attempts of this same run, which
 * GitHub begins only after the one before has ended, and those of other runs that are older than any job may last.
 * What was kept on purpose, is being executed, or bears another's name is left alone. Never throws.
 */
export async function sweep(
  { cfn, clock }: Pick<StackContext<'listChangeSets' | 'deleteChangeSet'>, 'cfn' | 'clock'>,
  { stack, run }: { readonly stack: Stack; readonly run: RunIdentity },
): Promise<Swept> {
  const removed: string[] = [];
  try {
    const all = await changeSetsOf(cfn, stack.id);
    const abandoned = all.filter((summary) => isAbandoned(summary, run, clock.now()));
    for (const { ChangeSetName = '' } of abandoned) {
      await cfn.deleteChangeSet({ StackName: stack.id, ChangeSetName });
      removed.push(ChangeSetName);
    }
    const madeByUs = abandoned.some(({ Description }) => hasMadeShell(Description));
    const shellIsOurs = stack.status === 'REVIEW_IN_PROGRESS' && madeByUs && all.length === abandoned.length;
    return { removed, shellIsOurs, findings: [] };
  } catch (error) {
    // A failure of ours is the job's cancellation, which whoever waits next is told.
    if (error instanceof Failure || classify(error).kind === 'not-found-stack')
      return { removed, shellIsOurs: false, findings: [] };
    const { findings } = asFailure(error, `remove what earlier runs left on stack ${stack.name}`);
    return { removed, shellIsOurs: false, findings: findings.map((finding) => ({ ...finding, level: 'warning' })) };
  }
}

async function changeSetsOf(
  cfn: StackContext<'listChangeSets'>['cfn'],
  stackId: string,
): Promise<readonly ChangeSetSummary[]> {
  const summaries: ChangeSetSummary[] = [];
  let token: string | undefined;
  do {
    const page = await cfn.listChangeSets({ StackName: stackId, ...(token && { NextToken: token }) });
    summaries.push(...(page.Summaries ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return summaries;
}

/** Whether a change set was left by a run of ours that has ended. */
export function isAbandoned(summary: ChangeSetSummary, run: RunIdentity, now: number): boolean {
  const maker = namedFor(summary.ChangeSetName ?? '');
  if (maker === undefined || maker.kept || summary.ExecutionStatus === 'EXECUTE_IN_PROGRESS') return false;
  return hasEnded(maker, run, now - (summary.CreationTime?.getTime() ?? now));
}

/** Whether the run that made something so long ago (milliseconds) has certainly ended. */
export function hasEnded(maker: RunIdentity, run: RunIdentity, age: number): boolean {
  return maker.id === run.id ? Number(maker.attempt) < Number(run.attempt) : age > ABANDONED_AFTER;
}
