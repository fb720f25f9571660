import type { Subnet } from '@aws-sdk/client-ec2';
import type { ResourceState, Services } from '../../../types.ts';
import { provider } from '../provider.ts';
import { ifThere, templateTags } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag } from '../tags.ts';
import { tagSpecifications, updateEc2Tags } from './tags.ts';

interface SubnetProperties {
  readonly VpcId: string;
  readonly CidrBlock?: string;
  readonly AvailabilityZone?: string;
  readonly AvailabilityZoneId?: string;
  readonly MapPublicIpOnLaunch?: boolean;
  readonly Tags?: readonly Tag[];
}

export const subnet = provider<SubnetProperties>({
  type: 'AWS::EC2::Subnet',
  properties: ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'MapPublicIpOnLaunch', 'Tags'],

  async create({ services, properties, tags, initiated }) {
    const { VpcId, CidrBlock, AvailabilityZone, AvailabilityZoneId } = properties;
    const { Subnet: created } = await services.ec2.createSubnet({
      VpcId,
      CidrBlock,
      AvailabilityZone,
      AvailabilityZoneId,
      ...tagSpecifications('subnet', tags, properties.Tags),
    });
    const SubnetId = created?.SubnetId ?? '';
    initiated({ physicalId: SubnetId, attributes: { SubnetId } });
    await mapPublicIp(services, SubnetId, properties.MapPublicIpOnLaunch);
    return described(services, SubnetId);
  },

  async update({ services, properties, tags }, { physicalId, properties: before }) {
    await mapPublicIp(services, physicalId, properties.MapPublicIpOnLaunch ?? false);
    await updateEc2Tags(services, physicalId, before.Tags, mergedTags(tags, properties.Tags));
    return described(services, physicalId);
  },

  async delete({ services }, { physicalId }) {
    await unlessGone(['InvalidSubnetID.NotFound'], () => services.ec2.deleteSubnet({ SubnetId: physicalId }));
  },

  async read({ services }, { physicalId }) {
    const found = await ifThere(['InvalidSubnetID.NotFound'], () =>
      services.ec2.describeSubnets({ SubnetIds: [physicalId] }),
    );
    const now = found?.Subnets?.[0];
    return now && { ...now, Tags: templateTags(now.Tags) };
  },
});

async function mapPublicIp(services: Services, SubnetId: string, Value: boolean | undefined): Promise<void> {
  if (Value === undefined) return;
  await services.ec2.modifySubnetAttribute({ SubnetId, MapPublicIpOnLaunch: { Value } });
}

async function described(services: Services, SubnetId: string): Promise<ResourceState> {
  const { Subnets } = await services.ec2.describeSubnets({ SubnetIds: [SubnetId] });
  const found: Subnet = Subnets?.[0] ?? {};
  const { NetworkAcls } = await services.ec2.describeNetworkAcls({
    Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }],
  });
  const associations = (NetworkAcls ?? []).flatMap((acl) => acl.Associations ?? []);
  return {
    physicalId: SubnetId,
    attributes: {
      SubnetId,
      VpcId: found.VpcId ?? '',
      CidrBlock: found.CidrBlock ?? '',
      AvailabilityZone: found.AvailabilityZone ?? '',
      AvailabilityZoneId: found.AvailabilityZoneId ?? '',
      NetworkAclAssociationId: associations.find((one) => one.SubnetId === SubnetId)?.NetworkAclAssociationId ?? '',
      Ipv6CidrBlocks: (found.Ipv6CidrBlockAssociationSet ?? []).flatMap((one) => one.Ipv6CidrBlock ?? []),
    },
  };
}
