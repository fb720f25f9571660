import type { MiddlewareStack } from '@smithy/types';

/** The name of the error that stands for an answer which did not come from AWS. */
export const FOREIGN_ANSWER = 'ForeignAnswer';

/**
 * Makes a client refuse, and try again after, an answer that is no answer of AWS: a proxy's page, half a document.
 * Left alone, the SDK reads an HTML page with status 200 as an answer with nothing in it, which could pass for "there
 * is no such stack", and tries again only after 500, 502, 503 and 504.
 *
 * `emptyIsForeign`: the service never answers with an empty body (S3 does).
 */
export function refuseForeignAnswers<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  emptyIsForeign: boolean,
): void {
  // Nearest to the wire: before the answer is read.
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const foreign = foreignAnswer(result.response, emptyIsForeign);
      if (foreign !== undefined) throw foreign;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'refuseForeignAnswers' },
  );
  // Inside the retries: an error that AWS sent is marked with `$fault`; what could not be read has `$response` alone.
  stack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (isUnreadable(error)) Reflect.set(error, '$retryable', { throttling: false });
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'retryUnreadableAnswers' },
  );
}

/** Every service sends one of them; the second is S3's. */
const REQUEST_IDS = ['x-amzn-requestid', 'x-amz-request-id'];

interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { destroy?(): void };
}

function foreignAnswer(response: unknown, emptyIsForeign: boolean): Error | undefined {
  if (!isHttpAnswer(response)) return undefined;
  const { statusCode, headers } = response;
  // What S3 keeps may well be HTML: an answer that bears AWS's request id is AWS's.
  const html = /^text\/html\b/i.test(headers['content-type'] ?? '') && !REQUEST_IDS.some((name) => name in headers);
  const empty = emptyIsForeign && statusCode === 200 && headers['content-length'] === '0';
  if (!html && !empty) return undefined;
  response.body?.destroy?.();
  const what = html ? 'An HTML page' : 'An empty answer';
  return Object.assign(new Error(`${what} (HTTP ${statusCode}) came where AWS should have answered.`), {
    name: FOREIGN_ANSWER,
    $metadata: { httpStatusCode: statusCode },
    $retryable: { throttling: false },
  });
}

function isHttpAnswer(response: unknown): response is HttpAnswer {
  return typeof response === 'object' && response !== null && 'statusCode' in response && 'headers' in response;
}

function isUnreadable(error: unknown): error is object {
  return typeof error === 'object' && error !== null && '$response' in error && !('$fault' in error);
}
