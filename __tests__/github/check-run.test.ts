import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { publishCheckRun } from '../../src/github/check-run.ts';
import { type GitHubTarget, githubTarget } from '../../src/github/github.ts';
import type { CheckRunReport } from '../../src/report/check-run.ts';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: { readonly output: { readonly annotations: readonly { readonly path: string }[] } } & Record<
    string,
    unknown
  >;
}

/** A GitHub that knows check runs; `answer` may answer in its place. */
async function startGitHub(answer?: (response: ServerResponse) => void) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    calls.push(await read(request));
    if (answer !== undefined) {
      answer(response);
      return;
    }
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 7, html_url: 'https://github.com/example/todobackend/runs/7' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    calls,
    port: portOf(server.address()),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const { method = '', url: path = '', headers } = request;
  return {
    method,
    path,
    authorization: headers.authorization ?? '',
    body: JSON.parse(Buffer.concat(chunks).toString()),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}

function target(port: number): GitHubTarget {
  return {
    owner: 'example',
    repo: 'todobackend',
    sha: 'abc123',
    token: 'ghs_token',
    apiUrl: `http://127.0.0.1:${port}`,
  };
}

function report(annotations: number): CheckRunReport {
  return {
    name: 'ECS Muster deploy dev',
    externalId: 'ecs-muster/deploy/dev',
    conclusion: 'failure',
    title: 'It failed.',
    summary: '## It failed',
    annotations: Array.from({ length: annotations }, (_, n) => ({
      level: 'notice',
      path: `${n}.yml`,
      startLine: n + 1,
      endLine: n + 1,
      title: `event ${n}`,
      message: 'happened',
    })),
  };
}

const { signal: never } = new AbortController();

function json(status: number, message: string, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ message }));
  };
}

describe('publishCheckRun', () => {
  test('creates a completed check run and appends annotations in requests of fifty', async () => {
    await using github = await startGitHub();
    const published = await publishCheckRun(target(github.port), report(120), never);
    expect(published).toEqual({ published: true, url: 'https://github.com/example/todobackend/runs/7' });
    expect(github.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /repos/example/todobackend/check-runs',
      'PATCH /repos/example/todobackend/check-runs/7',
      'PATCH /repos/example/todobackend/check-runs/7',
    ]);
    expect(github.calls[0]).toMatchObject({
      authorization: 'token ghs_token',
      body: {
        name: 'ECS Muster deploy dev',
        external_id: 'ecs-muster/deploy/dev',
        head_sha: 'abc123',
        status: 'completed',
        conclusion: 'failure',
        output: { title: 'It failed.' },
      },
    });
    const sent = github.calls.map((call) => call.body.output.annotations.map(({ path }) => path));
    expect(sent.map((paths) => paths.length)).toEqual([50, 50, 20]);
    expect(sent.flat()).toEqual(report(120).annotations.map(({ path }) => path));
  });

  test.each([
    ['without the permission', 403, 'Resource not accessible by integration', true],
    ['with bad credentials', 401, 'Bad credentials', true],
    ['at the rate limit', 403, 'API rate limit exceeded for installation', false],
    ['when GitHub is down', 502, 'Server Error', false],
    ['when GitHub refuses', 422, 'Invalid request', false],
  ])('says why %s and throws nothing', async (_, status, message, notPermitted) => {
    await using github = await startGitHub(json(status, message));
    const published = await publishCheckRun(target(github.port), report(1), never);
    expect(published).toEqual({ published: false, notPermitted, why: expect.stringContaining(message) });
  });

  test('gives a GitHub that does not answer no more than its time limit', async () => {
    await using github = await startGitHub(() => undefined);
    const published = await publishCheckRun(target(github.port), report(1), never, 200);
    expect(published).toMatchObject({ published: false, notPermitted: false });
  });

  test('gives up when it cannot connect, and when the job is cancelled', async () => {
    const github = await startGitHub(() => undefined);
    await github[Symbol.asyncDispose]();
    expect(await publishCheckRun(target(github.port), report(1), never)).toMatchObject({ published: false });
    await using silent = await startGitHub(() => undefined);
    expect(await publishCheckRun(target(silent.port), report(1), AbortSignal.abort())).toMatchObject({
      published: false,
    });
  });
});

/** Publishes from a process of its own, because the proxy is read from the environment when the client is loaded. */
async function publishInChild(env: Record<string, string>): Promise<string> {
  const script = `
    import { publishCheckRun } from ${JSON.stringify(new URL('../../src/github/check-run.ts', import.meta.url).href)};
    import { githubTarget } from ${JSON.stringify(new URL('../../src/github/github.ts', import.meta.url).href)};
    const target = githubTarget((name) => process.env[name], 'ghs_token');
    const report = ${JSON.stringify(report(1))};
    console.log(JSON.stringify(await publishCheckRun(target, report, new AbortController().signal)));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: process.env.PATH, GITHUB_REPOSITORY: 'example/todobackend', GITHUB_SHA: 'abc', ...env },
  });
  const output: string[] = [];
  child.stdout.on('data', (data) => output.push(String(data)));
  child.stderr.on('data', (data) => output.push(String(data)));
  await once(child, 'close');
  return output.join('');
}

async function startProxy(to: number) {
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const upstream = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on('error', () => end.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return { asked, url: `http://127.0.0.1:${portOf(proxy.address())}`, close: () => proxy.close() };
}

describe('the address and the proxy', () => {
  test('the proxy of the environment is used, except for what NO_PROXY names', async () => {
    await using github = await startGitHub();
    const proxy = await startProxy(github.port);
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    const proxied = await publishInChild({ ...env, GITHUB_API_URL: 'http://github.example:3000' });
    expect(proxied).toContain('"published":true');
    expect(proxy.asked).toEqual(['github.example:3000']);
    const local = `http://localhost:${github.port}`;
    const direct = await publishInChild({ ...env, NO_PROXY: 'localhost', GITHUB_API_URL: local });
    expect(direct).toContain('"published":true');
    expect(proxy.asked).toHaveLength(1);
    proxy.close();
  });

  test('outside a job, or without a token, there is no target', () => {
    const env = { GITHUB_REPOSITORY: 'o/r', GITHUB_SHA: 'abc' };
    const of = (vars: Record<string, string>, token: string) => githubTarget((name) => vars[name], token);
    expect(of(env, 't')).toEqual({ owner: 'o', repo: 'r', sha: 'abc', token: 't', apiUrl: 'https://api.github.com' });
    expect(of(env, '')).toBeUndefined();
    expect(of({ GITHUB_SHA: 'abc' }, 't')).toBeUndefined();
    expect(of({ ...env, GITHUB_REPOSITORY: 'o' }, 't')).toBeUndefined();
  });
});
