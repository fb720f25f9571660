import { provider } from '../provider.ts';
import { unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag } from '../tags.ts';
import { tagSpecifications, updateEc2Tags } from './tags.ts';

interface InternetGatewayProperties {
  readonly Tags?: readonly Tag[];
}

interface GatewayAttachmentProperties {
  readonly VpcId: string;
  readonly InternetGatewayId?: string;
}

export const internetGateway = provider<InternetGatewayProperties>({
  type: 'AWS::EC2::InternetGateway',
  properties: ['Tags'],

  async create({ services, properties, tags }) {
    const { InternetGateway } = await services.ec2.createInternetGateway(
      tagSpecifications('internet-gateway', tags, properties.Tags),
    );
    const id = InternetGateway?.InternetGatewayId ?? '';
    return { physicalId: id, attributes: { InternetGatewayId: id } };
  },

  async update({ services, properties, tags }, { physicalId, attributes, properties: before }) {
    await updateEc2Tags(services, physicalId, before.Tags, mergedTags(tags, properties.Tags));
    return { physicalId, attributes };
  },

  async delete({ services }, { physicalId }) {
    await unlessGone(['InvalidInternetGatewayID.NotFound'], () =>
      services.ec2.deleteInternetGateway({ InternetGatewayId: physicalId }),
    );
  },
});

export const gatewayAttachment = provider<GatewayAttachmentProperties>({
  type: 'AWS::EC2::VPCGatewayAttachment',
  properties: ['VpcId', 'InternetGatewayId'],

  async create({ services, properties: { VpcId, InternetGatewayId } }) {
    await services.ec2.attachInternetGateway({ VpcId, InternetGatewayId });
    return { physicalId: `IGW|${VpcId}`, attributes: { AttachmentType: 'IGW' } };
  },

  async update({ services, properties: { VpcId, InternetGatewayId } }, { physicalId, attributes, properties: before }) {
    if (before.InternetGatewayId !== InternetGatewayId) {
      await services.ec2.detachInternetGateway({ VpcId, InternetGatewayId: before.InternetGatewayId });
      await services.ec2.attachInternetGateway({ VpcId, InternetGatewayId });
    }
    return { physicalId, attributes };
  },

  async delete({ services, properties: { VpcId, InternetGatewayId } }) {
    const gone = ['Gateway.NotAttached', 'InvalidInternetGatewayID.NotFound', 'InvalidVpcID.NotFound'];
    await unlessGone(gone, () => services.ec2.detachInternetGateway({ VpcId, InternetGatewayId }));
  },
});
