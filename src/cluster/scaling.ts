import type { Aws } from '../aws/aws.ts';
import { classify } from '../aws/errors.ts';
import type { Finding } from '../types.ts';
import type { RolledGroup, Scaling } from './request.ts';

/** What scales a group according to AWS itself, and what could not be found out about it. */
export interface LiveScaling {
  readonly scaledBy: readonly Scaling[];
  readonly findings: readonly Finding[];
}

/** ECS names the policy of a capacity provider's managed scaling so (ECS Developer Guide, "Cluster auto scaling"). */
const MANAGED_POLICY = /^ECSManagedAutoScalingPolicy/;

/**
 * Asks whether scaling policies or scheduled actions move a group that the template says nothing of. Being denied the
 * answer is told as a warning: the template's number then stands.
 */
export async function liveScaling(aws: Aws, group: RolledGroup): Promise<LiveScaling> {
  const AutoScalingGroupName = group.name;
  const findings: Finding[] = [];
  const ask = async (action: string, question: () => Promise<readonly Scaling[]>): Promise<readonly Scaling[]> => {
    try {
      return await question();
    } catch (error) {
      const fact = classify(error);
      if (fact.kind !== 'access-denied' && fact.kind !== 'other') throw error;
      findings.push(notKnown(group, action, fact.message));
      return [];
    }
  };
  const autoScaling = await aws.autoScaling();
  const answers = await Promise.all([
    ask('DescribePolicies', async () => {
      const { ScalingPolicies = [] } = await autoScaling.describePolicies({ AutoScalingGroupName });
      const enabled = ScalingPolicies.filter(({ Enabled }) => Enabled !== false);
      return enabled.map(({ PolicyName = '' }) =>
        MANAGED_POLICY.test(PolicyName) ? 'managed-scaling' : 'scaling-policy',
      );
    }),
    ask('DescribeScheduledActions', async () => {
      const { ScheduledUpdateGroupActions = [] } = await autoScaling.describeScheduledActions({ AutoScalingGroupName });
      return ScheduledUpdateGroupActions.map(() => 'scheduled-action');
    }),
  ]);
  return { scaledBy: [...new Set(answers.flat())], findings };
}

function notKnown(group: RolledGroup, action: string, message: string): Finding {
  return {
    level: 'warning',
    title: `Whether something scales ${group.logicalId ?? group.name} is not known`,
    message: `The group's desired capacity is not the template's. The roll call went by the template, since autoscaling:${action} gave no answer: ${message}`,
    remedy: `Allow autoscaling:${action}, or set 'desired-count' to live, template or a number.`,
    ...(group.location && { location: group.location }),
  };
}
