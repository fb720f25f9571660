import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { document, everyType } from './every-type.ts';
import { type DriftLab, driftLines, startDriftLab } from './lab.ts';

let lab: DriftLab;
beforeAll(async () => {
  lab = await startDriftLab();
});
afterAll(() => lab[Symbol.asyncDispose]());

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const drifted = (lines: readonly string[]) => lines.filter((line) => !line.endsWith(' IN_SYNC'));

const parameters = (values: Record<string, string>) =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

describe('a stack that nobody has touched is in sync', () => {
  const files = [
    'stack.yml',
    'examples/capacity-provider/stack.yml',
    'examples/network/stack.yml',
    'examples/todobackend/stack.yml',
  ];
  test.each(files)('%s', async (file) => {
    const name = `untouched-${file.replaceAll(/\W/g, '')}`;
    const body = read(file);
    const given = {
      ApplicationDesiredCount: '0',
      ApplicationImageId: file.includes('todobackend')
        ? lab.imageId
        : '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
      ApplicationSubnets: lab.subnetIds.slice(0, 2).join(','),
      VpcId: lab.vpcId,
      ApplicationSshCidr: '10.0.0.0/8',
      ApplicationSshKey: 'key',
    };
    const wanted = Object.fromEntries(
      Object.entries(given).filter(
        ([key]) =>
          body.includes(`\n  ${key}:\n    Type: `) && body.indexOf(`\n  ${key}:\n`) < body.indexOf('\nResources:'),
      ),
    );
    await lab.create(name, body, { Parameters: parameters(wanted), Tags: [{ Key: 'team', Value: 'platform' }] });
    const status = await lab.detect(name);
    expect(drifted(await lab.drifts(name))).toEqual([]);
    expect(status).toMatchObject({
      DetectionStatus: 'DETECTION_COMPLETE',
      StackDriftStatus: 'IN_SYNC',
      DriftedStackResourceCount: 0,
    });
  });
});

