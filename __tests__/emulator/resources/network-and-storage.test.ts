import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lab, startLab } from './harness.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

describe('AWS::EC2::SecurityGroup', () => {
  const described = async (id: string) =>
    (await lab.services.ec2.describeSecurityGroups({ GroupIds: [id] })).SecurityGroups?.[0];
  const tcp = (port: number | string, CidrIp = '0.0.0.0/0') => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    CidrIp,
  });
  const group = (more: object) => ({ GroupDescription: 'hosts', VpcId: lab.vpcId, ...more });
  const ports = (permissions: { FromPort?: number | undefined }[] | undefined) =>
    (permissions ?? []).map((permission) => permission.FromPort).sort();

  test('egress rules take the place of the one that EC2 gives, which comes back with the last', async () => {
    const security = lab.resource('AWS::EC2::SecurityGroup');
    const { physicalId, attributes } = await security.create(
      group({ SecurityGroupIngress: [tcp('22', '10.0.0.0/8')], SecurityGroupEgress: [tcp(443), tcp(80)] }),
    );
    expect(attributes).toEqual({ GroupId: physicalId, Id: physicalId, VpcId: lab.vpcId });
    expect(ports((await described(physicalId))?.IpPermissionsEgress)).toEqual([443, 80]);
    expect(ports((await described(physicalId))?.IpPermissions)).toEqual([22]);

    await security.update(group({ SecurityGroupEgress: [tcp(443)] }));
    expect(ports((await described(physicalId))?.IpPermissionsEgress)).toEqual([443]);
    expect((await described(physicalId))?.IpPermissions).toEqual([]);

    await security.update(group({}));
    expect((await described(physicalId))?.IpPermissionsEgress).toMatchObject([
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ]);
    await security.delete();
    await expect(described(physicalId)).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
    await security.delete();
  });

  test('whose rule is refused leaves nothing behind', async () => {
    const security = lab.resource('AWS::EC2::SecurityGroup');
    const rule = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, SourceSecurityGroupId: 'sg-00000000000000000' };
    await expect(
      security.create(group({ GroupName: 'half-made', SecurityGroupIngress: [rule] })),
    ).rejects.toMatchObject({
      name: 'InvalidGroup.NotFound',
    });
    const { SecurityGroups } = await lab.services.ec2.describeSecurityGroups({
      Filters: [{ Name: 'group-name', Values: ['half-made'] }],
    });
    expect(SecurityGroups).toEqual([]);
  });

  test('rules of their own: ingress from another group, egress to a range', async () => {
    const [one, two] = [lab.resource('AWS::EC2::SecurityGroup', 'One'), lab.resource('AWS::EC2::SecurityGroup', 'Two')];
    const GroupId = (await one.create(group({ SecurityGroupEgress: [tcp(443)] }))).physicalId;
    const SourceSecurityGroupId = (await two.create(group({}))).physicalId;
    const ingress = lab.resource('AWS::EC2::SecurityGroupIngress');
    const port = { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080 };
    const { physicalId } = await ingress.create({ GroupId, ...port, SourceSecurityGroupId, Description: 'app' });
    expect(physicalId).toMatch(/^sgr-/);
    expect((await described(GroupId))?.IpPermissions).toMatchObject([
      { FromPort: 8080, UserIdGroupPairs: [{ GroupId: SourceSecurityGroupId }] },
    ]);
    const egress = lab.resource('AWS::EC2::SecurityGroupEgress');
    await egress.create({ GroupId, ...tcp(53) });
    expect(ports((await described(GroupId))?.IpPermissionsEgress)).toEqual([443, 53]);
    await ingress.delete();
    await egress.delete();
    expect((await described(GroupId))?.IpPermissions).toEqual([]);
    expect(ports((await described(GroupId))?.IpPermissionsEgress)).toEqual([443]);
    await ingress.delete();
    await egress.delete();
  });
});

