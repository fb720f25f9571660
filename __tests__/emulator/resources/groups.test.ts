import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { instancesOf, type Lab, STACK_ID, startLab } from './harness.ts';

let lab: Lab;
let launchTemplateId: string;
beforeAll(async () => {
  lab = await startLab();
  const template = lab.resource('AWS::EC2::LaunchTemplate');
  launchTemplateId = (await template.create(templateData('t3.micro'))).physicalId;
});
afterAll(async () => lab[Symbol.asyncDispose]());

const encoded = (text: string) => Buffer.from(text).toString('base64');

const templateData = (InstanceType: string, more: object = {}) => ({
  LaunchTemplateData: { ImageId: lab.imageId, InstanceType, UserData: encoded(`echo ${InstanceType}`), ...more },
});

const groupOf = (more: Record<string, unknown>) => ({
  MinSize: '1',
  MaxSize: '3',
  LaunchTemplate: { LaunchTemplateId: launchTemplateId, Version: '1' },
  VPCZoneIdentifier: lab.subnetIds.slice(0, 2),
  ...more,
});

async function described(name: string) {
  const { AutoScalingGroups } = await lab.services.autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: [name],
  });
  return AutoScalingGroups?.[0];
}

async function hosts(name: string) {
  const { Reservations } = await lab.services.ec2.describeInstances({
    InstanceIds: await instancesOf(lab.services, name),
  });
  return (Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
}

const tagsOf = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined) =>
  Object.fromEntries((tags ?? []).map((tag) => [tag.Key, tag.Value]));

async function profile(logicalId: string) {
  const role = lab.resource('AWS::IAM::Role', `${logicalId}Role`);
  const Statement = [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }];
  await role.create({ AssumeRolePolicyDocument: { Version: '2012-10-17', Statement } });
  return lab.resource('AWS::IAM::InstanceProfile', logicalId).create({ Roles: [role.state.physicalId] });
}