describe('every resource type', () => {
  const name = 'every-type';
  const ids = new Map<string, string>();
  const id = (logicalId: string) => ids.get(logicalId) ?? '';

  beforeAll(async () => {
    await lab.create(name, everyType(lab.imageId), { Tags: [{ Key: 'team', Value: 'platform' }] });
    const { StackResources = [] } = await lab.client.describeStackResources({ StackName: name });
    for (const row of StackResources) ids.set(row.LogicalResourceId ?? '', row.PhysicalResourceId ?? '');
  });

  test('is in sync as it was created; a type without a read handler is not checked', async () => {
    const status = await lab.detect(name);
    const found = await lab.drifts(name);
    expect(drifted(found)).toEqual([]);
    expect(status.StackDriftStatus).toBe('IN_SYNC');
    const checked = new Set(found.map((line) => line.split(' ')[0]));
    expect([...ids.keys()].filter((logicalId) => !checked.has(logicalId))).toEqual(['Inline']);
  });

  /** What is changed by hand, and what drift detection says of it. */
  const BY_HAND: readonly [logicalId: string, change: () => Promise<unknown>, drift: readonly string[]][] = [
    [
      'Vpc',
      () => lab.services.ec2.modifyVpcAttribute({ VpcId: id('Vpc'), EnableDnsHostnames: { Value: false } }),
      ['MODIFIED', 'NOT_EQUAL /EnableDnsHostnames: true -> false'],
    ],
    [
      'Gateway',
      () => lab.services.ec2.createTags({ Resources: [id('Gateway')], Tags: [{ Key: 'Name', Value: 'mine' }] }),
      ['MODIFIED', 'NOT_EQUAL /Tags/0/Value: gateway -> mine'],
    ],
    [
      'Subnet',
      () => lab.services.ec2.modifySubnetAttribute({ SubnetId: id('Subnet'), MapPublicIpOnLaunch: { Value: false } }),
      ['MODIFIED', 'NOT_EQUAL /MapPublicIpOnLaunch: true -> false'],
    ],
    [
      'Address',
      async () => {
        const { Addresses } = await lab.services.ec2.describeAddresses({ PublicIps: [id('Address')] });
        const Resources = [Addresses?.[0]?.AllocationId ?? ''];
        await lab.services.ec2.deleteTags({ Resources, Tags: [{ Key: 'a' }] });
      },
      ['MODIFIED', 'REMOVE /Tags/0: {"Key":"a","Value":"b"} -> null'],
    ],
    ['Nat', () => lab.services.ec2.deleteNatGateway({ NatGatewayId: id('Nat') }), ['DELETED']],
    [
      'Route',
      () => lab.services.ec2.deleteRoute({ RouteTableId: id('Routes'), DestinationCidrBlock: '0.0.0.0/0' }),
      ['DELETED'],
    ],
    [
      'Routes',
      () => lab.services.ec2.createTags({ Resources: [id('Routes')], Tags: [{ Key: 'c', Value: 'd' }] }),
      ['MODIFIED', 'ADD /Tags/1: null -> {"Key":"c","Value":"d"}'],
    ],
    ['SubnetRoutes', () => lab.services.ec2.disassociateRouteTable({ AssociationId: id('SubnetRoutes') }), ['DELETED']],
    [
      'Attachment',
      () => lab.services.ec2.detachInternetGateway({ VpcId: id('Vpc'), InternetGatewayId: id('Gateway') }),
      ['DELETED'],
    ],
    [
      'Hosts',
      async () => {
        const open = { IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
        await lab.services.ec2.authorizeSecurityGroupIngress({ GroupId: id('Hosts'), IpPermissions: [open] });
        const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
        await lab.services.ec2.revokeSecurityGroupEgress({ GroupId: id('Hosts'), IpPermissions: [all] });
      },
      [
        'MODIFIED',
        'ADD /SecurityGroupIngress/3: null -> {"IpProtocol":"tcp","FromPort":3389,"ToPort":3389,"CidrIp":"0.0.0.0/0"}',
        'REMOVE /SecurityGroupEgress/0: {"IpProtocol":"-1","CidrIp":"0.0.0.0/0"} -> null',
      ],
    ],
    [
      'Egress',
      () =>
        lab.services.ec2.revokeSecurityGroupEgress({
          GroupId: id('Hosts'),
          IpPermissions: [{ IpProtocol: 'udp', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '1.1.1.1/32' }] }],
        }),
      ['DELETED'],
    ],
    ['Launch', () => lab.services.ec2.deleteLaunchTemplate({ LaunchTemplateId: id('Launch') }), ['DELETED']],
    [
      'Group',
      () =>
        lab.services.autoScaling.updateAutoScalingGroup({
          AutoScalingGroupName: id('Group'),
          MaxSize: 9,
          HealthCheckGracePeriod: 5,
        }),
      ['MODIFIED', 'NOT_EQUAL /MaxSize: 4 -> 9', 'NOT_EQUAL /HealthCheckGracePeriod: 120 -> 5'],
    ],
    [
      'Hook',
      () =>
        lab.services.autoScaling.deleteLifecycleHook({
          AutoScalingGroupName: id('OldGroup'),
          LifecycleHookName: id('Hook'),
        }),
      ['DELETED'],
    ],
    [
      'Policy',
      () =>
        lab.services.autoScaling.deletePolicy({
          AutoScalingGroupName: id('OldGroup'),
          PolicyName: id('Policy').split('policyName/')[1],
        }),
      ['DELETED'],
    ],
    [
      'Nightly',
      () =>
        lab.services.autoScaling.putScheduledUpdateGroupAction({
          AutoScalingGroupName: id('OldGroup'),
          ScheduledActionName: id('Nightly'),
          MinSize: 0,
          MaxSize: 1,
          Recurrence: '0 6 * * *',
        }),
      ['MODIFIED', 'NOT_EQUAL /Recurrence: 0 22 * * * -> 0 6 * * *'],
    ],
    [
      'Cluster',
      () =>
        lab.services.ecs.updateCluster({
          cluster: id('Cluster'),
          settings: [{ name: 'containerInsights', value: 'disabled' }],
        }),
      ['MODIFIED', 'NOT_EQUAL /ClusterSettings/0/Value: enabled -> disabled'],
    ],
    [
      'Capacities',
      () =>
        lab.services.ecs.putClusterCapacityProviders({
          cluster: id('Cluster'),
          capacityProviders: [],
          defaultCapacityProviderStrategy: [],
        }),
      [
        'MODIFIED',
        'REMOVE /CapacityProviders/0: every-type -> null',
        'REMOVE /DefaultCapacityProviderStrategy/0: {"CapacityProvider":"every-type","Base":0,"Weight":1} -> null',
      ],
    ],
    [
      'Capacity',
      () =>
        lab.services.ecs.updateCapacityProvider({
          name: id('Capacity'),
          autoScalingGroupProvider: { managedScaling: { status: 'ENABLED', targetCapacity: 50 } },
        }),
      ['MODIFIED', 'NOT_EQUAL /AutoScalingGroupProvider/ManagedScaling/TargetCapacity: 100 -> 50'],
    ],
    [
      'Role',
      async () => {
        const RoleName = id('Role');
        await lab.services.iam.putRolePolicy({
          RoleName,
          PolicyName: 'agent',
          PolicyDocument: JSON.stringify(document('ecs:Poll', 'ecs:Submit*', 'ecs:*')),
        });
        await lab.services.iam.attachRolePolicy({ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
      },
      [
        'MODIFIED',
        'ADD /ManagedPolicyArns/0: null -> arn:aws:iam::aws:policy/AdministratorAccess',
        'ADD /Policies/0/PolicyDocument/Statement/0/Action/2: null -> ecs:*',
      ],
    ],
    [
      'Managed',
      () =>
        lab.services.iam.createPolicyVersion({
          PolicyArn: id('Managed'),
          PolicyDocument: JSON.stringify(document('s3:*')),
          SetAsDefault: true,
        }),
      ['MODIFIED', 'NOT_EQUAL /PolicyDocument/Statement/0/Action/0: s3:PutObject -> s3:*'],
    ],
    [
      'Profile',
      () =>
        lab.services.iam.removeRoleFromInstanceProfile({ InstanceProfileName: id('Profile'), RoleName: id('Role') }),
      ['MODIFIED', 'REMOVE /Roles/0: every-type -> null'],
    ],
    [
      'Logs',
      () => lab.services.logs.putRetentionPolicy({ logGroupName: id('Logs'), retentionInDays: 1 }),
      ['MODIFIED', 'NOT_EQUAL /RetentionInDays: 30 -> 1'],
    ],
    [
      'Bucket',
      () => lab.services.s3.deletePublicAccessBlock({ Bucket: id('Bucket') }),
      [
        'MODIFIED',
        'REMOVE /PublicAccessBlockConfiguration: {"BlockPublicAcls":true,"BlockPublicPolicy":true,"IgnorePublicAcls":true,"RestrictPublicBuckets":true} -> null',
      ],
    ],
    [
      'Parameter',
      () => lab.services.ssm.putParameter({ Name: id('Parameter'), Value: '2', Type: 'String', Overwrite: true }),
      ['MODIFIED', 'NOT_EQUAL /Value: 1 -> 2'],
    ],
  ];
  test.each(BY_HAND)('%s changed by hand', async (logicalId, change, expected) => {
    await change();
    const { StackResourceDrift } = await lab.client.detectStackResourceDrift({
      StackName: name,
      LogicalResourceId: logicalId,
    });
    expect(driftLines(StackResourceDrift).map((line) => line.trim())).toEqual([
      `${logicalId} ${expected[0]}`,
      ...expected.slice(1),
    ]);
  });

  test.each(['OldGroup', 'Configuration', 'Parameter', 'Bucket', 'Logs', 'Cluster'])(
    '%s deleted by hand',
    async (logicalId) => {
      const { services } = lab;
      const gone = id(logicalId);
      const remove: Record<string, () => Promise<unknown>> = {
        OldGroup: () => services.autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: gone, ForceDelete: true }),
        Configuration: () => services.autoScaling.deleteLaunchConfiguration({ LaunchConfigurationName: gone }),
        Parameter: () => services.ssm.deleteParameter({ Name: gone }),
        Bucket: () => services.s3.deleteBucket({ Bucket: gone }),
        Logs: () => services.logs.deleteLogGroup({ logGroupName: gone }),
        Cluster: () => services.ecs.deleteCluster({ cluster: gone }),
      };
      await remove[logicalId]?.();
      const { StackResourceDrift } = await lab.client.detectStackResourceDrift({
        StackName: name,
        LogicalResourceId: logicalId,
      });
      expect(StackResourceDrift).toMatchObject({ StackResourceDriftStatus: 'DELETED', PhysicalResourceId: gone });
      expect(StackResourceDrift?.ExpectedProperties).toBeUndefined();
      expect(StackResourceDrift?.ActualProperties).toBeUndefined();
    },
  );
});
