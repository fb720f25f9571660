import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClock } from '../../../emulator/clock.ts';
import { createHosts } from '../../../emulator/hosts/hosts.ts';
import { type Moto, startMoto } from '../../../emulator/moto.ts';
import { LOCAL_DIRECTORY } from '../../../emulator/python.ts';
import { createScenarios } from '../../../emulator/scenario.ts';
import { createServices } from '../../../emulator/services.ts';
import type { Account, HostRule, Hosts, Scenarios, Services } from '../../../emulator/types.ts';
import { type SignalRecorder, startSignalRecorder } from './signal-recorder.ts';
import { describeUserData, until } from './support.ts';

const ACCOUNT: Account = {
  accountId: '123456789012',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};
const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/todobackend/1';

let moto: Moto;
let gateway: SignalRecorder;
let hosts: Hosts;
let services: Services;
let scenarios: Scenarios;
let dir: string;

const launch = async (count: number, userData = '#!/bin/bash\necho ECS_CLUSTER=muster > /etc/ecs/ecs.config\n') => {
  await services.ec2.createLaunchTemplate({
    LaunchTemplateName: 'host',
    LaunchTemplateData: {
      ImageId: 'ami-0aae19d30bab785d3',
      InstanceType: 't3.small',
      UserData: Buffer.from(userData).toString('base64'),
    },
  });
  const tag = (Key: string, Value: string) => ({
    Key,
    Value,
    ResourceId: 'group',
    ResourceType: 'auto-scaling-group',
    PropagateAtLaunch: true,
  });
  await services.autoScaling.createAutoScalingGroup({
    AutoScalingGroupName: 'group',
    MinSize: 0,
    MaxSize: 5,
    DesiredCapacity: count,
    LaunchTemplate: { LaunchTemplateName: 'host', Version: '1' },
    VPCZoneIdentifier: 'subnet-a5d3ecee',
    Tags: [tag('aws:cloudformation:stack-id', STACK_ID), tag('aws:cloudformation:logical-id', 'Group')],
  });
};

const scaleTo = (DesiredCapacity: number) =>
  services.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: 'group', DesiredCapacity });

const instanceIds = async () => {
  const { AutoScalingGroups } = await services.autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: ['group'],
  });
  return (AutoScalingGroups?.[0]?.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
};

const members = async (cluster = 'muster') => {
  const { containerInstanceArns = [] } = await services.ecs.listContainerInstances({ cluster });
  if (containerInstanceArns.length === 0) return [];
  const { containerInstances = [] } = await services.ecs.describeContainerInstances({
    cluster,
    containerInstances: containerInstanceArns,
  });
  return containerInstances.map(({ containerInstanceArn = '', ec2InstanceId, status }) => ({
    ec2InstanceId,
    status,
    connected: hosts.agentConnected(containerInstanceArn),
  }));
};

const membersBe = (count: number, cluster?: string) =>
  until(async () => {
    const now = await members(cluster);
    return now.length === count ? now : undefined;
  });

const start = async (options: { speed?: number; rules?: HostRule[]; scripted?: string } = {}) => {
  const { speed = 600, rules = [], scripted } = options;
  scenarios = createScenarios({ hosts: rules });
  const servicesFor = createServices(moto.endpoint, (account) => hosts.reconcile(account));
  hosts = createHosts({
    servicesFor,
    clock: createClock(speed),
    scenarios,
    gatewayEndpoint: () => gateway.endpoint,
    dir,
    ...(scripted === undefined ? {} : { scripted }),
  });
  services = servicesFor(ACCOUNT);
  await services.ecs.createCluster({ clusterName: 'muster' });
};

/** One moto for all; each test leaves it without groups, templates and clusters. */
const cleanUp = async () => {
  const { autoScaling, ec2, ecs } = services;
  const { AutoScalingGroups = [] } = await autoScaling.describeAutoScalingGroups({});
  for (const { AutoScalingGroupName } of AutoScalingGroups) {
    await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true });
  }
  const { LaunchTemplates = [] } = await ec2.describeLaunchTemplates({});
  for (const { LaunchTemplateId } of LaunchTemplates) await ec2.deleteLaunchTemplate({ LaunchTemplateId });
  for (const cluster of (await ecs.listClusters({})).clusterArns ?? []) await ecs.deleteCluster({ cluster });
};

beforeAll(async () => {
  [moto, gateway] = await Promise.all([startMoto(), startSignalRecorder()]);
}, 120_000);

beforeEach(() => {
  dir = join(LOCAL_DIRECTORY, 'hosts', `test-${process.pid}-${performance.now()}`);
  gateway.signals.length = 0;
});

afterEach(async () => {
  await hosts?.stop();
  expect(existsSync(dir)).toBe(false);
  await cleanUp();
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await moto[Symbol.asyncDispose]();
});

