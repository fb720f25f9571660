import type { TypedRequest } from '../provider.ts';
import { ifThere } from '../reading.ts';
import type { RuleProperties } from './security-group-rules.ts';

/** One rule that is a resource of its own, as its template has it; undefined when it has been revoked. */
export async function readRule(
  { services, properties }: TypedRequest<RuleProperties>,
  id: string,
  direction: 'ingress' | 'egress',
) {
  const found = await ifThere(['InvalidSecurityGroupRuleId.NotFound', 'InvalidGroup.NotFound'], () =>
    services.ec2.describeSecurityGroupRules({ SecurityGroupRuleIds: [id] }),
  );
  const rule = found?.SecurityGroupRules?.find((one) => one.SecurityGroupRuleId === id);
  if (rule === undefined) return undefined;
  const { ReferencedGroupInfo: group, PrefixListId } = rule;
  const peer =
    direction === 'ingress'
      ? {
          SourceSecurityGroupId: group?.GroupId,
          SourceSecurityGroupOwnerId: group?.UserId,
          SourcePrefixListId: PrefixListId,
        }
      : { DestinationSecurityGroupId: group?.GroupId, DestinationPrefixListId: PrefixListId };
  return {
    GroupId: rule.GroupId,
    IpProtocol: rule.IpProtocol,
    FromPort: rule.FromPort,
    ToPort: rule.ToPort,
    CidrIp: rule.CidrIpv4,
    CidrIpv6: rule.CidrIpv6,
    // moto does not tell the description of a rule whose peer is a group.
    Description: group === undefined ? rule.Description : properties.Description,
    ...peer,
  };
}
