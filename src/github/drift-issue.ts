import { type IssueMarker, readIssueMarker } from '../drift/issue-marker.ts';
import type { Client, Refusal, Repository } from './client.ts';
import { loginOf } from './identity.ts';
import { converse, type Patience, type RequestOptions } from './patience.ts';

/** The label that every issue of ours has, by which they are found and can be filtered. */
export const DRIFT_LABEL = 'drift';

/** What an environment's issue is to be. `left`: nobody looked, so it stays what it is. */
export interface WantedIssue {
  readonly key: string;
  readonly wanted: 'open' | 'closed' | 'left';
  readonly title: string;
  readonly fingerprint: string;
  /** The body, with the hidden line, after what has become of it so far. */
  body(history: IssueMarker['history']): string;
  /** What is said when its state changes. */
  comment(change: 'closed' | 'reopened'): string;
}

/** All issues, as they are to be. */
export interface WantedIssues {
  readonly wanted: readonly WantedIssue[];
  /** What is said below an issue that nobody looks after any more, before it is closed; undefined leaves it as it is. */
  gone(marker: IssueMarker): string | undefined;
}

/** What became of an issue. `none`: there is none, and none is needed. */
export type IssueOutcome =
  | { readonly outcome: 'opened' | 'updated' | 'reopened' | 'closed' | 'unchanged'; readonly url: string }
  | { readonly outcome: 'none' }
  | Refusal;

/**
 * Keeps the one issue of each environment: opens it, brings it up to date in place, reopens it when drift returns, and
 * closes it with a comment when nothing has drifted any more, or when its environment is gone. Ours is the one that the
 * token's own account wrote and whose hidden first line has the key. Nothing is written where nothing changed. Returns
 * what became of each that is wanted, in their order, and of those whose environment is gone. Never throws.
 */
export async function keepIssues(
  target: Repository,
  { wanted, gone }: WantedIssues,
  patience: Patience,
): Promise<{ readonly kept: readonly IssueOutcome[]; readonly closed: readonly IssueOutcome[] }> {
  const known = await converse(target, patience, async (client, options) => ({
    outcome: 'known' as const,
    issues: await ownIssues(client, target, options),
  }));
  if (known.outcome !== 'known') return { kept: wanted.map(() => known), closed: [] };
  const keys = new Set(wanted.map(({ key }) => key));
  const lost = known.issues.flatMap((issue) => {
    const comment = issue.isOpen && !keys.has(issue.marker.key) ? gone(issue.marker) : undefined;
    return comment === undefined ? [] : [{ issue, comment }];
  });
  const kept = await inTurn(wanted, (one) => keepOne(target, one, known.issues, patience));
  const closed = await inTurn(
    lost,
    ({ issue, comment }) =>
      converse(target, patience, (client, options) => close(client, target, issue, comment, options)),
    kept.at(-1),
  );
  return { kept, closed };
}

/** What the issue of an environment says about itself; undefined where there is none, or it may not be read. Never throws. */
export async function markerOfIssue(
  target: Repository,
  key: string,
  patience: Patience,
): Promise<IssueMarker | undefined> {
  const known = await converse(target, patience, async (client, options) => ({
    outcome: 'known' as const,
    issues: await ownIssues(client, target, options),
  }));
  return known.outcome === 'known' ? known.issues.find(({ marker }) => marker.key === key)?.marker : undefined;
}

/** One after the other: GitHub asks that of whoever writes ("Best practices for using the REST API"). */
async function inTurn<T>(
  items: readonly T[],
  write: (item: T) => Promise<IssueOutcome>,
  before?: IssueOutcome,
): Promise<readonly IssueOutcome[]> {
  const outcomes: IssueOutcome[] = [];
  for (const item of items) {
    const last = outcomes.at(-1) ?? before;
    // Who was refused once would be refused again, and each time it takes its time.
    outcomes.push(isRefusal(last) ? last : await write(item));
  }
  return outcomes;
}

export function isRefusal(outcome: IssueOutcome | undefined): outcome is Refusal {
  return outcome?.outcome === 'notPermitted' || outcome?.outcome === 'failed';
}

