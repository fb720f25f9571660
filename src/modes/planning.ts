import type { Inputs } from '../config/inputs.ts';
import { isTemplateUrl } from '../config/template-source.ts';
import type { GitHubTarget } from '../github/github.ts';
import {
  baseShaOf,
  type GitHubEvent,
  type PullRequest,
  pullRequestOfEvent,
  readEvent,
} from '../github/pull-request.ts';
import type { World } from '../world.ts';
import type { Debt } from './debt.ts';
import { type Base, offlinePlan } from './offline-plan.ts';
import type { Planning } from './plan-environment.ts';
import { isWithoutSecrets, refuseForeignCheckout } from './trust.ts';

/**
 * What the plans of a run have in common. Throws Failure `invalid-config` where the workflow has secrets and the
 * checked-out files may be somebody else's.
 */
export async function planningOf(
  { template, environmentDirectory }: Pick<Inputs, 'template' | 'environmentDirectory'>,
  world: World,
  debt: Debt,
  github: GitHubTarget | undefined,
): Promise<Omit<Planning, 'tell'>> {
  const { runner } = world;
  const event = await readEvent(runner.env);
  await refuseForeignCheckout(
    event,
    [template, environmentDirectory].filter((path) => !isTemplateUrl(path)),
    world,
  );
  const pullRequest = pullRequestOfEvent(event);
  const commit = pullRequest?.headSha ?? (runner.env('GITHUB_SHA') || undefined);
  const base = baseOf(event, pullRequest, github);
  const offline: Planning['offline'] = (request, subject, inputs: Inputs) =>
    offlinePlan(request, subject, { inputs, world, base });
  return {
    world,
    debt,
    ...(commit && { commit }),
    ...(isWithoutSecrets(event, pullRequest, runner.env('GITHUB_ACTOR')) && { offline }),
  };
}

function baseOf(
  event: GitHubEvent,
  pullRequest: PullRequest | undefined,
  github: GitHubTarget | undefined,
): Base | undefined {
  const commit = baseShaOf(event);
  if (commit === undefined || pullRequest === undefined || github === undefined) return undefined;
  return { ref: pullRequest.baseRef, commit, github };
}
