import type { CapacityProviderStrategyItem, ClusterConfiguration, ClusterSetting } from '@aws-sdk/client-ecs';
import type { Services } from '../../../types.ts';
import { changed } from '../changed.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { templateTagsOf } from '../reading.ts';
import { retryWhile, unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag, tagChanges } from '../tags.ts';

export interface StrategyItem {
  readonly CapacityProvider?: string;
  readonly Base?: number;
  readonly Weight?: number;
}

interface ClusterProperties {
  readonly ClusterName?: string;
  readonly ClusterSettings?: readonly { readonly Name?: ClusterSetting['name']; readonly Value?: string }[];
  readonly Configuration?: {
    readonly ExecuteCommandConfiguration?: {
      readonly KmsKeyId?: string;
      readonly Logging?: 'DEFAULT' | 'NONE' | 'OVERRIDE';
      readonly LogConfiguration?: {
        readonly CloudWatchLogGroupName?: string;
        readonly CloudWatchEncryptionEnabled?: boolean;
        readonly S3BucketName?: string;
        readonly S3EncryptionEnabled?: boolean;
        readonly S3KeyPrefix?: string;
      };
    };
    readonly ManagedStorageConfiguration?: {
      readonly KmsKeyId?: string;
      readonly FargateEphemeralStorageKmsKeyId?: string;
    };
  };
  readonly CapacityProviders?: readonly string[];
  readonly DefaultCapacityProviderStrategy?: readonly StrategyItem[];
  readonly ServiceConnectDefaults?: { readonly Namespace: string };
  readonly Tags?: readonly Tag[];
}

/** How long a cluster's last hosts may take to leave before its deletion is given up. */
const LEAVING_LIMIT_MS = 300_000;

export const cluster = provider<ClusterProperties>({
  type: 'AWS::ECS::Cluster',
  properties: [
    'ClusterName',
    'ClusterSettings',
    'Configuration',
    'CapacityProviders',
    'DefaultCapacityProviderStrategy',
    'ServiceConnectDefaults',
    'Tags',
  ],

  async create({ services, properties, ...request }) {
    const created = await services.ecs.createCluster({
      clusterName: properties.ClusterName ?? physicalName(request, 255),
      ...settingsOf(properties),
      ...(properties.CapacityProviders && { capacityProviders: [...properties.CapacityProviders] }),
      ...(properties.DefaultCapacityProviderStrategy && {
        defaultCapacityProviderStrategy: strategyItems(properties.DefaultCapacityProviderStrategy),
      }),
      tags: ecsTags(mergedTags(request.tags, properties.Tags)),
    });
    return stateOf(created.cluster);
  },

  async update({ services, properties, ...request }, previous) {
    const before = previous.properties;
    const name = previous.physicalId;
    if (changed(before, properties, 'ClusterSettings', 'Configuration', 'ServiceConnectDefaults')) {
      await services.ecs.updateCluster({ cluster: name, ...settingsOf(properties) });
    }
    if (changed(before, properties, 'CapacityProviders', 'DefaultCapacityProviderStrategy')) {
      await services.ecs.putClusterCapacityProviders({
        cluster: name,
        capacityProviders: [...(properties.CapacityProviders ?? [])],
        defaultCapacityProviderStrategy: strategyItems(properties.DefaultCapacityProviderStrategy),
      });
    }
    const resourceArn = String(previous.attributes.Arn);
    await updateEcsTags(services, resourceArn, before.Tags, mergedTags(request.tags, properties.Tags));
    return { physicalId: name, attributes: previous.attributes };
  },

  /** ECS refuses as long as the cluster has container instances; hosts that were just ended are about to leave. */
  async delete({ services, clock, signal }, { physicalId }) {
    await retryWhile(
      'ClusterContainsContainerInstancesException',
      () => unlessGone(['ClusterNotFoundException'], () => services.ecs.deleteCluster({ cluster: physicalId })),
      { clock, signal, limitMs: LEAVING_LIMIT_MS },
    );
  },

  async read({ services }, { physicalId }) {
    const include = ['SETTINGS', 'CONFIGURATIONS', 'TAGS'] as const;
    const { clusters } = await services.ecs.describeClusters({ clusters: [physicalId], include: [...include] });
    const now = clusters?.find(isLive);
    if (now === undefined) return undefined;
    return {
      ClusterName: now.clusterName,
      ClusterSettings: (now.settings ?? []).map(({ name, value }) => ({ Name: name, Value: value })),
      Configuration: templateConfiguration(now.configuration),
      CapacityProviders: now.capacityProviders ?? [],
      DefaultCapacityProviderStrategy: templateStrategy(now.defaultCapacityProviderStrategy),
      Tags: templateTagsOf(now.tags),
    };
  },

  async find({ services }, name) {
    const { clusters } = await services.ecs.describeClusters({ clusters: [name] });
    const now = clusters?.find(isLive);
    return now && stateOf(now);
  },
});

