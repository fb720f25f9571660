import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asFailure, classify } from '../../src/aws/errors.ts';
import { Failure } from '../../src/types.ts';

const sdkError = (name: string, message: string, httpStatusCode = 400) => ({
  name,
  message,
  $fault: 'client',
  $metadata: { httpStatusCode },
});

describe('classify', () => {
  test.each([
    ['throttled', sdkError('Throttling', 'Rate exceeded')],
    ['throttled', sdkError('ThrottlingException', 'Rate exceeded')],
    ['throttled', sdkError('RequestLimitExceeded', 'Request limit exceeded.', 503)],
    ['expired-credentials', sdkError('ExpiredToken', 'The security token included in the request is expired', 403)],
    ['expired-credentials', sdkError('ExpiredTokenException', 'The security token included is expired')],
    ['no-credentials', { name: 'CredentialsProviderError', message: 'Could not load credentials from any providers' }],
    [
      'rejected-credentials',
      sdkError('InvalidClientTokenId', 'The security token included in the request is invalid', 403),
    ],
    ['rejected-credentials', sdkError('UnrecognizedClientException', 'The security token is invalid.')],
    ['unreachable', { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' }],
    ['unreachable', { name: 'AggregateError', message: '', code: 'ENOTFOUND' }],
    ['unreachable', { name: 'TimeoutError', message: 'Connection timed out after 5000 ms' }],
    ['unreachable', sdkError('InternalFailure', 'Try later', 503)],
    [
      'unreachable',
      { name: 'SyntaxError', message: 'Unexpected token <', $response: {}, $metadata: { httpStatusCode: 200 } },
    ],
    ['not-found-stack', sdkError('ValidationError', 'Stack with id todobackend-dev does not exist')],
    ['not-found-stack', sdkError('ValidationError', 'Stack [todobackend-dev] does not exist')],
    ['other', sdkError('ValidationError', 'Parameters: [VpcId] must have values')],
    ['other', sdkError('ValidationError', 'Template format error: Stack with id x does not exist')],
    ['other', sdkError('LimitExceededException', 'Stack limit exceeded')],
  ])('%s', (kind, error) => {
    expect(classify(error).kind).toBe(kind);
  });

  test('reads who may not do what, and on what, from the message', () => {
    const message =
      'User: arn:aws:sts::123456789012:assumed-role/deploy/run is not authorized to perform: cloudformation:CreateChangeSet ' +
      'on resource: arn:aws:cloudformation:eu-west-1:123456789012:stack/todo/* because no identity-based policy allows the ' +
      'cloudformation:CreateChangeSet action';
    expect(classify(sdkError('AccessDenied', message, 403))).toEqual({
      kind: 'access-denied',
      action: 'cloudformation:CreateChangeSet',
      resource: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/todo/*',
      principal: 'arn:aws:sts::123456789012:assumed-role/deploy/run',
      message,
    });
  });

  test('makes do with a message that names nothing', () => {
    const denied = sdkError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
    expect(classify(denied)).toEqual({ kind: 'access-denied', message: denied.message });
  });

  test('leaves a Failure of ours what it is: a cancelled call is no answer of AWS', () => {
    const cancelled = new Failure('cancelled', [{ level: 'error', title: 'Cancelled', message: 'By a person.' }]);
    expect(classify(cancelled)).toEqual({ kind: 'failure', failure: cancelled });
    expect(asFailure(cancelled, 'read it')).toBe(cancelled);
  });

  test('takes anything that can be thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(classify(thrown)).toMatchObject({ kind: expect.any(String), message: expect.any(String) });
      }),
    );
  });
});

describe('asFailure', () => {
  test('names the missing action and whom to allow it', () => {
    const denied = sdkError(
      'AccessDeniedException',
      'User: arn:aws:iam::1:user/u is not authorized to perform: ecs:DescribeClusters on resource: *',
      400,
    );
    const failure = asFailure(denied, 'read cluster todo');
    expect(failure.reason).toBe('access-denied');
    expect(failure.findings[0]?.title).toBe('Could not read cluster todo: ecs:DescribeClusters is not allowed');
    expect(failure.findings[0]?.remedy).toBe('Allow ecs:DescribeClusters on * to arn:aws:iam::1:user/u.');
  });

  test('says how to give a job credentials', () => {
    const failure = asFailure(
      { name: 'CredentialsProviderError', message: 'Could not load credentials' },
      'read stack todo',
    );
    expect(failure.reason).toBe('credentials');
    expect(failure.findings[0]?.remedy).toMatch(/id-token: write.*configure-aws-credentials/s);
  });

  test('lets a failure pass, and keeps the cause of anything else', () => {
    const own = new Failure('cancelled', []);
    expect(asFailure(own, 'anything')).toBe(own);
    const error = new Error('odd');
    expect(asFailure(error, 'anything').cause).toBe(error);
  });

  test('gives what AWS refuses the reason of the caller', () => {
    expect(asFailure(sdkError('ValidationError', 'No'), 'create it', 'change-set-failed').reason).toBe(
      'change-set-failed',
    );
    expect(asFailure(sdkError('Throttling', 'Rate exceeded'), 'create it', 'change-set-failed').reason).toBe(
      'timed-out',
    );
  });
});
