import { expect, test } from '@jest/globals';
import { clusterMembers } from '../../src/cluster/members.ts';
import { awsError, fakeAws, host } from './fake-aws.ts';

const ARN = 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1-2:autoScalingGroupName/';
const providers = {
  DescribeCapacityProviders: () => ({
    capacityProviders: [
      {
        name: 'cp',
        autoScalingGroupProvider: { autoScalingGroupArn: `${ARN}spot`, managedScaling: { status: 'ENABLED' } },
      },
      {
        name: 'plain',
        autoScalingGroupProvider: { autoScalingGroupArn: `${ARN}calm`, managedScaling: { status: 'DISABLED' } },
      },
    ],
  }),
};
const instances = {
  DescribeAutoScalingInstances: () => ({ AutoScalingInstances: [{ InstanceId: 'i-a', AutoScalingGroupName: 'asg' }] }),
};
const denied = () => {
  throw awsError('AccessDeniedException', 'User: u is not authorized to perform: ecs:DescribeCapacityProviders');
};
const scene = { providers: ['cp', 'FARGATE'], hosts: [host('i-a'), host('i-x')] };

test('groups of capacity providers and of registered instances', async () => {
  const { aws } = fakeAws(() => scene, { ...providers, ...instances });
  const { groups, findings } = await clusterMembers(aws, 'todobackend', 'auto');
  expect(groups).toEqual([
    { name: 'spot', scaledBy: ['managed-scaling'], weighted: false },
    { name: 'calm', scaledBy: [], weighted: false },
    { name: 'asg', scaledBy: [], weighted: false },
  ]);
  expect(findings).toEqual([]);
});

test('a denied way is a warning while another finds groups', async () => {
  const { aws } = fakeAws(() => scene, { DescribeCapacityProviders: denied, ...instances });
  const { groups, findings } = await clusterMembers(aws, 'todobackend', 'auto');
  expect(groups.map(({ name }) => name)).toEqual(['asg']);
  expect(findings).toMatchObject([
    { level: 'warning', title: expect.stringContaining('ecs:DescribeCapacityProviders') },
  ]);
});

test('no group at all: a number has to be given', async () => {
  const { aws } = fakeAws(() => ({ hosts: [host('i-x')] }), { DescribeAutoScalingInstances: () => ({}) });
  await expect(clusterMembers(aws, 'todobackend', 'auto')).rejects.toMatchObject({
    reason: 'invalid-config',
    findings: [{ remedy: expect.stringContaining("'desired-count'") }],
  });
  expect(await clusterMembers(aws, 'todobackend', 1)).toEqual({ groups: [], findings: [] });
});

test('a cluster without hosts and with Fargate alone asks no further', async () => {
  const { aws, calls } = fakeAws(() => ({ providers: ['FARGATE', 'FARGATE_SPOT'] }));
  await clusterMembers(aws, 'todobackend', 0);
  expect(calls).toEqual(['DescribeClusters', 'ListContainerInstances']);
});

test('what is needed and denied is a Failure', async () => {
  const { aws } = fakeAws(() => scene, { ListContainerInstances: denied, ...providers });
  await expect(clusterMembers(aws, 'todobackend', 'auto')).rejects.toMatchObject({ reason: 'access-denied' });
});