const isLive = ({ status }: { readonly status?: string | undefined }) => status !== 'INACTIVE';

function settingsOf(properties: ClusterProperties) {
  return {
    ...(properties.ClusterSettings && {
      settings: properties.ClusterSettings.map(
        ({ Name, Value }): ClusterSetting => ({ ...(Name && { name: Name }), ...(Value && { value: Value }) }),
      ),
    }),
    ...(properties.Configuration && { configuration: configurationOf(properties.Configuration) }),
    ...(properties.ServiceConnectDefaults && {
      serviceConnectDefaults: { namespace: properties.ServiceConnectDefaults.Namespace },
    }),
  };
}

function configurationOf(configuration: NonNullable<ClusterProperties['Configuration']>): ClusterConfiguration {
  const exec = configuration.ExecuteCommandConfiguration;
  const logs = exec?.LogConfiguration;
  const storage = configuration.ManagedStorageConfiguration;
  return {
    ...(exec && {
      executeCommandConfiguration: {
        kmsKeyId: exec.KmsKeyId,
        logging: exec.Logging,
        ...(logs && {
          logConfiguration: {
            cloudWatchLogGroupName: logs.CloudWatchLogGroupName,
            cloudWatchEncryptionEnabled: logs.CloudWatchEncryptionEnabled,
            s3BucketName: logs.S3BucketName,
            s3EncryptionEnabled: logs.S3EncryptionEnabled,
            s3KeyPrefix: logs.S3KeyPrefix,
          },
        }),
      },
    }),
    ...(storage && {
      managedStorageConfiguration: {
        kmsKeyId: storage.KmsKeyId,
        fargateEphemeralStorageKmsKeyId: storage.FargateEphemeralStorageKmsKeyId,
      },
    }),
  };
}

function templateConfiguration(configuration: ClusterConfiguration | undefined) {
  const exec = configuration?.executeCommandConfiguration;
  const logs = exec?.logConfiguration;
  return {
    ExecuteCommandConfiguration: {
      Logging: exec?.logging,
      LogConfiguration: {
        CloudWatchLogGroupName: logs?.cloudWatchLogGroupName,
        CloudWatchEncryptionEnabled: logs?.cloudWatchEncryptionEnabled,
        S3BucketName: logs?.s3BucketName,
        S3EncryptionEnabled: logs?.s3EncryptionEnabled,
        S3KeyPrefix: logs?.s3KeyPrefix,
      },
    },
  };
}

function stateOf(created: { clusterName?: string | undefined; clusterArn?: string | undefined } | undefined) {
  return { physicalId: created?.clusterName ?? '', attributes: { Arn: created?.clusterArn ?? '' } };
}

export function strategyItems(strategy: readonly StrategyItem[] = []): CapacityProviderStrategyItem[] {
  return strategy.map((item) => ({
    capacityProvider: item.CapacityProvider,
    ...(item.Base !== undefined && { base: item.Base }),
    ...(item.Weight !== undefined && { weight: item.Weight }),
  }));
}

export function templateStrategy(strategy: readonly CapacityProviderStrategyItem[] = []): StrategyItem[] {
  return strategy.map(({ capacityProvider, base, weight }) => ({
    ...(capacityProvider !== undefined && { CapacityProvider: capacityProvider }),
    ...(base !== undefined && { Base: base }),
    ...(weight !== undefined && { Weight: weight }),
  }));
}

export function ecsTags(tags: readonly Tag[]) {
  return tags.map((tag) => ({ key: tag.Key, value: tag.Value }));
}

export async function updateEcsTags(
  services: Services,
  resourceArn: string,
  before: readonly Tag[] | undefined,
  after: readonly Tag[],
): Promise<void> {
  const { set, remove } = tagChanges(before ?? [], after);
  if (set.length > 0) await services.ecs.tagResource({ resourceArn, tags: ecsTags(set) });
  if (remove.length > 0) await services.ecs.untagResource({ resourceArn, tagKeys: remove });
}
