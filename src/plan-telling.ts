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
  const environments = listItems(inputs.environment ?? inputs.stackName ?? '');
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
export async function markStale(
  { target, key, commit, run }: CommentedOn,
  world: World,
  runUrl: string | undefined,
): Promise<void> {
  await keepComment(
    target,
    key,
    (existing) => {
      if (existing === undefined || isOfLaterRun(existing, run)) return undefined;
      const from = readMarker(existing)?.commit;
      if (from === commit) return undefined;
      return staleComment(existing, { ...(from && { from }), to: commit, ...(runUrl && { runUrl }) });
    },
    world,
  );
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
