import type { InternetGateway } from '@aws-sdk/client-ec2';
import type { Services } from '../../../types.ts';
import { provider } from '../provider.ts';
import { ifThere, templateTags } from '../reading.ts';
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

  async read({ services }, { physicalId }) {
    const gateway = await describeGateway(services, physicalId);
    return gateway && { Tags: templateTags(gateway.Tags) };
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

  /** A VPC has one internet gateway at most: another one in its place is a changed InternetGatewayId. */
  async read({ services, properties: { VpcId } }) {
    const Filters = [{ Name: 'attachment.vpc-id', Values: [VpcId] }];
    const { InternetGateways } = await services.ec2.describeInternetGateways({ Filters });
    const gateway = InternetGateways?.[0];
    return gateway && { VpcId, InternetGatewayId: gateway.InternetGatewayId };
  },
});

async function describeGateway(services: Services, id: string): Promise<InternetGateway | undefined> {
  const InternetGatewayIds = [id];
  const found = await ifThere(['InvalidInternetGatewayID.NotFound'], () =>
    services.ec2.describeInternetGateways({ InternetGatewayIds }),
  );
  return found?.InternetGateways?.[0];
}
