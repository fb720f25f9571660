/**
 * What CloudFormation's registry schema of a resource type says of reading it back. Paths are JSON pointers below the
 * properties; `*` stands for an item of a list.
 */
export interface DriftSchema {
  /** `writeOnlyProperties`: what the type's read handler does not return. */
  readonly writeOnly?: readonly string[];
  /** Lists with `insertionOrder: false`. */
  readonly unordered?: readonly string[];
  /** Free JSON, which is compared whole: what was added to it is a difference too. */
  readonly documents?: readonly string[];
}

/**
 * As DescribeType returns the schemas in us-east-1, of which cfn-lint 1.58.0 has a copy; as far as the properties are
 * carried out here.
 */
const SCHEMAS: Readonly<Record<string, DriftSchema>> = {
  'AWS::AutoScaling::AutoScalingGroup': {
    writeOnly: ['/InstanceId'],
    unordered: [
      '/AvailabilityZones',
      '/LifecycleHookSpecificationList',
      '/MetricsCollection/*/Metrics',
      '/TargetGroupARNs',
      '/VPCZoneIdentifier',
    ],
  },
  'AWS::AutoScaling::LaunchConfiguration': {
    writeOnly: ['/KernelId', '/RamDiskId'],
    unordered: ['/BlockDeviceMappings', '/SecurityGroups'],
  },
  'AWS::AutoScaling::ScalingPolicy': { unordered: ['/StepAdjustments'] },
  'AWS::CloudFormation::Stack': { writeOnly: ['/TemplateURL'] },
  'AWS::EC2::LaunchTemplate': { writeOnly: ['/LaunchTemplateData', '/VersionDescription', '/TagSpecifications'] },
  'AWS::EC2::SecurityGroup': {
    writeOnly: ['/SecurityGroupIngress/*/SourceSecurityGroupName'],
    unordered: ['/SecurityGroupEgress', '/SecurityGroupIngress'],
  },
  'AWS::ECS::Cluster': { writeOnly: ['/ServiceConnectDefaults'] },
  'AWS::IAM::InstanceProfile': { unordered: ['/Roles'] },
  'AWS::IAM::ManagedPolicy': { unordered: ['/Groups', '/Roles', '/Users'], documents: ['/PolicyDocument'] },
  'AWS::IAM::Role': {
    unordered: ['/ManagedPolicyArns', '/Policies'],
    documents: ['/AssumeRolePolicyDocument', '/Policies/*/PolicyDocument'],
  },
  'AWS::SSM::Parameter': { writeOnly: ['/AllowedPattern', '/Description', '/Policies', '/Tier'] },
};

export const driftSchema = (type: string): DriftSchema => SCHEMAS[type] ?? {};

/** Whether a path is the pattern's, or below it. */
export function isWithin(path: readonly string[], pattern: string): boolean {
  const parts = pattern.split('/').slice(1);
  return parts.length <= path.length && parts.every((part, index) => part === '*' || part === path[index]);
}

const isAt = (path: readonly string[], pattern: string) =>
  path.length === pattern.split('/').length - 1 && isWithin(path, pattern);

/** Whether the order of a list's items means nothing: of those that the schema says so of, of tags, and in documents. */
export const isUnordered = (schema: DriftSchema, path: readonly string[]): boolean =>
  path.at(-1) === 'Tags' || (schema.unordered ?? []).some((one) => isAt(path, one)) || isDocument(schema, path);

export const isDocument = (schema: DriftSchema, path: readonly string[]): boolean =>
  (schema.documents ?? []).some((one) => isWithin(path, one));
