import { tellStack } from '../execution/run.ts';
import type { Stack } from '../model.ts';
import { constraintViolation } from '../protocol/errors.ts';
import type { ApiRequest } from './request.ts';

/** CloudFormation API Reference: a stack's name, or its id where one may be given. */
export function checkStackName(name: string): void {
  if (!/^([a-zA-Z][-a-zA-Z0-9]{0,127}|arn:[-a-zA-Z0-9:/._+]*)$/.test(name))
    throw constraintViolation(
      name,
      'stackName',
      'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*',
    );
}

/** The first event of a stack that a change set brought about. */
export function announceReview(request: ApiRequest, stack: Stack): void {
  stack.statusReason = 'User Initiated';
  tellStack(stack, request.world.clock.now(), { reason: 'User Initiated' });
}
