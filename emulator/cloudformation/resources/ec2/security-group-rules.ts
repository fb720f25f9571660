import type { IpPermission, UserIdGroupPair } from '@aws-sdk/client-ec2';

/** What ingress and egress rules have in common in a template. */
export interface RuleProperties {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly Description?: string;
}

export interface IngressRule extends RuleProperties {
  readonly SourceSecurityGroupId?: string;
  readonly SourceSecurityGroupName?: string;
  readonly SourceSecurityGroupOwnerId?: string;
  readonly SourcePrefixListId?: string;
}

export interface EgressRule extends RuleProperties {
  readonly DestinationSecurityGroupId?: string;
  readonly DestinationPrefixListId?: string;
}

/** The rule that EC2 gives every new security group of a VPC. */
export const DEFAULT_EGRESS: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

export function ingressPermission(rule: IngressRule): IpPermission {
  return permission(rule, {
    prefixList: rule.SourcePrefixListId,
    group: {
      GroupId: rule.SourceSecurityGroupId,
      GroupName: rule.SourceSecurityGroupName,
      UserId: rule.SourceSecurityGroupOwnerId,
    },
  });
}

export function egressPermission(rule: EgressRule): IpPermission {
  return permission(rule, {
    prefixList: rule.DestinationPrefixListId,
    group: { GroupId: rule.DestinationSecurityGroupId },
  });
}

function permission(
  rule: RuleProperties,
  peer: {
    readonly prefixList: string | undefined;
    readonly group: {
      readonly GroupId: string | undefined;
      readonly GroupName?: string | undefined;
      readonly UserId?: string | undefined;
    };
  },
): IpPermission {
  const description = rule.Description === undefined ? {} : { Description: rule.Description };
  return {
    IpProtocol: rule.IpProtocol,
    ...(rule.FromPort !== undefined && { FromPort: rule.FromPort }),
    ...(rule.ToPort !== undefined && { ToPort: rule.ToPort }),
    ...(rule.CidrIp && { IpRanges: [{ CidrIp: rule.CidrIp, ...description }] }),
    ...(rule.CidrIpv6 && { Ipv6Ranges: [{ CidrIpv6: rule.CidrIpv6, ...description }] }),
    ...(peer.prefixList && { PrefixListIds: [{ PrefixListId: peer.prefixList, ...description }] }),
    ...((peer.group.GroupId || peer.group.GroupName) && { UserIdGroupPairs: [{ ...peer.group, ...description }] }),
  };
}

/** The rules that one permission of a group is in a template: one for each peer. */
export function ingressRules(permission: IpPermission): IngressRule[] {
  return rulesOf(permission).map(({ rule, group, prefixList }) => ({
    ...rule,
    ...(group?.GroupId !== undefined && { SourceSecurityGroupId: group.GroupId }),
    ...(group?.UserId !== undefined && { SourceSecurityGroupOwnerId: group.UserId }),
    ...(prefixList !== undefined && { SourcePrefixListId: prefixList }),
  }));
}

export function egressRules(permission: IpPermission): EgressRule[] {
  return rulesOf(permission).map(({ rule, group, prefixList }) => ({
    ...rule,
    ...(group?.GroupId !== undefined && { DestinationSecurityGroupId: group.GroupId }),
    ...(prefixList !== undefined && { DestinationPrefixListId: prefixList }),
  }));
}

interface PeerRule {
  readonly rule: RuleProperties;
  readonly group?: UserIdGroupPair;
  readonly prefixList?: string;
}

function rulesOf(permission: IpPermission): PeerRule[] {
  const { IpProtocol = '-1', FromPort, ToPort } = permission;
  const ports = { ...(FromPort !== undefined && { FromPort }), ...(ToPort !== undefined && { ToPort }) };
  const rule = (Description: string | undefined) => ({
    IpProtocol,
    ...ports,
    ...(Description !== undefined && { Description }),
  });
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp = '', Description }) => ({ rule: { ...rule(Description), CidrIp } })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = '', Description }) => ({
      rule: { ...rule(Description), CidrIpv6 },
    })),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId = '', Description }) => ({
      rule: rule(Description),
      prefixList: PrefixListId,
    })),
    ...(permission.UserIdGroupPairs ?? []).map((group) => ({ rule: rule(group.Description), group })),
  ];
}
