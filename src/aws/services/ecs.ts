import {
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  ECSClient,
  ListContainerInstancesCommand,
} from '@aws-sdk/client-ecs';
import { refuseForeignAnswers } from '../answers.ts';
import { callsUnder } from '../calls.ts';
import type { ClientSettings } from '../settings.ts';

export function connect(settings: ClientSettings) {
  const client = new ECSClient(settings);
  refuseForeignAnswers(client.middlewareStack, true);
  return (signal: AbortSignal) => {
    const call = callsUnder(client, signal);
    return {
      describeCapacityProviders: call(DescribeCapacityProvidersCommand),
      describeClusters: call(DescribeClustersCommand),
      describeContainerInstances: call(DescribeContainerInstancesCommand),
      listContainerInstances: call(ListContainerInstancesCommand),
    };
  };
}

export type ECS = ReturnType<ReturnType<typeof connect>>;
