import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CheckRuns } from './check-runs.ts';
import { type Call, type Matched, match } from './contract.ts';
import type { Access, Answer, CheckRun, GitHubRequest, GitHubRule, Handlers, LocalGitHubOptions } from './types.ts';

export type * from './types.ts';

export interface LocalGitHub extends AsyncDisposable {
  /** What `GITHUB_API_URL` is to be. */
  readonly url: string;
  readonly token: string;
  readonly repository: string;
  checkRuns(): readonly CheckRun[];
  /** Every request, oldest first. */
  requests(): readonly GitHubRequest[];
  /** How requests, or our own answers, departed from GitHub's published description. */
  violations(): readonly string[];
  /** Replaces the rules in force. */
  play(rules: readonly GitHubRule[]): void;
  stop(): Promise<void>;
}

const message = (status: number, text: string): Answer => ({
  status,
  body: { message: text, documentation_url: 'https://docs.github.com/rest', status: String(status) },
});

/**
 * Starts a GitHub API on a free port of the loopback interface. It keeps what it is given in memory, and checks every
 * request, and its own answers, against GitHub's published OpenAPI description. Disposing of it stops it, and throws
 * when there were violations.
 */
export async function startLocalGitHub(options: LocalGitHubOptions = {}): Promise<LocalGitHub> {
  const repository = options.repository ?? 'octo-org/todobackend';
  const token = options.token ?? 'ghs_localtoken';
  const permissions: Readonly<Record<string, Access>> = options.permissions ?? { checks: 'write', contents: 'read' };
  const checks = new CheckRuns(repository);
  const handlers: Handlers = { ...checks.handlers };
  const requests: GitHubRequest[] = [];
  const violations: string[] = [];
  let rules = ruleBook(options.rules ?? []);

  function answer(call: Call, matched: Matched | undefined, headers: IncomingMessage['headers']): Answer {
    if (headers['user-agent'] === undefined) return message(403, 'Request forbidden by administrative rules.');
    const [, credentials] = /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? '') ?? [];
    if (credentials !== token) return message(401, 'Bad credentials');
    const handler = matched && handlers[matched.operation];
    if (matched === undefined || handler === undefined) return message(404, 'Not Found');
    const { owner, repo } = matched.parameters;
    if (`${owner}/${repo}`.toLowerCase() !== repository.toLowerCase()) return message(404, 'Not Found');
    if (!allows(permissions[handler.scope] ?? 'none', handler.access)) {
      return message(403, 'Resource not accessible by integration');
    }
    if (matched.problems.length > 0) {
      violations.push(...matched.problems.map((problem) => `${call.method} ${call.path}: ${problem}`));
      return message(422, `Invalid request.\n\n${matched.problems.join('\n')}`);
    }
    const body = typeof call.body === 'object' && call.body !== null ? { ...call.body } : {};
    const given = handler.answer({ parameters: matched.parameters, body, url });
    if (given.status < 400) {
      violations.push(...matched.check(given.status, given.body).map((problem) => `our own ${call.path}: ${problem}`));
    }
    return given;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request);
    const matched = match(call);
    const entry = {
      at: new Date().toISOString(),
      method: call.method,
      path: call.path,
      body: call.body,
      ...(matched === undefined ? {} : { operation: matched.operation }),
    };
    const fault = rules(matched?.operation);
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
    response.end(JSON.stringify(given.body));
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

/** Counts each rule's matches, so that `nth` means the same for as long as the rules are in force. */
function ruleBook(rules: readonly GitHubRule[]) {
  const seen = rules.map(() => 0);
  return (operation: string | undefined): GitHubRule['then'] | undefined => {
    for (const [index, { when, then }] of rules.entries()) {
      if (when.operation !== undefined && when.operation !== operation) continue;
      const count = (seen[index] ?? 0) + 1;
      seen[index] = count;
      const [from, to] = typeof when.nth === 'number' ? [when.nth, when.nth] : (when.nth ?? [1, Infinity]);
      if (count >= from && count <= to) return then;
    }
    return undefined;
  };
}

function faulty(fault: GitHubRule['then'] | undefined): Answer | undefined {
  if (fault === undefined) return undefined;
  if ('error' in fault) return message(fault.error, fault.message ?? 'Server Error');
  if (!('rateLimit' in fault)) return undefined;
  if (fault.rateLimit === 'secondary') {
    const headers = { 'retry-after': String(fault.retryAfterSeconds) };
    return { ...message(403, 'You have exceeded a secondary rate limit.'), headers };
  }
  const reset = Math.ceil(Date.now() / 1000) + fault.retryAfterSeconds;
  return {
    ...message(403, 'API rate limit exceeded for installation.'),
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
  };
}
