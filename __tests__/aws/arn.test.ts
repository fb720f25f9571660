import { expect, test } from '@jest/globals';
import { stackNameInArn, withoutArns } from '../../src/aws/arn.ts';

const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/todo-dev/6a1a3d40-0000-11f0-8000-0a0000000000';

test.each([
  [`read stack ${STACK}`, 'read stack todo-dev'],
  ['read ECS cluster arn:aws-cn:ecs:cn-north-1:123456789012:cluster/todo', 'read ECS cluster todo'],
  ['read change set arn:aws:cloudformation:eu-west-1:1:changeSet/muster-1/x of it', 'read change set muster-1 of it'],
  ['read stack todo-dev', 'read stack todo-dev'],
  ['assume arn:aws:iam::123456789012:role/path/muster', 'assume muster'],
  ['an arn: of nothing', 'an arn: of nothing'],
])('%s', (text, expected) => {
  expect(withoutArns(text)).toBe(expected);
});

test('the name of a stack in its ARN', () => {
  expect(stackNameInArn(STACK)).toBe('todo-dev');
});
