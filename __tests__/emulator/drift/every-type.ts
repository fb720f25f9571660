/** A policy that allows actions on everything. */
export const document = (...actions: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'One', Effect: 'Allow', Action: actions, Resource: '*' }],
});

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** A template with every resource type that the local AWS carries out, and most of the properties. */
export const everyType = (imageId: string) => ({
  Resources: {
    Vpc: {
      Type: 'AWS::EC2::VPC',
      Properties: {
        CidrBlock: '10.0.0.0/16',
        EnableDnsSupport: true,
        EnableDnsHostnames: true,
        InstanceTenancy: 'default',
        Tags: [{ Key: 'Name', Value: 'vpc' }],
      },
    },
    Gateway: { Type: 'AWS::EC2::InternetGateway', Properties: { Tags: [{ Key: 'Name', Value: 'gateway' }] } },
    Attachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: 'Gateway' } },
    },
    Subnet: {
      Type: 'AWS::EC2::Subnet',
      Properties: {
        VpcId: { Ref: 'Vpc' },
        CidrBlock: '10.0.1.0/24',
        AvailabilityZone: 'us-east-1a',
        MapPublicIpOnLaunch: true,
        Tags: [{ Key: 'Name', Value: 'subnet' }],
      },
    },
    Address: {
      Type: 'AWS::EC2::EIP',
      DependsOn: 'Attachment',
      Properties: { Domain: 'vpc', Tags: [{ Key: 'a', Value: 'b' }] },
    },
    Nat: {
      Type: 'AWS::EC2::NatGateway',
      Properties: {
        SubnetId: { Ref: 'Subnet' },
        AllocationId: { 'Fn::GetAtt': ['Address', 'AllocationId'] },
        ConnectivityType: 'public',
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    },
    Routes: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: { Ref: 'Vpc' }, Tags: [{ Key: 'a', Value: 'b' }] } },
    Route: {
      Type: 'AWS::EC2::Route',
      DependsOn: 'Attachment',
      Properties: {
        RouteTableId: { Ref: 'Routes' },
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: { Ref: 'Gateway' },
      },
    },
    SubnetRoutes: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { RouteTableId: { Ref: 'Routes' }, SubnetId: { Ref: 'Subnet' } },
    },
    Peers: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'peers', VpcId: { Ref: 'Vpc' } } },
    Hosts: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'hosts',
        GroupName: 'every-type-hosts',
        VpcId: { Ref: 'Vpc' },
        SecurityGroupIngress: [
          { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8', Description: 'SSH' },
          { IpProtocol: '6', FromPort: '80', ToPort: '80', CidrIpv6: '::/0' },
          {
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 443,
            SourceSecurityGroupId: { 'Fn::GetAtt': ['Peers', 'GroupId'] },
          },
        ],
        SecurityGroupEgress: [{ IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIp: '0.0.0.0/0' }],
        Tags: [{ Key: 'Name', Value: 'hosts' }],
      },
    },
    Ingress: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: { 'Fn::GetAtt': ['Hosts', 'GroupId'] },
        IpProtocol: 'tcp',
        FromPort: 8080,
        ToPort: 8080,
        SourceSecurityGroupId: { 'Fn::GetAtt': ['Peers', 'GroupId'] },
        Description: 'from peers',
      },
    },
    Egress: {
      Type: 'AWS::EC2::SecurityGroupEgress',
      Properties: {
        GroupId: { 'Fn::GetAtt': ['Hosts', 'GroupId'] },
        IpProtocol: 'udp',
        FromPort: 53,
        ToPort: 53,
        CidrIp: '1.1.1.1/32',
      },
    },
    Launch: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {
        LaunchTemplateName: 'every-type',
        LaunchTemplateData: { ImageId: imageId, InstanceType: 't3.micro' },
        VersionDescription: 'first',
      },
    },
    Configuration: {
      Type: 'AWS::AutoScaling::LaunchConfiguration',
      Properties: {
        ImageId: imageId,
        InstanceType: 't3.micro',
        SecurityGroups: [{ 'Fn::GetAtt': ['Hosts', 'GroupId'] }],
        UserData: { 'Fn::Base64': '#!/bin/sh\n' },
        IamInstanceProfile: { Ref: 'Profile' },
        AssociatePublicIpAddress: true,
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: { VolumeType: 'gp3', VolumeSize: 30, Encrypted: true, DeleteOnTermination: true },
          },
        ],
        MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required' },
        EbsOptimized: false,
        InstanceMonitoring: false,
      },
    },
    Group: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {
        MinSize: 0,
        MaxSize: '4',
        DesiredCapacity: 0,
        LaunchTemplate: {
          LaunchTemplateId: { Ref: 'Launch' },
          Version: { 'Fn::GetAtt': ['Launch', 'LatestVersionNumber'] },
        },
        VPCZoneIdentifier: [{ Ref: 'Subnet' }],
        HealthCheckType: 'EC2',
        HealthCheckGracePeriod: 120,
        Cooldown: '60',
        DefaultInstanceWarmup: 30,
        MaxInstanceLifetime: 86400,
        CapacityRebalance: true,
        NewInstancesProtectedFromScaleIn: true,
        TerminationPolicies: ['OldestInstance', 'Default'],
        LifecycleHookSpecificationList: [
          {
            LifecycleHookName: 'leaving',
            LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
            HeartbeatTimeout: 60,
          },
        ],
        MetricsCollection: [{ Granularity: '1Minute', Metrics: ['GroupMaxSize', 'GroupMinSize'] }],
        Tags: [{ Key: 'Name', Value: 'host', PropagateAtLaunch: true }],
      },
    },
    OldGroup: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {
        MinSize: 0,
        MaxSize: 1,
        LaunchConfigurationName: { Ref: 'Configuration' },
        AvailabilityZones: ['us-east-1a'],
        MetricsCollection: [{ Granularity: '1Minute' }],
        LifecycleHookSpecificationList: [
          { LifecycleHookName: 'own', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' },
        ],
      },
    },
    Hook: {
      Type: 'AWS::AutoScaling::LifecycleHook',
      Properties: {
        AutoScalingGroupName: { Ref: 'OldGroup' },
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        DefaultResult: 'CONTINUE',
        HeartbeatTimeout: 120,
      },
    },
    Policy: {
      Type: 'AWS::AutoScaling::ScalingPolicy',
      Properties: {
        AutoScalingGroupName: { Ref: 'OldGroup' },
        PolicyType: 'SimpleScaling',
        AdjustmentType: 'ChangeInCapacity',
        ScalingAdjustment: 1,
        Cooldown: '60',
      },
    },
    Nightly: {
      Type: 'AWS::AutoScaling::ScheduledAction',
      Properties: { AutoScalingGroupName: { Ref: 'OldGroup' }, MinSize: 0, MaxSize: 1, Recurrence: '0 22 * * *' },
    },
    Cluster: {
      Type: 'AWS::ECS::Cluster',
      Properties: {
        ClusterName: 'every-type',
        ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
        Configuration: { ExecuteCommandConfiguration: { Logging: 'DEFAULT' } },
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    },
    Capacity: {
      Type: 'AWS::ECS::CapacityProvider',
      Properties: {
        Name: 'every-type',
        AutoScalingGroupProvider: {
          AutoScalingGroupArn: { Ref: 'Group' },
          ManagedScaling: { Status: 'ENABLED', TargetCapacity: 100 },
          ManagedTerminationProtection: 'ENABLED',
          ManagedDraining: 'ENABLED',
        },
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    },
    Capacities: {
      Type: 'AWS::ECS::ClusterCapacityProviderAssociations',
      Properties: {
        Cluster: { Ref: 'Cluster' },
        CapacityProviders: [{ Ref: 'Capacity' }],
        DefaultCapacityProviderStrategy: [{ CapacityProvider: { Ref: 'Capacity' }, Base: 0, Weight: 1 }],
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'every-type',
        AssumeRolePolicyDocument: TRUST,
        Path: '/service/',
        Description: 'hosts',
        MaxSessionDuration: 7200,
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'],
        Policies: [{ PolicyName: 'agent', PolicyDocument: document('ecs:Poll', 'ecs:Submit*') }],
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    },
    Inline: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'inline', PolicyDocument: document('s3:GetObject'), Roles: [{ Ref: 'Role' }] },
    },
    Managed: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        ManagedPolicyName: 'every-type',
        Description: 'managed',
        Path: '/',
        PolicyDocument: document('s3:PutObject'),
        Roles: [{ Ref: 'Role' }],
      },
    },
    Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Path: '/', Roles: [{ Ref: 'Role' }] } },
    Logs: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/every/type', RetentionInDays: 30, Tags: [{ Key: 'a', Value: 'b' }] },
    },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'every-type-bucket',
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    },
    Parameter: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/every/type', Type: 'String', Value: 1, Description: 'one', Tags: { a: 'b' } },
    },
  },
});
