import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { type Accounts, HOST_ROLE } from './accounts.ts';
import { lookupEvents } from './cloudtrail/lookup.ts';
import { errorOf, internalFailure, unknownAction } from './faults.ts';
import { endToEnd, forward, readAll } from './forward.ts';
import type { Journal } from './journal.ts';
import { type HostsView, hasOverlay, overlay } from './overlays.ts';
import { EquipmentError, isCode } from './python.ts';
import { type ApiCall, bodyTells, readCall } from './request.ts';
import { movesInstances } from './services.ts';
import type { Account, CallRule, Hosts, Scenarios } from './types.ts';
import { type Answer, errorAnswer, errorCodeOf } from './wire.ts';

/** What answers CloudFormation's calls. */
export interface CloudFormationHandler {
  handle(request: {
    action: string;
    parameters: Readonly<Record<string, string>>;
    account: Account;
    requestId: string;
  }): Promise<{ status: number; contentType: string; body: string }>;
}

export interface GatewayParts {
  /** Where moto listens. */
  readonly moto: string;
  readonly accounts: Accounts;
  readonly journal: Journal;
  /** What CloudTrail looks events up in; default: the journal. */
  readonly trail?: Pick<Journal, 'calls'>;
  readonly scenarios: Pick<Scenarios, 'call'>;
  readonly cloudFormation: CloudFormationHandler;
  readonly hosts: HostsView & Pick<Hosts, 'reconcile'>;
  /** Answers requests below /_local/; undefined: not one of them. */
  readonly local: (request: { method: string; url: string; body: Buffer }) => Promise<Answer | undefined>;
  /** Told what went wrong inside the local AWS itself. */
  readonly tell: (line: string) => void;
}

export interface Gateway extends AsyncDisposable {
  readonly endpoint: string;
  /** Begins to answer. Until then the endpoint is only known. */
  serve(parts: GatewayParts): void;
}

/** What hosts call is not in the journal and meets no faults. */
const HOST = `:assumed-role/${HOST_ROLE}/`;

/** An answer on its way to the caller: complete, or moto's to be streamed through. */
type Reply = Answer | { readonly stream: IncomingMessage };

