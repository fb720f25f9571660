/**
 * Where each service's calls say what they are about, the most telling parameter first. A list names all its members.
 */
const TELLING: Readonly<Record<string, readonly string[]>> = {
  cloudformation: ['StackName', 'StackDriftDetectionId', 'ChangeSetName', 'TemplateURL', 'ExportName'],
  autoscaling: [
    'AutoScalingGroupName',
    'AutoScalingGroupNames',
    'LaunchConfigurationName',
    'LaunchConfigurationNames',
    'InstanceId',
    'InstanceIds',
    'ResourceId',
  ],
  ec2: [
    'InstanceId',
    'LaunchTemplateName',
    'LaunchTemplateId',
    'GroupId',
    'GroupName',
    'ImageId',
    'KeyName',
    'SubnetId',
    'VpcId',
    'ResourceId',
  ],
  ecs: ['containerInstance', 'containerInstances', 'cluster', 'clusters', 'clusterName', 'name', 'capacityProviders'],
  iam: ['RoleName', 'InstanceProfileName', 'PolicyArn', 'PolicyName', 'UserName'],
  logs: ['logGroupName', 'logGroupIdentifier', 'logGroupNamePrefix', 'resourceArn'],
  ssm: ['Name', 'Names', 'Path', 'ResourceId', 'InstanceId'],
  sts: ['RoleArn'],
};

const text = (value: unknown): string | undefined => {
  if (typeof value === 'string' && value !== '') return value;
  if (!Array.isArray(value)) return undefined;
  const names = value.filter((item) => typeof item === 'string');
  return names.length === 0 ? undefined : names.join(',');
};

/** The name or ARN that a call is about, as far as its parameters tell. */
export function resourceOf(service: string, parameters: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of TELLING[service] ?? []) {
    const found = text(parameters[name]);
    if (found !== undefined) return found;
  }
  return undefined;
}
