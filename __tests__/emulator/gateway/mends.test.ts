import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Moto, startMoto } from '../../../emulator/moto.ts';

/** What emulator/moto/ mends, against what AWS documents: the API references of ECS and of EC2 Auto Scaling. */

let moto: Moto;
let ecs: ECS;
let autoScaling: AutoScaling;
let ec2: EC2;
beforeAll(async () => {
  moto = await startMoto();
  const client = {
    endpoint: moto.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  ecs = new ECS(client);
  autoScaling = new AutoScaling(client);
  ec2 = new EC2(client);
});
afterAll(async () => {
  await moto[Symbol.asyncDispose]();
});

const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown) => thrown,
  );
  return [error?.Error?.Code ?? error?.name, error?.message];
};

const launch = async (): Promise<string> => {
  const { Instances } = await ec2.runInstances({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 });
  return Instances?.[0]?.InstanceId ?? '';
};

const register = async (cluster: string, instanceId: string): Promise<string> => {
  const instanceIdentityDocument = JSON.stringify({ instanceId });
  const { containerInstance } = await ecs.registerContainerInstance({ cluster, instanceIdentityDocument });
  return containerInstance?.containerInstanceArn ?? '';
};

const registered = async (cluster: string) =>
  (await ecs.describeClusters({ clusters: [cluster] })).clusters?.[0]?.registeredContainerInstancesCount;

describe('container instances', () => {
  test('the registered count includes ACTIVE and DRAINING instances and goes down with each that is deregistered', async () => {
    await ecs.createCluster({ clusterName: 'counted' });
    const [first, second] = [await register('counted', await launch()), await register('counted', await launch())];
    await ecs.updateContainerInstancesState({ cluster: 'counted', containerInstances: [first], status: 'DRAINING' });
    expect(await registered('counted')).toBe(2);
    await ecs.deregisterContainerInstance({ cluster: 'counted', containerInstance: first, force: true });
    await ecs.deregisterContainerInstance({ cluster: 'counted', containerInstance: second, force: true });
    expect(await registered('counted')).toBe(0);
    expect((await refusal(ecs.deregisterContainerInstance({ cluster: 'counted', containerInstance: second })))[0]).toBe(
      'ClientException',
    );
  });

  test('a cluster is not deleted while it has container instances, but terminated ones do not hold it', async () => {
    await ecs.createCluster({ clusterName: 'held' });
    const instanceId = await launch();
    await register('held', instanceId);
    expect(await refusal(ecs.deleteCluster({ cluster: 'held' }))).toEqual([
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    ]);
    await ec2.terminateInstances({ InstanceIds: [instanceId] });
    expect((await ecs.deleteCluster({ cluster: 'held' })).cluster?.status).toBe('INACTIVE');
    expect(await registered('held')).toBe(0);
    expect((await refusal(register('held', instanceId)))[0]).toBe('ClientException');
  });

  test('a cluster that never had one answers MISSING, an unknown one ClusterNotFoundException', async () => {
    await ecs.createCluster({ clusterName: 'empty' });
    const { failures } = await ecs.describeContainerInstances({ cluster: 'empty', containerInstances: ['none'] });
    expect(failures?.map(({ reason }) => reason)).toEqual(['MISSING']);
    expect((await refusal(ecs.listContainerInstances({ cluster: 'unknown' })))[0]).toBe('ClusterNotFoundException');
    expect((await refusal(register('unknown', 'i-1')))[0]).toBe('ClientException');
  });
});

