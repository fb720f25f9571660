import { type IssueMarker, readIssueMarker } from '../drift/issue-marker.ts';
import type { Client, Refusal, Repository } from './client.ts';
import { loginOf } from './identity.ts';
import { inTurn, type Write } from './in-turn.ts';
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
  /** What is said when its state changes, after what has become of it so far. */
  comment(change: 'closed' | 'reopened', history: IssueMarker['history']): string;
  /** What is said below a second issue of the same environment, before it is closed for the one of this number. */
  twin(number: number): string;
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
 * closes it with a comment when nothing has drifted any more, or when its environment is gone or has another. Ours is the
 * one that the token's own account wrote and whose hidden first line has the key. Nothing is written where nothing changed.
 * Returns what became of each that is wanted, in their order, and of those that nobody needs any more. Never throws.
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
  const { issues } = known;
  const keys = new Set(wanted.map(({ key }) => key));
  const needless = issues.flatMap((issue): Needless[] => {
    const comment = issue.isOpen && !keys.has(issue.marker.key) ? gone(issue.marker) : undefined;
    return comment === undefined ? [] : [{ issue, comment }];
  });
  const twins = wanted.flatMap((one) => twinsOf(one, issues));
  const outcomes = await inTurn(
    [
      ...wanted.map((one) => keeping(target, one, issues)),
      ...[...twins, ...needless].map((one) => closing(target, one)),
    ],
    patience,
  );
  return { kept: outcomes.slice(0, wanted.length), closed: outcomes.slice(wanted.length) };
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

/** Of several that are open, two runs at once having made them, the oldest is the one; of closed ones the newest. */
function issueOf({ key }: WantedIssue, issues: readonly OwnIssue[]): OwnIssue | undefined {
  const ours = issues.filter(({ marker }) => marker.key === key);
  return ours.findLast(({ isOpen }) => isOpen) ?? ours[0];
}

/** What became of an issue, or what is to be written of it. */
function keeping(
  target: Repository,
  one: WantedIssue,
  issues: readonly OwnIssue[],
): IssueOutcome | Write<IssueOutcome> {
  const existing = issueOf(one, issues);
  if (existing === undefined)
    return one.wanted === 'open' ? (patience) => opened(target, one, patience) : { outcome: 'none' };
  const { url, isOpen, marker } = existing;
  const isSame = marker.fingerprint === one.fingerprint;
  const isRight = one.wanted === 'left' || (one.wanted === 'closed' ? !isOpen : isOpen && isSame);
  if (isRight) return { outcome: 'unchanged', url };
  return (patience) => converse(target, patience, (client, options) => update(client, target, one, existing, options));
}

/** An issue that is open and tells of nothing any more. */
interface Needless {
  readonly issue: OwnIssue;
  readonly comment: string;
}

function twinsOf(one: WantedIssue, issues: readonly OwnIssue[]): Needless[] {
  const kept = issueOf(one, issues);
  if (kept === undefined || one.wanted === 'left') return [];
  return issues
    .filter((issue) => issue.marker.key === one.key && issue.isOpen && issue !== kept)
    .map((issue) => ({ issue, comment: one.twin(kept.number) }));
}

function closing(target: Repository, { issue, comment }: Needless): Write<IssueOutcome> {
  return (patience) => converse(target, patience, (client, options) => close(client, target, issue, comment, options));
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
  existing: OwnIssue,
  options: RequestOptions,
): Promise<IssueOutcome> {
  const { number, url, isOpen, marker } = existing;
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
  await say(client, target, existing, one.comment(change, marker.history), options);
  return { outcome: change, url };
}

async function close(
  client: Client,
  target: Repository,
  existing: OwnIssue,
  comment: string,
  options: RequestOptions,
): Promise<IssueOutcome> {
  const issue = { ...repositoryOf(target), issue_number: existing.number };
  await client.rest.issues.update({ ...issue, state: 'closed', state_reason: 'not_planned', ...options });
  await say(client, target, existing, comment, options);
  return { outcome: 'closed', url: existing.url };
}

/** The token of a job may not comment below an issue that is locked ("Unable to create comment because issue is locked"). */
async function say(
  client: Client,
  target: Repository,
  { number, isLocked }: OwnIssue,
  body: string,
  options: RequestOptions,
): Promise<void> {
  if (isLocked) return;
  await client.rest.issues.createComment({ ...repositoryOf(target), issue_number: number, body, ...options });
}

interface OwnIssue {
  readonly number: number;
  readonly url: string;
  readonly isOpen: boolean;
  readonly isLocked: boolean;
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
  return issues.flatMap(
    ({ number, html_url: url, state, locked: isLocked, body, user, pull_request: isPullRequest }) => {
      const marker = user?.login === login && isPullRequest === undefined ? readIssueMarker(body ?? '') : undefined;
      return marker === undefined ? [] : [{ number, url, isOpen: state === 'open', isLocked, marker }];
    },
  );
}

function repositoryOf({ owner, repo }: Repository) {
  return { owner, repo };
}
