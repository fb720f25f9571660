import type { GitHubEvent, PullRequest } from '../github/pull-request.ts';
import { baseShaOf } from '../github/pull-request.ts';
import { checkedOutCommit, checkoutsThrough } from '../runner/checkout.ts';
import { Failure } from '../types.ts';
import type { World } from '../world.ts';

/** Events whose workflows have the secrets of the base branch, whoever opened the pull request. */
const TRUSTED_WITH_SECRETS = ['pull_request_target', 'workflow_run', 'issue_comment'];

/** Where a job runs, as far as it says what is checked out there. */
interface Place extends Pick<World, 'workspace'> {
  readonly runner: Pick<World['runner'], 'env'>;
}

/**
 * Under `pull_request_target`, `workflow_run` and `issue_comment` a job has secrets and may be given a stranger's files:
 * a template or an environment file of a fork could then use the credentials for anything ("Keeping your GitHub Actions
 * and workflows secure: preventing pwn requests", GitHub Security Lab). Only the base may be checked out there, also in
 * the folders that `paths` of the workspace lead through. Throws Failure `invalid-config` for anything else, and where it
 * cannot be told.
 */
export async function refuseForeignCheckout(
  event: GitHubEvent,
  paths: readonly string[],
  { workspace, runner }: Place,
): Promise<void> {
  if (!TRUSTED_WITH_SECRETS.includes(event.name)) return;
  const base = [runner.env('GITHUB_SHA'), baseShaOf(event)];
  const checkouts = [workspace, ...(await checkoutsThrough(workspace, paths))];
  const commits = await Promise.all(checkouts.map(checkedOutCommit));
  const isBase = (commit: string | undefined) => commit !== undefined && base.includes(commit);
  if (commits.every(isBase)) return;
  const commit = commits.find((one) => !isBase(one));
  const what = commit === undefined ? 'what is checked out cannot be told' : `${commit.slice(0, 12)} is checked out`;
  throw new Failure('invalid-config', [
    {
      level: 'error',
      title: `Under ${event.name} only the base branch is read`,
      message: `This workflow has secrets, whoever opened the pull request, and ${what}, which is not the base ${base[0]?.slice(0, 12) ?? ''}. A stranger's template or environment file could use the credentials.`,
      remedy:
        'Run it in a workflow on `pull_request`, which gives a fork no credentials; or leave `ref` out of actions/checkout, so that it checks out the base.',
    },
  ]);
}

/**
 * Under `workflow_run` the reports may be those of a fork's run, and would be told as if they were ours, with records that
 * a deployment is compared with. Throws Failure `invalid-config` there.
 */
export function refuseForeignReports(event: GitHubEvent): void {
  if (event.name !== 'workflow_run') return;
  throw new Failure('invalid-config', [
    {
      level: 'error',
      title: "Reports of another run may be a stranger's",
      message:
        'Under workflow_run the reports come from a run that anybody may have started, and would be told as plans of ours.',
      remedy:
        'Gather the reports in a last job of the workflow that makes the plans, as examples/workflows/plan-fan-in.yml does.',
    },
  ]);
}

/** Events that for a fork's pull request run without the secrets ("Events that trigger workflows"). */
const UNTRUSTED_WITHOUT_SECRETS = ['pull_request', 'pull_request_review', 'pull_request_review_comment'];

/** Whether this run cannot have credentials of AWS: GitHub gives none to a fork's pull requests, nor to Dependabot's. */
export function isWithoutSecrets(event: GitHubEvent, pullRequest: PullRequest | undefined, actor = ''): boolean {
  if (!UNTRUSTED_WITHOUT_SECRETS.includes(event.name) || pullRequest === undefined) return false;
  return pullRequest.fromFork !== false || actor === 'dependabot[bot]';
}
