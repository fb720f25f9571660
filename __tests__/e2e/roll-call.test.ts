import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import type { HostRule } from '../../emulator/types.ts';
import { type ActionRun, type RunActionOptions, runAction } from './run-action.ts';

// Waits of AWS pass sixty times faster here: a minute of a host is a second of these tests.
const MINUTE = 60_000;
/** A wait that is to end red need not be long. */
const SOON = { 'roll-call-timeout': '5s', 'drain-timeout': '5s' };

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 60 });
}, 300_000); // the first time moto is installed
afterAll(async () => aws[Symbol.asyncDispose]());
afterEach(() => aws.play({}));

let stacks = 0;

interface Deployed {
  readonly run: ActionRun;
  readonly cluster: string;
  readonly group: string;
  /** Runs the action on the same stack again. */
  again(inputs?: Record<string, string>, options?: RunActionOptions): Promise<ActionRun>;
}

/** Deploys stack.yml as a new stack with so many hosts, on which what `behaviours` say befalls all of them. */
async function deploy(count: number, inputs: Record<string, string> = {}, ...hosts: HostRule[]): Promise<Deployed> {
  stacks += 1;
  const given = {
    environment: 'dev',
    'stack-name': `rolled-${stacks}`,
    'parameter-overrides': `ApplicationDesiredCount=${count}`,
  };
  const again = (more: Record<string, string> = {}, options: RunActionOptions = {}) =>
    runAction({ env: aws.env, ...options, inputs: { ...given, ...more } });
  aws.play({ hosts });
  const run = await again(inputs);
  return { run, cluster: run.outputs.ClusterName ?? '', group: run.outputs.AutoScalingGroupName ?? '', again };
}

const errors = ({ annotations }: ActionRun) => annotations.filter(({ level }) => level === 'error');
const count = (n: number) => ({ 'parameter-overrides': `ApplicationDesiredCount=${n}` });

/** Registers an instance of no group, as an agent that was pointed at this cluster by mistake would. */
async function addStranger(cluster: string): Promise<string> {
  const { Instances: [instance] = [] } = await aws.services.ec2.runInstances({
    ImageId: (await aws.services.ec2.describeImages({ MaxResults: 5 })).Images?.[0]?.ImageId,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
  });
  const instanceId = instance?.InstanceId ?? '';
  const document = JSON.stringify({ instanceId, region: 'us-east-1', accountId: '123456789012' });
  await aws.services.ecs.registerContainerInstance({ cluster, instanceIdentityDocument: document });
  return instanceId;
}

async function instancesOf(group: string): Promise<string[]> {
  const { AutoScalingGroups: [found] = [] } = await aws.services.autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: [group],
  });
  return (found?.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
}

const registeredCount = async (cluster: string) =>
  (await aws.services.ecs.describeClusters({ clusters: [cluster] })).clusters?.[0]?.registeredContainerInstancesCount;

describe('hosts that answer', () => {
  test.each([0, 4])(
    'a desired count of %i',
    async (hosts) => {
      const { run, cluster } = await deploy(hosts);
      expect(run).toMatchObject({
        exitCode: 0,
        outputs: { outcome: 'succeeded', 'registered-count': `${hosts}`, 'desired-count': `${hosts}` },
      });
      expect(await registeredCount(cluster)).toBe(hosts);
      expect(run.log).toContain(`registered ${hosts} of ${hosts}`);
    },
    120_000,
  );

  test('an agent that reconnects', async () => {
    const { run } = await deploy(1, {}, { behaviour: { kind: 'agent-away', forMs: 12 * MINUTE } });
    expect(run.log).toContain('agent disconnected');
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'registered-count': '1' } });
  }, 120_000);

  test('draining hosts that leave in time', async () => {
    const { again, cluster } = await deploy(2, {}, { behaviour: { kind: 'drains', forMs: 5 * MINUTE } });
    const run = await again(count(1));
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'registered-count': '1' } });
    expect(run.log).toMatch(/registered 2 of 1/);
    expect(await registeredCount(cluster)).toBe(1);
  }, 120_000);

  test('a group that something scales: its live number counts, and the report says why', async () => {
    const { again, group } = await deploy(1);
    const { autoScaling } = aws.services;
    await autoScaling.putScalingPolicy({
      AutoScalingGroupName: group,
      PolicyName: 'busy',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
        TargetValue: 60,
      },
    });
    await autoScaling.setDesiredCapacity({ AutoScalingGroupName: group, DesiredCapacity: 2 });
    const run = await again();
    expect(run).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'unchanged', 'registered-count': '2', 'desired-count': '2' },
    });
    expect(run.summary).toContain('a scaling policy moves it');
  }, 120_000);
});

