import { changeSetPlan, type PlanMaterial } from '../../src/plan/plan.ts';
import type { Stack, StackParameter } from '../../src/stack/model.ts';
import type { Json, PlannedChangeSet, PlannedDetail, PlannedResource } from '../../src/stack/planned-model.ts';
import { templateOf } from '../template/fixtures.ts';

/** A cluster as small as one can be that has all there is to tell of. */
export const TEMPLATE = `
Parameters:
  Desired: { Type: Number, Default: 3 }
  DbPassword: { Type: String, NoEcho: true }
Resources:
  Cluster: { Type: AWS::ECS::Cluster }
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-1
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            echo ECS_CLUSTER=\${Cluster} >> /etc/ecs/ecs.config
            echo PASSWORD=\${DbPassword} >> /etc/app
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 1
      MaxSize: 6
      DesiredCapacity: !Ref Desired
      LaunchTemplate: { LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber }
    UpdatePolicy:
      AutoScalingRollingUpdate: { MinInstancesInService: 2 }
  Doors:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: doors
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8 }
        - { IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8 }
  Logs: { Type: AWS::Logs::LogGroup }
Outputs:
  Name: { Value: !Ref Cluster }
`;

export function liveStack(parameters: Readonly<Record<string, StackParameter>> = {}): Stack {
  return {
    id: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/todo/0',
    name: 'todo',
    status: 'UPDATE_COMPLETE',
    parameters: { Desired: { value: '3' }, DbPassword: { value: '****' }, ...parameters },
    outputs: [],
    tags: {},
    terminationProtection: false,
    lastOperations: [],
  };
}

export function detail(name: string, more: Partial<PlannedDetail> = {}): PlannedDetail {
  return {
    attribute: 'Properties',
    name,
    requiresRecreation: 'Never',
    evaluation: 'Static',
    source: 'DirectModification',
    drifted: false,
    ...more,
  };
}

export function resource(
  logicalId: string,
  resourceType: string,
  more: Partial<PlannedResource> & { readonly was?: Json; readonly is?: Json } = {},
): PlannedResource {
  const { was, is, ...rest } = more;
  return {
    action: 'Modify',
    logicalId,
    resourceType,
    replacement: 'False',
    scope: ['Properties'],
    details: [],
    ...(was !== undefined && { before: { Properties: was } }),
    ...(is !== undefined && { after: { Properties: is } }),
    ...rest,
  };
}

export function planned(
  resources: readonly PlannedResource[],
  parameters: Readonly<Record<string, StackParameter>> = {},
): PlannedChangeSet {
  return {
    id: 'arn:aws:cloudformation:eu-west-1:123456789012:changeSet/muster-1/0',
    stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/todo/0',
    empty: false,
    resources,
    parameters: { Desired: { value: '3' }, DbPassword: { value: '****' }, ...parameters },
    hasValues: true,
    revertsDrift: false,
  };
}

/** The plan of the template above with one text in it replaced, and these changes. */
export function planOf(
  resources: readonly PlannedResource[],
  { edit = (text) => text, ...more }: Partial<PlanMaterial> & { readonly edit?: (text: string) => string } = {},
) {
  const after = templateOf(edit(TEMPLATE));
  return changeSetPlan({
    subject: { environment: 'dev', stackName: 'todo', region: 'eu-west-1', templateFile: 'stack.yml' },
    stack: liveStack(),
    planned: planned(resources),
    before: templateOf(TEMPLATE, 'deployed'),
    after,
    nested: new Map(),
    values: { parameters: new Map([['DbPassword', { value: 'hunter22' }]]) },
    secrets: ['hunter22'],
    lookedUp: {},
    findings: [],
    refused: [],
    ...more,
  });
}