async function keepOne(
  target: Repository,
  one: WantedIssue,
  issues: readonly OwnIssue[],
  patience: Patience,
): Promise<IssueOutcome> {
  const ours = issues.filter(({ marker }) => marker.key === one.key);
  const existing = ours.find(({ isOpen }) => isOpen) ?? ours[0];
  if (existing === undefined) return one.wanted === 'open' ? opened(target, one, patience) : { outcome: 'none' };
  if (one.wanted === 'left') return { outcome: 'unchanged', url: existing.url };
  const isSame = existing.marker.fingerprint === one.fingerprint;
  if (one.wanted === 'closed' && !existing.isOpen) return { outcome: 'unchanged', url: existing.url };
  if (one.wanted === 'open' && existing.isOpen && isSame) return { outcome: 'unchanged', url: existing.url };
  return converse(target, patience, (client, options) => update(client, target, one, existing, options));
}

/** An answer that was lost on its way may have been the new issue's: a second attempt looks first. */
function opened(target: Repository, one: WantedIssue, patience: Patience): Promise<IssueOutcome> {
  let attempts = 0;
  return converse(target, patience, async (client, options): Promise<IssueOutcome> => {
    attempts += 1;
    const made = attempts > 1 ? await ownIssues(client, target, options) : [];
    const found = made.find(({ marker }) => marker.key === one.key);
    return found === undefined ? open(client, target, one, options) : { outcome: 'opened', url: found.url };
  });
}

async function open(
  client: Client,
  target: Repository,
  one: WantedIssue,
  options: RequestOptions,
): Promise<IssueOutcome> {
  const { data } = await client.rest.issues.create({
    ...repositoryOf(target),
    title: one.title,
    body: one.body([]),
    labels: [DRIFT_LABEL],
    ...options,
  });
  return { outcome: 'opened', url: data.html_url };
}

/** The issue first, its comment after: a run that is cut off between the two leaves the issue right. */
async function update(
  client: Client,
  target: Repository,
  one: WantedIssue,
  { number, url, isOpen, marker }: OwnIssue,
  options: RequestOptions,
): Promise<IssueOutcome> {
  const change = one.wanted === 'closed' ? 'closed' : isOpen ? undefined : 'reopened';
  const issue = { ...repositoryOf(target), issue_number: number };
  await client.rest.issues.update({
    ...issue,
    body: one.body(marker.history),
    ...(change === 'closed' && { state: 'closed', state_reason: 'completed' }),
    ...(change === 'reopened' && { state: 'open' }),
    ...options,
  });
  if (change === undefined) return { outcome: 'updated', url };
  await client.rest.issues.createComment({ ...issue, body: one.comment(change), ...options });
  return { outcome: change, url };
}

async function close(
  client: Client,
  target: Repository,
  { number, url }: OwnIssue,
  comment: string,
  options: RequestOptions,
): Promise<IssueOutcome> {
  const issue = { ...repositoryOf(target), issue_number: number };
  await client.rest.issues.update({ ...issue, state: 'closed', state_reason: 'not_planned', ...options });
  await client.rest.issues.createComment({ ...issue, body: comment, ...options });
  return { outcome: 'closed', url };
}

interface OwnIssue {
  readonly number: number;
  readonly url: string;
  readonly isOpen: boolean;
  readonly marker: IssueMarker;
}

// GitHub REST API, "List repository issues": at most 100 a page, newest first.
const PER_PAGE = 100;

async function ownIssues(client: Client, target: Repository, options: RequestOptions): Promise<readonly OwnIssue[]> {
  const query = { ...repositoryOf(target), state: 'all', labels: DRIFT_LABEL, per_page: PER_PAGE, ...options } as const;
  const [login, issues] = await Promise.all([
    loginOf(client, options),
    client.paginate(client.rest.issues.listForRepo, query),
  ]);
  return issues.flatMap(({ number, html_url: url, state, body, user, pull_request: isPullRequest }) => {
    const marker = user?.login === login && isPullRequest === undefined ? readIssueMarker(body ?? '') : undefined;
    return marker === undefined ? [] : [{ number, url, isOpen: state === 'open', marker }];
  });
}

function repositoryOf({ owner, repo }: Repository) {
  return { owner, repo };
}
