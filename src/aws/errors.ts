import { Failure, type FailureReason } from '../types.ts';
import { FOREIGN_ANSWER } from './answers.ts';
import { withoutArns } from './arn.ts';

/** What an error of an AWS call means, read from its name, code and message. */
export type AwsError =
  | { readonly kind: 'throttled'; readonly message: string }
  | AccessDenied
  | { readonly kind: 'expired-credentials'; readonly message: string }
  | { readonly kind: 'no-credentials'; readonly message: string }
  /** AWS does not know the key, or the signature does not fit it. */
  | { readonly kind: 'rejected-credentials'; readonly message: string }
  /** No answer, or one that did not come from AWS. */
  | { readonly kind: 'unreachable'; readonly code: string; readonly message: string }
  | { readonly kind: 'not-found-stack'; readonly stack: string; readonly message: string }
  /** No answer of AWS's at all but a Failure of ours, such as the reason of a signal. */
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'other'; readonly code: string; readonly message: string };

/** `action`, `resource` and `principal` as AWS's message tells them, where it does. */
export interface AccessDenied {
  readonly kind: 'access-denied';
  readonly action?: string;
  readonly resource?: string;
  readonly principal?: string;
  readonly message: string;
}

const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'SlowDown',
]);
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthorizationError',
  'NotAuthorized',
]);
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const REJECTED = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'InvalidAccessKeyId',
  'InvalidToken',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'AuthFailure',
]);
const UNREACHABLE = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_PROXY_TUNNEL',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'TimeoutError',
  'RequestTimeout',
]);

/** The parts of an SDK error that are read here. Duck-typed: an error of another realm is no `instanceof Error`. */
interface ErrorFields {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly answered: boolean;
}

/** Says what an error of an AWS call means. Never throws, whatever it is given. */
export function classify(error: unknown): AwsError {
  if (error instanceof Failure) return { kind: 'failure', failure: error };
  const { name, code, message, status, answered } = fieldsOf(error);
  if (EXPIRED.has(name)) return { kind: 'expired-credentials', message };
  if (name === 'CredentialsProviderError' || name === 'ProviderError' || name === 'TokenProviderError')
    return /expired/i.test(message) ? { kind: 'expired-credentials', message } : { kind: 'no-credentials', message };
  if (THROTTLED.has(name) || status === 429 || /^Rate exceeded/i.test(message)) return { kind: 'throttled', message };
  if (DENIED.has(name) || (status === 403 && /is not authorized to perform/.test(message))) return denied(message);
  if (REJECTED.has(name)) return { kind: 'rejected-credentials', message };
  if (UNREACHABLE.has(code) || UNREACHABLE.has(name)) return { kind: 'unreachable', code: code || name, message };
  if (name === FOREIGN_ANSWER) return { kind: 'unreachable', code: 'not an AWS answer', message };
  if (status !== undefined && status >= 500) return { kind: 'unreachable', code: `HTTP ${status}`, message };
  if (answered && (name === 'SyntaxError' || name === 'Error' || name === 'TypeError'))
    return {
      kind: 'unreachable',
      code: 'not an AWS answer',
      message: message.replace(/\s+Deserialization error:.*/s, ''),
    };
  const missing = /^(?:Stack with id|Stack) \[?([^\]\s]+)\]? does not exist/.exec(message)?.[1];
  if (missing !== undefined && name.startsWith('ValidationError'))
    return { kind: 'not-found-stack', stack: missing, message };
  return { kind: 'other', code: name, message };
}

function fieldsOf(error: unknown): ErrorFields {
  const field = (holder: unknown, key: string): unknown =>
    typeof holder === 'object' && holder !== null && key in holder ? Reflect.get(holder, key) : undefined;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const status = field(field(error, '$metadata'), 'httpStatusCode');
  return {
    name: text(field(error, 'name')) || text(field(error, 'Code')) || 'Error',
    code: text(field(error, 'code')) || text(field(field(error, 'cause'), 'code')),
    message: text(field(error, 'message')) || text(error) || text(field(error, 'name')) || 'no message',
    status: typeof status === 'number' ? status : undefined,
    answered: field(error, '$response') !== undefined,
  };
}

