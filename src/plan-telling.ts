import type { Inputs } from './config/inputs.ts';
import { listItems } from './config/lists.ts';
import type { GitHubTarget } from './github/github.ts';
import { type GitHubEvent, pullRequestOfComment, pullRequestOfEvent, readEvent } from './github/pull-request.ts';
import { type CommentOutcome, keepComment, type PullRequestTarget } from './github/pull-request-comment.ts';
import type { Run } from './outcome.ts';
import { type CommentRun, commentKey, isOfLaterRun, readMarker } from './plan/comment-marker.ts';
import { planComment, staleComment } from './report/plan-comment.ts';
import type { World } from './world.ts';

/** The comment on a pull request that this run keeps. */
export interface CommentedOn {
  readonly target: PullRequestTarget;
  readonly key: string;
  /** The commit that is planned, as the pull request knows it. */
  readonly commit: string;
  readonly run: CommentRun;
  readonly when: Inputs['comment'];
}

/** Which comment a plan is told in; undefined where there is no pull request, no token, or where none is wanted. */
export async function commentOf(
  inputs: Inputs,
  { runner }: World,
  github: GitHubTarget | undefined,
): Promise<CommentedOn | undefined> {
  if (inputs.comment === 'never' || github === undefined) return undefined;
  const event = await readEvent(runner.env);
  const pullRequest = inputs.pullRequest ?? numberOf(event);
  if (pullRequest === undefined) return undefined;
  // Which environments a job gathers the plans of may be others after each push; it is the same job.
  const about = inputs.reports ?? inputs.environment ?? inputs.stackName ?? '';
  const environments = listItems(about);
  return {
    target: { ...github, pullRequest },
    key: commentKey(inputs.template, environments),
    commit: pullRequestOfEvent(event)?.headSha ?? github.sha,
    run: {
      id: Number(runner.env('GITHUB_RUN_ID') ?? 0),
      attempt: Number(runner.env('GITHUB_RUN_ATTEMPT') ?? 1),
    },
    when: inputs.comment,
  };
}

function numberOf(event: GitHubEvent): number | undefined {
  return pullRequestOfEvent(event)?.number ?? pullRequestOfComment(event);
}

/** Says of the plan of an earlier commit that it is out of date, while the new one is being made. Never throws. */
export async function markStale(comment: CommentedOn, world: World, runUrl: string | undefined): Promise<void> {
  const { target, key, commit, run } = comment;
  await keepComment(
    target,
    key,
    (existing) => {
      if (existing === undefined || isOfLaterRun(existing, run)) return undefined;
      return readMarker(existing)?.commit === commit ? undefined : staleBy(comment, existing, runUrl);
    },
    world,
  );
}

/** What a cancelled job may spend on its comment: milliseconds of the few seconds that its process lives on. */
const CANCELLED_WITHIN = 2_000;

/** Says that the new plan of a comment which this run has marked as out of date was cancelled. Never throws. */
export async function markCancelled(
  comment: CommentedOn,
  { clock }: World,
  runUrl: string | undefined,
): Promise<CommentOutcome> {
  return keepComment(
    comment.target,
    comment.key,
    (existing) => {
      if (existing === undefined) return undefined;
      // Not where another run has had the last word since.
      const isOurs = staleBy(comment, existing, runUrl) === existing.replaceAll('\r\n', '\n');
      return isOurs ? staleBy(comment, existing, runUrl, true) : undefined;
    },
    { clock, signal: new AbortController().signal, timeLimit: CANCELLED_WITHIN },
  );
}

function staleBy({ commit }: CommentedOn, existing: string, runUrl: string | undefined, cancelled = false): string {
  const from = readMarker(existing)?.commit;
  return staleComment(existing, { ...(from && { from }), to: commit, ...(runUrl && { runUrl }), cancelled });
}

/** Tells the plan in its comment. An older plan never replaces a newer one. Never throws. */
export async function tellInComment(
  { target, key, commit, run: identity, when }: CommentedOn,
  run: Run,
  world: World,
): Promise<CommentOutcome> {
  // The run's own commit may be a merge that GitHub made: a plan that failed is of the pull request's commit as well.
  const body = planComment({ ...run, commit }, { key, run: identity });
  const quiet = when === 'changes-only' && run.outcome.outcome === 'unchanged';
  return keepComment(
    target,
    key,
    (existing) => {
      if (existing === undefined) return quiet ? undefined : body;
      return isOfLaterRun(existing, identity) ? undefined : body;
    },
    world,
  );
}
