import { complete } from './blank.ts';
import { type Discussion, simpleUser } from './discussion.ts';
import { paged } from './paging.ts';
import { message, notFound, problemWithBody, unprocessable } from './problems.ts';
import type { Answer, HandlerRequest, Handlers, IssueComment } from './types.ts';

/** A pull request's comments are an issue's: either scope will do (docs.github.com, "REST API endpoints for issue comments"). */
const SCOPE = ['issues', 'pull-requests'];

/** Comments on issues and pull requests. */
export function commentHandlers(discussion: Discussion): Handlers {
  const write = { scope: SCOPE, access: 'write' } as const;
  const read = { scope: SCOPE, access: 'read' } as const;
  return {
    'issues/list-comments': { ...read, answer: (request) => list(discussion, request) },
    'issues/get-comment': { ...read, answer: (request) => get(discussion, request) },
    'issues/create-comment': { ...write, answer: (request) => create(discussion, request) },
    'issues/update-comment': { ...write, answer: (request) => update(discussion, request) },
    'issues/delete-comment': { ...write, answer: (request) => remove(discussion, request) },
  };
}

function list(discussion: Discussion, request: HandlerRequest): Answer {
  const issue = Number(request.parameters.issue_number);
  if (!discussion.has(issue)) return notFound;
  const { since = '' } = request.parameters;
  const comments = discussion.commentsOf(issue).filter(({ updatedAt }) => updatedAt >= since);
  return paged(comments, request, (comment) => render(discussion, comment, request.url));
}

function get(discussion: Discussion, request: HandlerRequest): Answer {
  const comment = discussion.comments.get(Number(request.parameters.comment_id));
  return comment === undefined ? notFound : { status: 200, body: render(discussion, comment, request.url) };
}

function create(discussion: Discussion, request: HandlerRequest): Answer {
  const issue = Number(request.parameters.issue_number);
  const body = String(request.body.body);
  if (!discussion.has(issue)) return notFound;
  if (discussion.isLocked(issue)) {
    return message(403, 'Unable to create comment because issue is locked.');
  }
  return (
    problemWith(body) ?? { status: 201, body: render(discussion, discussion.addComment(issue, body), request.url) }
  );
}

/** Whoever may write may change everybody's comments. */
function update(discussion: Discussion, request: HandlerRequest): Answer {
  const comment = discussion.comments.get(Number(request.parameters.comment_id));
  if (comment === undefined) return notFound;
  const body = String(request.body.body);
  const problem = problemWith(body);
  if (problem !== undefined) return problem;
  const updated = { ...comment, body, updatedAt: new Date().toISOString() };
  discussion.comments.set(comment.id, updated);
  return { status: 200, body: render(discussion, updated, request.url) };
}

function remove(discussion: Discussion, request: HandlerRequest): Answer {
  return discussion.comments.delete(Number(request.parameters.comment_id)) ? { status: 204 } : notFound;
}

function problemWith(body: string): Answer | undefined {
  if (body.trim() === '') return unprocessable('IssueComment', 'body', 'Body cannot be blank');
  return problemWithBody('IssueComment', body);
}

function render(discussion: Discussion, comment: IssueComment, api: string): object {
  const { repository } = discussion;
  const kind = discussion.pullRequests.has(comment.issue) ? 'pull' : 'issues';
  return complete('issue-comment', {
    id: comment.id,
    node_id: Buffer.from(`IssueComment${comment.id}`).toString('base64'),
    url: `${api}/repos/${repository}/issues/comments/${comment.id}`,
    html_url: `${discussion.url(kind, comment.issue)}#issuecomment-${comment.id}`,
    issue_url: `${api}/repos/${repository}/issues/${comment.issue}`,
    body: comment.body,
    user: simpleUser(comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: 'NONE',
  });
}
