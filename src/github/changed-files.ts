import type { Refusal, Repository } from './client.ts';
import { converse, type Patience } from './patience.ts';
import type { GitHubEvent } from './pull-request.ts';
import { memberOf } from './untyped.ts';

/** Two commits, between which a pull request or a push lies. */
export interface CommitRange {
  readonly base: string;
  readonly head: string;
  /** The head has everything that the base has, as after a push that was not forced. */
  readonly ahead: boolean;
}

/** The commits that an event is about, or why it has none that could be compared. */
export type EventCommits = CommitRange | { readonly why: string };

/** What a `pull_request`, `push` or `merge_group` event brings, as commits. */
export function commitsOfEvent({ name, payload }: GitHubEvent): EventCommits {
  const pullRequest = memberOf(payload, 'pull_request');
  if (pullRequest !== undefined) {
    const [base, head] = ['base', 'head'].map((end) => memberOf(memberOf(pullRequest, end), 'sha'));
    return range(base, head, false) ?? { why: 'the event does not name its commits' };
  }
  if (name === 'merge_group') {
    const group = memberOf(payload, 'merge_group');
    const found = range(memberOf(group, 'base_sha'), memberOf(group, 'head_sha'), true);
    return found ?? { why: 'the event does not name its commits' };
  }
  if (name !== 'push') return { why: `a workflow on '${name}' changes no files` };
  if (memberOf(payload, 'forced') === true) return { why: 'the push was forced' };
  const [before, after] = ['before', 'after'].map((end) => memberOf(payload, end));
  // "Webhook events and payloads", push: `before` is all zeros for a new branch, `after` for one that is deleted.
  const isWhole = ![before, after].some((sha) => typeof sha === 'string' && /^0+$/.test(sha));
  const found = isWhole ? range(before, after, true) : undefined;
  return found ?? { why: 'the branch is new' };
}

function range(base: unknown, head: unknown, ahead: boolean): CommitRange | undefined {
  const isCommit = (sha: unknown): sha is string => typeof sha === 'string' && /^[0-9a-f]{40,64}$/.test(sha);
  return isCommit(base) && isCommit(head) ? { base, head, ahead } : undefined;
}

/** A file that is another one at the head, or is there no more. */
export interface ChangedFile {
  readonly path: string;
  readonly removed: boolean;
}

export type ChangedFiles =
  | { readonly outcome: 'found'; readonly files: readonly ChangedFile[] }
  /** GitHub answered, but not with all that changed. */
  | { readonly outcome: 'incomplete'; readonly why: string }
  | Refusal;

/** GitHub names at most 300 files and does not say when there are more. */
const MOST_FILES = 300;

/**
 * The files that a pull request or a push changes, from GitHub: a checkout is usually too shallow to tell. Takes
 * `contents: read`, no more. A renamed file counts twice, as the one that is gone and as the one that is new. Never
 * throws.
 */
export async function changedFiles(
  repository: Repository,
  { base, head, ahead }: CommitRange,
  patience: Patience,
): Promise<ChangedFiles> {
  const { owner, repo } = repository;
  return converse(repository, patience, async (client, options): Promise<ChangedFiles> => {
    // REST API, "Compare two commits": the first page has the files, however many commits it has.
    const query = { owner, repo, basehead: `${base}...${head}`, per_page: 1, ...options };
    const { data } = await client.rest.repos.compareCommitsWithBasehead(query);
    const { files = [], status } = data;
    if (files.length >= MOST_FILES) return { outcome: 'incomplete', why: `at least ${MOST_FILES} files changed` };
    // What only the base has would be missing from the list, though the head takes it back.
    if (ahead && status !== 'ahead' && status !== 'identical')
      return { outcome: 'incomplete', why: 'the head does not follow the base' };
    return {
      outcome: 'found',
      files: files.flatMap(({ filename, status: change, previous_filename: previous }) => [
        { path: filename, removed: change === 'removed' },
        ...(change === 'renamed' && previous !== undefined ? [{ path: previous, removed: true }] : []),
      ]),
    };
  });
}
