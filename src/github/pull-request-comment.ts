import { readMarker } from '../plan/comment-marker.ts';
import type { PlanRecord } from '../plan/record.ts';
import type { Client, Refusal, Repository } from './client.ts';
import { loginOf } from './identity.ts';
import { converse, type Patience, type RequestOptions } from './patience.ts';

export interface PullRequestTarget extends Repository {
  readonly pullRequest: number;
}

/**
 * What became of a comment. `unchanged`: it says the same already, so nothing was sent. `left`: whoever revised it wants
 * it as it is; `url` is absent where there is none.
 */
export type CommentOutcome =
  | { readonly outcome: 'created' | 'updated' | 'unchanged'; readonly url: string }
  | { readonly outcome: 'left'; readonly url?: string }
  | Refusal;

/** The comment's new body, given the one that it has; undefined leaves it as it is, or unwritten. */
export type Revise = (existing: string | undefined) => string | undefined;

/**
 * Keeps the one comment with this key on a pull request: creates it, or updates it in place. Ours is the one that the
 * token's own account wrote and whose hidden first line has the key; where two jobs at once have made two of them, the
 * newest is kept and the others are deleted. Never throws.
 */
export async function keepComment(
  target: PullRequestTarget,
  key: string,
  revise: Revise,
  patience: Patience,
): Promise<CommentOutcome> {
  return converse(target, patience, async (client, options): Promise<CommentOutcome> => {
    const ours = await ownComments(client, target, options);
    const [existing, ...older] = ours.filter((comment) => comment.marker.key === key).reverse();
    const body = revise(existing?.body);
    if (body === undefined) return { outcome: 'left', ...(existing && { url: existing.url }) };
    const outcome = await put(client, target, existing, body, options);
    for (const { id } of older) await remove(client, target, id, options);
    return outcome;
  });
}

/** A second comment that cannot be deleted, or is deleted already, changes nothing about the first. */
async function remove(client: Client, target: PullRequestTarget, id: number, options: RequestOptions): Promise<void> {
  const deletion = client.rest.issues.deleteComment({ ...repositoryOf(target), comment_id: id, ...options });
  await deletion.catch(() => undefined);
}

async function put(
  client: Client,
  target: PullRequestTarget,
  existing: OwnComment | undefined,
  body: string,
  options: RequestOptions,
): Promise<CommentOutcome> {
  const { issues } = client.rest;
  if (existing === undefined) {
    const issue_number = target.pullRequest;
    const { data } = await issues.createComment({ ...repositoryOf(target), issue_number, body, ...options });
    return { outcome: 'created', url: data.html_url };
  }
  if (isSameBody(existing.body, body)) return { outcome: 'unchanged', url: existing.url };
  await issues.updateComment({ ...repositoryOf(target), comment_id: existing.id, body, ...options });
  return { outcome: 'updated', url: existing.url };
}

/** GitHub may give line ends and the end of a body back in another way than it took them. */
function isSameBody(a: string, b: string): boolean {
  const plain = (text: string) => text.replaceAll('\r\n', '\n').trimEnd();
  return plain(a) === plain(b);
}

export type ReviewedPlan =
  | { readonly outcome: 'found'; readonly record: PlanRecord; readonly url: string }
  /** No comment of ours has planned it. */
  | { readonly outcome: 'none' }
  | Refusal;

/**
 * The newest plan of a stack that a comment on the pull request shows, of those that the token's own account wrote.
 * Never throws.
 */
export async function findReviewedPlan(
  target: PullRequestTarget,
  wanted: Pick<PlanRecord, 'environment' | 'stackName' | 'region'>,
  patience: Patience,
): Promise<ReviewedPlan> {
  return converse(target, patience, async (client, options): Promise<ReviewedPlan> => {
    const ours = await ownComments(client, target, options);
    const newestFirst = [...ours].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt) || b.id - a.id);
    for (const { marker, url } of newestFirst) {
      const record = marker.records.find(
        ({ environment, stackName, region }) =>
          environment === wanted.environment && stackName === wanted.stackName && region === wanted.region,
      );
      if (record !== undefined) return { outcome: 'found', record, url };
    }
    return { outcome: 'none' };
  });
}

interface OwnComment {
  readonly id: number;
  readonly body: string;
  readonly url: string;
  readonly updatedAt: string;
  readonly marker: NonNullable<ReturnType<typeof readMarker>>;
}

// GitHub REST API, "List issue comments": at most 100 a page, in ascending order of their ids.
const PER_PAGE = 100;

/** The plans' comments that the token's own account wrote, oldest first, from all pages. */
async function ownComments(
  client: Client,
  target: PullRequestTarget,
  options: RequestOptions,
): Promise<readonly OwnComment[]> {
  const query = { ...repositoryOf(target), issue_number: target.pullRequest, per_page: PER_PAGE, ...options };
  const [login, comments] = await Promise.all([
    loginOf(client, options),
    client.paginate(client.rest.issues.listComments, query),
  ]);
  return comments.flatMap(({ id, body = '', html_url: url, updated_at: updatedAt, user }) => {
    const marker = user?.login === login ? readMarker(body) : undefined;
    return marker === undefined ? [] : [{ id, body, url, updatedAt, marker }];
  });
}

function repositoryOf({ owner, repo }: Repository) {
  return { owner, repo };
}
