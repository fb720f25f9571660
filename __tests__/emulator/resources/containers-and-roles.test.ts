import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lab, STACK_ID, startLab } from './harness.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const trust = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});
const allow = (Action: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

describe('AWS::ECS::Cluster', () => {
  async function described(name: string) {
    const { clusters } = await lab.services.ecs.describeClusters({
      clusters: [name],
      include: ['SETTINGS', 'TAGS', 'CONFIGURATIONS'],
    });
    return clusters?.[0];
  }

  test('is created with its settings and tags; Ref is its name, Arn its ARN', async () => {
    const cluster = lab.resource('AWS::ECS::Cluster');
    const state = await cluster.create({
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
      Configuration: { ExecuteCommandConfiguration: { Logging: 'DEFAULT' } },
      Tags: [{ Key: 'team', Value: 'apps' }],
    });
    expect(state.physicalId).toMatch(/^todobackend-Cluster-\w{12}$/);
    const found = await described(state.physicalId);
    expect(state.attributes).toEqual({ Arn: found?.clusterArn });
    expect(found).toMatchObject({
      status: 'ACTIVE',
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
    });
    expect(found?.tags).toEqual(
      expect.arrayContaining([
        { key: 'team', value: 'apps' },
        { key: 'aws:cloudformation:stack-id', value: STACK_ID },
      ]),
    );
  });

  test('is updated in place', async () => {
    const cluster = lab.resource('AWS::ECS::Cluster');
    const insights = (Value: string) => ({ ClusterSettings: [{ Name: 'containerInsights', Value }] });
    const before = await cluster.create({ ...insights('enabled'), Tags: [{ Key: 'old', Value: '1' }] });
    const after = await cluster.update({ ...insights('disabled'), Tags: [{ Key: 'new', Value: '2' }] });
    expect(after).toEqual(before);
    const found = await described(after.physicalId);
    expect(found?.settings).toEqual([{ name: 'containerInsights', value: 'disabled' }]);
    const keys = (found?.tags ?? []).map((tag) => tag.key);
    expect(keys).toContain('new');
    expect(keys).not.toContain('old');
  });

  test('is deleted, and deleting what is gone is no error', async () => {
    const cluster = lab.resource('AWS::ECS::Cluster');
    await cluster.create({ ClusterName: 'short-lived' });
    await cluster.delete();
    expect((await described('short-lived'))?.status).not.toBe('ACTIVE');
    await cluster.delete();
  });

  test('is not deleted while a host is registered: ECS’s refusal is passed on', async () => {
    const cluster = lab.resource('AWS::ECS::Cluster');
    await cluster.create({ ClusterName: 'in-use' });
    const { Instances } = await lab.services.ec2.runInstances({ ImageId: lab.imageId, MinCount: 1, MaxCount: 1 });
    const InstanceId = Instances?.[0]?.InstanceId ?? '';
    const document = { instanceId: InstanceId, region: 'us-east-1', accountId: '123456789012' };
    await lab.services.ecs.registerContainerInstance({
      cluster: 'in-use',
      instanceIdentityDocument: JSON.stringify(document),
    });
    await expect(cluster.delete()).rejects.toMatchObject({
      name: 'ClusterContainsContainerInstancesException',
      message: 'The Cluster cannot be deleted while Container Instances are active or draining.',
    });
    await lab.services.ec2.terminateInstances({ InstanceIds: [InstanceId] });
    await cluster.delete();
  });
});

describe('capacity providers', () => {
  async function protectedGroup(NewInstancesProtectedFromScaleIn: boolean) {
    const template = lab.resource('AWS::EC2::LaunchTemplate');
    await template.create({ LaunchTemplateData: { ImageId: lab.imageId, InstanceType: 't3.micro' } });
    const group = lab.resource('AWS::AutoScaling::AutoScalingGroup');
    return group.create({
      LaunchTemplate: { LaunchTemplateId: template.state.physicalId, Version: '1' },
      MinSize: 0,
      MaxSize: 1,
      NewInstancesProtectedFromScaleIn,
      VPCZoneIdentifier: lab.subnetIds.slice(0, 1),
    });
  }

  const described = async (name: string) =>
    (await lab.services.ecs.describeCapacityProviders({ capacityProviders: [name] })).capacityProviders?.[0];

  test('take the group by name or ARN, are associated with a cluster, updated and deleted', async () => {
    const group = await protectedGroup(true);
    const provider = lab.resource('AWS::ECS::CapacityProvider');
    const settings = (TargetCapacity: number, arn: unknown) => ({
      AutoScalingGroupProvider: {
        AutoScalingGroupArn: arn,
        ManagedScaling: { Status: 'ENABLED', TargetCapacity },
        ManagedTerminationProtection: 'ENABLED',
        ManagedDraining: 'ENABLED',
      },
    });
    const { physicalId } = await provider.create(settings(100, group.physicalId));
    const arn = group.attributes.AutoScalingGroupARN;
    const settingsNow = async () => (await described(physicalId))?.autoScalingGroupProvider;
    expect(await settingsNow()).toMatchObject({ autoScalingGroupArn: arn, managedScaling: { targetCapacity: 100 } });
    await provider.update(settings(90, arn));
    expect(await settingsNow()).toMatchObject({ managedScaling: { status: 'ENABLED', targetCapacity: 90 } });

    const cluster = lab.resource('AWS::ECS::Cluster');
    const Cluster = (await cluster.create({})).physicalId;
    const providersNow = async () =>
      (await lab.services.ecs.describeClusters({ clusters: [Cluster] })).clusters?.[0]?.capacityProviders;
    const associations = lab.resource('AWS::ECS::ClusterCapacityProviderAssociations');
    const state = await associations.create({
      Cluster,
      CapacityProviders: [physicalId],
      DefaultCapacityProviderStrategy: [{ CapacityProvider: physicalId, Weight: '1' }],
    });
    expect(state.physicalId).toBe(Cluster);
    expect(await providersNow()).toEqual([physicalId]);
    await associations.update({ Cluster, CapacityProviders: ['FARGATE'], DefaultCapacityProviderStrategy: [] });
    expect(await providersNow()).toEqual(['FARGATE']);
    await associations.delete();
    expect(await providersNow()).toEqual([]);

    await provider.delete();
    expect((await described(physicalId))?.status).not.toBe('ACTIVE');
    await provider.delete();
  });

  test('managed termination protection needs a group that protects its instances', async () => {
    const group = await protectedGroup(false);
    const provider = lab.resource('AWS::ECS::CapacityProvider');
    const creation = provider.create({
      AutoScalingGroupProvider: { AutoScalingGroupArn: group.physicalId, ManagedTerminationProtection: 'ENABLED' },
    });
    await expect(creation).rejects.toMatchObject({
      name: 'ClientException',
      message: expect.stringContaining('must have instance protection from scale in enabled'),
    });
  });
});

describe('AWS::IAM::Role', () => {
  async function policiesOf(RoleName: string) {
    const inline = await lab.services.iam.listRolePolicies({ RoleName });
    const managed = await lab.services.iam.listAttachedRolePolicies({ RoleName });
    return { inline: inline.PolicyNames, managed: (managed.AttachedPolicies ?? []).map((one) => one.PolicyArn) };
  }
  const SSM = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';
  const ECS = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role';

  test('is created with path and policies, updated in place, and deleted with the policies it was given', async () => {
    const role = lab.resource('AWS::IAM::Role');
    const before = {
      Path: '/hosts/',
      AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
      ManagedPolicyArns: [SSM],
      Policies: [{ PolicyName: 'first', PolicyDocument: allow('ecs:Poll') }],
    };
    const { physicalId, attributes } = await role.create(before);
    expect(attributes.Arn).toBe(`arn:aws:iam::123456789012:role/hosts/${physicalId}`);
    expect(await policiesOf(physicalId)).toEqual({ inline: ['first'], managed: [SSM] });

    await role.update({
      ...before,
      AssumeRolePolicyDocument: trust('ecs-tasks.amazonaws.com'),
      Description: 'hosts',
      ManagedPolicyArns: [ECS],
      Policies: [{ PolicyName: 'second', PolicyDocument: allow('ecs:Submit*') }],
    });
    expect(await policiesOf(physicalId)).toEqual({ inline: ['second'], managed: [ECS] });
    const { Role } = await lab.services.iam.getRole({ RoleName: physicalId });
    expect(Role?.Description).toBe('hosts');
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain('ecs-tasks.amazonaws.com');

    await role.delete();
    await expect(lab.services.iam.getRole({ RoleName: physicalId })).rejects.toThrow();
    await role.delete();
  });

  test('whose policy is refused leaves nothing behind, or is told to the engine before it fails', async () => {
    const refused = {
      RoleName: 'half-made',
      AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
      ManagedPolicyArns: ['arn:aws:iam::123456789012:policy/no-such-policy'],
    };
    const role = lab.resource('AWS::IAM::Role');
    await expect(role.create(refused)).rejects.toThrow(/no-such-policy/);
    await expect(lab.services.iam.getRole({ RoleName: 'half-made' })).rejects.toThrow();

    const told: unknown[] = [];
    await expect(role.create(refused, { initiated: (state) => told.push(state.physicalId) })).rejects.toThrow();
    expect(told).toEqual(['half-made']);
    expect((await lab.services.iam.getRole({ RoleName: 'half-made' })).Role?.RoleName).toBe('half-made');
  });

  test('with a policy from elsewhere is not deleted: IAM’s refusal is passed on', async () => {
    const role = lab.resource('AWS::IAM::Role');
    const { physicalId } = await role.create({ AssumeRolePolicyDocument: trust('ec2.amazonaws.com') });
    await lab.services.iam.attachRolePolicy({ RoleName: physicalId, PolicyArn: SSM });
    await expect(role.delete()).rejects.toMatchObject({ name: expect.stringMatching(/DeleteConflict/) });
  });
});

describe('AWS::IAM::InstanceProfile', () => {
  test('holds its role, exchanges it, and is deleted', async () => {
    const roleNames = await Promise.all(
      ['One', 'Two'].map(async (logicalId) => {
        const role = lab.resource('AWS::IAM::Role', logicalId);
        return (await role.create({ AssumeRolePolicyDocument: trust('ec2.amazonaws.com') })).physicalId;
      }),
    );
    const [one, two] = roleNames;
    const profile = lab.resource('AWS::IAM::InstanceProfile');
    const { physicalId: InstanceProfileName, attributes } = await profile.create({ Roles: [one] });
    const described = async () => (await lab.services.iam.getInstanceProfile({ InstanceProfileName })).InstanceProfile;
    expect(attributes.Arn).toBe((await described())?.Arn);
    expect((await described())?.Roles?.map((role) => role.RoleName)).toEqual([one]);
    await profile.update({ Roles: [two] });
    expect((await described())?.Roles?.map((role) => role.RoleName)).toEqual([two]);
    await profile.delete();
    await expect(described()).rejects.toThrow();
    await profile.delete();
  });
});

describe('policies', () => {
  async function newRole() {
    const role = lab.resource('AWS::IAM::Role');
    return (await role.create({ AssumeRolePolicyDocument: trust('ec2.amazonaws.com') })).physicalId;
  }
  const inlineOf = async (RoleName: string) => (await lab.services.iam.listRolePolicies({ RoleName })).PolicyNames;

  test('AWS::IAM::Policy is inline on each role, moves with its name and roles, and goes', async () => {
    const [one, two] = [await newRole(), await newRole()];
    const policy = lab.resource('AWS::IAM::Policy');
    const named = (PolicyName: string, Roles: string[]) => ({ PolicyName, PolicyDocument: allow('s3:Get*'), Roles });
    await policy.create(named('read', [one]));
    expect(await inlineOf(one)).toEqual(['read']);
    await policy.update(named('read', [two]));
    expect([await inlineOf(one), await inlineOf(two)]).toEqual([[], ['read']]);
    await policy.update(named('look', [two]));
    expect(await inlineOf(two)).toEqual(['look']);
    await policy.delete();
    expect(await inlineOf(two)).toEqual([]);
  });

  test('AWS::IAM::ManagedPolicy gets a version a change, five at most, and Ref is its ARN', async () => {
    const RoleName = await newRole();
    const policy = lab.resource('AWS::IAM::ManagedPolicy');
    const { physicalId: PolicyArn } = await policy.create({ PolicyDocument: allow('s3:Get1'), Roles: [RoleName] });
    for (const number of [2, 3, 4, 5, 6])
      await policy.update({ PolicyDocument: allow(`s3:Get${number}`), Roles: [RoleName] });
    const { Versions = [] } = await lab.services.iam.listPolicyVersions({ PolicyArn });
    expect(Versions).toHaveLength(5);
    expect(Versions.find((version) => version.IsDefaultVersion)?.VersionId).toBe('v6');
    expect(policy.state.attributes.DefaultVersionId).toBe('v6');
    const { AttachedPolicies } = await lab.services.iam.listAttachedRolePolicies({ RoleName });
    expect(AttachedPolicies?.map((one) => one.PolicyArn)).toEqual([PolicyArn]);
    await policy.delete();
    await expect(lab.services.iam.getPolicy({ PolicyArn })).rejects.toThrow();
    await policy.delete();
  });
});

describe('AWS::Logs::LogGroup', () => {
  const described = async (logGroupNamePrefix: string) =>
    (await lab.services.logs.describeLogGroups({ logGroupNamePrefix })).logGroups?.[0];

  test('keeps what it is told to keep', async () => {
    const logs = lab.resource('AWS::Logs::LogGroup');
    const { physicalId, attributes } = await logs.create({ LogGroupName: '/ecs/todobackend', RetentionInDays: '7' });
    expect(attributes.Arn).toBe((await described(physicalId))?.arn);
    expect((await described(physicalId))?.retentionInDays).toBe(7);
    await logs.update({ LogGroupName: '/ecs/todobackend', RetentionInDays: 30, Tags: [{ Key: 'k', Value: 'v' }] });
    expect((await described(physicalId))?.retentionInDays).toBe(30);
    const { tags } = await lab.services.logs.listTagsForResource({
      resourceArn: (await described(physicalId))?.logGroupArn ?? '',
    });
    expect(tags).toMatchObject({ k: 'v', team: 'platform' });
    await logs.update({ LogGroupName: '/ecs/todobackend' });
    expect((await described(physicalId))?.retentionInDays).toBeUndefined();
    await logs.delete();
    expect(await described(physicalId)).toBeUndefined();
    await logs.delete();
  });

  test('whose retention is refused leaves nothing behind', async () => {
    const logs = lab.resource('AWS::Logs::LogGroup');
    await logs.create({ LogGroupName: '/taken' });
    await expect(lab.resource('AWS::Logs::LogGroup').create({ LogGroupName: '/taken' })).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    expect((await described('/taken'))?.logGroupName).toBe('/taken');
  });
});

describe('properties', () => {
  test('that do not fit the schema are refused before anything is made, all at once', async () => {
    const creation = lab.resource('AWS::Logs::LogGroup', 'Logs').create({ RetentionInDays: 'long', Name: 'x' });
    await expect(creation).rejects.toMatchObject({
      name: 'PropertiesRefused',
      message:
        'Properties validation failed for resource Logs with message:\n' +
        '#/RetentionInDays: expected type: Number, found: String\n' +
        '#: extraneous key [Name] is not permitted',
    });
  });

  test('that are not carried out are refused by name, not left out', async () => {
    const creation = lab.resource('AWS::Logs::LogGroup').create({ FieldIndexPolicies: [] });
    await expect(creation).rejects.toThrow(/does not carry out FieldIndexPolicies of AWS::Logs::LogGroup/);
  });
});
