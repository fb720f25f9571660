import { readFile } from 'node:fs/promises';
import type { Client, Refusal, Repository } from './client.ts';
import { converse, type Patience } from './patience.ts';
import { memberOf } from './untyped.ts';

/** A pull request, as far as a plan needs to know it. */
export interface PullRequest {
  readonly number: number;
  readonly headSha: string;
  /** The branch that it would be merged into. */
  readonly baseRef: string;
  /** Its branch is in another repository; undefined where that repository is gone. */
  readonly fromFork?: boolean;
  readonly merged: boolean;
}

export type FoundPullRequest = { readonly outcome: 'found'; readonly pullRequest: PullRequest } | Refusal;

/** What triggered the workflow. */
export interface GitHubEvent {
  readonly name: string;
  readonly payload: unknown;
}

/** The event as the runner left it; its payload is undefined where there is none to read. */
export async function readEvent(env: (name: string) => string | undefined): Promise<GitHubEvent> {
  const name = env('GITHUB_EVENT_NAME') ?? '';
  try {
    return { name, payload: JSON.parse(await readFile(env('GITHUB_EVENT_PATH') ?? '', 'utf8')) };
  } catch {
    return { name, payload: undefined };
  }
}

/** Whether a run is of the default branch, as what is scheduled always is ("Events that trigger workflows", schedule). */
export function isOfDefaultBranch({ name, payload }: GitHubEvent, ref: string | undefined): boolean {
  const branch = memberOf(memberOf(payload, 'repository'), 'default_branch');
  return name === 'schedule' || (typeof branch === 'string' && ref === `refs/heads/${branch}`);
}

/** The pull request that an event is about: `pull_request`, `pull_request_target` and the like carry all of it. */
export function pullRequestOfEvent({ payload }: GitHubEvent): PullRequest | undefined {
  const found = memberOf(payload, 'pull_request');
  const number = memberOf(found, 'number');
  const headSha = memberOf(memberOf(found, 'head'), 'sha');
  const baseRef = memberOf(memberOf(found, 'base'), 'ref');
  if (typeof number !== 'number' || typeof headSha !== 'string' || typeof baseRef !== 'string') return undefined;
  const [from, to] = ['head', 'base'].map((end) => memberOf(memberOf(memberOf(found, end), 'repo'), 'full_name'));
  const merged = memberOf(found, 'merged') === true;
  return { number, headSha, baseRef, merged, ...(typeof from === 'string' && { fromFork: from !== to }) };
}

/**
 * The commit whose checks people see. GITHUB_SHA of a pull request is a merge that GitHub made, whose checks no page
 * shows ("Events that trigger workflows", pull_request); under `pull_request_target` it is the base, which is checked out.
 */
export function shownCommit(event: GitHubEvent, sha: string): string {
  const pullRequest = event.name === 'pull_request_target' ? undefined : pullRequestOfEvent(event);
  return pullRequest === undefined || pullRequest.merged ? sha : pullRequest.headSha;
}

/** The newest commit of the branch that a pull request would be merged into, as the event knows it. */
export function baseShaOf({ payload }: GitHubEvent): string | undefined {
  const sha = memberOf(memberOf(memberOf(payload, 'pull_request'), 'base'), 'sha');
  return typeof sha === 'string' ? sha : undefined;
}

/** The number of the pull request that a comment was written on, by which `issue_comment` workflows are triggered. */
export function pullRequestOfComment({ payload }: GitHubEvent): number | undefined {
  const issue = memberOf(payload, 'issue');
  const number = memberOf(issue, 'number');
  return typeof number === 'number' && memberOf(issue, 'pull_request') !== undefined ? number : undefined;
}

/** The pull request as it is now: its newest commit too. Never throws. */
export async function readPullRequest(
  repository: Repository,
  number: number,
  patience: Patience,
): Promise<FoundPullRequest> {
  const { owner, repo } = repository;
  return converse(repository, patience, async (client, options) => {
    const { data } = await client.rest.pulls.get({ owner, repo, pull_number: number, ...options });
    return { outcome: 'found', pullRequest: pullRequestOf(data) } as const;
  });
}

/**
 * The pull request that a pushed commit came from: the one whose merge made it, else the only one that has it. Several
 * that have it and none that made it is `none`, since nobody can tell which was reviewed. Never throws.
 */
export async function pullRequestOfCommit(
  repository: Repository,
  sha: string,
  patience: Patience,
): Promise<FoundPullRequest | { readonly outcome: 'none' }> {
  const { owner, repo } = repository;
  return converse(repository, patience, async (client, options) => {
    const query = { owner, repo, commit_sha: sha, per_page: 100, ...options };
    const found = await client.paginate(client.rest.repos.listPullRequestsAssociatedWithCommit, query);
    const merged = found.filter(({ merged_at }) => merged_at !== null);
    const made = merged.find(({ merge_commit_sha }) => merge_commit_sha === sha);
    const only = made ?? single(merged) ?? single(found);
    return only === undefined
      ? ({ outcome: 'none' } as const)
      : ({ outcome: 'found', pullRequest: pullRequestOf(only) } as const);
  });
}

function single<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

type Simple = Awaited<ReturnType<Client['rest']['repos']['listPullRequestsAssociatedWithCommit']>>['data'][number];

function pullRequestOf({
  number,
  head,
  base,
  merged_at,
}: Pick<Simple, 'number' | 'head' | 'base' | 'merged_at'>): PullRequest {
  // The description has a repository at either end; a fork that was deleted since is null.
  const from = memberOf(memberOf(head, 'repo'), 'full_name');
  const fork = typeof from === 'string' ? { fromFork: from !== base.repo.full_name } : {};
  return { number, headSha: head.sha, baseRef: base.ref, merged: merged_at !== null, ...fork };
}
