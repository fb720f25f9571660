import type { GitHubTarget } from './github.ts';
import { memberOf } from './untyped.ts';

/** Which repository, as whom. */
export type Repository = Pick<GitHubTarget, 'owner' | 'repo' | 'token' | 'apiUrl'>;

/** Why GitHub did not do what it was asked. `notPermitted`: the token lacks a permission, as on a fork's pull request. */
export interface Refusal {
  readonly outcome: 'notPermitted' | 'failed';
  readonly why: string;
}

export function isRefusal(outcome: { readonly outcome: string } | undefined): outcome is Refusal {
  return outcome?.outcome === 'notPermitted' || outcome?.outcome === 'failed';
}

const ignore = () => undefined;

/** The client, loaded when first needed. It prints nothing: what GitHub answers is foreign text. */
export async function connect({ token, apiUrl }: Repository) {
  const { getOctokit } = await import('@actions/github');
  return getOctokit(token, {
    baseUrl: apiUrl,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
}

export type Client = Awaited<ReturnType<typeof connect>>;

/**
 * 401 and 403 are a matter of permissions, unless it is the rate limit; 404 is what a private repository answers to a
 * token that may not see it.
 */
export function refusalOf(error: unknown): Refusal {
  const { status, message } = problemOf(error);
  const isPermission = (status === 401 || status === 403 || status === 404) && !isRateLimit(message);
  return { outcome: isPermission ? 'notPermitted' : 'failed', why: message };
}

/** Longest wait that a rate limit may ask for and still be worth it. Seconds. */
const PATIENCE = 10;

/** Whether the same request may well succeed soon: GitHub was down, or asks to come back within seconds. */
export function isPassing(error: unknown): boolean {
  const { status, message, retryAfter } = problemOf(error);
  if (status === 429 || (status === 403 && isRateLimit(message))) return retryAfter <= PATIENCE;
  return status === undefined || status >= 500;
}

function isRateLimit(message: string): boolean {
  return /rate limit/i.test(message);
}

interface Problem {
  readonly status: number | undefined;
  readonly message: string;
  /** Seconds until GitHub will answer again; endless when it did not say. */
  readonly retryAfter: number;
}

// docs.github.com, "Rate limits for the REST API": `retry-after` in seconds, else `x-ratelimit-reset` as an instant.
function problemOf(error: unknown): Problem {
  const message = textOf(error, 'message') ?? String(error);
  const status = numberOf(error, 'status');
  const headers = memberOf(memberOf(error, 'response'), 'headers');
  const after = Number(textOf(headers, 'retry-after') ?? Number.POSITIVE_INFINITY);
  // The client gives a request that could not be sent the status 500, which it has no answer for.
  const answered = memberOf(error, 'response') !== undefined;
  return { status: answered || status !== 500 ? status : undefined, message, retryAfter: after };
}

function textOf(value: unknown, name: string): string | undefined {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : undefined;
}

function numberOf(value: unknown, name: string): number | undefined {
  const member = memberOf(value, name);
  return typeof member === 'number' ? member : undefined;
}
