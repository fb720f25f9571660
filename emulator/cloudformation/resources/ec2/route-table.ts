import { provider } from '../provider.ts';
import { ifThere, templateTags } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag } from '../tags.ts';
import { tagSpecifications, updateEc2Tags } from './tags.ts';

interface RouteTableProperties {
  readonly VpcId: string;
  readonly Tags?: readonly Tag[];
}

interface AssociationProperties {
  readonly RouteTableId: string;
  readonly SubnetId: string;
}

export const routeTable = provider<RouteTableProperties>({
  type: 'AWS::EC2::RouteTable',
  properties: ['VpcId', 'Tags'],

  async create({ services, properties, tags }) {
    const { RouteTable } = await services.ec2.createRouteTable({
      VpcId: properties.VpcId,
      ...tagSpecifications('route-table', tags, properties.Tags),
    });
    const id = RouteTable?.RouteTableId ?? '';
    return { physicalId: id, attributes: { RouteTableId: id } };
  },

  async update({ services, properties, tags }, { physicalId, attributes, properties: before }) {
    await updateEc2Tags(services, physicalId, before.Tags, mergedTags(tags, properties.Tags));
    return { physicalId, attributes };
  },

  async delete({ services }, { physicalId }) {
    await unlessGone(['InvalidRouteTableID.NotFound'], () =>
      services.ec2.deleteRouteTable({ RouteTableId: physicalId }),
    );
  },

  async read({ services }, { physicalId }) {
    const found = await ifThere(['InvalidRouteTableID.NotFound'], () =>
      services.ec2.describeRouteTables({ RouteTableIds: [physicalId] }),
    );
    const table = found?.RouteTables?.[0];
    return table && { VpcId: table.VpcId, Tags: templateTags(table.Tags) };
  },
});

export const subnetRouteTableAssociation = provider<AssociationProperties>({
  type: 'AWS::EC2::SubnetRouteTableAssociation',
  properties: ['RouteTableId', 'SubnetId'],

  async create({ services, properties: { RouteTableId, SubnetId } }) {
    const { AssociationId = '' } = await services.ec2.associateRouteTable({ RouteTableId, SubnetId });
    return { physicalId: AssociationId, attributes: { Id: AssociationId } };
  },

  /** Both properties replace it. */
  async update(_request, { physicalId, attributes }) {
    return { physicalId, attributes };
  },

  async delete({ services }, { physicalId }) {
    await unlessGone(['InvalidAssociationID.NotFound'], () =>
      services.ec2.disassociateRouteTable({ AssociationId: physicalId }),
    );
  },

  async read({ services }, { physicalId }) {
    const Filters = [{ Name: 'association.route-table-association-id', Values: [physicalId] }];
    const { RouteTables } = await services.ec2.describeRouteTables({ Filters });
    const associations = (RouteTables ?? []).flatMap((table) => table.Associations ?? []);
    const association = associations.find((one) => one.RouteTableAssociationId === physicalId);
    return association && { RouteTableId: association.RouteTableId, SubnetId: association.SubnetId };
  },
});
