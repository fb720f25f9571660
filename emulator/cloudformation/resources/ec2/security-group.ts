import type { SecurityGroup } from '@aws-sdk/client-ec2';
import type { Services } from '../../../types.ts';
import { missingFrom } from '../changed.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { ifThere, templateTags } from '../reading.ts';
import { retryWhile, unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag } from '../tags.ts';
import {
  DEFAULT_EGRESS,
  type EgressRule,
  egressPermission,
  egressRules,
  type IngressRule,
  ingressPermission,
  ingressRules,
} from './security-group-rules.ts';
import { tagSpecifications, updateEc2Tags } from './tags.ts';

interface SecurityGroupProperties {
  readonly GroupDescription: string;
  readonly GroupName?: string;
  readonly VpcId?: string;
  readonly SecurityGroupIngress?: readonly IngressRule[];
  readonly SecurityGroupEgress?: readonly EgressRule[];
  readonly Tags?: readonly Tag[];
}

/** What EC2 says of a rule that somebody has revoked before. */
const NO_RULE = ['InvalidPermission.NotFound'];

/** How long CloudFormation goes on trying while network interfaces still use the group. */
const IN_USE_LIMIT_MS = 300_000;

export const securityGroup = provider<SecurityGroupProperties>({
  type: 'AWS::EC2::SecurityGroup',
  properties: ['GroupDescription', 'GroupName', 'VpcId', 'SecurityGroupIngress', 'SecurityGroupEgress', 'Tags'],

  async create({ services, properties, tags, ...request }) {
    const { GroupId = '' } = await services.ec2.createSecurityGroup({
      GroupName: properties.GroupName ?? physicalName(request, 255),
      Description: properties.GroupDescription,
      VpcId: properties.VpcId,
      ...tagSpecifications('security-group', tags, properties.Tags),
    });
    request.initiated({ physicalId: GroupId, attributes: { GroupId, Id: GroupId } });
    await changeIngress(services, GroupId, [], properties.SecurityGroupIngress ?? []);
    await changeEgress(services, GroupId, [], properties.SecurityGroupEgress ?? []);
    return described(services, GroupId);
  },

  async update({ services, properties, tags }, previous) {
    const { physicalId, properties: before } = previous;
    await changeIngress(services, physicalId, before.SecurityGroupIngress ?? [], properties.SecurityGroupIngress ?? []);
    await changeEgress(services, physicalId, before.SecurityGroupEgress ?? [], properties.SecurityGroupEgress ?? []);
    await updateEc2Tags(services, physicalId, before.Tags, mergedTags(tags, properties.Tags));
    return described(services, physicalId);
  },

  async delete({ services, clock, signal }, { physicalId }) {
    await retryWhile(
      'DependencyViolation',
      () => unlessGone(['InvalidGroup.NotFound'], () => services.ec2.deleteSecurityGroup({ GroupId: physicalId })),
      { clock, signal, limitMs: IN_USE_LIMIT_MS },
    );
  },

  async read({ services }, { physicalId }) {
    const group = await lookUp(services, physicalId);
    return (
      group && {
        GroupDescription: group.Description,
        GroupName: group.GroupName,
        VpcId: group.VpcId,
        SecurityGroupIngress: (group.IpPermissions ?? []).flatMap(ingressRules),
        SecurityGroupEgress: (group.IpPermissionsEgress ?? []).flatMap(egressRules),
        Tags: templateTags(group.Tags),
      }
    );
  },

  async find({ services }, id) {
    return (await lookUp(services, id)) && described(services, id);
  },
});

async function lookUp(services: Services, id: string): Promise<SecurityGroup | undefined> {
  const found = await ifThere(['InvalidGroup.NotFound', 'InvalidGroupId.Malformed'], () =>
    services.ec2.describeSecurityGroups({ GroupIds: [id] }),
  );
  return found?.SecurityGroups?.[0];
}

async function changeIngress(
  services: Services,
  GroupId: string,
  before: readonly IngressRule[],
  after: readonly IngressRule[],
): Promise<void> {
  const revoked = missingFrom(before, after).map(ingressPermission);
  const added = missingFrom(after, before).map(ingressPermission);
  if (revoked.length > 0)
    await unlessGone(NO_RULE, () => services.ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions: revoked }));
  if (added.length > 0) await services.ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: added });
}

/**
 * A group without egress rules of its own keeps the one that EC2 gives it; the first rule takes its place, and it
 * comes back with the last (CloudFormation User Guide, AWS::EC2::SecurityGroup, "SecurityGroupEgress").
 */
async function changeEgress(
  services: Services,
  GroupId: string,
  before: readonly EgressRule[],
  after: readonly EgressRule[],
): Promise<void> {
  const present = before.length > 0 ? before.map(egressPermission) : [DEFAULT_EGRESS];
  const wanted = after.length > 0 ? after.map(egressPermission) : [DEFAULT_EGRESS];
  const revoked = missingFrom(present, wanted);
  const added = missingFrom(wanted, present);
  if (revoked.length > 0)
    await unlessGone(NO_RULE, () => services.ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: revoked }));
  if (added.length > 0) await services.ec2.authorizeSecurityGroupEgress({ GroupId, IpPermissions: added });
}

async function described(services: Services, id: string) {
  const { SecurityGroups } = await services.ec2.describeSecurityGroups({ GroupIds: [id] });
  return { physicalId: id, attributes: { GroupId: id, Id: id, VpcId: SecurityGroups?.[0]?.VpcId ?? '' } };
}
