import { expect, test } from '@jest/globals';
import { trailSubject } from '../../src/stack/trail-subject.ts';

const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/todobackend-dev/1f2e';
const CHINA = 'arn:aws-cn:cloudformation:cn-northwest-1:123456789012:stack/todobackend-dev/1f2e';

test.each([
  ['AWS::EC2::SecurityGroup', 'sg-1', STACK, 'eu-west-1', ['sg-1']],
  ['AWS::IAM::Role', 'todo-Role-1', STACK, 'us-east-1', ['todo-Role-1']],
  ['AWS::IAM::Role', 'todo-Role-1', CHINA, 'cn-north-1', ['todo-Role-1']],
  [
    'AWS::ECS::Cluster',
    'todo-Cluster-1',
    STACK,
    'eu-west-1',
    ['todo-Cluster-1', 'arn:aws:ecs:eu-west-1:123456789012:cluster/todo-Cluster-1'],
  ],
  [
    'AWS::ECS::Service',
    'arn:aws:ecs:eu-west-1:123456789012:service/todo/web',
    STACK,
    'eu-west-1',
    ['arn:aws:ecs:eu-west-1:123456789012:service/todo/web', 'web'],
  ],
  [
    'AWS::CloudFormation::Stack',
    'arn:aws:cloudformation:eu-west-1:123456789012:stack/todo-Network/12345678-9abc-11ee-8c90-0a1b2c3d4e5f',
    STACK,
    'eu-west-1',
    [
      'arn:aws:cloudformation:eu-west-1:123456789012:stack/todo-Network/12345678-9abc-11ee-8c90-0a1b2c3d4e5f',
      'todo-Network',
    ],
  ],
])('the calls on %s %s of %s', (type, physicalId, stack, region, names) => {
  expect(trailSubject(type, physicalId, stack)).toEqual({ region, names });
});
