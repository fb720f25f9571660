import type { DomainType } from '@aws-sdk/client-ec2';
import { provider } from '../provider.ts';
import { ifThere, templateTags } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag } from '../tags.ts';
import { tagSpecifications, updateEc2Tags } from './tags.ts';

interface EipProperties {
  readonly Domain?: DomainType;
  readonly Tags?: readonly Tag[];
}

export const eip = provider<EipProperties>({
  type: 'AWS::EC2::EIP',
  properties: ['Domain', 'Tags'],

  async create({ services, properties, tags }) {
    const { PublicIp = '', AllocationId = '' } = await services.ec2.allocateAddress({
      Domain: properties.Domain ?? 'vpc',
      ...tagSpecifications('elastic-ip', tags, properties.Tags),
    });
    return { physicalId: PublicIp, attributes: { PublicIp, AllocationId } };
  },

  async update({ services, properties, tags }, { physicalId, attributes, properties: before }) {
    const id = String(attributes.AllocationId);
    await updateEc2Tags(services, id, before.Tags, mergedTags(tags, properties.Tags));
    return { physicalId, attributes };
  },

  async delete({ services }, { attributes }) {
    const AllocationId = String(attributes.AllocationId);
    await unlessGone(['InvalidAllocationID.NotFound'], () => services.ec2.releaseAddress({ AllocationId }));
  },

  async read({ services }, { attributes }) {
    const AllocationIds = [String(attributes.AllocationId)];
    const found = await ifThere(['InvalidAllocationID.NotFound'], () =>
      services.ec2.describeAddresses({ AllocationIds }),
    );
    const address = found?.Addresses?.[0];
    return address && { Domain: address.Domain, Tags: templateTags(address.Tags) };
  },
});
