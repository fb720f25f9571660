import type { Route } from '@aws-sdk/client-ec2';
import { changed } from '../changed.ts';
import { provider } from '../provider.ts';
import { ifThere } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';

interface RouteProperties {
  readonly RouteTableId: string;
  readonly DestinationCidrBlock?: string;
  readonly DestinationIpv6CidrBlock?: string;
  readonly DestinationPrefixListId?: string;
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
  readonly NetworkInterfaceId?: string;
  readonly InstanceId?: string;
  readonly TransitGatewayId?: string;
  readonly VpcPeeringConnectionId?: string;
  readonly EgressOnlyInternetGatewayId?: string;
}

type EntryOfTable = Pick<Route, 'DestinationCidrBlock' | 'DestinationIpv6CidrBlock' | 'DestinationPrefixListId'>;

const TARGETS = [
  'GatewayId',
  'NatGatewayId',
  'NetworkInterfaceId',
  'InstanceId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
  'EgressOnlyInternetGatewayId',
] as const;

export const route = provider<RouteProperties>({
  type: 'AWS::EC2::Route',
  properties: [
    'RouteTableId',
    'DestinationCidrBlock',
    'DestinationIpv6CidrBlock',
    'DestinationPrefixListId',
    ...TARGETS,
  ],

  async create({ services, properties }) {
    await services.ec2.createRoute({ ...properties });
    const destination = destinationOf(properties);
    return { physicalId: `${properties.RouteTableId}|${destination}`, attributes: { CidrBlock: destination } };
  },

  async update({ services, properties }, { physicalId, attributes, properties: before }) {
    if (changed(before, properties, ...TARGETS)) await services.ec2.replaceRoute({ ...properties });
    return { physicalId, attributes };
  },

  async delete({ services, properties }) {
    const { RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = properties;
    await unlessGone(['InvalidRoute.NotFound', 'InvalidRouteTableID.NotFound'], () =>
      services.ec2.deleteRoute({
        RouteTableId,
        DestinationCidrBlock,
        DestinationIpv6CidrBlock,
        DestinationPrefixListId,
      }),
    );
  },

  async read({ services, properties }) {
    const { RouteTableId } = properties;
    const found = await ifThere(['InvalidRouteTableID.NotFound'], () =>
      services.ec2.describeRouteTables({ RouteTableIds: [RouteTableId] }),
    );
    const destination = destinationOf(properties);
    const entry = found?.RouteTables?.[0]?.Routes?.find((one) => destinationOf(one) === destination);
    return entry && { RouteTableId, ...entry };
  },
});

function destinationOf(route: EntryOfTable): string {
  return route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '';
}