describe('AWS::AutoScaling::AutoScalingGroup', () => {
  test('launches its instances with what a host needs: user data, profile, security group, tags', async () => {
    const { attributes } = await profile('Hosts');
    const security = lab.resource('AWS::EC2::SecurityGroup');
    const { physicalId: securityGroupId } = await security.create({ GroupDescription: 'hosts', VpcId: lab.vpcId });
    const template = lab.resource('AWS::EC2::LaunchTemplate');
    const data = { IamInstanceProfile: { Arn: attributes.Arn }, SecurityGroupIds: [securityGroupId] };
    const { physicalId: LaunchTemplateId } = await template.create(templateData('t3.small', data));
    const group = lab.resource('AWS::AutoScaling::AutoScalingGroup', 'ApplicationAutoscaling');
    const state = await group.create(
      groupOf({
        LaunchTemplate: { LaunchTemplateId, Version: template.state.attributes.LatestVersionNumber },
        DesiredCapacity: 2,
        Tags: [
          { Key: 'Name', Value: 'host', PropagateAtLaunch: true },
          { Key: 'quiet', Value: '1', PropagateAtLaunch: false },
        ],
      }),
    );
    expect(state.physicalId).toMatch(/^todobackend-ApplicationAutoscaling-\w{12}$/);
    expect(state.attributes.AutoScalingGroupARN).toBe((await described(state.physicalId))?.AutoScalingGroupARN);
    const launched = await hosts(state.physicalId);
    expect(launched).toHaveLength(2);
    expect(new Set(launched.map((host) => host.SubnetId))).toEqual(new Set(lab.subnetIds.slice(0, 2)));
    for (const host of launched) {
      expect(host).toMatchObject({
        InstanceType: 't3.small',
        IamInstanceProfile: { Arn: attributes.Arn },
        SecurityGroups: [{ GroupId: securityGroupId }],
      });
      expect(tagsOf(host.Tags)).toMatchObject({
        Name: 'host',
        team: 'platform',
        'aws:autoscaling:groupName': state.physicalId,
        'aws:cloudformation:stack-name': 'todobackend',
        'aws:cloudformation:stack-id': STACK_ID,
        'aws:cloudformation:logical-id': 'ApplicationAutoscaling',
      });
      expect(tagsOf(host.Tags)).not.toHaveProperty('quiet');
      const { UserData } = await lab.services.ec2.describeInstanceAttribute({
        InstanceId: host.InstanceId,
        Attribute: 'userData',
      });
      expect(UserData?.Value).toBe(encoded('echo t3.small'));
    }
  });

  test('is resized, retagged and protected in place', async () => {
    const group = lab.resource('AWS::AutoScaling::AutoScalingGroup');
    const { physicalId } = await group.create(
      groupOf({ DesiredCapacity: '1', Tags: [{ Key: 'old', Value: '1', PropagateAtLaunch: true }] }),
    );
    const [first] = await instancesOf(lab.services, physicalId);
    const updated = await group.update(
      groupOf({
        MaxSize: 5,
        DesiredCapacity: '2',
        HealthCheckGracePeriod: '60',
        NewInstancesProtectedFromScaleIn: true,
        MetricsCollection: [{ Granularity: '1Minute', Metrics: ['GroupInServiceInstances'] }],
      }),
    );
    expect(updated.physicalId).toBe(physicalId);
    const now = await described(physicalId);
    expect(now).toMatchObject({
      MinSize: 1,
      MaxSize: 5,
      DesiredCapacity: 2,
      HealthCheckGracePeriod: 60,
      NewInstancesProtectedFromScaleIn: true,
      EnabledMetrics: [{ Metric: 'GroupInServiceInstances' }],
    });
    expect(tagsOf(now?.Tags)).not.toHaveProperty('old');
    expect(await instancesOf(lab.services, physicalId)).toContain(first);
  });

  test('a size that was changed by hand is set back, unless only modified sizes are to be written and it is no rollback', async () => {
    const group = lab.resource('AWS::AutoScaling::AutoScalingGroup');
    const { physicalId: AutoScalingGroupName } = await group.create(groupOf({ DesiredCapacity: '1' }));
    const capacity = async () => (await described(AutoScalingGroupName))?.DesiredCapacity;
    const scaleOut = () => lab.services.autoScaling.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 3 });

    await scaleOut();
    await group.update(groupOf({ DesiredCapacity: '1', HealthCheckGracePeriod: 1 }));
    expect(await capacity()).toBe(1);

    await scaleOut();
    const updatePolicy = { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: 'true' } };
    await group.update(groupOf({ DesiredCapacity: '1', HealthCheckGracePeriod: 2 }), { updatePolicy });
    expect(await capacity()).toBe(3);

    await group.update(groupOf({ DesiredCapacity: '1', HealthCheckGracePeriod: 1 }), { updatePolicy, rollback: true });
    expect(await capacity()).toBe(1);
  });

  test('goes from a launch configuration to a launch template', async () => {
    const { physicalId: IamInstanceProfile, attributes } = await profile('Classic');
    const configuration = lab.resource('AWS::AutoScaling::LaunchConfiguration');
    const { physicalId: LaunchConfigurationName } = await configuration.create({
      ImageId: lab.imageId,
      InstanceType: 't3.micro',
      IamInstanceProfile,
      UserData: encoded('echo classic'),
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: '30', VolumeType: 'gp3', Encrypted: 'true' } },
      ],
    });
    const group = lab.resource('AWS::AutoScaling::AutoScalingGroup');
    const sizes = { MinSize: 1, MaxSize: 1, VPCZoneIdentifier: lab.subnetIds.slice(0, 1) };
    const { physicalId } = await group.create({ ...sizes, LaunchConfigurationName });
    expect((await hosts(physicalId))[0]?.IamInstanceProfile?.Arn).toBe(attributes.Arn);
    expect((await described(physicalId))?.Instances?.[0]?.LaunchConfigurationName).toBe(LaunchConfigurationName);

    await group.update({ ...sizes, LaunchTemplate: { LaunchTemplateId: launchTemplateId, Version: '1' } });
    const now = await described(physicalId);
    expect(now?.LaunchConfigurationName).toBeUndefined();
    expect(now?.LaunchTemplate?.LaunchTemplateId).toBe(launchTemplateId);
    await configuration.delete();
    await configuration.delete();
  });

  test('keeps its mixed instances policy through a change of size', async () => {
    const group = lab.resource('AWS::AutoScaling::AutoScalingGroup');
    const mixed = {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateId: launchTemplateId, Version: '1' },
          Overrides: [{ InstanceType: 't3.large' }],
        },
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: '100' },
      },
      VPCZoneIdentifier: lab.subnetIds.slice(0, 1),
    };
    const { physicalId } = await group.create({ ...mixed, MinSize: 1, MaxSize: 2 });
    await group.update({ ...mixed, MinSize: 2, MaxSize: 2 });
    const now = await described(physicalId);
    expect(now?.Instances).toHaveLength(2);
    expect(now?.MixedInstancesPolicy?.LaunchTemplate?.Overrides).toMatchObject([{ InstanceType: 't3.large' }]);
    await group.delete();
    expect(await described(physicalId)).toBeUndefined();
  });

  test('what Auto Scaling refuses is passed on, and nothing is left', async () => {
    const group = lab.resource('AWS::AutoScaling::AutoScalingGroup');
    await expect(group.create(groupOf({ AutoScalingGroupName: 'refused', DesiredCapacity: 4 }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
    expect(await described('refused')).toBeUndefined();
  });

  test('is emptied and deleted; deleting what is gone is no error', async () => {
    const group = lab.resource('AWS::AutoScaling::AutoScalingGroup');
    const { physicalId } = await group.create(groupOf({ DesiredCapacity: 2 }));
    const ids = await instancesOf(lab.services, physicalId);
    await group.delete();
    expect(await described(physicalId)).toBeUndefined();
    const { Reservations } = await lab.services.ec2.describeInstances({ InstanceIds: ids });
    const states = (Reservations ?? []).flatMap((one) => one.Instances ?? []).map((instance) => instance.State?.Name);
    expect(states).toEqual(['terminated', 'terminated']);
    await group.delete();
  });

  test('a protected instance holds the deletion up until CloudFormation gives up', async () => {
    const group = lab.resource('AWS::AutoScaling::AutoScalingGroup');
    const { physicalId } = await group.create(groupOf({ NewInstancesProtectedFromScaleIn: true }));
    await expect(group.delete()).rejects.toThrow(
      'Group did not stabilize. {current/minSize/maxSize} group size = {1/0/0}.',
    );
    const InstanceIds = await instancesOf(lab.services, physicalId);
    await lab.services.autoScaling.setInstanceProtection({
      AutoScalingGroupName: physicalId,
      InstanceIds,
      ProtectedFromScaleIn: false,
    });
    await group.delete();
    expect(await described(physicalId)).toBeUndefined();
  });
});

describe('AWS::EC2::LaunchTemplate', () => {
  test('a change of its data is a new version, and the default version stays', async () => {
    const template = lab.resource('AWS::EC2::LaunchTemplate', 'ApplicationLaunchTemplate');
    const first = await template.create(templateData('t3.micro'));
    expect(first.attributes).toEqual({
      LaunchTemplateId: first.physicalId,
      LatestVersionNumber: '1',
      DefaultVersionNumber: '1',
    });
    const tags = [{ Key: 'k', Value: 'v' }];
    await template.update({
      ...templateData('t3.micro'),
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: tags }],
    });
    expect(template.state.attributes.LatestVersionNumber).toBe('1');
    await template.update(templateData('t3.large'));
    expect(template.state).toMatchObject({
      physicalId: first.physicalId,
      attributes: { LatestVersionNumber: '2', DefaultVersionNumber: '1' },
    });
    const { LaunchTemplates } = await lab.services.ec2.describeLaunchTemplates({
      LaunchTemplateIds: [first.physicalId],
    });
    expect(LaunchTemplates?.[0]?.LaunchTemplateName).toMatch(/^ApplicationLaunchTemplate_\w{12}$/);
    await template.delete();
    await template.delete();
  });
});

