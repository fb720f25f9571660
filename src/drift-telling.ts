import { driftFingerprint, issueKey } from './drift/issue-marker.ts';
import type { DriftState, EnvironmentDrift } from './drift/model.ts';
import { type IssueOutcome, keepIssues, type WantedIssue } from './github/drift-issue.ts';
import type { GitHubTarget } from './github/github.ts';
import type { Run } from './outcome.ts';
import { changeComment, issueBody, issueTitle, stateChange } from './report/drift-issue.ts';
import type { Runner } from './runner/runner.ts';
import type { World } from './world.ts';

/** `undeployed` is a warning of the job: a deployment may be waiting, and nothing has drifted. */
const WANTED: Readonly<Record<DriftState, WantedIssue['wanted']>> = {
  drifted: 'open',
  'drift-unknown': 'open',
  'not-checked': 'left',
  undeployed: 'closed',
  'in-sync': 'closed',
};

/** Keeps the issue of each environment, or says why it could not be kept: the summary stands in then. Never throws. */
export async function tellInIssues(target: GitHubTarget, run: Run, { runner, ...world }: World): Promise<void> {
  const { drifts = [] } = run.ledger;
  const outcomes = await keepIssues(
    target,
    drifts.map((drift) => wantedIssue(run, drift)),
    world,
  );
  const urls = outcomes.flatMap((outcome) => ('url' in outcome ? [outcome.url] : []));
  if (drifts.length === 1 && urls[0] !== undefined) await runner.setOutput('issue-url', urls[0]);
  for (const [n, outcome] of outcomes.entries()) tellIssue(runner, drifts[n]?.environment ?? '', outcome);
  const refusal = outcomes.find((outcome) => outcome.outcome === 'notPermitted' || outcome.outcome === 'failed');
  if (refusal !== undefined && 'why' in refusal) runner.annotate(summaryOnly(refusal));
}

function wantedIssue(run: Run, drift: EnvironmentDrift): WantedIssue {
  const [key, fingerprint] = [issueKey(drift), driftFingerprint(drift)];
  return {
    key,
    fingerprint,
    // A stack that is not there may never have been, or may have been deleted by hand: that is no news of being in sync.
    wanted: drift.undeployed?.isNew ? 'left' : WANTED[drift.state],
    title: issueTitle(drift),
    body: (before) => issueBody(run, drift, { key, fingerprint, history: [...before, stateChange(drift, run)] }),
    comment: (change) => changeComment(run, drift, change),
  };
}

function tellIssue({ log }: Runner, environment: string, outcome: IssueOutcome): void {
  switch (outcome.outcome) {
    case 'opened':
    case 'updated':
    case 'reopened':
    case 'closed':
    case 'unchanged':
      log.line(`The issue of ${environment} (${outcome.outcome}): ${outcome.url}`);
      return;
    case 'none':
    case 'notPermitted':
    case 'failed':
      return;
    default:
      outcome satisfies never;
  }
}

function summaryOnly({ outcome, why }: { readonly outcome: string; readonly why: string }) {
  const message =
    outcome === 'notPermitted'
      ? `This token may not write issues (${why}). It takes \`permissions: issues: write\`, and a repository that has issues. \`drift-issue: false\` does without.`
      : `An issue could not be written: ${why}`;
  return { level: 'notice', title: 'Drift is told in the job summary only', message } as const;
}
