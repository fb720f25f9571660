/** Which parameter of a service's calls names a resource of which type. */
const NAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  autoscaling: {
    AutoScalingGroupName: 'AWS::AutoScaling::AutoScalingGroup',
    LaunchConfigurationName: 'AWS::AutoScaling::LaunchConfiguration',
    LifecycleHookName: 'AWS::AutoScaling::LifecycleHook',
    ScheduledActionName: 'AWS::AutoScaling::ScheduledAction',
  },
  cloudformation: { StackName: 'AWS::CloudFormation::Stack', ChangeSetName: 'AWS::CloudFormation::ChangeSet' },
  ec2: {
    AllocationId: 'AWS::EC2::EIP',
    GroupId: 'AWS::EC2::SecurityGroup',
    InstanceId: 'AWS::EC2::Instance',
    InternetGatewayId: 'AWS::EC2::InternetGateway',
    LaunchTemplateId: 'AWS::EC2::LaunchTemplate',
    NatGatewayId: 'AWS::EC2::NatGateway',
    RouteTableId: 'AWS::EC2::RouteTable',
    SubnetId: 'AWS::EC2::Subnet',
    VpcId: 'AWS::EC2::VPC',
  },
  ecs: {
    cluster: 'AWS::ECS::Cluster',
    clusterName: 'AWS::ECS::Cluster',
    capacityProvider: 'AWS::ECS::CapacityProvider',
  },
  iam: {
    InstanceProfileName: 'AWS::IAM::InstanceProfile',
    PolicyArn: 'AWS::IAM::Policy',
    PolicyName: 'AWS::IAM::Policy',
    RoleName: 'AWS::IAM::Role',
    UserName: 'AWS::IAM::User',
  },
  logs: { logGroupName: 'AWS::Logs::LogGroup' },
  s3: { Bucket: 'AWS::S3::Bucket' },
  ssm: { Name: 'AWS::SSM::Parameter' },
};

export interface EventResource {
  readonly ResourceType: string;
  readonly ResourceName: string;
}

/** The resources that a call is about, as far as its parameters name them. */
export function resourcesOf(service: string, parameters: Readonly<Record<string, unknown>>): EventResource[] {
  const types = NAMED[service] ?? {};
  return Object.entries(parameters).flatMap(([name, value]) => {
    const type = types[name];
    return type !== undefined && typeof value === 'string' ? [{ ResourceType: type, ResourceName: value }] : [];
  });
}
