import { complete } from './blank.ts';
import { type Discussion, simpleUser } from './discussion.ts';
import { paged } from './paging.ts';
import { notFound } from './problems.ts';
import type { Answer, HandlerRequest, Handlers, PullRequest } from './types.ts';

/** Reading pull requests, also those that a commit belongs to. */
export function pullRequestHandlers(discussion: Discussion): Handlers {
  const read = { scope: 'pull-requests', access: 'read' } as const;
  return {
    'pulls/get': { ...read, answer: (request) => get(discussion, request) },
    'repos/list-pull-requests-associated-with-commit': { ...read, answer: (request) => ofCommit(discussion, request) },
  };
}

function get(discussion: Discussion, { parameters, url }: HandlerRequest): Answer {
  const found = discussion.pullRequests.get(Number(parameters.pull_number));
  if (found === undefined) return notFound;
  const merged = found.mergeCommitSha !== undefined;
  return { status: 200, body: complete('pull-request', { ...render(discussion, found, url), merged }) };
}

/** The merged pull request that brought a commit to the default branch, or the open ones that have it. */
function ofCommit(discussion: Discussion, request: HandlerRequest): Answer {
  const { commit_sha: sha = '' } = request.parameters;
  const found = [...discussion.pullRequests.values()].filter(
    ({ headSha, mergeCommitSha, commits = [] }) => headSha === sha || mergeCommitSha === sha || commits.includes(sha),
  );
  return paged(found, request, (one) => complete('pull-request-simple', render(discussion, one, request.url)));
}

function render(discussion: Discussion, found: PullRequest, api: string) {
  const { repository } = discussion;
  const { number, headSha, mergeCommitSha, headRepository = repository } = found;
  const isMerged = mergeCommitSha !== undefined;
  return {
    number,
    id: number,
    url: `${api}/repos/${repository}/pulls/${number}`,
    html_url: discussion.url('pull', number),
    title: found.title ?? `Pull request ${number}`,
    state: found.state ?? (isMerged ? 'closed' : 'open'),
    draft: found.draft ?? false,
    locked: found.locked ?? false,
    user: simpleUser({ login: 'octocat', type: 'User' }),
    head: { ref: found.headRef ?? `branch-${number}`, sha: headSha, repo: repositoryOf(headRepository) },
    base: { ref: found.baseRef ?? 'main', repo: repositoryOf(repository) },
    merge_commit_sha: mergeCommitSha ?? null,
    merged_at: isMerged ? new Date().toISOString() : null,
    author_association: 'CONTRIBUTOR',
  };
}

function repositoryOf(name: string) {
  return { full_name: name, name: name.split('/')[1], html_url: `https://github.com/${name}` };
}