describe('Auto Scaling groups', () => {
  beforeAll(async () => {
    await autoScaling.createLaunchConfiguration({
      LaunchConfigurationName: 'configuration',
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
    });
  });

  const create = (name: string, sizes: { MinSize?: number; MaxSize?: number; DesiredCapacity?: number } = {}) =>
    autoScaling.createAutoScalingGroup({
      AutoScalingGroupName: name,
      LaunchConfigurationName: 'configuration',
      AvailabilityZones: ['us-east-1a'],
      MinSize: 1,
      MaxSize: 3,
      ...sizes,
    });

  const group = async (name: string) => {
    const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({ AutoScalingGroupNames: [name] });
    return AutoScalingGroups?.[0];
  };

  test('desired capacity stays within minimum and maximum', async () => {
    expect((await refusal(create('bounds', { DesiredCapacity: 9 })))[1]).toBe(
      'Desired capacity:9 must be between the specified min size:1 and max size:3',
    );
    await create('bounds', { DesiredCapacity: 2 });
    const set = (DesiredCapacity: number) =>
      refusal(autoScaling.setDesiredCapacity({ AutoScalingGroupName: 'bounds', DesiredCapacity }));
    expect(await set(4)).toEqual([
      'ValidationError',
      'New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.',
    ]);
    expect((await set(0))[1]).toBe('New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.');
    const update = autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: 'bounds', DesiredCapacity: 4 });
    expect((await refusal(update))[1]).toBe(
      'Desired capacity:4 must be between the specified min size:1 and max size:3',
    );
    expect((await group('bounds'))?.DesiredCapacity).toBe(2);
  });

  test('a smaller maximum takes the desired capacity down with it, a greater minimum up', async () => {
    await create('moved', { DesiredCapacity: 3 });
    await autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: 'moved', MaxSize: 1 });
    expect(await group('moved')).toMatchObject({ DesiredCapacity: 1, Instances: { length: 1 } });
    await autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: 'moved', MaxSize: 3, MinSize: 2 });
    expect(await group('moved')).toMatchObject({ DesiredCapacity: 2, Instances: { length: 2 } });
  });

  test('a name is taken once, and what is in use is not deleted', async () => {
    await create('once');
    expect((await refusal(create('once')))[0]).toBe('AlreadyExists');
    expect((await refusal(autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: 'once' })))[0]).toBe(
      'ResourceInUse',
    );
    const configuration = { LaunchConfigurationName: 'configuration' };
    expect((await refusal(autoScaling.deleteLaunchConfiguration(configuration)))[0]).toBe('ResourceInUse');
    await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: 'once', ForceDelete: true });
    expect(await group('once')).toBeUndefined();
  });

  test('an instance profile has to exist', async () => {
    await autoScaling.createLaunchConfiguration({
      LaunchConfigurationName: 'no-profile',
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
      IamInstanceProfile: 'nobody',
    });
    const creation = autoScaling.createAutoScalingGroup({
      AutoScalingGroupName: 'no-profile',
      LaunchConfigurationName: 'no-profile',
      AvailabilityZones: ['us-east-1a'],
      MinSize: 1,
      MaxSize: 1,
    });
    expect((await refusal(creation))[1]).toContain('Invalid IAM Instance Profile name');
  });

  test('an instance that is terminated through the group is replaced, or shrinks it as far as its minimum', async () => {
    await create('shrink', { DesiredCapacity: 2 });
    const ids = (await group('shrink'))?.Instances?.map(({ InstanceId }) => InstanceId) ?? [];
    const terminate = (InstanceId: string | undefined, ShouldDecrementDesiredCapacity: boolean) =>
      autoScaling.terminateInstanceInAutoScalingGroup({ InstanceId, ShouldDecrementDesiredCapacity });
    await terminate(ids[0], false);
    expect(await group('shrink')).toMatchObject({ DesiredCapacity: 2, Instances: { length: 2 } });
    await terminate(ids[1], true);
    const left = await group('shrink');
    expect(left).toMatchObject({ DesiredCapacity: 1, Instances: { length: 1 } });
    expect((await refusal(terminate(left?.Instances?.[0]?.InstanceId, true)))[1]).toContain(
      "violate group's min size constraint",
    );
    expect((await refusal(terminate('i-0123456789abcdef0', false)))[1]).toContain('No managed instance found');
  });

  test('scaling activities tell launches and terminations, newest first, also of a group that is gone', async () => {
    await create('told', { DesiredCapacity: 2 });
    await autoScaling.setDesiredCapacity({ AutoScalingGroupName: 'told', DesiredCapacity: 1 });
    const survivor = (await group('told'))?.Instances?.[0]?.InstanceId ?? '';
    await ec2.terminateInstances({ InstanceIds: [survivor] });
    const described = async (options = {}) =>
      (await autoScaling.describeScalingActivities({ AutoScalingGroupName: 'told', ...options })).Activities ?? [];
    const activities = await described();
    expect(activities.map(({ Description }) => Description?.split(':')[0])).toEqual([
      'Launching a new EC2 instance',
      'Terminating EC2 instance',
      'Terminating EC2 instance',
      'Launching a new EC2 instance',
      'Launching a new EC2 instance',
    ]);
    expect(activities[1]?.Cause).toContain(
      `instance ${survivor} was taken out of service in response to an EC2 health`,
    );
    expect(activities.every(({ StatusCode }) => StatusCode === 'Successful')).toBe(true);
    expect(await described({ MaxRecords: 2 })).toHaveLength(2);
    await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: 'told', ForceDelete: true });
    expect(await described()).toEqual([]);
    expect((await described({ IncludeDeletedGroups: true })).length).toBeGreaterThan(5);
  });
});
