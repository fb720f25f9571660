import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribePoliciesCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-auto-scaling';
import { refuseForeignAnswers } from '../answers.ts';
import { callsUnder } from '../calls.ts';
import type { ClientSettings } from '../settings.ts';

export function connect(settings: ClientSettings) {
  const client = new AutoScalingClient(settings);
  refuseForeignAnswers(client.middlewareStack, true);
  return (signal: AbortSignal) => {
    const call = callsUnder(client, signal);
    return {
      describeAutoScalingGroups: call(DescribeAutoScalingGroupsCommand),
      describeAutoScalingInstances: call(DescribeAutoScalingInstancesCommand),
      describePolicies: call(DescribePoliciesCommand),
      describeScheduledActions: call(DescribeScheduledActionsCommand),
    };
  };
}

export type AutoScaling = ReturnType<ReturnType<typeof connect>>;
