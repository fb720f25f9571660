import { setTimeout } from 'node:timers/promises';
import { CloudFormation, paginateDescribeStackEvents, type Stack } from '@aws-sdk/client-cloudformation';
import { expect, test } from '@jest/globals';
import { startLocalAws } from '../../../emulator/local-aws.ts';
import { cpuOf, ownProcesses } from './processes.ts';

const RESOURCES = 500;

/** As many as CloudFormation takes in one stack, of the kinds that a cluster's stack is made of, in two layers. */
function bigTemplate(): string {
  const role = { Version: '2012-10-17', Statement: [] };
  const kinds = [
    { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } },
    { Type: 'AWS::ECS::Cluster' },
    { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'x', VpcId: 'vpc-f8233a80' } },
    { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: role } },
  ];
  const resources = Array.from({ length: RESOURCES }, (_, index) => {
    const dependsOn = index >= 250 ? { DependsOn: `R${index - 250}` } : {};
    return [`R${index}`, { ...kinds[index % kinds.length], ...dependsOn }];
  });
  return JSON.stringify({ Resources: Object.fromEntries(resources) });
}

/**
 * Seconds that a machine with nothing else to do would need at most: the processor time of the local AWS, which works on
 * one thing at a time, and of this test. Where that cannot be read, the wall's.
 */
const seconds = () => {
  const own = ownProcesses();
  return own.length > 0 ? cpuOf(own) : performance.now() / 1_000;
};

test('a stack of 500 resources is there in under 20 seconds at full speed, and gone in as many', async () => {
  await using aws = await startLocalAws({ speed: Number.POSITIVE_INFINITY });
  const cloudFormation = new CloudFormation({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const settled = async (StackName: string): Promise<Stack | undefined> => {
    for (;;) {
      const { Stacks } = await cloudFormation.describeStacks({ StackName });
      if (!Stacks?.[0]?.StackStatus?.endsWith('_IN_PROGRESS')) return Stacks?.[0];
      await setTimeout(100);
    }
  };

  const failures = async (StackName: string) => {
    const reasons: (string | undefined)[] = [];
    for await (const { StackEvents } of paginateDescribeStackEvents({ client: cloudFormation }, { StackName })) {
      for (const event of StackEvents ?? []) {
        if (event.ResourceStatus?.endsWith('_FAILED')) reasons.push(event.ResourceStatusReason);
      }
    }
    return reasons;
  };

  const began = seconds();
  const { StackId = '' } = await cloudFormation.createStack({
    StackName: 'big',
    TemplateBody: bigTemplate(),
    Capabilities: ['CAPABILITY_IAM'],
  });
  const created = await settled(StackId);
  expect([created?.StackStatus, await failures(StackId)]).toEqual(['CREATE_COMPLETE', []]);
  expect(seconds() - began).toBeLessThan(20);
  const deleting = seconds();
  await cloudFormation.deleteStack({ StackName: StackId });
  const deleted = await settled(StackId);
  expect([deleted?.StackStatus, await failures(StackId)]).toEqual(['DELETE_COMPLETE', []]);
  expect(seconds() - deleting).toBeLessThan(20);
}, 180_000);
