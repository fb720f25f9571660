/** A cluster without hosts and something beside it: a stack that is up in no time, for tests of what happens to stacks. */
export const SMALL_TEMPLATE = `Parameters:
  Retention: { Type: Number, Default: 7 }
  Password: { Type: String, Default: none, NoEcho: true }
Resources:
  Cluster: { Type: AWS::ECS::Cluster }
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-12c6146b
        InstanceType: t3.micro
        UserData: { Fn::Base64: !Sub 'echo ECS_CLUSTER=\${Cluster}' }
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '0'
      MaxSize: '2'
      DesiredCapacity: '0'
      VPCZoneIdentifier: [subnet-a5d3ecee]
      LaunchTemplate: { LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber }
  Logs:
    Type: AWS::Logs::LogGroup
    DependsOn: Cluster
    Properties: { RetentionInDays: !Ref Retention }
Outputs:
  ClusterArn: { Value: !GetAtt Cluster.Arn }
  LogGroup: { Value: !Ref Logs }
`;

/** Line of the resource in the template. */
export function lineOf(template: string, text: string): number {
  return template.split('\n').findIndex((line) => line.includes(text)) + 1;
}

export const SMALL_FILES = { 'stack.yml': SMALL_TEMPLATE, 'env/dev.cfg': 'Retention=7\nPassword=hunter2-hunter2\n' };