// "User: P is not authorized to perform: S:A on resource: R because …" (IAM User Guide, Troubleshoot access denied).
function denied(message: string): AwsError {
  const action = /not authorized to perform: ([\w-]+:[\w*]+)/.exec(message)?.[1];
  const resource = /on resource: (\S+?)(?=[\s,]|$)/.exec(message)?.[1];
  const principal = /User: (\S+) is not authorized/.exec(message)?.[1];
  return {
    kind: 'access-denied',
    ...(action && { action }),
    ...(resource && { resource }),
    ...(principal && { principal }),
    message,
  };
}

const NO_CREDENTIALS_REMEDY =
  'Give the job `permissions: id-token: write` and run aws-actions/configure-aws-credentials with `role-to-assume` before this step. ' +
  'Workflows of pull requests from forks are given neither secrets nor an id-token.';

/**
 * The failure that an error of an AWS call ends a run with. `doing` says what was attempted, so that "Could not … "
 * goes before it: `read stack todobackend-dev`. A Failure passes as it is; `otherwise` is the reason for an answer of
 * AWS that has no reason of its own.
 */
export function asFailure(error: unknown, doing: string, otherwise: FailureReason = 'internal'): Failure {
  const fact = classify(error);
  // A title is short; the message has the ARN where AWS's words do.
  const fail = (reason: FailureReason, title: string, message: string, remedy?: string) =>
    new Failure(reason, [{ level: 'error', title: withoutArns(title), message, ...(remedy && { remedy }) }], {
      cause: error,
    });
  switch (fact.kind) {
    case 'failure':
      return fact.failure;
    case 'access-denied': {
      const what = fact.action ?? 'an action that AWS did not name';
      return fail(
        'access-denied',
        `Could not ${doing}: ${what} is not allowed`,
        fact.message,
        `Allow ${what}${fact.resource ? ` on ${fact.resource}` : ''} to ${fact.principal ?? "the job's role"}.`,
      );
    }
    case 'expired-credentials':
      return fail(
        'credentials',
        `Could not ${doing}: the AWS credentials have expired`,
        `${fact.message}. What is under way in AWS goes on without this job.`,
        'Run the job again: it attaches to what is under way. For long deployments raise `role-duration-seconds` of configure-aws-credentials.',
      );
    case 'no-credentials':
      return fail('credentials', `Could not ${doing}: no AWS credentials`, fact.message, NO_CREDENTIALS_REMEDY);
    case 'rejected-credentials':
      return fail(
        'credentials',
        `Could not ${doing}: AWS does not accept the credentials`,
        fact.message,
        NO_CREDENTIALS_REMEDY,
      );
    case 'throttled':
      return fail(
        'timed-out',
        `Could not ${doing}: AWS throttled every attempt`,
        fact.message,
        'Run the job again; fewer jobs at once in this account and region help.',
      );
    case 'unreachable':
      return fail(
        'timed-out',
        `Could not ${doing}: AWS could not be reached (${fact.code})`,
        fact.message,
        'Check the network of the runner, HTTPS_PROXY and NO_PROXY, and the region; then run the job again.',
      );
    case 'not-found-stack':
      return fail(otherwise, `Could not ${doing}: stack ${fact.stack} does not exist`, fact.message);
    case 'other':
      return fail(otherwise, `Could not ${doing}: ${fact.code}`, fact.message);
    default:
      return fact satisfies never;
  }
}

/** Awaits an AWS call; what it rejects with becomes a Failure that says what was being done. */
export async function orFailure<T>(doing: string, call: Promise<T>, otherwise?: FailureReason): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw asFailure(error, doing, otherwise);
  }
}
