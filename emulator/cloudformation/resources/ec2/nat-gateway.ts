import type { ConnectivityType } from '@aws-sdk/client-ec2';
import { provider, type TypedRequest } from '../provider.ts';
import { ifThere, templateTags } from '../reading.ts';
import { NotStabilized, stabilize, unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag } from '../tags.ts';
import { tagSpecifications, updateEc2Tags } from './tags.ts';

interface NatGatewayProperties {
  readonly SubnetId?: string;
  readonly AllocationId?: string;
  readonly ConnectivityType?: ConnectivityType;
  readonly Tags?: readonly Tag[];
}

const LIMIT_MS = 600_000;

export const natGateway = provider<NatGatewayProperties>({
  type: 'AWS::EC2::NatGateway',
  properties: ['SubnetId', 'AllocationId', 'ConnectivityType', 'Tags'],

  async create(request) {
    const { services, properties, tags } = request;
    const { SubnetId, AllocationId, ConnectivityType } = properties;
    const { NatGateway } = await services.ec2.createNatGateway({
      SubnetId,
      AllocationId,
      ConnectivityType,
      ...tagSpecifications('natgateway', tags, properties.Tags),
    });
    const id = NatGateway?.NatGatewayId ?? '';
    const state = { physicalId: id, attributes: { NatGatewayId: id } };
    request.initiated(state);
    await reached(request, id, ['available']);
    return state;
  },

  async update({ services, properties, tags }, { physicalId, attributes, properties: before }) {
    await updateEc2Tags(services, physicalId, before.Tags, mergedTags(tags, properties.Tags));
    return { physicalId, attributes };
  },

  async delete(request, { physicalId }) {
    await unlessGone(['NatGatewayNotFound'], async () => {
      await request.services.ec2.deleteNatGateway({ NatGatewayId: physicalId });
      await reached(request, physicalId, ['deleted', undefined]);
    });
  },

  async read({ services }, { physicalId }) {
    const NatGatewayIds = [physicalId];
    const found = await ifThere(['NatGatewayNotFound'], () => services.ec2.describeNatGateways({ NatGatewayIds }));
    const gateway = found?.NatGateways?.[0];
    if (gateway === undefined || gateway.State === 'deleted' || gateway.State === 'deleting') return undefined;
    return {
      SubnetId: gateway.SubnetId,
      AllocationId: gateway.NatGatewayAddresses?.[0]?.AllocationId,
      ConnectivityType: gateway.ConnectivityType,
      Tags: templateTags(gateway.Tags),
    };
  },
});

async function reached(
  { services, clock, signal }: TypedRequest<NatGatewayProperties>,
  id: string,
  states: readonly (string | undefined)[],
): Promise<void> {
  await stabilize(
    async () => {
      const { NatGateways } = await services.ec2.describeNatGateways({ NatGatewayIds: [id] });
      return states.includes(NatGateways?.[0]?.State) || undefined;
    },
    { clock, signal, limitMs: LIMIT_MS, timedOut: () => new NotStabilized(`NAT gateway ${id} did not stabilize.`) },
  );
}
