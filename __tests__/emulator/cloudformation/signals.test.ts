import { describe, expect, test } from '@jest/globals';
import { startEngine } from './support.ts';

const group = (count: number, timeout = 'PT15M', percent = '') => `
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: { MinSize: 0, MaxSize: 4 }
    CreationPolicy:
      ResourceSignal: { Count: ${count}, Timeout: ${timeout} }
      ${percent}
`;

const SLOW = 60;
type Local = ReturnType<typeof startEngine>;

async function waiting(aws: Local, template: string) {
  await aws.client.createStack({ StackName: 'app', TemplateBody: template });
  for (let tries = 0; tries < 200; tries++) {
    const events = await aws.events('app');
    if (events.some((line) => line.endsWith('Resource creation Initiated'))) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const signal = (aws: Local, UniqueId: string, Status: 'SUCCESS' | 'FAILURE' = 'SUCCESS') =>
  aws.client.signalResource({ StackName: 'app', LogicalResourceId: 'Group', UniqueId, Status });

describe('a CreationPolicy (User Guide, CreationPolicy attribute)', () => {
  test('is satisfied by Count signals of different instances', async () => {
    await using aws = startEngine({ speed: SLOW });
    await waiting(aws, group(2));
    await signal(aws, 'i-1');
    await signal(aws, 'i-1');
    expect((await aws.client.describeStacks({ StackName: 'app' })).Stacks?.[0]?.StackStatus).toBe('CREATE_IN_PROGRESS');
    await signal(aws, 'i-2');
    expect((await aws.settled('app')).StackStatus).toBe('CREATE_COMPLETE');
    expect(await aws.events('app')).toEqual([
      'app CREATE_IN_PROGRESS: User Initiated',
      'Group CREATE_IN_PROGRESS',
      'Group CREATE_IN_PROGRESS: Resource creation Initiated',
      'Group CREATE_IN_PROGRESS: Received SUCCESS signal with UniqueId i-1',
      'Group CREATE_IN_PROGRESS: Received SUCCESS signal with UniqueId i-2',
      'Group CREATE_COMPLETE',
      'app CREATE_COMPLETE',
    ]);
    await expect(signal(aws, 'i-3')).rejects.toThrow(
      'Resource Group is in CREATE_COMPLETE state and cannot be signaled',
    );
  });

  test('of a group that gets no signal in time fails with the count', async () => {
    await using aws = startEngine({ speed: SLOW });
    await waiting(aws, group(1, 'PT1S'));
    expect((await aws.settled('app')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await aws.events('app')).toContain(
      'Group CREATE_FAILED: Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    );
  });

  test('of a group fails at the first FAILURE that makes the percentage impossible', async () => {
    await using aws = startEngine({ speed: SLOW });
    await waiting(aws, group(2, 'PT15M', 'AutoScalingCreationPolicy: { MinSuccessfulInstancesPercent: 50 }'));
    await signal(aws, 'i-1', 'FAILURE');
    expect((await aws.client.describeStacks({ StackName: 'app' })).Stacks?.[0]?.StackStatus).toBe('CREATE_IN_PROGRESS');
    await signal(aws, 'i-2', 'FAILURE');
    expect((await aws.settled('app')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await aws.events('app')).toContain(
      'Group CREATE_FAILED: Received 2 FAILURE signal(s) out of 2.  Unable to satisfy 50% MinSuccessfulInstancesPercent requirement',
    );
  });

  test('of 50 percent is satisfied by half the signals', async () => {
    await using aws = startEngine({ speed: SLOW });
    await waiting(aws, group(2, 'PT15M', 'AutoScalingCreationPolicy: { MinSuccessfulInstancesPercent: 50 }'));
    await signal(aws, 'i-1');
    expect((await aws.settled('app')).StackStatus).toBe('CREATE_COMPLETE');
  });

  test('with a Count of 0 waits for nothing', async () => {
    await using aws = startEngine({ speed: SLOW });
    expect((await aws.create('app', group(0))).StackStatus).toBe('CREATE_COMPLETE');
  });

  test('of any other resource has other words', async () => {
    await using aws = startEngine({ speed: SLOW });
    const template = group(1, 'PT1S').replace('AWS::AutoScaling::AutoScalingGroup', 'AWS::EC2::Instance');
    await aws.create('app', template);
    expect(await aws.events('app')).toContain(
      'Group CREATE_FAILED: Failed to receive 1 resource signal(s) within the specified duration',
    );
  });

  test('on a wait condition waits for SignalResource', async () => {
    await using aws = startEngine({ speed: SLOW });
    const template = group(1).replace('AWS::AutoScaling::AutoScalingGroup', 'AWS::CloudFormation::WaitCondition');
    await waiting(aws, template.replace('Properties: { MinSize: 0, MaxSize: 4 }', ''));
    await signal(aws, 'anyone');
    expect((await aws.settled('app')).StackStatus).toBe('CREATE_COMPLETE');
  });
});

test('SignalResource is refused for what is not there', async () => {
  await using aws = startEngine();
  await expect(signal(aws, 'i-1')).rejects.toThrow('Stack with id app does not exist');
  await aws.create('app', 'Resources: { A: { Type: Test::Thing } }');
  await expect(signal(aws, 'i-1')).rejects.toThrow('Resource Group does not exist for stack app');
});
