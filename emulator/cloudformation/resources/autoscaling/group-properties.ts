import type {
  CreateAutoScalingGroupType,
  Tag as GroupTag,
  InstanceMaintenancePolicy,
  LaunchTemplateSpecification,
  LifecycleHookSpecification,
  MixedInstancesPolicy,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import { mergedTags } from '../tags.ts';

export interface GroupTagProperty {
  readonly Key: string;
  readonly Value: string;
  readonly PropagateAtLaunch: boolean;
}

export interface GroupProperties {
  readonly AutoScalingGroupName?: string;
  /** Sizes are strings in the specification. */
  readonly MinSize: string;
  readonly MaxSize: string;
  readonly DesiredCapacity?: string;
  readonly DesiredCapacityType?: string;
  readonly LaunchTemplate?: LaunchTemplateSpecification;
  readonly LaunchConfigurationName?: string;
  readonly MixedInstancesPolicy?: MixedInstancesPolicy;
  readonly InstanceId?: string;
  readonly VPCZoneIdentifier?: readonly string[];
  readonly AvailabilityZones?: readonly string[];
  readonly Tags?: readonly GroupTagProperty[];
  readonly HealthCheckType?: string;
  readonly HealthCheckGracePeriod?: number;
  readonly Cooldown?: string;
  readonly DefaultInstanceWarmup?: number;
  readonly MaxInstanceLifetime?: number;
  readonly CapacityRebalance?: boolean;
  readonly NewInstancesProtectedFromScaleIn?: boolean;
  readonly TerminationPolicies?: readonly string[];
  readonly PlacementGroup?: string;
  readonly ServiceLinkedRoleARN?: string;
  readonly InstanceMaintenancePolicy?: InstanceMaintenancePolicy;
  readonly TargetGroupARNs?: readonly string[];
  readonly LifecycleHookSpecificationList?: readonly LifecycleHookSpecification[];
  readonly MetricsCollection?: readonly { readonly Granularity: string; readonly Metrics?: readonly string[] }[];
}

export const GROUP_PROPERTIES = [
  'AutoScalingGroupName',
  'MinSize',
  'MaxSize',
  'DesiredCapacity',
  'DesiredCapacityType',
  'LaunchTemplate',
  'LaunchConfigurationName',
  'MixedInstancesPolicy',
  'InstanceId',
  'VPCZoneIdentifier',
  'AvailabilityZones',
  'Tags',
  'HealthCheckType',
  'HealthCheckGracePeriod',
  'Cooldown',
  'DefaultInstanceWarmup',
  'MaxInstanceLifetime',
  'CapacityRebalance',
  'NewInstancesProtectedFromScaleIn',
  'TerminationPolicies',
  'PlacementGroup',
  'ServiceLinkedRoleARN',
  'InstanceMaintenancePolicy',
  'TargetGroupARNs',
  'LifecycleHookSpecificationList',
  'MetricsCollection',
] as const satisfies readonly (keyof GroupProperties)[];

/** The whole group as CreateAutoScalingGroup takes it. */
export function createInput(
  name: string,
  properties: GroupProperties,
  stackTags: Readonly<Record<string, string>>,
): CreateAutoScalingGroupType {
  return {
    ...settings(name, properties),
    MinSize: Number(properties.MinSize),
    MaxSize: Number(properties.MaxSize),
    ...(properties.DesiredCapacity !== undefined && { DesiredCapacity: Number(properties.DesiredCapacity) }),
    InstanceId: properties.InstanceId,
    Tags: groupTags(name, properties, stackTags),
    TargetGroupARNs: properties.TargetGroupARNs && [...properties.TargetGroupARNs],
    LifecycleHookSpecificationList: properties.LifecycleHookSpecificationList && [
      ...properties.LifecycleHookSpecificationList,
    ],
  };
}

export type Sizes = Pick<UpdateAutoScalingGroupType, 'MinSize' | 'MaxSize' | 'DesiredCapacity'>;

/** What one UpdateAutoScalingGroup call can change. */
export function updateInput(name: string, properties: GroupProperties, sizes: Sizes): UpdateAutoScalingGroupType {
  return { ...settings(name, properties), ...sizes };
}

/**
 * The group sizes that an update writes: all that the template gives, or, under `IgnoreUnmodifiedGroupSizeProperties`,
 * only those whose value in the template has changed (CloudFormation User Guide, "UpdatePolicy attribute"). A rollback
 * writes all of them under that policy too: live updates that github.com/guardian/testing-asg-rolling-update records.
 */
export function updatedSizes(before: GroupProperties, after: GroupProperties, onlyModified: boolean): Sizes {
  const written = (name: 'MinSize' | 'MaxSize' | 'DesiredCapacity') => {
    const value = after[name];
    const kept = value === undefined || (onlyModified && before[name] === value);
    return kept ? {} : { [name]: Number(value) };
  };
  return { ...written('MinSize'), ...written('MaxSize'), ...written('DesiredCapacity') };
}

/** The group's tags: the stack's reach its instances too, as CloudFormation sets them. */
export function groupTags(
  name: string,
  properties: GroupProperties,
  stackTags: Readonly<Record<string, string>>,
): GroupTag[] {
  const propagated = new Map((properties.Tags ?? []).map((tag) => [tag.Key, tag.PropagateAtLaunch]));
  return mergedTags(stackTags, properties.Tags).map((tag) => ({
    ...tag,
    PropagateAtLaunch: propagated.get(tag.Key) ?? true,
    ResourceId: name,
    ResourceType: 'auto-scaling-group',
  }));
}

function settings(name: string, properties: GroupProperties) {
  return {
    AutoScalingGroupName: name,
    LaunchTemplate: properties.LaunchTemplate,
    LaunchConfigurationName: properties.LaunchConfigurationName,
    MixedInstancesPolicy: properties.MixedInstancesPolicy,
    VPCZoneIdentifier: properties.VPCZoneIdentifier?.join(','),
    AvailabilityZones: properties.AvailabilityZones && [...properties.AvailabilityZones],
    DesiredCapacityType: properties.DesiredCapacityType,
    HealthCheckType: properties.HealthCheckType,
    HealthCheckGracePeriod: properties.HealthCheckGracePeriod,
    ...(properties.Cooldown !== undefined && { DefaultCooldown: Number(properties.Cooldown) }),
    DefaultInstanceWarmup: properties.DefaultInstanceWarmup,
    MaxInstanceLifetime: properties.MaxInstanceLifetime,
    CapacityRebalance: properties.CapacityRebalance,
    NewInstancesProtectedFromScaleIn: properties.NewInstancesProtectedFromScaleIn,
    TerminationPolicies: properties.TerminationPolicies && [...properties.TerminationPolicies],
    PlacementGroup: properties.PlacementGroup,
    ServiceLinkedRoleARN: properties.ServiceLinkedRoleARN,
    InstanceMaintenancePolicy: properties.InstanceMaintenancePolicy,
  };
}
