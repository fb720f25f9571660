import {
  type AutoScalingGroupProviderUpdate,
  ClientException,
  type ManagedDraining,
  type ManagedScalingStatus,
  type ManagedTerminationProtection,
} from '@aws-sdk/client-ecs';
import type { Services } from '../../../types.ts';
import { describeGroup } from '../autoscaling/described-group.ts';
import { changed } from '../changed.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { templateTagsOf } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag } from '../tags.ts';
import { ecsTags, updateEcsTags } from './cluster.ts';

interface GroupProvider {
  /** An ARN, or the group's name. */
  readonly AutoScalingGroupArn: string;
  readonly ManagedScaling?: {
    readonly Status?: ManagedScalingStatus;
    readonly TargetCapacity?: number;
    readonly MinimumScalingStepSize?: number;
    readonly MaximumScalingStepSize?: number;
    readonly InstanceWarmupPeriod?: number;
  };
  readonly ManagedTerminationProtection?: ManagedTerminationProtection;
  readonly ManagedDraining?: ManagedDraining;
}

interface CapacityProviderProperties {
  readonly Name?: string;
  readonly AutoScalingGroupProvider: GroupProvider;
  readonly Tags?: readonly Tag[];
}

export const capacityProvider = provider<CapacityProviderProperties>({
  type: 'AWS::ECS::CapacityProvider',
  properties: ['Name', 'AutoScalingGroupProvider', 'Tags'],

  async create({ services, properties, ...request }) {
    const group = properties.AutoScalingGroupProvider;
    const name = properties.Name ?? physicalName(request, 255);
    await services.ecs.createCapacityProvider({
      name,
      autoScalingGroupProvider: { autoScalingGroupArn: await groupArn(services, group), ...groupSettings(group) },
      tags: ecsTags(mergedTags(request.tags, properties.Tags)),
    });
    return { physicalId: name, attributes: {} };
  },

  async update({ services, properties, tags }, previous) {
    const name = previous.physicalId;
    if (changed(previous.properties, properties, 'AutoScalingGroupProvider')) {
      await groupArn(services, properties.AutoScalingGroupProvider);
      await services.ecs.updateCapacityProvider({
        name,
        autoScalingGroupProvider: groupSettings(properties.AutoScalingGroupProvider),
      });
    }
    const { capacityProviders } = await services.ecs.describeCapacityProviders({ capacityProviders: [name] });
    const arn = capacityProviders?.[0]?.capacityProviderArn ?? '';
    await updateEcsTags(services, arn, previous.properties.Tags, mergedTags(tags, properties.Tags));
    return { physicalId: name, attributes: previous.attributes };
  },

  async delete({ services }, { physicalId }) {
    const { capacityProviders } = await services.ecs.describeCapacityProviders({ capacityProviders: [physicalId] });
    if (!capacityProviders?.length) return;
    await unlessGone(['ClientException'], () => services.ecs.deleteCapacityProvider({ capacityProvider: physicalId }));
  },

  async read({ services }, { physicalId }) {
    const asked = { capacityProviders: [physicalId], include: ['TAGS' as const] };
    const { capacityProviders } = await services.ecs.describeCapacityProviders(asked);
    const now = capacityProviders?.[0];
    if (now === undefined || now.status === 'INACTIVE') return undefined;
    const group = now.autoScalingGroupProvider;
    const scaling = group?.managedScaling;
    return {
      Name: now.name,
      AutoScalingGroupProvider: {
        AutoScalingGroupArn: group?.autoScalingGroupArn,
        ManagedScaling: {
          Status: scaling?.status,
          TargetCapacity: scaling?.targetCapacity,
          MinimumScalingStepSize: scaling?.minimumScalingStepSize,
          MaximumScalingStepSize: scaling?.maximumScalingStepSize,
          InstanceWarmupPeriod: scaling?.instanceWarmupPeriod,
        },
        ManagedTerminationProtection: group?.managedTerminationProtection,
        ManagedDraining: group?.managedDraining,
      },
      Tags: templateTagsOf(now.tags),
    };
  },
});

/** The group's ARN. Throws what ECS says of a group that managed termination protection cannot protect. */
async function groupArn(services: Services, provider: GroupProvider): Promise<string> {
  const name = provider.AutoScalingGroupArn.split('autoScalingGroupName/').at(-1) ?? '';
  const group = await describeGroup(services, name);
  if (!group) refuse(`The specified Auto Scaling group ${name} does not exist.`);
  if (provider.ManagedTerminationProtection === 'ENABLED' && !group.NewInstancesProtectedFromScaleIn) {
    refuse(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination ' +
        'protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.',
    );
  }
  return group.AutoScalingGroupARN ?? '';
}

function refuse(message: string): never {
  throw new ClientException({ message, $metadata: { httpStatusCode: 400 } });
}

function groupSettings(provider: GroupProvider): AutoScalingGroupProviderUpdate {
  const scaling = provider.ManagedScaling;
  return {
    ...(scaling && {
      managedScaling: {
        status: scaling.Status,
        targetCapacity: scaling.TargetCapacity,
        minimumScalingStepSize: scaling.MinimumScalingStepSize,
        maximumScalingStepSize: scaling.MaximumScalingStepSize,
        instanceWarmupPeriod: scaling.InstanceWarmupPeriod,
      },
    }),
    ...(provider.ManagedTerminationProtection && {
      managedTerminationProtection: provider.ManagedTerminationProtection,
    }),
    ...(provider.ManagedDraining && { managedDraining: provider.ManagedDraining }),
  };
}
