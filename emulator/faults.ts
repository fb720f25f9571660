import { permissionOf, refusedArn } from './iam-names.ts';
import type { ApiCall, Protocol } from './request.ts';
import type { CallRule } from './types.ts';
import type { ServiceError } from './wire.ts';

/** One mishap as each protocol's services tell it. A scenario may use any of the codes for any service. */
interface Mishap {
  readonly aliases: readonly string[];
  readonly tell: Readonly<Record<Protocol, (call: ApiCall, caller: string) => ServiceError>>;
}

const says = (code: string, status: number, message: string) => () => ({ code, status, message });

const denied = (call: ApiCall, caller: string) => {
  const permission = permissionOf(call);
  const arn = refusedArn(call, caller);
  const resource = arn === undefined ? '' : ` on resource: ${call.service === 's3' ? `"${arn}"` : arn}`;
  return `User: ${caller} is not authorized to perform: ${permission}${resource} because no identity-based policy allows the ${permission} action`;
};

/**
 * Codes, statuses and words from each service's "Common error types" page, EC2's "Error codes" page, S3's "Error
 * responses" and IAM's "Troubleshoot access denied error messages".
 */
const MISHAPS: readonly Mishap[] = [
  {
    aliases: ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'],
    tell: {
      query: (call, caller) => ({ code: 'AccessDenied', status: 403, message: denied(call, caller) }),
      json: (call, caller) => ({ code: 'AccessDeniedException', status: 400, message: denied(call, caller) }),
      s3: (call, caller) => ({ code: 'AccessDenied', status: 403, message: denied(call, caller) }),
      ec2: (call, caller) => ({
        code: 'UnauthorizedOperation',
        status: 403,
        message: `You are not authorized to perform this operation. ${denied(call, caller)}`,
      }),
    },
  },
  {
    aliases: ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'],
    tell: {
      query: says('ExpiredToken', 403, 'The security token included in the request is expired'),
      json: says('ExpiredTokenException', 400, 'The security token included in the request is expired'),
      s3: says('ExpiredToken', 400, 'The provided token has expired.'),
      ec2: says('RequestExpired', 400, 'Request has expired.'),
    },
  },
  {
    aliases: ['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'SlowDown'],
    tell: {
      query: says('Throttling', 400, 'Rate exceeded'),
      json: says('ThrottlingException', 400, 'Rate exceeded'),
      s3: says('SlowDown', 503, 'Please reduce your request rate.'),
      ec2: says('RequestLimitExceeded', 503, 'Request limit exceeded.'),
    },
  },
  {
    aliases: ['ServiceUnavailable', 'ServiceUnavailableException', 'Unavailable'],
    tell: {
      query: says('ServiceUnavailable', 503, 'Service is unavailable.'),
      json: says('ServiceUnavailableException', 503, 'Service is unavailable.'),
      s3: says('ServiceUnavailable', 503, 'Please reduce your request rate.'),
      ec2: says('Unavailable', 503, 'The service is unavailable. Please try again shortly.'),
    },
  },
  {
    aliases: ['InternalFailure', 'InternalError', 'InternalServerError'],
    tell: {
      query: says('InternalFailure', 500, 'An internal error has occurred.'),
      json: says('InternalServerError', 500, 'An internal error has occurred.'),
      s3: says('InternalError', 500, 'We encountered an internal error. Please try again.'),
      ec2: says('InternalError', 500, 'An internal error has occurred.'),
    },
  },
  {
    aliases: ['InvalidClientTokenId', 'UnrecognizedClientException', 'AuthFailure', 'InvalidAccessKeyId'],
    tell: {
      query: says('InvalidClientTokenId', 403, 'The security token included in the request is invalid.'),
      json: says('UnrecognizedClientException', 400, 'The security token included in the request is invalid.'),
      s3: says('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'),
      ec2: says('AuthFailure', 401, 'AWS was not able to validate the provided access credentials'),
    },
  },
];

type ErrorRule = Extract<CallRule['then'], { error: string }>;

/**
 * The error that a scenario asks for, as this call's service would tell it: `ExpiredToken` for ECS becomes an
 * ExpiredTokenException. A code that no mishap knows is told as it is, with status 400.
 *
 * @param caller the ARN of who calls, for AccessDenied's message
 */
export function errorOf(rule: ErrorRule, call: ApiCall, caller: string): ServiceError {
  const mishap = MISHAPS.find(({ aliases }) => aliases.includes(rule.error));
  const told = mishap?.tell[call.protocol](call, caller);
  return {
    code: told?.code ?? rule.error,
    message: rule.message ?? told?.message ?? rule.error,
    status: rule.status ?? told?.status ?? 400,
  };
}

/** What a service answers to an action that it does not have. */
export function unknownAction(call: ApiCall): ServiceError {
  switch (call.protocol) {
    case 'query':
    case 'ec2':
      return {
        code: 'InvalidAction',
        message: `The action ${call.action} is not valid for this web service.`,
        status: 400,
      };
    case 'json':
      return { code: 'UnknownOperationException', message: `Unknown operation ${call.action}`, status: 400 };
    case 's3':
      return {
        code: 'NotImplemented',
        message: 'A header you provided implies functionality that is not implemented.',
        status: 501,
      };
    default:
      return call.protocol satisfies never;
  }
}

/** What a service answers when it breaks. */
export const internalFailure = (call: ApiCall): ServiceError => errorOf({ error: 'InternalFailure' }, call, '');
