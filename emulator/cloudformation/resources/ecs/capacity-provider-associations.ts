import type { Services } from '../../../types.ts';
import { provider } from '../provider.ts';
import { unlessGone } from '../stabilize.ts';
import { type StrategyItem, strategyItems, templateStrategy } from './cluster.ts';

interface AssociationsProperties {
  readonly Cluster: string;
  readonly CapacityProviders?: readonly string[];
  readonly DefaultCapacityProviderStrategy: readonly StrategyItem[];
}

/** The cluster's whole list of capacity providers; the resource is named as the cluster is. */
export const capacityProviderAssociations = provider<AssociationsProperties>({
  type: 'AWS::ECS::ClusterCapacityProviderAssociations',
  properties: ['Cluster', 'CapacityProviders', 'DefaultCapacityProviderStrategy'],

  async create({ services, properties }) {
    await put(services, properties.Cluster, properties);
    return { physicalId: properties.Cluster, attributes: {} };
  },

  async update({ services, properties }, previous) {
    await put(services, previous.physicalId, properties);
    return { physicalId: previous.physicalId, attributes: {} };
  },

  async delete({ services }, { physicalId }) {
    await unlessGone(['ClusterNotFoundException'], () => put(services, physicalId, {}));
  },

  async read({ services }, { physicalId }) {
    const { clusters } = await services.ecs.describeClusters({ clusters: [physicalId] });
    const now = clusters?.[0];
    if (now === undefined || now.status === 'INACTIVE') return undefined;
    return {
      Cluster: physicalId,
      CapacityProviders: now.capacityProviders ?? [],
      DefaultCapacityProviderStrategy: templateStrategy(now.defaultCapacityProviderStrategy),
    };
  },
});

async function put(services: Services, cluster: string, properties: Partial<AssociationsProperties>): Promise<void> {
  await services.ecs.putClusterCapacityProviders({
    cluster,
    capacityProviders: [...(properties.CapacityProviders ?? [])],
    defaultCapacityProviderStrategy: strategyItems(properties.DefaultCapacityProviderStrategy),
  });
}
