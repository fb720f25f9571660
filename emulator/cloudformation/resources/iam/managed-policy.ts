import type { Services } from '../../../types.ts';
import { changed } from '../changed.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { ifThere } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';
import { type Holders, NO_SUCH_ENTITY } from './holders.ts';
import { documentOf, policyText } from './role.ts';

interface ManagedPolicyProperties extends Holders {
  readonly ManagedPolicyName?: string;
  readonly PolicyDocument: unknown;
  readonly Path?: string;
  readonly Description?: string;
}

export const managedPolicy = provider<ManagedPolicyProperties>({
  type: 'AWS::IAM::ManagedPolicy',
  properties: ['ManagedPolicyName', 'PolicyDocument', 'Path', 'Description', 'Roles', 'Users', 'Groups'],

  async create({ services, properties, ...request }) {
    const { Policy } = await services.iam.createPolicy({
      PolicyName: properties.ManagedPolicyName ?? physicalName(request, 128),
      PolicyDocument: policyText(properties.PolicyDocument),
      Path: properties.Path,
      Description: properties.Description,
    });
    const PolicyArn = Policy?.Arn ?? '';
    const state = {
      physicalId: PolicyArn,
      attributes: { PolicyArn, PolicyId: Policy?.PolicyId ?? '', DefaultVersionId: 'v1' },
    };
    request.initiated(state);
    await changeHolders(services, PolicyArn, {}, properties);
    return state;
  },

  async update({ services, properties }, { physicalId: PolicyArn, attributes, properties: before }) {
    let DefaultVersionId = attributes.DefaultVersionId;
    if (changed(before, properties, 'PolicyDocument')) {
      await dropOldestVersion(services, PolicyArn);
      const PolicyDocument = policyText(properties.PolicyDocument);
      const created = await services.iam.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true });
      DefaultVersionId = created.PolicyVersion?.VersionId;
    }
    await changeHolders(services, PolicyArn, before, properties);
    return { physicalId: PolicyArn, attributes: { ...attributes, DefaultVersionId } };
  },

  async delete({ services, properties }, { physicalId: PolicyArn }) {
    await changeHolders(services, PolicyArn, properties, {});
    await unlessGone(NO_SUCH_ENTITY, async () => {
      const { Versions } = await services.iam.listPolicyVersions({ PolicyArn });
      for (const { VersionId } of (Versions ?? []).filter((version) => !version.IsDefaultVersion)) {
        await services.iam.deletePolicyVersion({ PolicyArn, VersionId });
      }
      await services.iam.deletePolicy({ PolicyArn });
    });
  },

  async read({ services }, { physicalId: PolicyArn }) {
    return ifThere(NO_SUCH_ENTITY, async () => {
      const { Policy } = await services.iam.getPolicy({ PolicyArn });
      const { PolicyVersion } = await services.iam.getPolicyVersion({ PolicyArn, VersionId: Policy?.DefaultVersionId });
      const holders = await services.iam.listEntitiesForPolicy({ PolicyArn });
      return {
        ManagedPolicyName: Policy?.PolicyName,
        Path: Policy?.Path,
        Description: Policy?.Description,
        PolicyDocument: documentOf(PolicyVersion?.Document),
        Roles: (holders.PolicyRoles ?? []).flatMap(({ RoleName }) => RoleName ?? []),
        Users: (holders.PolicyUsers ?? []).flatMap(({ UserName }) => UserName ?? []),
        Groups: (holders.PolicyGroups ?? []).flatMap(({ GroupName }) => GroupName ?? []),
      };
    });
  },
});

/** A policy keeps five versions at most (IAM User Guide, "Versioning IAM policies"). */
async function dropOldestVersion(services: Services, PolicyArn: string): Promise<void> {
  const { Versions = [] } = await services.iam.listPolicyVersions({ PolicyArn });
  if (Versions.length < 5) return;
  const number = (id = 'v0') => Number(id.slice(1));
  const oldest = Versions.filter((version) => !version.IsDefaultVersion).sort(
    (a, b) => number(a.VersionId) - number(b.VersionId),
  )[0];
  await services.iam.deletePolicyVersion({ PolicyArn, VersionId: oldest?.VersionId });
}

async function changeHolders(services: Services, PolicyArn: string, before: Holders, after: Holders): Promise<void> {
  const added = (key: keyof Holders) => (after[key] ?? []).filter((name) => !before[key]?.includes(name));
  const left = (key: keyof Holders) => (before[key] ?? []).filter((name) => !after[key]?.includes(name));
  for (const RoleName of added('Roles')) await services.iam.attachRolePolicy({ PolicyArn, RoleName });
  for (const UserName of added('Users')) await services.iam.attachUserPolicy({ PolicyArn, UserName });
  for (const GroupName of added('Groups')) await services.iam.attachGroupPolicy({ PolicyArn, GroupName });
  for (const RoleName of left('Roles')) {
    await unlessGone(NO_SUCH_ENTITY, () => services.iam.detachRolePolicy({ PolicyArn, RoleName }));
  }
  for (const UserName of left('Users')) {
    await unlessGone(NO_SUCH_ENTITY, () => services.iam.detachUserPolicy({ PolicyArn, UserName }));
  }
  for (const GroupName of left('Groups')) {
    await unlessGone(NO_SUCH_ENTITY, () => services.iam.detachGroupPolicy({ PolicyArn, GroupName }));
  }
}
