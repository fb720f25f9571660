import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HostSignals, instancesOf, type Lab, startLab, type TestedResource } from './harness.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const userData = (text: string) => Buffer.from(`#!/bin/bash\necho ${text}\n`).toString('base64');

/** A group on the first version of a launch template that has a second one by now. */
async function groupWithNewVersion(sizes: Record<string, unknown>) {
  const template = lab.resource('AWS::EC2::LaunchTemplate');
  const data = (InstanceType: string) => ({
    LaunchTemplateData: { ImageId: lab.imageId, InstanceType, UserData: userData(InstanceType) },
  });
  const { physicalId: LaunchTemplateId } = await template.create(data('t3.micro'));
  const properties = (Version: string, more: Record<string, unknown> = {}) => ({
    LaunchTemplate: { LaunchTemplateId, Version },
    VPCZoneIdentifier: lab.subnetIds.slice(0, 2),
    ...sizes,
    ...more,
  });
  const group = lab.resource('AWS::AutoScaling::AutoScalingGroup');
  await group.create(properties('1'));
  await template.update(data('t3.small'));
  return { group, properties, name: group.state.physicalId };
}

async function described(group: TestedResource) {
  const names = [group.state.physicalId];
  const { AutoScalingGroups } = await lab.services.autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: names,
  });
  const found = AutoScalingGroups?.[0];
  return {
    sizes: [found?.MinSize, found?.DesiredCapacity, found?.MaxSize],
    versions: (found?.Instances ?? []).map((instance) => instance.LaunchTemplate?.Version),
    suspended: (found?.SuspendedProcesses ?? []).map((process) => process.ProcessName),
  };
}

const rolling = (policy: Record<string, unknown>) => ({
  updatePolicy: {
    AutoScalingRollingUpdate: { WaitOnResourceSignals: true, PauseTime: 'PT15M', ...policy },
  },
});

/** Instance ids differ from run to run. */
const anonymous = (progress: readonly string[]) => progress.map((text) => text.replace(/i-[0-9a-f]+/g, 'i'));

