import type { Role } from '@aws-sdk/client-iam';
import type { ResourceState, Services } from '../../../types.ts';
import { changed } from '../changed.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { ifThere, templateTags } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag, tagChanges, withoutReserved } from '../tags.ts';
import { NO_SUCH_ENTITY } from './holders.ts';

export interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

interface RoleProperties {
  readonly RoleName?: string;
  readonly AssumeRolePolicyDocument: unknown;
  readonly Path?: string;
  readonly Description?: string;
  readonly MaxSessionDuration?: number;
  readonly PermissionsBoundary?: string;
  readonly ManagedPolicyArns?: readonly string[];
  readonly Policies?: readonly InlinePolicy[];
  readonly Tags?: readonly Tag[];
}

export const role = provider<RoleProperties>({
  type: 'AWS::IAM::Role',
  properties: [
    'RoleName',
    'AssumeRolePolicyDocument',
    'Path',
    'Description',
    'MaxSessionDuration',
    'PermissionsBoundary',
    'ManagedPolicyArns',
    'Policies',
    'Tags',
  ],

  async create({ services, properties, ...request }) {
    const RoleName = properties.RoleName ?? physicalName(request, 64);
    const { Role } = await services.iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: policyText(properties.AssumeRolePolicyDocument),
      Path: properties.Path,
      Description: properties.Description,
      MaxSessionDuration: properties.MaxSessionDuration,
      PermissionsBoundary: properties.PermissionsBoundary,
      Tags: withoutReserved(mergedTags(request.tags, properties.Tags)),
    });
    const state = stateOf(RoleName, Role);
    request.initiated(state);
    await changePolicies(services, RoleName, {}, properties);
    return state;
  },

  async update({ services, properties, tags }, previous): Promise<ResourceState> {
    const RoleName = previous.physicalId;
    const before = previous.properties;
    if (changed(before, properties, 'AssumeRolePolicyDocument')) {
      const PolicyDocument = policyText(properties.AssumeRolePolicyDocument);
      await services.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument });
    }
    if (changed(before, properties, 'Description', 'MaxSessionDuration')) {
      await services.iam.updateRole({
        RoleName,
        Description: properties.Description ?? '',
        MaxSessionDuration: properties.MaxSessionDuration ?? 3600,
      });
    }
    if (changed(before, properties, 'PermissionsBoundary')) {
      await (properties.PermissionsBoundary
        ? services.iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: properties.PermissionsBoundary })
        : services.iam.deleteRolePermissionsBoundary({ RoleName }));
    }
    await changePolicies(services, RoleName, before, properties);
    const { set, remove } = tagChanges(before.Tags ?? [], withoutReserved(mergedTags(tags, properties.Tags)));
    if (set.length > 0) await services.iam.tagRole({ RoleName, Tags: set });
    if (remove.length > 0) await services.iam.untagRole({ RoleName, TagKeys: remove });
    return { physicalId: RoleName, attributes: previous.attributes };
  },

  /** Takes away the policies that the template gave; IAM refuses while the role has others. */
  async delete({ services, properties }, { physicalId: RoleName }) {
    await unlessGone(NO_SUCH_ENTITY, async () => {
      await changePolicies(services, RoleName, properties, {});
      await services.iam.deleteRole({ RoleName });
    });
  },

  async read({ services }, { physicalId: RoleName }) {
    return ifThere(NO_SUCH_ENTITY, async () => {
      const { Role } = await services.iam.getRole({ RoleName });
      const { AttachedPolicies = [] } = await services.iam.listAttachedRolePolicies({ RoleName });
      return {
        RoleName,
        AssumeRolePolicyDocument: documentOf(Role?.AssumeRolePolicyDocument),
        Path: Role?.Path,
        Description: Role?.Description,
        MaxSessionDuration: Role?.MaxSessionDuration,
        PermissionsBoundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
        ManagedPolicyArns: AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []),
        Policies: await inlinePolicies(services, RoleName),
        Tags: templateTags(Role?.Tags),
      };
    });
  },

  async find({ services }, RoleName) {
    const found = await ifThere(NO_SUCH_ENTITY, () => services.iam.getRole({ RoleName }));
    return found && stateOf(RoleName, found.Role);
  },
});

function stateOf(RoleName: string, role: Role | undefined): ResourceState {
  return { physicalId: RoleName, attributes: { Arn: role?.Arn ?? '', RoleId: role?.RoleId ?? '' } };
}

type Policies = Pick<RoleProperties, 'ManagedPolicyArns' | 'Policies'>;

async function changePolicies(services: Services, RoleName: string, before: Policies, after: Policies): Promise<void> {
  const managedBefore = before.ManagedPolicyArns ?? [];
  const managedAfter = after.ManagedPolicyArns ?? [];
  for (const PolicyArn of managedAfter.filter((arn) => !managedBefore.includes(arn))) {
    await services.iam.attachRolePolicy({ RoleName, PolicyArn });
  }
  for (const PolicyArn of managedBefore.filter((arn) => !managedAfter.includes(arn))) {
    await unlessGone(NO_SUCH_ENTITY, () => services.iam.detachRolePolicy({ RoleName, PolicyArn }));
  }
  const inlineAfter = after.Policies ?? [];
  for (const { PolicyName, PolicyDocument } of inlineAfter) {
    await services.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: policyText(PolicyDocument) });
  }
  for (const { PolicyName } of before.Policies ?? []) {
    if (inlineAfter.some((policy) => policy.PolicyName === PolicyName)) continue;
    await unlessGone(NO_SUCH_ENTITY, () => services.iam.deleteRolePolicy({ RoleName, PolicyName }));
  }
}

async function inlinePolicies(services: Services, RoleName: string): Promise<InlinePolicy[]> {
  const { PolicyNames = [] } = await services.iam.listRolePolicies({ RoleName });
  const policies: InlinePolicy[] = [];
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument } = await services.iam.getRolePolicy({ RoleName, PolicyName });
    policies.push({ PolicyName, PolicyDocument: documentOf(PolicyDocument) });
  }
  return policies;
}

/** IAM API Reference, GetRolePolicy: policies that IAM returns are URL-encoded JSON text (RFC 3986). */
export function documentOf(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(decodeURIComponent(text));
}

/** A policy document as the IAM API takes it; a template has it as an object or as text. */
export function policyText(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}
