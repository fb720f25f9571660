import type { PutScalingPolicyType, StepAdjustment, TargetTrackingConfiguration } from '@aws-sdk/client-auto-scaling';
import type { ResourceState, Services } from '../../../types.ts';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { ifThere } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';

interface ScalingPolicyProperties {
  readonly AutoScalingGroupName: string;
  readonly PolicyType?: string;
  readonly AdjustmentType?: string;
  readonly ScalingAdjustment?: number;
  readonly Cooldown?: string;
  readonly EstimatedInstanceWarmup?: number;
  readonly MetricAggregationType?: string;
  readonly MinAdjustmentMagnitude?: number;
  readonly StepAdjustments?: readonly StepAdjustment[];
  readonly TargetTrackingConfiguration?: TargetTrackingConfiguration;
}

export const scalingPolicy = provider<ScalingPolicyProperties>({
  type: 'AWS::AutoScaling::ScalingPolicy',
  properties: [
    'AutoScalingGroupName',
    'PolicyType',
    'AdjustmentType',
    'ScalingAdjustment',
    'Cooldown',
    'EstimatedInstanceWarmup',
    'MetricAggregationType',
    'MinAdjustmentMagnitude',
    'StepAdjustments',
    'TargetTrackingConfiguration',
  ],

  async create({ services, properties, ...request }) {
    return put(services, physicalName(request, 255), properties);
  },

  async update({ services, properties }, previous) {
    return put(services, String(previous.attributes.PolicyName), properties);
  },

  async delete({ services, properties: { AutoScalingGroupName } }, { attributes }) {
    const PolicyName = String(attributes.PolicyName);
    await unlessGone(['ValidationError'], () =>
      services.autoScaling.deletePolicy({ AutoScalingGroupName, PolicyName }),
    );
  },

  async read({ services, properties: { AutoScalingGroupName } }, { attributes }) {
    const PolicyNames = [String(attributes.PolicyName)];
    const found = await ifThere(['ValidationError'], () =>
      services.autoScaling.describePolicies({ AutoScalingGroupName, PolicyNames }),
    );
    const now = found?.ScalingPolicies?.[0];
    return now && { ...now };
  },
});

async function put(
  services: Services,
  PolicyName: string,
  properties: ScalingPolicyProperties,
): Promise<ResourceState> {
  const { Cooldown, StepAdjustments, ...same } = properties;
  const input: PutScalingPolicyType = {
    ...same,
    PolicyName,
    ...(Cooldown !== undefined && { Cooldown: Number(Cooldown) }),
    ...(StepAdjustments && { StepAdjustments: [...StepAdjustments] }),
  };
  await services.autoScaling.putScalingPolicy(input);
  const { AutoScalingGroupName } = properties;
  const described = await services.autoScaling.describePolicies({ AutoScalingGroupName, PolicyNames: [PolicyName] });
  const PolicyARN = described.ScalingPolicies?.[0]?.PolicyARN ?? '';
  return { physicalId: PolicyARN, attributes: { Arn: PolicyARN, PolicyName } };
}
