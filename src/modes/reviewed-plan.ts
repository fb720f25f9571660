import type { Inputs } from '../config/inputs.ts';
import type { DeploymentRequest } from '../config/request.ts';
import { lookedUp } from '../config/values.ts';
import type { GitHubTarget } from '../github/github.ts';
import type { Patience } from '../github/patience.ts';
import { pullRequestOfCommit, pullRequestOfEvent, readEvent } from '../github/pull-request.ts';
import { findReviewedPlan } from '../github/pull-request-comment.ts';
import { planDifference } from '../plan/difference.ts';
import { fingerprintOf } from '../plan/fingerprint.ts';
import type { PlanRecord } from '../plan/record.ts';
import type { Stack } from '../stack/model.ts';
import type { PlannedChangeSet } from '../stack/planned-model.ts';
import { Failure, type Finding } from '../types.ts';
import type { World } from '../world.ts';

/** The plan that a reviewer saw, or why there is none to compare with. */
export type Reviewed =
  | { readonly kind: 'found'; readonly record: PlanRecord; readonly url: string }
  | { readonly kind: 'none'; readonly why: string };

/** A deployment that does without a plan does not wait long for one. Milliseconds. */
const UNREQUIRED = 5_000;

/**
 * Finds the plan of this stack on the pull request that the deployed commit came from, or that the inputs name. Never
 * throws: whether a deployment may go on without one is not said here.
 */
export async function reviewedPlan(
  inputs: Inputs,
  request: DeploymentRequest,
  world: World,
  github: GitHubTarget | undefined,
): Promise<Reviewed> {
  if (github === undefined) return { kind: 'none', why: 'there is no token to look for one with' };
  const until = world.clock.now() + UNREQUIRED;
  const patience = (): Patience =>
    inputs.requirePlan ? world : { ...world, timeLimit: Math.max(until - world.clock.now(), 0) };
  const number = await pullRequestNumber(inputs, world, github, patience());
  if (typeof number === 'string') return { kind: 'none', why: number };
  const { stackName, region, environment = stackName } = request;
  const found = await findReviewedPlan(
    { ...github, pullRequest: number },
    { environment, stackName, region },
    patience(),
  );
  switch (found.outcome) {
    case 'found':
      return { kind: 'found', record: found.record, url: found.url };
    case 'none':
      return { kind: 'none', why: `no comment of ours on pull request #${number} shows this environment` };
    case 'notPermitted':
      return { kind: 'none', why: `this token may not read pull request #${number} (${found.why})` };
    case 'failed':
      return { kind: 'none', why: `pull request #${number} could not be read (${found.why})` };
    default:
      return found satisfies never;
  }
}

/** The number, or why there is none. */
async function pullRequestNumber(
  { pullRequest }: Inputs,
  { runner }: World,
  github: GitHubTarget,
  patience: Patience,
): Promise<number | string> {
  const given = pullRequest ?? pullRequestOfEvent(await readEvent(runner.env))?.number;
  if (given !== undefined) return given;
  const found = await pullRequestOfCommit(github, github.sha, patience);
  switch (found.outcome) {
    case 'found':
      return found.pullRequest.number;
    case 'none':
      return `commit ${github.sha.slice(0, 7)} came from no pull request`;
    case 'notPermitted':
      return `this token may not look for the pull request of ${github.sha.slice(0, 7)} (${found.why})`;
    case 'failed':
      return `the pull request of ${github.sha.slice(0, 7)} could not be looked for (${found.why})`;
    default:
      return found satisfies never;
  }
}

/** Throws Failure `plan-changed` where a plan is required and there is none. */
export function requirePlan(reviewed: Reviewed, { stackName }: DeploymentRequest): void {
  if (reviewed.kind === 'found') return;
  throw new Failure('plan-changed', [
    {
      level: 'error',
      title: `No plan has shown this deployment of ${stackName}`,
      message: `require-plan asks for one, and ${reviewed.why}. Nothing was changed.`,
      remedy:
        'Run `mode: plan` on the pull request, or on this branch with `pull-request:` for one that is merged; then run this job again. The token needs `pull-requests: read`.',
    },
  ]);
}

/**
 * Throws Failure `plan-changed` where a plan is required and it is not known whether it is the one that a kept change set
 * comes from: its template could not be read, and another plan has kept it. `unread` says why.
 */
export function requireItsPlan(reviewed: Reviewed, changeSetName: string, unread: readonly Finding[]): void {
  if (reviewed.kind === 'found' && reviewed.record.changeSet === changeSetName) return;
  throw new Failure('plan-changed', [
    {
      level: 'error',
      title: `Whether change set ${changeSetName} is what was reviewed is not known`,
      message: [
        'require-plan asks for it, and the plan that was found has kept another change set, or none.',
        ...unread.map(({ message }) => message),
        'Nothing was changed.',
      ].join('\n'),
      remedy:
        'Deploy the change set that the newest plan kept, or allow cloudformation:GetTemplate (docs/permissions.md).',
    },
  ]);
}

/** Throws Failure `plan-changed`, with the difference, when what would happen now is not what was reviewed. */
export function compareWithPlan(
  { record, url }: Extract<Reviewed, { kind: 'found' }>,
  { template, stackName, parameters }: DeploymentRequest,
  planned: PlannedChangeSet,
  live: Stack | undefined,
): void {
  const now = { template, planned, lookedUp: lookedUp(parameters), live: live?.parameters ?? {} };
  const difference = planDifference(record, fingerprintOf(now));
  if (difference === undefined) return;
  const { onlySsm, sentences } = difference;
  const reviewedAt = record.commit === undefined ? '' : ` of ${record.commit.slice(0, 7)}`;
  const what = onlySsm
    ? 'What is written is what was reviewed; what an SSM parameter holds is newer:'
    : `What would happen now is not what the plan${reviewedAt} showed:`;
  throw new Failure('plan-changed', [
    {
      level: 'error',
      title: onlySsm
        ? `An SSM parameter of ${stackName} is newer than the reviewed plan`
        : `The deployment of ${stackName} is not what was reviewed`,
      message: [what, ...sentences.map((sentence) => `- ${sentence}`), `The plan: ${url}`, 'Nothing was changed.'].join(
        '\n',
      ),
      remedy:
        'Plan again and look at it: `mode: plan` with `pull-request:` on this branch renews the plan of a merged pull request. Then run this job again.',
    },
  ]);
}
