/**
 * Where a value stands, as far as it decides how it is compared: the property that holds it, and whether it is the
 * argument of an intrinsic function in its place, such as the list of an Fn::If.
 */
export interface Place {
  readonly property: string;
  readonly isArgument: boolean;
}

export const NOWHERE: Place = { property: '', isArgument: false };

/** The place of a member. What a function stands for is compared as its property would be. */
export function memberOf({ property }: Place, key: string): Place {
  return key.startsWith('Fn::') ? { property, isArgument: true } : { property: key, isArgument: false };
}

/** The place of a list's item: an argument is the property's value again, an item is in no property of its own. */
export function itemOf({ property, isArgument }: Place): Place {
  return isArgument ? { property, isArgument: false } : NOWHERE;
}

/**
 * Lists of the resource types that clusters are made of whose order means nothing, by the property's name
 * (CloudFormation User Guide, the page of each property type). Every other list is compared in its order.
 */
const SETS: ReadonlySet<string> = new Set([
  'Action',
  'AvailabilityZones',
  'AWS',
  'CapacityProviders',
  'DefaultCapacityProviderStrategy',
  'Federated',
  'Groups',
  'InstanceTypes',
  'LoadBalancerNames',
  'LoadBalancers',
  'ManagedPolicyArns',
  'MetricsCollection',
  'Metrics',
  'NotAction',
  'NotResource',
  'NotificationARNs',
  'NotificationConfigurations',
  'NotificationTypes',
  'RequiresCompatibilities',
  'Resource',
  'Roles',
  'SecurityGroupEgress',
  'SecurityGroupIds',
  'SecurityGroupIngress',
  'SecurityGroups',
  'Service',
  'Statement',
  'SubnetIds',
  'Subnets',
  'SuspendProcesses',
  'TargetGroupARNs',
  'VPCZoneIdentifier',
  'VpcSecurityGroupIds',
]);

/** Lists whose items each have a name, with the member that holds it. */
const NAMES: Readonly<Record<string, string>> = {
  BlockDeviceMappings: 'DeviceName',
  ClusterSettings: 'Name',
  ContainerDefinitions: 'Name',
  Environment: 'Name',
  LifecycleHookSpecificationList: 'LifecycleHookName',
  MountPoints: 'ContainerPath',
  Parameters: 'ParameterKey',
  Policies: 'PolicyName',
  Secrets: 'Name',
  TagSpecifications: 'ResourceType',
  Tags: 'Key',
  Volumes: 'Name',
};

/** The member that names the items of this list; undefined for a list whose items have no names. */
export function namedBy({ property, isArgument }: Place): string | undefined {
  return !isArgument && Object.hasOwn(NAMES, property) ? NAMES[property] : undefined;
}

/** Whether the order of a list here says something. */
export function isOrdered(place: Place): boolean {
  return place.isArgument || (namedBy(place) === undefined && !SETS.has(place.property));
}
