import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CheckRuns } from './check-runs.ts';
import { commentHandlers } from './comments.ts';
import { comparisonHandlers } from './comparisons.ts';
import { contentHandlers } from './contents.ts';
import { type Call, type Matched, match } from './contract.ts';
import { Discussion } from './discussion.ts';
import { answerGraphQl } from './graphql.ts';
import { issueHandlers } from './issues.ts';
import { message } from './problems.ts';
import { pullRequestHandlers } from './pull-requests.ts';
import { faulty, ruleBook } from './rules.ts';
import type {
  Access,
  Account,
  Answer,
  CheckRun,
  GitHubRequest,
  GitHubRule,
  Handlers,
  Issue,
  IssueComment,
  LocalGitHubOptions,
  PullRequest,
} from './types.ts';

export type * from './types.ts';

export interface LocalGitHub extends AsyncDisposable {
  /** What `GITHUB_API_URL` is to be. */
  readonly url: string;
  readonly token: string;
  readonly repository: string;
  checkRuns(): readonly CheckRun[];
  /** Comments of all issues and pull requests, in the order they were written. */
  comments(): readonly IssueComment[];
  issues(): readonly Issue[];
  /** Comments as somebody; as the token itself unless told. */
  comment(issue: number, body: string, author?: Account): IssueComment;
  /** Locks the conversation of an issue, as its maintainers can. */
  lock(issue: number): void;
  /** Opens a pull request, or changes it: a push, a merge. */
  pullRequest(pullRequest: PullRequest): void;
  /** Every request, oldest first. */
  requests(): readonly GitHubRequest[];
  /** How requests, or our own answers, departed from GitHub's published description. */
  violations(): readonly string[];
  /** Replaces the rules in force. */
  play(rules: readonly GitHubRule[]): void;
  stop(): Promise<void>;
}

const GITHUB_ACTIONS: Account = { login: 'github-actions[bot]', type: 'Bot' };

/** What a workflow of a pull request is usually granted. */
const USUAL: Readonly<Record<string, Access>> = {
  checks: 'write',
  contents: 'read',
  issues: 'write',
  'pull-requests': 'write',
};

/**
 * Starts a GitHub API on a free port of the loopback interface. It keeps what it is given in memory, and checks every
 * request, and its own answers, against GitHub's published OpenAPI description. Disposing of it stops it, and throws
 * when there were violations.
 */
export async function startLocalGitHub(options: LocalGitHubOptions = {}): Promise<LocalGitHub> {
  const repository = options.repository ?? 'octo-org/todobackend';
  const token = options.token ?? 'ghs_localtoken';
  const permissions = options.permissions ?? USUAL;
  const checks = new CheckRuns(repository);
  const discussion = new Discussion(repository, options.author ?? GITHUB_ACTIONS, options.pullRequests ?? []);
  const handlers: Handlers = {
    ...checks.handlers,
    ...commentHandlers(discussion),
    ...issueHandlers(discussion),
    ...pullRequestHandlers(discussion),
    ...comparisonHandlers(options.comparisons ?? {}),
    ...contentHandlers(options.files ?? {}),
  };
  const requests: GitHubRequest[] = [];
  const violations: string[] = [];
  let rules = ruleBook(options.rules ?? []);

  function answer(call: Call, matched: Matched | undefined, headers: IncomingMessage['headers']): Answer {
    if (headers['user-agent'] === undefined) return message(403, 'Request forbidden by administrative rules.');
    const [, credentials] = /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? '') ?? [];
    if (credentials !== token) return message(401, 'Bad credentials');
    if (call.path === '/graphql') return answerGraphQl(call.body, discussion.self);
    const handler = matched && handlers[matched.operation];
    if (matched === undefined || handler === undefined) return message(404, 'Not Found');
    const { owner, repo } = matched.parameters;
    if (`${owner}/${repo}`.toLowerCase() !== repository.toLowerCase()) return message(404, 'Not Found');
    if (![handler.scope].flat().some((scope) => allows(permissions[scope] ?? 'none', handler.access))) {
      return message(403, 'Resource not accessible by integration');
    }
    if (matched.problems.length > 0) {
      violations.push(...matched.problems.map((problem) => `${call.method} ${call.path}: ${problem}`));
      return message(422, `Invalid request.\n\n${matched.problems.join('\n')}`);
    }
    const body = typeof call.body === 'object' && call.body !== null ? { ...call.body } : {};
    const query = Object.fromEntries(call.query);
    const given = handler.answer({ parameters: matched.parameters, path: call.path, query, body, url });
    if (given.status < 400) {
      violations.push(...matched.check(given.status, given.body).map((problem) => `our own ${call.path}: ${problem}`));
    }
    return given;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request);
    const matched = match(call);
    const operation = call.path === '/graphql' ? 'graphql' : matched?.operation;
    const entry = {
      at: new Date().toISOString(),
      method: call.method,
      path: call.path,
      query: call.query.toString(),
      body: call.body,
      ...(operation === undefined ? {} : { operation }),
    };
    const fault = rules(operation);
    if (fault !== undefined && 'cut' in fault) {
      requests.push({ ...entry, status: 0 });
      response.destroy();
      return;
    }
    if (fault !== undefined && 'delayMs' in fault) await sleep(fault.delayMs, undefined, { signal: closing.signal });
    const given = faulty(fault) ?? answer(call, matched, request.headers);
    requests.push({ ...entry, status: given.status });
    response.writeHead(given.status, {
      'content-type': 'application/json; charset=utf-8',
      'x-github-request-id': `LOCAL:${requests.length}`,
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': String(Math.max(0, 1000 - requests.length)),
      'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
      ...given.headers,
    });
    response.end(given.body === undefined ? undefined : JSON.stringify(given.body));
  }

  const closing = new AbortController();
  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => {
      if (!closing.signal.aborted) violations.push(`our own ${request.url}: ${error.message}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    closing.abort();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    url,
    token,
    repository,
    checkRuns: () => checks.all(),
    comments: () => [...discussion.comments.values()],
    issues: () => [...discussion.issues.values()],
    comment: (issue, body, author) => discussion.addComment(issue, body, author),
    lock: (number) => {
      const issue = discussion.issues.get(number);
      if (issue === undefined) throw new Error(`There is no issue ${number}`);
      discussion.issues.set(number, { ...issue, locked: true });
    },
    pullRequest: (pullRequest) => {
      discussion.pullRequests.set(pullRequest.number, pullRequest);
    },
    requests: () => requests,
    violations: () => violations,
    play: (next) => {
      rules = ruleBook(next);
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (violations.length > 0) throw new Error(`Against GitHub's description:\n${violations.join('\n')}`);
    },
  };
}

const allows = (granted: Access, needed: 'read' | 'write') => granted === 'write' || granted === needed;

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  return { method: request.method ?? 'GET', path: pathname, query: searchParams, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text; // no object, so the description refuses it
  }
}