/** The one endpoint: AWS's protocols on the loopback interface, at `port` or any free one. */
export async function openGateway(port = 0): Promise<Gateway> {
  const server = createServer();
  // Longer than any SDK keeps a connection for later, so that it never sends into one that has just been closed.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const taken = isCode(error, 'EADDRINUSE');
      reject(taken ? new EquipmentError(`Port ${port} of 127.0.0.1 is taken.`, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gateway has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    serve(parts) {
      server.on('request', (request, response) => {
        answer(parts, request, response).catch((error) => {
          if (response.destroyed) return;
          parts.tell(`local AWS: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : error}`);
          response.destroy();
        });
      });
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(parts: GatewayParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  if (url.startsWith('/_local/')) {
    const local = await parts.local({ method, url, body: await readAll(request) });
    await send(response, local ?? { status: 404, headers: {}, body: `There is no ${url} here.\n` });
    return;
  }

  const body = bodyTells(headers) ? await readAll(request) : request;
  const call = readCall({ method, url, headers, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) });
  const began = performance.now();
  const requestId = randomUUID();
  const { account, arn } = await parts.accounts.callerOf(call);

  const isHost = arn.includes(HOST);
  const note = (status: number, errorCode?: string) => {
    if (isHost) return;
    parts.journal.add({
      at: new Date().toISOString(),
      service: call.service,
      action: call.action,
      ...(call.resource === undefined ? {} : { resource: call.resource }),
      region: call.region,
      accountId: account.accountId,
      caller: arn,
      accessKeyId: call.accessKeyId,
      ...(headers['user-agent'] === undefined ? {} : { userAgent: headers['user-agent'] }),
      parameters: call.parameters,
      status,
      ...(errorCode === undefined ? {} : { errorCode }),
      durationMs: Math.round(performance.now() - began),
    });
  };

  const effect = async (): Promise<Reply> => {
    if (call.service === 'cloudformation') return cloudFormation(parts, call, account, requestId);
    if (call.service === 'cloudtrail' && call.action === 'LookupEvents') return events(parts, call, account, requestId);
    const reply = await fromMoto(parts, call, { method, url, headers, body }, requestId);
    if (movesInstances(call.service, call.action)) parts.hosts.reconcile(account);
    return reply;
  };

  const rule = isHost ? undefined : parts.scenarios.call(call);
  const reply = await underRule(rule, effect, (error) => errorAnswer(call, errorOf(error, call, arn), requestId));
  if (reply === 'cut') {
    note(0, 'cut');
    request.socket.destroy();
    return;
  }
  if ('stream' in reply) {
    const { statusCode = 502 } = reply.stream;
    note(statusCode);
    response.writeHead(statusCode, endToEnd(reply.stream.headers));
    await pipeline(reply.stream, response);
    return;
  }
  note(reply.status, reply.status >= 300 ? errorCodeOf(call.protocol, reply.headers, String(reply.body)) : undefined);
  await send(response, reply);
}

/** Lets a scenario's rule befall a call. An error and a garbled answer come instead of the effect. */
async function underRule(
  rule: CallRule['then'] | undefined,
  effect: () => Promise<Reply>,
  refuse: (rule: Extract<CallRule['then'], { error: string }>) => Answer,
): Promise<Reply | 'cut'> {
  if (rule === undefined) return effect();
  if ('error' in rule) return refuse(rule);
  if ('garble' in rule) {
    return { status: rule.status ?? 200, headers: { 'content-type': 'text/html' }, body: rule.garble };
  }
  if ('cut' in rule) {
    const unheard = rule.afterEffect ? await effect() : undefined;
    if (unheard !== undefined && 'stream' in unheard) unheard.stream.resume();
    return 'cut';
  }
  if ('delayMs' in rule) {
    await setTimeout(rule.delayMs);
    return effect();
  }
  return rule satisfies never;
}

async function cloudFormation(
  parts: GatewayParts,
  call: ApiCall,
  account: Account,
  requestId: string,
): Promise<Answer> {
  const parameters = Object.fromEntries(call.form ?? []);
  const request = { action: call.action, parameters, account, requestId };
  try {
    const { status, contentType, body } = await parts.cloudFormation.handle(request);
    return { status, headers: { 'content-type': contentType, 'x-amzn-requestid': requestId }, body };
  } catch (error) {
    parts.tell(`local AWS: ${call.action}: ${error instanceof Error ? error.stack : error}`);
    return errorAnswer(call, internalFailure(call), requestId);
  }
}

function events(parts: GatewayParts, call: ApiCall, account: Account, requestId: string): Answer {
  const found = lookupEvents((parts.trail ?? parts.journal).calls(), account, call.parameters);
  if ('error' in found) return errorAnswer(call, found.error, requestId);
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId };
  return { status: 200, headers, body: JSON.stringify(found) };
}

/**
 * Moto answers what it does not have, and a crash of its own, with a page: 501 and 500, see moto/server.py. A service
 * says InvalidAction, or that it has failed.
 */
async function fromMoto(
  parts: GatewayParts,
  call: ApiCall,
  request: Parameters<typeof forward>[1],
  requestId: string,
): Promise<Reply> {
  const stream = await forward(parts.moto, request);
  const status = stream.statusCode ?? 502;
  if (status < 300 && !hasOverlay(call)) return { stream };
  const body = await readAll(stream);
  const isPage = String(stream.headers['content-type']).startsWith('text/html');
  if (isPage && status >= 500) {
    parts.tell(`local AWS: moto cannot do ${call.service}:${call.action} (${status} ${body.toString().slice(0, 200)})`);
    return errorAnswer(call, status === 501 ? unknownAction(call) : internalFailure(call), requestId);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(endToEnd(stream.headers))) headers[name] = String(value);
  delete headers['content-length'];
  return { status, headers, body: status < 300 ? overlay(call, body.toString(), parts.hosts) : body };
}

function send(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    response.on('close', resolve);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
}
