import type { Services } from '../../../types.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { unlessGone } from '../stabilize.ts';
import { type Holders, NO_SUCH_ENTITY } from './holders.ts';
import { policyText } from './role.ts';

interface PolicyProperties extends Holders {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

/** One inline policy, the same on every role, user and group that it names. */
export const policy = provider<PolicyProperties>({
  type: 'AWS::IAM::Policy',
  properties: ['PolicyName', 'PolicyDocument', 'Roles', 'Users', 'Groups'],

  async create({ services, properties, ...request }) {
    await put(services, properties);
    const id = physicalName(request, 128);
    return { physicalId: id, attributes: { Id: id } };
  },

  async update({ services, properties }, { physicalId, attributes, properties: before }) {
    await put(services, properties);
    const renamed = before.PolicyName !== properties.PolicyName;
    const left = (key: keyof Holders) =>
      (before[key] ?? []).filter((name) => renamed || !properties[key]?.includes(name));
    await remove(services, before.PolicyName, { Roles: left('Roles'), Users: left('Users'), Groups: left('Groups') });
    return { physicalId, attributes };
  },

  async delete({ services, properties }) {
    await remove(services, properties.PolicyName, properties);
  },
});

async function put(services: Services, properties: PolicyProperties): Promise<void> {
  const { PolicyName } = properties;
  const same = { PolicyName, PolicyDocument: policyText(properties.PolicyDocument) };
  for (const RoleName of properties.Roles ?? []) await services.iam.putRolePolicy({ ...same, RoleName });
  for (const UserName of properties.Users ?? []) await services.iam.putUserPolicy({ ...same, UserName });
  for (const GroupName of properties.Groups ?? []) await services.iam.putGroupPolicy({ ...same, GroupName });
}

async function remove(services: Services, PolicyName: string, holders: Holders): Promise<void> {
  for (const RoleName of holders.Roles ?? []) {
    await unlessGone(NO_SUCH_ENTITY, () => services.iam.deleteRolePolicy({ PolicyName, RoleName }));
  }
  for (const UserName of holders.Users ?? []) {
    await unlessGone(NO_SUCH_ENTITY, () => services.iam.deleteUserPolicy({ PolicyName, UserName }));
  }
  for (const GroupName of holders.Groups ?? []) {
    await unlessGone(NO_SUCH_ENTITY, () => services.iam.deleteGroupPolicy({ PolicyName, GroupName }));
  }
}
