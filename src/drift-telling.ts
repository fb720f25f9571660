import { listOf } from './did-you-mean.ts';
import { directoryOf, driftFingerprint, environmentOf, type IssueMarker, issueKey } from './drift/issue-marker.ts';
import type { DriftState, EnvironmentDrift } from './drift/model.ts';
import { changeSentences } from './drift/repair-findings.ts';
import { isRefusal, type Refusal } from './github/client.ts';
import { type IssueOutcome, keepIssues, type WantedIssue } from './github/drift-issue.ts';
import type { GitHubTarget } from './github/github.ts';
import type { Run } from './outcome.ts';
import { changeComment, goneComment, issueBody, issueTitle, stateChange, twinComment } from './report/drift-issue.ts';
import type { Runner } from './runner/runner.ts';
import type { Finding } from './types.ts';
import type { World } from './world.ts';

/** `undeployed` is a warning of the job: a deployment may be waiting, and nothing has drifted. */
const WANTED: Readonly<Record<DriftState, WantedIssue['wanted']>> = {
  drifted: 'open',
  'drift-unknown': 'open',
  'not-checked': 'left',
  undeployed: 'closed',
  'in-sync': 'closed',
};

/** More names than these are only counted. */
const MOST_NAMES = 10;

/**
 * Keeps the issue of each environment, and closes those of environments that the repository has no more. Returns a notice
 * that says what could not be kept, and why: the summary stands in then. Never throws.
 */
export async function tellInIssues(
  target: GitHubTarget,
  run: Run,
  { runner, ...world }: World,
): Promise<Finding | undefined> {
  const { drifts = [] } = run.ledger;
  const { kept, closed } = await keepIssues(
    target,
    {
      wanted: drifts.map((drift) => wantedIssue(run, drift)),
      gone: (marker) => commentIfGone(run, marker),
    },
    world,
  );
  const urls = kept.flatMap((outcome) => ('url' in outcome ? [outcome.url] : []));
  if (drifts.length === 1 && urls[0] !== undefined) await runner.setOutput('issue-url', urls[0]);
  for (const [n, outcome] of kept.entries()) tellIssue(runner, `The issue of ${drifts[n]?.environment ?? ''}`, outcome);
  for (const outcome of closed) tellIssue(runner, 'An issue that nobody needs any more', outcome);
  const refusal = [...kept, ...closed].find(isRefusal);
  const names = drifts.flatMap((drift, n) =>
    isRefusal(kept[n]) && WANTED[drift.state] === 'open' ? [drift.environment] : [],
  );
  return refusal && summaryOnly(refusal, names);
}

/**
 * What is said where an issue's environment was in the folder that all environments of this run are from, and is not any
 * more. Another folder, and a stack without an environment file, may be another job's.
 */
function commentIfGone(run: Run, { key, directory }: IssueMarker): string | undefined {
  const { drifts = [], everyEnvironment } = run.ledger;
  const environment = environmentOf(key);
  if (everyEnvironment === undefined || environment === undefined || directory === undefined) return undefined;
  const names = new Set([...everyEnvironment, ...drifts.map((drift) => drift.environment)]);
  const isOurs = drifts.some((drift) => directoryOf(drift) === directory);
  return isOurs && !names.has(environment) ? goneComment(run, environment, directory) : undefined;
}

function wantedIssue(run: Run, drift: EnvironmentDrift): WantedIssue {
  const [key, fingerprint, directory] = [issueKey(drift), driftFingerprint(drift), directoryOf(drift)];
  const repair = drift.repair?.kind === 'planned' ? drift.repair : undefined;
  const known = {
    key,
    fingerprint,
    ...(directory !== undefined && { directory }),
    ...(repair && { repair: { fingerprint: repair.fingerprint, does: changeSentences(repair.changes) } }),
  };
  return {
    key,
    fingerprint,
    wanted: isLeft(drift) ? 'left' : WANTED[drift.state],
    title: issueTitle(drift),
    body: (before) => issueBody(run, drift, { ...known, history: [...before, stateChange(drift, run)] }),
    comment: (change, before) => changeComment(run, drift, change, before),
    twin: (number) => twinComment(drift, number),
  };
}

/**
 * A stack that is not there may never have been, or may have been deleted by hand: that is no news of being in sync. And
 * of one that is only guessed nobody knows which issue it is.
 */
function isLeft({ undeployed, isGuessed = false }: EnvironmentDrift): boolean {
  return undeployed?.isNew === true || isGuessed;
}

function tellIssue({ log }: Runner, issue: string, outcome: IssueOutcome): void {
  switch (outcome.outcome) {
    case 'opened':
    case 'updated':
    case 'reopened':
    case 'closed':
    case 'unchanged':
      log.line(`${issue} (${outcome.outcome}): ${outcome.url}`);
      return;
    case 'none':
    case 'notPermitted':
    case 'failed':
      return;
    default:
      outcome satisfies never;
  }
}

/** `names`: the environments of which there is something to tell, and no issue that does. */
function summaryOnly({ outcome, why }: Refusal, names: readonly string[]): Finding {
  const what =
    names.length === 0
      ? 'An issue that is open may have to be closed.'
      : `No issue tells of ${listOf(names, MOST_NAMES)}, or an older state of it.`;
  const reason =
    outcome === 'notPermitted'
      ? `This token may not write issues (${why}). It takes \`permissions: issues: write\`, and a repository that has issues. \`drift-issue: false\` does without.`
      : `An issue could not be written: ${why}`;
  return { level: 'notice', title: 'Drift is told in the job summary only', message: `${what} ${reason}` };
}
