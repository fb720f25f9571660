import type { Tenancy } from '@aws-sdk/client-ec2';
import type { Services } from '../../../types.ts';
import { changed } from '../changed.ts';
import { provider } from '../provider.ts';
import { ifThere, templateTags } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag } from '../tags.ts';
import { tagSpecifications, updateEc2Tags } from './tags.ts';

interface VpcProperties {
  readonly CidrBlock?: string;
  readonly EnableDnsSupport?: boolean;
  readonly EnableDnsHostnames?: boolean;
  readonly InstanceTenancy?: Tenancy;
  readonly Tags?: readonly Tag[];
}

export const vpc = provider<VpcProperties>({
  type: 'AWS::EC2::VPC',
  properties: ['CidrBlock', 'EnableDnsSupport', 'EnableDnsHostnames', 'InstanceTenancy', 'Tags'],

  async create({ services, properties, tags, initiated }) {
    const { Vpc } = await services.ec2.createVpc({
      CidrBlock: properties.CidrBlock,
      InstanceTenancy: properties.InstanceTenancy,
      ...tagSpecifications('vpc', tags, properties.Tags),
    });
    const VpcId = Vpc?.VpcId ?? '';
    initiated({ physicalId: VpcId, attributes: { VpcId } });
    await changeDns(services, VpcId, {}, properties);
    return described(services, VpcId);
  },

  async update({ services, properties, tags }, { physicalId, properties: before }) {
    await changeDns(services, physicalId, before, properties);
    await updateEc2Tags(services, physicalId, before.Tags, mergedTags(tags, properties.Tags));
    return described(services, physicalId);
  },

  async delete({ services }, { physicalId }) {
    await unlessGone(['InvalidVpcID.NotFound'], () => services.ec2.deleteVpc({ VpcId: physicalId }));
  },

  async read({ services }, { physicalId: VpcId }) {
    const found = await ifThere(['InvalidVpcID.NotFound'], () => services.ec2.describeVpcs({ VpcIds: [VpcId] }));
    const now = found?.Vpcs?.[0];
    if (now === undefined) return undefined;
    const support = await services.ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsSupport' });
    const hostnames = await services.ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsHostnames' });
    return {
      CidrBlock: now.CidrBlock,
      InstanceTenancy: now.InstanceTenancy,
      EnableDnsSupport: support.EnableDnsSupport?.Value,
      EnableDnsHostnames: hostnames.EnableDnsHostnames?.Value,
      Tags: templateTags(now.Tags),
    };
  },
});

/** "DNS support is enabled by default" in a VPC that is not the default one; host names are not. */
async function changeDns(services: Services, VpcId: string, before: VpcProperties, after: VpcProperties) {
  if (changed(before, after, 'EnableDnsSupport')) {
    await services.ec2.modifyVpcAttribute({ VpcId, EnableDnsSupport: { Value: after.EnableDnsSupport ?? true } });
  }
  if (changed(before, after, 'EnableDnsHostnames')) {
    await services.ec2.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: after.EnableDnsHostnames ?? false } });
  }
}

async function described(services: Services, VpcId: string) {
  const ofVpc = [{ Name: 'vpc-id', Values: [VpcId] }];
  const { Vpcs } = await services.ec2.describeVpcs({ VpcIds: [VpcId] });
  const { SecurityGroups } = await services.ec2.describeSecurityGroups({
    Filters: [...ofVpc, { Name: 'group-name', Values: ['default'] }],
  });
  const { NetworkAcls } = await services.ec2.describeNetworkAcls({
    Filters: [...ofVpc, { Name: 'default', Values: ['true'] }],
  });
  const found = Vpcs?.[0];
  return {
    physicalId: VpcId,
    attributes: {
      VpcId,
      CidrBlock: found?.CidrBlock ?? '',
      CidrBlockAssociations: (found?.CidrBlockAssociationSet ?? []).flatMap((one) => one.AssociationId ?? []),
      Ipv6CidrBlocks: (found?.Ipv6CidrBlockAssociationSet ?? []).flatMap((one) => one.Ipv6CidrBlock ?? []),
      DefaultSecurityGroup: SecurityGroups?.[0]?.GroupId ?? '',
      DefaultNetworkAcl: NetworkAcls?.[0]?.NetworkAclId ?? '',
    },
  };
}
