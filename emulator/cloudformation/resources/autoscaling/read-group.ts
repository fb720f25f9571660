import type { AutoScalingGroup, EnabledMetric, LifecycleHook } from '@aws-sdk/client-auto-scaling';
import { unkept } from '../reading.ts';
import type { GroupProperties } from './group-properties.ts';

/** A group's properties as a template has them, from what Amazon EC2 Auto Scaling describes. */
export function templateProperties(
  group: AutoScalingGroup,
  hooks: readonly LifecycleHook[],
  properties: GroupProperties,
): Record<string, unknown> {
  return {
    // moto keeps none of these, or never takes a change of them.
    ...unkept(
      properties,
      'DesiredCapacityType',
      'Cooldown',
      'DefaultInstanceWarmup',
      'MaxInstanceLifetime',
      'CapacityRebalance',
      'TerminationPolicies',
      'PlacementGroup',
      'ServiceLinkedRoleARN',
      'InstanceMaintenancePolicy',
    ),
    AutoScalingGroupName: group.AutoScalingGroupName,
    MinSize: String(group.MinSize),
    MaxSize: String(group.MaxSize),
    DesiredCapacity: String(group.DesiredCapacity),
    LaunchTemplate: group.LaunchTemplate,
    LaunchConfigurationName: group.LaunchConfigurationName,
    MixedInstancesPolicy: group.MixedInstancesPolicy,
    VPCZoneIdentifier: group.VPCZoneIdentifier?.split(','),
    AvailabilityZones: group.AvailabilityZones,
    HealthCheckType: group.HealthCheckType,
    HealthCheckGracePeriod: group.HealthCheckGracePeriod,
    NewInstancesProtectedFromScaleIn: group.NewInstancesProtectedFromScaleIn,
    TargetGroupARNs: group.TargetGroupARNs,
    LifecycleHookSpecificationList: hooks,
    MetricsCollection: metricsCollection(group.EnabledMetrics ?? [], properties),
    Tags: (group.Tags ?? [])
      .filter(({ Key }) => !Key?.startsWith('aws:'))
      .map(({ Key, Value = '', PropagateAtLaunch }) => ({ Key, Value, PropagateAtLaunch })),
  };
}

/** moto keeps nothing of a collection without a list of metrics, which is one of all metrics. */
function metricsCollection(enabled: readonly EnabledMetric[], { MetricsCollection }: GroupProperties) {
  if (MetricsCollection?.some(({ Metrics }) => Metrics === undefined)) return MetricsCollection;
  const granularities = [...new Set(enabled.flatMap(({ Granularity }) => Granularity ?? []))];
  return granularities.map((Granularity) => ({
    Granularity,
    Metrics: enabled.flatMap((one) => (one.Granularity === Granularity ? (one.Metric ?? []) : [])),
  }));
}
