import { changed } from '../changed.ts';
import { provider } from '../provider.ts';
import { unlessGone } from '../stabilize.ts';
import { readRule } from './security-group-rule.ts';
import { type IngressRule, ingressPermission } from './security-group-rules.ts';

interface IngressProperties extends IngressRule {
  readonly GroupId?: string;
  readonly GroupName?: string;
}

const RULE = [
  'IpProtocol',
  'FromPort',
  'ToPort',
  'CidrIp',
  'CidrIpv6',
  'Description',
  'SourceSecurityGroupId',
  'SourceSecurityGroupName',
  'SourceSecurityGroupOwnerId',
  'SourcePrefixListId',
] as const;

export const securityGroupIngress = provider<IngressProperties>({
  type: 'AWS::EC2::SecurityGroupIngress',
  properties: ['GroupId', 'GroupName', ...RULE],

  async create({ services, properties }) {
    const { SecurityGroupRules } = await services.ec2.authorizeSecurityGroupIngress(callFor(properties));
    const id = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
    return { physicalId: id, attributes: { Id: id } };
  },

  /** Only the description can change. */
  async update({ services, properties }, previous) {
    if (changed(previous.properties, properties, 'Description')) {
      await services.ec2.updateSecurityGroupRuleDescriptionsIngress(callFor(properties));
    }
    return { physicalId: previous.physicalId, attributes: previous.attributes };
  },

  async delete({ services, properties }) {
    const gone = ['InvalidPermission.NotFound', 'InvalidGroup.NotFound'];
    await unlessGone(gone, () => services.ec2.revokeSecurityGroupIngress(callFor(properties)));
  },

  read: (request, { physicalId }) => readRule(request, physicalId, 'ingress'),
});

function callFor(properties: IngressProperties) {
  const { GroupId, GroupName } = properties;
  return { GroupId, ...(GroupId === undefined && { GroupName }), IpPermissions: [ingressPermission(properties)] };
}