describe('a group behind a capacity provider', () => {
  test('counts by its live number, whoever asks', async () => {
    const { Subnets = [] } = await aws.services.ec2.describeSubnets({});
    const subnets = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId);
    const inputs = { environment: 'scaled', template: 'examples/capacity-provider/stack.yml' };
    const cfg = `VpcId=${Subnets[0]?.VpcId}\nApplicationSubnets=${subnets.join(',')}\nApplicationMinCount=1\n`;
    const deployScaled = () => runAction({ env: aws.env, inputs, files: { 'env/scaled.cfg': cfg } });
    const first = await deployScaled();
    expect(first).toMatchObject({ exitCode: 0, outputs: { 'registered-count': '1', 'desired-count': '1' } });

    const { AutoScalingGroups = [] } = await aws.services.autoScaling.describeAutoScalingGroups({});
    const group = AutoScalingGroups.map(({ AutoScalingGroupName = '' }) => AutoScalingGroupName).find((name) =>
      name.startsWith('todobackend-scaled-'),
    );
    await aws.services.autoScaling.setDesiredCapacity({ AutoScalingGroupName: group, DesiredCapacity: 3 });
    const second = await deployScaled();
    expect(second).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged', 'registered-count': '3' } });
    expect(second.summary).toContain('managed scaling of a capacity provider moves it');

    const cluster = second.outputs.ClusterName ?? '';
    const verified = await runAction({ env: aws.env, inputs: { mode: 'verify', cluster } });
    expect(verified).toMatchObject({ exitCode: 0, outputs: { 'registered-count': '3', 'desired-count': '3' } });
  }, 120_000);
});

describe('hosts that do not', () => {
  test('stack green, but a host never registers', async () => {
    const { run, group } = await deploy(1, SOON, { behaviour: { kind: 'signals-only' } });
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: {
        outcome: 'failed',
        'failure-reason': 'capacity-short',
        'stack-status': 'CREATE_COMPLETE',
        'registered-count': '0',
        'desired-count': '1',
      },
    });
    const [instance] = await instancesOf(group);
    expect(errors(run)).toEqual([
      expect.objectContaining({
        title: expect.stringMatching(/^0 of 1 container instances answered the roll call/),
        message: expect.stringContaining(`Expected, but absent: ${instance} (InService in ${group}, not registered).`),
        file: 'stack.yml',
        line: expect.any(Number),
      }),
    ]);
    expect(run.summary).toContain(instance);
  }, 120_000);

  test('a host that registered with another cluster', async () => {
    await aws.services.ecs.createCluster({ clusterName: 'elsewhere' });
    const { run } = await deploy(1, SOON, { behaviour: { kind: 'other-cluster', cluster: 'elsewhere' } });
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'capacity-short', 'registered-count': '0', 'desired-count': '1' },
    });
    expect(await registeredCount('elsewhere')).toBe(1);
  }, 120_000);

  test('an agent that stays away', async () => {
    const { run, group } = await deploy(1, SOON, { behaviour: { kind: 'agent-away' } });
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'capacity-short', 'registered-count': '1' },
    });
    const [instance] = await instancesOf(group);
    expect(errors(run)[0]?.message).toContain(`Registered, but the agent is disconnected: ${instance}`);
  }, 120_000);
});

describe('hosts that are too many', () => {
  test('a stranger is named, and counts once the user means it to be there', async () => {
    const { again, cluster } = await deploy(1);
    const stranger = await addStranger(cluster);
    const red = await again(SOON);
    expect(red).toMatchObject({
      exitCode: 1,
      outputs: { outcome: 'failed', 'failure-reason': 'capacity-over', 'registered-count': '2', 'desired-count': '1' },
    });
    expect(errors(red)).toHaveLength(1);
    expect(errors(red)[0]?.message).toContain(`of no Auto Scaling group that feeds the cluster: ${stranger} (ACTIVE)`);
    const green = await again({ 'desired-count': '2' });
    expect(green).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged', 'desired-count': '2' } });
  }, 120_000);

  test('two of ours and a stranger are not three of ours', async () => {
    const { again, cluster, group } = await deploy(3);
    const stranger = await addStranger(cluster);
    const [gone = ''] = await instancesOf(group);
    const { containerInstanceArns = [] } = await aws.services.ecs.listContainerInstances({ cluster });
    const { containerInstances = [] } = await aws.services.ecs.describeContainerInstances({
      cluster,
      containerInstances: containerInstanceArns,
    });
    const containerInstance = containerInstances.find(
      ({ ec2InstanceId }) => ec2InstanceId === gone,
    )?.containerInstanceArn;
    await aws.services.ecs.deregisterContainerInstance({ cluster, containerInstance, force: true });
    const run = await again(SOON);
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'capacity-short', 'registered-count': '3', 'desired-count': '3' },
    });
    expect(errors(run)[0]?.message).toContain(gone);
    expect(errors(run)[0]?.message).toContain(stranger);
  }, 120_000);

  test('draining hosts that never leave', async () => {
    const { again } = await deploy(2, {}, { behaviour: { kind: 'drains' } });
    const run = await again({ ...count(1), ...SOON });
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'capacity-over', 'registered-count': '2', 'desired-count': '1' },
    });
    expect(errors(run)[0]?.message).toMatch(/Still draining: i-\w+ \(DRAINING\)/);
  }, 120_000);
});

