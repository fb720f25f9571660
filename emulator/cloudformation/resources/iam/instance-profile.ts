import { missingFrom } from '../changed.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { ifThere } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';
import { NO_SUCH_ENTITY } from './holders.ts';

interface InstanceProfileProperties {
  readonly InstanceProfileName?: string;
  readonly Path?: string;
  readonly Roles: readonly string[];
}

export const instanceProfile = provider<InstanceProfileProperties>({
  type: 'AWS::IAM::InstanceProfile',
  properties: ['InstanceProfileName', 'Path', 'Roles'],

  async create({ services, properties, ...request }) {
    const InstanceProfileName = properties.InstanceProfileName ?? physicalName(request, 128);
    const { InstanceProfile } = await services.iam.createInstanceProfile({
      InstanceProfileName,
      Path: properties.Path,
    });
    const state = { physicalId: InstanceProfileName, attributes: { Arn: InstanceProfile?.Arn ?? '' } };
    request.initiated(state);
    for (const RoleName of properties.Roles) {
      await services.iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName });
    }
    return state;
  },

  /** A profile holds one role at most, so the former one leaves first. */
  async update({ services, properties }, previous) {
    const InstanceProfileName = previous.physicalId;
    for (const RoleName of missingFrom(previous.properties.Roles, properties.Roles)) {
      await unlessGone(NO_SUCH_ENTITY, () =>
        services.iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }),
      );
    }
    for (const RoleName of missingFrom(properties.Roles, previous.properties.Roles)) {
      await services.iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName });
    }
    return { physicalId: InstanceProfileName, attributes: previous.attributes };
  },

  async delete({ services }, { physicalId: InstanceProfileName }) {
    await unlessGone(NO_SUCH_ENTITY, async () => {
      const { InstanceProfile } = await services.iam.getInstanceProfile({ InstanceProfileName });
      for (const { RoleName } of InstanceProfile?.Roles ?? []) {
        await services.iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName });
      }
      await services.iam.deleteInstanceProfile({ InstanceProfileName });
    });
  },

  async read({ services }, { physicalId: InstanceProfileName }) {
    const found = await ifThere(NO_SUCH_ENTITY, () => services.iam.getInstanceProfile({ InstanceProfileName }));
    const profile = found?.InstanceProfile;
    return (
      profile && {
        InstanceProfileName,
        Path: profile.Path,
        Roles: (profile.Roles ?? []).flatMap(({ RoleName }) => RoleName ?? []),
      }
    );
  },
});