describe('AutoScalingRollingUpdate', () => {
  test('tells what CloudFormation tells, and ends with the sizes of before', async () => {
    const { group, properties, name } = await groupWithNewVersion({ MinSize: 1, MaxSize: 4, DesiredCapacity: 2 });
    const signals = new HostSignals(lab.services, name, await instancesOf(lab.services, name));
    await group.update(properties('2'), { signals, ...rolling({ MinInstancesInService: 1, MaxBatchSize: 1 }) });
    // The order and words of a recorded live update (the "Exercise 1b" log of a public workshop on stack updates).
    expect(anonymous(group.progress)).toEqual([
      'Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 1, while keeping at least 1 instance(s) in service. Waiting on resource signals with a timeout of PT15M when new instances are added to the autoscaling group.',
      'Temporarily setting autoscaling group MinSize and DesiredCapacity to 2.',
      'Terminating instance(s) [i]; replacing with 1 new instance(s).',
      'Successfully terminated instance(s) [i] (Progress 50%).',
      'New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) with a timeout of PT15M.',
      'Received SUCCESS signal with UniqueId i',
      'Terminating instance(s) [i]; replacing with 1 new instance(s).',
      'Successfully terminated instance(s) [i] (Progress 100%).',
      'New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) with a timeout of PT15M.',
      'Received SUCCESS signal with UniqueId i',
    ]);
    expect(await described(group)).toEqual({ sizes: [1, 2, 4], versions: ['2', '2'], suspended: [] });
  });

  test('launches before it ends an old one where MinInstancesInService needs that', async () => {
    const { group, properties, name } = await groupWithNewVersion({ MinSize: 0, MaxSize: 5, DesiredCapacity: 1 });
    const signals = new HostSignals(lab.services, name, await instancesOf(lab.services, name));
    await group.update(properties('2'), { signals, ...rolling({ MinInstancesInService: 1 }) });
    expect(anonymous(group.progress).slice(1)).toEqual([
      'Temporarily setting autoscaling group MinSize and DesiredCapacity to 2.',
      'New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) with a timeout of PT15M.',
      'Received SUCCESS signal with UniqueId i',
      'Terminating instance(s) [i]; replacing with 0 new instance(s).',
      'Successfully terminated instance(s) [i] (Progress 100%).',
    ]);
    expect(await described(group)).toEqual({ sizes: [0, 1, 5], versions: ['2'], suspended: [] });
  });

  test('a silent host fails it, leaves the group as it is, and the rollback replaces only what is new', async () => {
    const { group, properties, name } = await groupWithNewVersion({ MinSize: 1, MaxSize: 5, DesiredCapacity: 2 });
    const policy = rolling({ MinInstancesInService: 2, SuspendProcesses: ['HealthCheck'] });
    await expect(group.update(properties('2'), policy)).rejects.toThrow(
      'Received 0 SUCCESS signal(s) out of 2.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    );
    expect(await described(group)).toEqual({ sizes: [3, 3, 5], versions: ['1', '1', '2'], suspended: [] });

    group.progress.length = 0;
    const signals = new HostSignals(lab.services, name, await instancesOf(lab.services, name));
    await group.update(properties('1'), { ...policy, signals });
    const after = await described(group);
    expect(after.sizes).toEqual([1, 2, 5]);
    expect(new Set(after.versions)).toEqual(new Set(['1']));
    expect(group.progress.join('\n')).not.toMatch(/Terminating 2 obsolete/);
  });

  test('a FAILURE signal fails it at once', async () => {
    const { group, properties, name } = await groupWithNewVersion({ MinSize: 2, MaxSize: 2 });
    const signals = new HostSignals(lab.services, name, await instancesOf(lab.services, name), () => 'FAILURE');
    await expect(group.update(properties('2'), { signals, ...rolling({ MaxBatchSize: 2 }) })).rejects.toThrow(
      'Received 1 FAILURE signal(s) out of 2.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    );
  });

  test('MinSuccessfulInstancesPercent forgives one host in two', async () => {
    const { group, properties, name } = await groupWithNewVersion({ MinSize: 2, MaxSize: 2 });
    const known = await instancesOf(lab.services, name);
    const signals = new HostSignals(lab.services, name, known, (nth) => (nth === 1 ? 'FAILURE' : 'SUCCESS'));
    const policy = rolling({ MinSuccessfulInstancesPercent: 50 });
    await group.update(properties('2'), { signals, ...policy });
    expect((await described(group)).versions).toEqual(['2', '2']);
  });

  test('pauses where it does not wait for signals', async () => {
    const { group, properties } = await groupWithNewVersion({ MinSize: 1, MaxSize: 1 });
    await group.update(properties('2'), rolling({ WaitOnResourceSignals: false, PauseTime: 'PT10M' }));
    expect(anonymous(group.progress)).toEqual([
      'Rolling update initiated. Terminating 1 obsolete instance(s) in batches of 1. Pausing for PT10M when new instances are added to the autoscaling group.',
      'Terminating instance(s) [i]; replacing with 1 new instance(s).',
      'Successfully terminated instance(s) [i] (Progress 100%).',
      'New instance(s) added to autoscaling group - Pausing for PT10M.',
    ]);
  });

  test('replaces what is in a subnet that the group has left', async () => {
    const { group, properties, name } = await groupWithNewVersion({ MinSize: 2, MaxSize: 2 });
    const [first, kept] = await instancesOf(lab.services, name);
    const signals = new HostSignals(lab.services, name, [first ?? '', kept ?? '']);
    await group.update(properties('1', { VPCZoneIdentifier: lab.subnetIds.slice(1, 2) }), { signals, ...rolling({}) });
    const after = await instancesOf(lab.services, name);
    expect(after).toContain(kept);
    expect(after).not.toContain(first);
    expect(group.progress[0]).toMatch(/^Rolling update initiated. Terminating 1 obsolete/);
  });

  test('waits for the signal of a host that a larger size has launched', async () => {
    const { group, properties, name } = await groupWithNewVersion({ MinSize: 1, MaxSize: 3 });
    const known = await instancesOf(lab.services, name);
    const signals = new HostSignals(lab.services, name, known);
    await group.update(properties('1', { DesiredCapacity: 2 }), { signals, ...rolling({}) });
    expect(anonymous(group.progress)).toEqual([
      'New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) with a timeout of PT15M.',
      'Received SUCCESS signal with UniqueId i',
    ]);
  });

  test('suspends the named processes for as long as it lasts, and leaves alone what was suspended before', async () => {
    const { group, properties, name } = await groupWithNewVersion({ MinSize: 1, MaxSize: 2 });
    const AutoScalingGroupName = name;
    await lab.services.autoScaling.suspendProcesses({ AutoScalingGroupName, ScalingProcesses: ['AZRebalance'] });
    const inner = new HostSignals(lab.services, name, await instancesOf(lab.services, name));
    let during: unknown[] = [];
    const signals = {
      next: async () => {
        during = (await described(group)).suspended;
        return inner.next();
      },
    };
    const policy = rolling({ SuspendProcesses: ['AZRebalance', 'HealthCheck'] });
    await group.update(properties('2'), { signals, ...policy });
    expect(new Set(during)).toEqual(new Set(['AZRebalance', 'HealthCheck']));
    expect((await described(group)).suspended).toEqual(['AZRebalance']);
  });

  test('is refused where MinInstancesInService leaves no room below MaxSize', async () => {
    const { group, properties } = await groupWithNewVersion({ MinSize: 1, MaxSize: 2 });
    await expect(group.update(properties('2'), rolling({ MinInstancesInService: 2 }))).rejects.toThrow(
      "MinInstancesInService must be less than the autoscaling group's MaxSize",
    );
    expect((await described(group)).versions).toEqual(['1']);
  });
});

test('without an UpdatePolicy instances stay as they are', async () => {
  const { group, properties } = await groupWithNewVersion({ MinSize: 2, MaxSize: 2 });
  await group.update(properties('2'));
  expect((await described(group)).versions).toEqual(['1', '1']);
  expect(group.progress).toEqual([]);
});