describe('mode verify', () => {
  test("calls the roll of an environment's stack, and changes nothing", async () => {
    const { again, cluster } = await deploy(1);
    const before = aws.calls().length;
    const run = await again({ mode: 'verify' });
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'registered-count': '1' } });
    const actions = aws
      .calls()
      .slice(before)
      .map(({ action }) => action);
    expect(actions.filter((action) => !/^(Describe|List|Get)/.test(action))).toEqual([]);
    await addStranger(cluster);
    const red = await again({ mode: 'verify', ...SOON });
    expect(red).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'capacity-over' } });
  }, 120_000);

  test('does without the variables that are given to deployments alone', async () => {
    const { again } = await deploy(0);
    const [template = '', written = ''] = await Promise.all(
      ['stack.yml', 'env/dev.cfg'].map((file) => readFile(join(import.meta.dirname, '../..', file), 'utf8')),
    );
    const parameters = written.trim().replace(/^(\w+)=(.*)$/gm, '  $1: "$2"');
    const files = {
      'stack.yml': template.replace(/^Parameters:$/m, '$&\n  Password: { Type: String, NoEcho: true }'),
      'env/dev.cfg': null,
      'env/dev.yml': `parameters:\n${parameters}\n  Password: !Env PASSWORD\n`,
    };
    expect(await again({ mode: 'verify' }, { files })).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded' },
    });
  }, 120_000);

  test('of a cluster that the action did not make, by its name', async () => {
    const { run, cluster } = await deploy(2);
    const verify = (inputs: Record<string, string>) =>
      runAction({ env: aws.env, inputs: { mode: 'verify', cluster, ...inputs } });
    expect(await verify({})).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded', 'registered-count': '2', 'cluster-arn': run.outputs['cluster-arn'] },
    });
    expect(await verify({ 'desired-count': '3', ...SOON })).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'capacity-short', 'registered-count': '2', 'desired-count': '3' },
    });
  }, 120_000);

  test('of a cluster without groups, which needs a number; and of none at all', async () => {
    await aws.services.ecs.createCluster({ clusterName: 'bare' });
    const verify = (inputs: Record<string, string>) =>
      runAction({ env: aws.env, inputs: { mode: 'verify', ...inputs } });
    const unknown = await verify({ cluster: 'bare' });
    expect(unknown).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
    expect(errors(unknown)[0]?.message).toContain("'desired-count'");
    expect(await verify({ cluster: 'bare', 'desired-count': '0' })).toMatchObject({ exitCode: 0 });
    expect(await verify({ cluster: 'nowhere', 'desired-count': '0' })).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'invalid-config' },
    });
  }, 120_000);
});

describe('two groups', () => {
  const template = `
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  ImageId: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>' }
  Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' }
Resources:
  Cluster:
    Type: AWS::ECS::Cluster
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: !Ref ImageId
        InstanceType: t3.small
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            echo ECS_CLUSTER=\${Cluster} >> /etc/ecs/ecs.config
  Steady:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '0'
      MaxSize: '4'
      DesiredCapacity: '1'
      VPCZoneIdentifier: !Ref Subnets
      LaunchTemplate: { LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber }
  Spare:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '0'
      MaxSize: '4'
      DesiredCapacity: '2'
      VPCZoneIdentifier: !Ref Subnets
      LaunchTemplate: { LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber }
`;

  const run = async (stack: string, inputs: Record<string, string> = {}) => {
    const { Subnets = [] } = await aws.services.ec2.describeSubnets({});
    const cfg = [
      'ImageId=/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
      `Subnets=${Subnets.slice(0, 2)
        .map(({ SubnetId }) => SubnetId)
        .join(',')}`,
    ];
    return runAction({
      env: aws.env,
      inputs: { environment: 'two', 'stack-name': stack, ...inputs },
      files: { 'stack.yml': template, 'env/two.cfg': `${cfg.join('\n')}\n` },
    });
  };

  test('add up', async () => {
    expect(await run('both')).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded', 'registered-count': '3', 'desired-count': '3' },
    });
  }, 120_000);

  test('one of whose hosts stays away is red, with that host', async () => {
    aws.play({ hosts: [{ group: 'Spare', nth: 2, behaviour: { kind: 'dead' } }] });
    const red = await run('lame', SOON);
    expect(red).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'capacity-short', 'registered-count': '2', 'desired-count': '3' },
    });
    expect(errors(red)[0]?.message).toMatch(
      /Expected, but absent: i-\w+ \(InService in lame-Spare-\w+, not registered\)/,
    );
  }, 120_000);
});