describe('what goes with a group', () => {
  let AutoScalingGroupName: string;
  beforeAll(async () => {
    AutoScalingGroupName = (await lab.resource('AWS::AutoScaling::AutoScalingGroup').create(groupOf({}))).physicalId;
  });

  test('AWS::AutoScaling::ScalingPolicy: Ref is its ARN', async () => {
    const policy = lab.resource('AWS::AutoScaling::ScalingPolicy');
    const tracking = (TargetValue: number | string) => ({
      AutoScalingGroupName,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
        TargetValue,
      },
    });
    const described = async () => {
      const { ScalingPolicies } = await lab.services.autoScaling.describePolicies({ AutoScalingGroupName });
      return ScalingPolicies;
    };
    const { physicalId, attributes } = await policy.create(tracking('50'));
    expect(await described()).toMatchObject([
      { PolicyARN: physicalId, PolicyName: attributes.PolicyName, TargetTrackingConfiguration: { TargetValue: 50 } },
    ]);
    await policy.update(tracking(60));
    expect(await described()).toMatchObject([{ TargetTrackingConfiguration: { TargetValue: 60 } }]);
    await policy.delete();
    expect(await described()).toEqual([]);
    await policy.delete();
  });

  test('AWS::AutoScaling::ScheduledAction', async () => {
    const action = lab.resource('AWS::AutoScaling::ScheduledAction');
    const described = async () => {
      const answer = await lab.services.autoScaling.describeScheduledActions({ AutoScalingGroupName });
      return answer.ScheduledUpdateGroupActions;
    };
    const { physicalId } = await action.create({ AutoScalingGroupName, DesiredCapacity: '2', Recurrence: '0 8 * * *' });
    expect(await described()).toMatchObject([{ ScheduledActionName: physicalId, DesiredCapacity: 2 }]);
    await action.update({ AutoScalingGroupName, DesiredCapacity: 3, Recurrence: '0 9 * * *' });
    expect(await described()).toMatchObject([{ DesiredCapacity: 3, Recurrence: '0 9 * * *' }]);
    await action.delete();
    expect(await described()).toEqual([]);
    await action.delete();
  });

  test('AWS::AutoScaling::LifecycleHook', async () => {
    const hook = lab.resource('AWS::AutoScaling::LifecycleHook');
    const described = async () => {
      const { LifecycleHooks } = await lab.services.autoScaling.describeLifecycleHooks({ AutoScalingGroupName });
      return LifecycleHooks;
    };
    const LifecycleTransition = 'autoscaling:EC2_INSTANCE_TERMINATING';
    const { physicalId } = await hook.create({ AutoScalingGroupName, LifecycleTransition, HeartbeatTimeout: '300' });
    expect(await described()).toMatchObject([{ LifecycleHookName: physicalId, HeartbeatTimeout: 300 }]);
    await hook.update({ AutoScalingGroupName, LifecycleTransition, HeartbeatTimeout: 600, DefaultResult: 'CONTINUE' });
    expect(await described()).toMatchObject([{ HeartbeatTimeout: 600, DefaultResult: 'CONTINUE' }]);
    await hook.delete();
    expect(await described()).toEqual([]);
    await hook.delete();
  });
});
