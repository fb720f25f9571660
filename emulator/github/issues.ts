import { complete } from './blank.ts';
import { type Discussion, simpleUser } from './discussion.ts';
import { paged } from './paging.ts';
import { notFound, problemWithBody } from './problems.ts';
import type { Answer, HandlerRequest, Handlers, Issue } from './types.ts';

interface Body {
  readonly title?: string;
  readonly body?: string | null;
  readonly state?: 'open' | 'closed';
  readonly state_reason?: string | null;
  readonly labels?: readonly (string | { readonly name?: string })[];
}

/** Issues. What GitHub also lists among them, pull requests, is not listed here. */
export function issueHandlers(discussion: Discussion): Handlers {
  const write = { scope: 'issues', access: 'write' } as const;
  const read = { scope: 'issues', access: 'read' } as const;
  return {
    'issues/list-for-repo': { ...read, answer: (request) => list(discussion, request) },
    'issues/get': { ...read, answer: (request) => get(discussion, request) },
    'issues/create': { ...write, answer: (request) => create(discussion, request) },
    'issues/update': { ...write, answer: (request) => update(discussion, request) },
    'issues/add-labels': { ...write, answer: (request) => addLabels(discussion, request) },
  };
}

/** Newest first, open ones unless told; `labels` wants all that it names. */
function list(discussion: Discussion, request: HandlerRequest): Answer {
  const { state = 'open', labels = '', creator, direction = 'desc' } = request.parameters;
  const wanted = labels.split(',').filter((label) => label !== '');
  const found = [...discussion.issues.values()].filter(
    (issue) =>
      (state === 'all' || issue.state === state) &&
      wanted.every((label) => issue.labels.includes(label)) &&
      (creator === undefined || creator === issue.author.login),
  );
  const ordered = direction === 'asc' ? found : found.reverse();
  return paged(ordered, request, (issue) => render(discussion, issue, request.url));
}

function get(discussion: Discussion, { parameters, url }: HandlerRequest): Answer {
  const issue = discussion.issues.get(Number(parameters.issue_number));
  return issue === undefined ? notFound : { status: 200, body: render(discussion, issue, url) };
}

function create(discussion: Discussion, request: HandlerRequest): Answer {
  const body: Body = request.body;
  const problem = problemWithBody('Issue', body.body ?? '');
  if (problem !== undefined) return problem;
  const now = new Date().toISOString();
  const issue: Issue = {
    number: discussion.nextNumber(),
    title: String(body.title),
    body: body.body ?? null,
    state: 'open',
    stateReason: null,
    labels: names(body.labels),
    locked: false,
    author: discussion.self,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  discussion.issues.set(issue.number, issue);
  return { status: 201, body: render(discussion, issue, request.url) };
}

function update(discussion: Discussion, request: HandlerRequest): Answer {
  const issue = discussion.issues.get(Number(request.parameters.issue_number));
  const body: Body = request.body;
  if (issue === undefined) return notFound;
  const problem = problemWithBody('Issue', body.body ?? '');
  if (problem !== undefined) return problem;
  const now = new Date().toISOString();
  const state = body.state ?? issue.state;
  const updated: Issue = {
    ...issue,
    title: body.title ?? issue.title,
    body: body.body ?? issue.body,
    state,
    stateReason: body.state === undefined ? issue.stateReason : (body.state_reason ?? REASONS[body.state]),
    labels: body.labels === undefined ? issue.labels : names(body.labels),
    updatedAt: now,
    closedAt: state === 'closed' ? (issue.closedAt ?? now) : null,
  };
  discussion.issues.set(issue.number, updated);
  return { status: 200, body: render(discussion, updated, request.url) };
}

const REASONS = { open: 'reopened', closed: 'completed' } as const;

function addLabels(discussion: Discussion, request: HandlerRequest): Answer {
  const issue = discussion.issues.get(Number(request.parameters.issue_number));
  if (issue === undefined) return notFound;
  const { labels }: Body = request.body;
  const all = [...new Set([...issue.labels, ...names(labels)])];
  discussion.issues.set(issue.number, { ...issue, labels: all });
  return { status: 200, body: all.map((name) => complete('label', { name })) };
}

const names = (labels: Body['labels'] = []): readonly string[] =>
  labels.map((label) => (typeof label === 'string' ? label : (label.name ?? '')));

function render(discussion: Discussion, issue: Issue, api: string): object {
  return complete('issue', {
    number: issue.number,
    id: issue.number,
    url: `${api}/repos/${discussion.repository}/issues/${issue.number}`,
    html_url: discussion.url('issues', issue.number),
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    labels: issue.labels.map((name) => ({ name })),
    locked: issue.locked,
    comments: discussion.commentsOf(issue.number).length,
    user: simpleUser(issue.author),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: 'NONE',
  });
}
