import { randomUUID } from 'node:crypto';

/** A resource operation that failed for a reason that CloudFormation passes on as it is. */
export class ResourceFailure extends Error {
  override readonly name = 'ResourceFailure';
}

/** CloudFormation CLI User Guide, handler error codes: which one a service's error becomes. */
const HANDLER_ERROR_CODES: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/AccessDenied|Unauthorized|NotAuthorized|Forbidden/i, 'AccessDenied'],
  [/ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSignature/i, 'InvalidCredentials'],
  [/AlreadyExists|Duplicate/i, 'AlreadyExists'],
  [/NotFound|NoSuch|ResourceNotFound/i, 'NotFound'],
  [/Throttl|TooManyRequests|RequestLimitExceeded/i, 'Throttling'],
  [/LimitExceeded|QuotaExceeded/i, 'ServiceLimitExceeded'],
  [/Conflict|InUse|Contention|DependencyViolation|OperationInProgress/i, 'ResourceConflict'],
  [/Invalid|Validation|Malformed|Parameter|Client/i, 'InvalidRequest'],
];

interface ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $fault?: string;
}

const isServiceError = (error: unknown): error is ServiceError => error instanceof Error && '$metadata' in error;

function handlerErrorCode(error: Error): string {
  if (error.name === 'NotStabilized') return 'NotStabilized';
  const found = HANDLER_ERROR_CODES.find(([pattern]) => pattern.test(error.name))?.[1];
  if (found !== undefined) return found;
  const status = isServiceError(error) ? error.$metadata.httpStatusCode : undefined;
  return status !== undefined && status >= 500 ? 'ServiceInternalError' : 'GeneralServiceException';
}

/** `AWS::AutoScaling::AutoScalingGroup` is of the service AutoScaling. */
const serviceOf = (type: string) => type.split('::')[1] ?? type;

/** The reason of a `*_FAILED` event, as CloudFormation words what a resource's handler threw. */
export function failureReason(error: unknown, type: string): string {
  if (error instanceof ResourceFailure) return error.message;
  if (!(error instanceof Error)) return String(error);
  const code = handlerErrorCode(error);
  const token = randomUUID();
  if (isServiceError(error)) {
    const { httpStatusCode = 400, requestId = randomUUID() } = error.$metadata;
    const details = `(Service: ${serviceOf(type)}, Status Code: ${httpStatusCode}, Request ID: ${requestId})`;
    return `Resource handler returned message: "${error.message} ${details}" (RequestToken: ${token}, HandlerErrorCode: ${code})`;
  }
  if (error.name === 'NotStabilized')
    return `Resource handler returned message: "${error.message}" (RequestToken: ${token}, HandlerErrorCode: ${code})`;
  return error.message;
}
