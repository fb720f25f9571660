import { changed } from '../changed.ts';
import { provider } from '../provider.ts';
import { unlessGone } from '../stabilize.ts';
import { readRule } from './security-group-rule.ts';
import { type EgressRule, egressPermission } from './security-group-rules.ts';

interface EgressProperties extends EgressRule {
  readonly GroupId: string;
}

export const securityGroupEgress = provider<EgressProperties>({
  type: 'AWS::EC2::SecurityGroupEgress',
  properties: [
    'GroupId',
    'IpProtocol',
    'FromPort',
    'ToPort',
    'CidrIp',
    'CidrIpv6',
    'Description',
    'DestinationSecurityGroupId',
    'DestinationPrefixListId',
  ],

  async create({ services, properties }) {
    const { SecurityGroupRules } = await services.ec2.authorizeSecurityGroupEgress(callFor(properties));
    const id = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
    return { physicalId: id, attributes: { Id: id } };
  },

  /** Only the description can change. */
  async update({ services, properties }, previous) {
    if (changed(previous.properties, properties, 'Description')) {
      await services.ec2.updateSecurityGroupRuleDescriptionsEgress(callFor(properties));
    }
    return { physicalId: previous.physicalId, attributes: previous.attributes };
  },

  async delete({ services, properties }) {
    const gone = ['InvalidPermission.NotFound', 'InvalidGroup.NotFound'];
    await unlessGone(gone, () => services.ec2.revokeSecurityGroupEgress(callFor(properties)));
  },

  read: (request, { physicalId }) => readRule(request, physicalId, 'egress'),
});

function callFor(properties: EgressProperties) {
  return { GroupId: properties.GroupId, IpPermissions: [egressPermission(properties)] };
}
