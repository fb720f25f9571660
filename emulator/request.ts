import type { IncomingHttpHeaders } from 'node:http';
import { resourceOf } from './resource-name.ts';
import { s3Call } from './s3-call.ts';

/** How a service's requests, answers and errors are written. */
export type Protocol = 'query' | 'ec2' | 'json' | 's3';

/** What a request asks for, read as its service would. */
export interface ApiCall {
  readonly service: string;
  readonly action: string;
  readonly protocol: Protocol;
  readonly region: string;
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  readonly parameters: Record<string, unknown>;
  /** The parameters of a query call as they came. */
  readonly form?: URLSearchParams;
  readonly resource?: string;
}

export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty for a request that is streamed through. */
  readonly body: Buffer;
}

/** The API versions by which an unsigned query names its service, as cfn-signal's does. */
const SERVICE_OF_VERSION: Readonly<Record<string, string>> = {
  '2010-05-15': 'cloudformation',
  '2016-11-15': 'ec2',
  '2011-01-01': 'autoscaling',
  '2010-05-08': 'iam',
  '2011-06-15': 'sts',
};

/** By the prefix of X-Amz-Target, for unsigned requests. */
const SERVICE_OF_TARGET: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  AmazonSSM: 'ssm',
  Logs_20140328: 'logs',
  'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101': 'cloudtrail',
};

const NOBODY = 'unsigned';
export const DEFAULT_REGION = 'us-east-1';

interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** The credential scope of Signature Version 4: `KEY/20261124/us-east-1/ecs/aws4_request`. */
function parseScope(credential: string): Scope | undefined {
  const [accessKeyId, , region, service] = credential.split('/');
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service: service.toLowerCase() };
}

function scopeOf(headers: IncomingHttpHeaders, query: URLSearchParams): Scope | undefined {
  const signed = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential');
  return typeof signed === 'string' ? parseScope(signed) : undefined;
}

/** Turns `Names.member.1=a` and `Filter.1.Name=b` into the lists and objects that they spell. */
export function decodeQuery(form: URLSearchParams): Record<string, unknown> {
  const root: Record<string, unknown> = Object.create(null);
  for (const [key, value] of form) {
    const path = key.split('.').filter((part) => part !== 'member' && part !== 'entry');
    const last = path.pop();
    if (last === undefined || (path.length === 0 && (last === 'Action' || last === 'Version'))) continue;
    let node = root;
    for (const part of path) {
      const child = node[part];
      if (typeof child === 'object' && child !== null) node = child as Record<string, unknown>;
      else node = node[part] = Object.create(null) as Record<string, unknown>;
    }
    node[last] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, withLists(value)]));
}

function withLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.every(([key]) => /^\d+$/.test(key))) return entries.map(([, item]) => withLists(item));
  return Object.fromEntries(entries.map(([key, item]) => [key, withLists(item)]));
}

function parseJson(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

const header = (headers: IncomingHttpHeaders, name: string) => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

export const isForm = (headers: IncomingHttpHeaders) =>
  (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

/** Whether the body tells what is asked for; the bodies of S3's objects do not. */
export const bodyTells = (headers: IncomingHttpHeaders) =>
  isForm(headers) || header(headers, 'x-amz-target') !== undefined;

/** Reads which action of which service a request asks for, who asks, and about what. */
export function readCall(request: RawRequest): ApiCall {
  const { headers, body } = request;
  const url = new URL(request.url, 'http://local');
  const scope = scopeOf(headers, url.searchParams);
  const sessionToken = header(headers, 'x-amz-security-token') ?? url.searchParams.get('X-Amz-Security-Token');
  const caller = {
    region: scope?.region ?? DEFAULT_REGION,
    accessKeyId: scope?.accessKeyId ?? NOBODY,
    ...(sessionToken ? { sessionToken } : {}),
  };

  const target = header(headers, 'x-amz-target');
  if (target !== undefined) {
    // CloudTrail's own prefix has dots in it.
    const dot = target.lastIndexOf('.');
    const [prefix, action] = [target.slice(0, dot), target.slice(dot + 1)];
    const parameters = parseJson(body);
    const service = scope?.service ?? SERVICE_OF_TARGET[prefix] ?? prefix;
    return withResource({ service, action, protocol: 'json', ...caller, parameters });
  }

  const form = isForm(headers) ? new URLSearchParams(body.toString()) : url.searchParams;
  const action = form.get('Action');
  if (action !== null && scope?.service !== 's3') {
    const service = scope?.service ?? SERVICE_OF_VERSION[form.get('Version') ?? ''] ?? 'unknown';
    const protocol = service === 'ec2' ? 'ec2' : 'query';
    return withResource({ service, action, protocol, ...caller, parameters: decodeQuery(form), form });
  }

  const service = scope?.service ?? 's3';
  return { service, protocol: 's3', ...caller, ...s3Call(request.method, url, headers) };
}

function withResource(call: ApiCall): ApiCall {
  const resource = resourceOf(call.service, call.parameters);
  return resource === undefined ? call : { ...call, resource };
}