describe('a network', () => {
  test('is built, changed and taken down in the order of its dependencies', async () => {
    const { ec2 } = lab.services;
    const vpc = lab.resource('AWS::EC2::VPC');
    const { physicalId: VpcId, attributes } = await vpc.create({
      CidrBlock: '10.1.0.0/16',
      EnableDnsSupport: 'true',
      EnableDnsHostnames: 'true',
      Tags: [{ Key: 'Name', Value: 'network' }],
    });
    expect(attributes).toMatchObject({ VpcId, CidrBlock: '10.1.0.0/16' });
    expect(attributes.DefaultSecurityGroup).toMatch(/^sg-/);
    expect(attributes.DefaultNetworkAcl).toMatch(/^acl-/);
    const dns = async () =>
      (await ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsHostnames' })).EnableDnsHostnames;
    expect(await dns()).toEqual({ Value: true });

    const gateway = lab.resource('AWS::EC2::InternetGateway');
    const { physicalId: InternetGatewayId } = await gateway.create({});
    const attachment = lab.resource('AWS::EC2::VPCGatewayAttachment');
    expect((await attachment.create({ VpcId, InternetGatewayId })).physicalId).toBe(`IGW|${VpcId}`);
    const { InternetGateways } = await ec2.describeInternetGateways({ InternetGatewayIds: [InternetGatewayId] });
    expect(InternetGateways?.[0]?.Attachments).toMatchObject([{ VpcId }]);

    const subnet = lab.resource('AWS::EC2::Subnet');
    const place = { VpcId, CidrBlock: '10.1.0.0/24', AvailabilityZone: 'us-east-1a' };
    const { physicalId: SubnetId, attributes: subnetAttributes } = await subnet.create({
      ...place,
      MapPublicIpOnLaunch: true,
    });
    expect(subnetAttributes.NetworkAclAssociationId).toMatch(/^aclassoc-/);
    expect(subnetAttributes).toMatchObject({ AvailabilityZone: 'us-east-1a', CidrBlock: '10.1.0.0/24', VpcId });
    const mapping = async () =>
      (await ec2.describeSubnets({ SubnetIds: [SubnetId] })).Subnets?.[0]?.MapPublicIpOnLaunch;
    expect(await mapping()).toBe(true);
    await subnet.update(place);
    expect(await mapping()).toBe(false);

    const table = lab.resource('AWS::EC2::RouteTable');
    const { physicalId: RouteTableId } = await table.create({ VpcId });
    const route = lab.resource('AWS::EC2::Route');
    const everywhere = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
    const { physicalId: routeId } = await route.create({ ...everywhere, GatewayId: InternetGatewayId });
    expect(routeId).toBe(`${RouteTableId}|0.0.0.0/0`);
    const association = lab.resource('AWS::EC2::SubnetRouteTableAssociation');
    const { physicalId: associationId } = await association.create({ RouteTableId, SubnetId });
    const tables = async () => (await ec2.describeRouteTables({ RouteTableIds: [RouteTableId] })).RouteTables?.[0];
    expect((await tables())?.Associations).toMatchObject([{ RouteTableAssociationId: associationId, SubnetId }]);

    const address = lab.resource('AWS::EC2::EIP');
    const { physicalId: publicIp, attributes: addressAttributes } = await address.create({ Domain: 'vpc' });
    expect(addressAttributes.PublicIp).toBe(publicIp);
    const nat = lab.resource('AWS::EC2::NatGateway');
    const { physicalId: NatGatewayId } = await nat.create({ SubnetId, AllocationId: addressAttributes.AllocationId });
    await route.update({ ...everywhere, NatGatewayId });
    const defaultRoute = async () => (await tables())?.Routes?.find((one) => one.DestinationCidrBlock === '0.0.0.0/0');
    expect((await defaultRoute())?.NatGatewayId).toBe(NatGatewayId);

    for (const resource of [route, association, nat, address, table, subnet, attachment, gateway, vpc]) {
      await resource.delete();
    }
    await expect(ec2.describeVpcs({ VpcIds: [VpcId] })).rejects.toMatchObject({ name: 'InvalidVpcID.NotFound' });
    for (const resource of [route, association, nat, address, table, subnet, attachment, gateway, vpc]) {
      await resource.delete();
    }
  });
});

describe('AWS::SSM::Parameter', () => {
  test('holds its value; Ref is its name', async () => {
    const parameter = lab.resource('AWS::SSM::Parameter');
    const { physicalId: Name, attributes } = await parameter.create({ Type: 'String', Value: 1, Tags: { k: 'v' } });
    expect(Name).toMatch(/^CFN-todobackend-Parameter-\w{12}$/);
    expect(attributes).toEqual({
      Type: 'String',
      Value: '1',
      Arn: `arn:aws:ssm:us-east-1:123456789012:parameter/${Name}`,
    });
    await parameter.update({ Type: 'String', Value: '2' });
    expect((await lab.services.ssm.getParameter({ Name })).Parameter?.Value).toBe('2');
    const { TagList } = await lab.services.ssm.listTagsForResource({ ResourceType: 'Parameter', ResourceId: Name });
    expect((TagList ?? []).map((tag) => tag.Key)).not.toContain('k');
    await parameter.delete();
    await expect(lab.services.ssm.getParameter({ Name })).rejects.toMatchObject({ name: 'ParameterNotFound' });
    await parameter.delete();
  });
});

describe('AWS::S3::Bucket', () => {
  test('is configured, and deleted when it is empty', async () => {
    const { s3 } = lab.services;
    const bucket = lab.resource('AWS::S3::Bucket', 'TemplateBucket');
    const all = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    };
    const { physicalId: Bucket, attributes } = await bucket.create({
      PublicAccessBlockConfiguration: all,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    expect(Bucket).toMatch(/^todobackend-templatebucket-[a-z0-9]{12}$/);
    expect(attributes.Arn).toBe(`arn:aws:s3:::${Bucket}`);
    expect((await s3.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toEqual(all);
    await bucket.update({ VersioningConfiguration: { Status: 'Enabled' } });
    expect((await s3.getBucketVersioning({ Bucket })).Status).toBe('Enabled');
    await expect(s3.getPublicAccessBlock({ Bucket })).rejects.toThrow();

    await s3.putObject({ Bucket, Key: 'stack.yml', Body: 'Resources: {}' });
    await expect(bucket.delete()).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    const { Versions = [] } = await s3.listObjectVersions({ Bucket });
    for (const { Key, VersionId } of Versions) await s3.deleteObject({ Bucket, Key, VersionId });
    await bucket.delete();
    await bucket.delete();
  });
});