describe('hosts that boot from scripted steps', () => {
  const scripted = { scripted: 'this test wants it so' };

  test('register with the cluster that their user data names, and signal their group', async () => {
    await start(scripted);
    expect(hosts.mode).toEqual({ kind: 'scripted', why: 'this test wants it so' });
    await launch(2);
    const ids = await instanceIds();
    const registered = await membersBe(2);
    expect(registered.map(({ ec2InstanceId }) => ec2InstanceId).sort()).toEqual([...ids].sort());
    await until(() => gateway.signals.length === 2 || undefined);
    expect(gateway.signals.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(gateway.signals[0]).toMatchObject({ stack: STACK_ID, resource: 'Group', status: 'SUCCESS' });
    expect(hosts.consoleOutput(ids[0] ?? '')).toMatch(/boots from scripted steps/);
  });

  // ECS Developer Guide, "Deregister an Amazon EC2 backed container instance": a terminated instance is deregistered.
  test('deregister when their instance is terminated', async () => {
    await start(scripted);
    await launch(3);
    await membersBe(3);
    await scaleTo(1);
    expect((await membersBe(1))[0]?.ec2InstanceId).toBe((await instanceIds())[0]);
  });

  test('drain first where they are told to, for so long', async () => {
    await start({ ...scripted, rules: [{ group: 'Group', nth: 2, behaviour: { kind: 'drains', forMs: 300_000 } }] });
    await launch(2);
    await membersBe(2);
    await scaleTo(0);
    // One goes at once; the other is told to drain a moment before or after that.
    const [draining] = await until(async () => {
      const left = await members();
      return left.length === 1 && left[0]?.status === 'DRAINING' ? left : undefined;
    });
    expect(draining).toMatchObject({ connected: true });
    await membersBe(0);
  });

  test('stay draining for good, until the end', async () => {
    await start({ ...scripted, speed: Number.POSITIVE_INFINITY, rules: [{ behaviour: { kind: 'drains' } }] });
    await launch(1);
    await membersBe(1);
    await scaleTo(0);
    await until(async () => (await members()).some(({ status }) => status === 'DRAINING') || undefined);
  });

  test('are dead, signal alone, register alone or join another cluster, each in its turn', async () => {
    await start({
      ...scripted,
      rules: [
        { nth: 1, behaviour: { kind: 'dead' } },
        { nth: 2, behaviour: { kind: 'signals-only' } },
        { nth: 3, behaviour: { kind: 'registers-only' } },
        { nth: 4, behaviour: { kind: 'other-cluster', cluster: 'elsewhere' } },
      ],
    });
    await services.ecs.createCluster({ clusterName: 'elsewhere' });
    await launch(4);
    const [dead, signalling, registering, elsewhere] = await instanceIds();
    await until(() => gateway.signals.length === 2 || undefined);
    expect((await membersBe(1)).map(({ ec2InstanceId }) => ec2InstanceId)).toEqual([registering]);
    expect((await membersBe(1, 'elsewhere')).map(({ ec2InstanceId }) => ec2InstanceId)).toEqual([elsewhere]);
    expect(gateway.signals.map(({ id }) => id).sort()).toEqual([signalling, elsewhere].sort());
    expect(hosts.consoleOutput(dead ?? '')).toBeUndefined();
  });

  test('have an agent that comes back, or does not', async () => {
    await start({
      ...scripted,
      rules: [
        { nth: 1, behaviour: { kind: 'agent-away', forMs: 300_000 } },
        { nth: 2, behaviour: { kind: 'agent-away' } },
      ],
    });
    await launch(2);
    const [back, away] = await instanceIds();
    const connected = async () => Object.fromEntries((await membersBe(2)).map((m) => [m.ec2InstanceId, m.connected]));
    expect(await connected()).toEqual({ [back ?? '']: false, [away ?? '']: false });
    await until(async () => (await connected())[back ?? ''] || undefined);
    expect((await connected())[away ?? '']).toBe(false);
  });

  test('take longer where they are slow', async () => {
    await start({ ...scripted, rules: [{ nth: 1, behaviour: { kind: 'slow', delayMs: 600_000 } }] });
    await launch(2);
    const [slow, quick] = await instanceIds();
    expect((await membersBe(1))[0]?.ec2InstanceId).toBe(quick);
    expect((await membersBe(2)).map(({ ec2InstanceId }) => ec2InstanceId)).toContain(slow);
  });
});

describeUserData('hosts that boot with their user data', () => {
  test('register after it has ended, and are disconnected once their agent is stopped', async () => {
    await start();
    await launch(
      1,
      '#!/bin/bash\necho ECS_CLUSTER=muster > /etc/ecs/ecs.config\n' +
        'printf "[Unit]\\nAfter=ecs.service\\n[Service]\\nType=oneshot\\nExecStart=/bin/bash -c \'sleep 600; systemctl stop ecs\'\\n" > /etc/systemd/system/later.service\n' +
        'systemctl start --no-block later\n' +
        'curl -s http://localhost:51678/v1/metadata || echo "curl says $?"\n',
    );
    expect((await membersBe(1))[0]?.connected).toBe(true);
    const console = hosts.consoleOutput((await instanceIds())[0] ?? '') ?? '';
    expect(console).toMatch(/curl says 7.*Started Amazon Elastic Container Service/s);
    await until(async () => (await members())[0]?.connected === false || undefined);
  });

  // ECS Developer Guide, "Amazon ECS container agent configuration": ECS_CLUSTER, default "default".
  test('join the cluster "default", which is made for them, when they are told nothing', async () => {
    await start();
    await launch(1, '#!/bin/bash\n');
    await until(
      async () =>
        (await services.ecs.listClusters({})).clusterArns?.some((arn) => arn.endsWith('/default')) || undefined,
    );
    expect(await membersBe(1, 'default')).toHaveLength(1);
    expect(await members()).toEqual([]);
  });

  test('stop with what they run when their instance is terminated', async () => {
    await start();
    await launch(1, '#!/bin/bash\nwhile :; do echo still here; sleep 60; done\n');
    const id = (await instanceIds())[0] ?? '';
    const seen = () => hosts.consoleOutput(id)?.split('still here').length ?? 0;
    await until(() => seen() > 3 || undefined);
    await scaleTo(0);
    let last = -1;
    await until(() => {
      const now = seen();
      const same = now === last;
      last = now;
      return same || undefined;
    });
    expect(hosts.consoleOutput(id)).toMatch(/still here/);
  });
});
