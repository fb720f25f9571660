import type { ValueDiff } from '../../src/diff/model.ts';
import type { Run } from '../../src/outcome.ts';
import {
  type ChangeSetPlan,
  type EnvironmentPlan,
  type FailedPlan,
  KNOWN_AFTER_APPLY,
  type OfflinePlan,
  type PlannedChange,
  type PropertyChange,
  WITHHELD,
} from '../../src/plan/model.ts';

/** Realistic plans, as the mode hands them over. */

export const COMMIT = '5d6e0c1f7a9b3e2d4c8f0a1b2c3d4e5f60718293';
export const HEAD = '0f9e8d7c6b5a49382716fedcba98765432100123';

const at = (line: number) => ({ file: 'stack.yml', line, endLine: line + 12 });

export const property = (
  path: string,
  diff: ValueDiff | undefined,
  more: Partial<PropertyChange> = {},
): PropertyChange => ({
  path: path.split('.'),
  action: 'Modify',
  requiresRecreation: 'Never',
  certain: true,
  causes: [{ kind: 'direct' }],
  ...(diff && { diff }),
  ...more,
});

export const change = (logicalId: string, type: string, more: Partial<PlannedChange> = {}): PlannedChange => ({
  action: 'Modify',
  logicalId,
  resourceType: `AWS::${type}`,
  replacement: 'False',
  scope: ['Properties'],
  risk: 'safe',
  properties: [],
  location: at(40),
  ...more,
});

export function planned(environment: string, more: Partial<ChangeSetPlan> = {}): ChangeSetPlan {
  return {
    kind: 'change-set',
    environment,
    stackName: `todobackend-${environment}`,
    region: 'eu-west-1',
    templateFile: 'stack.yml',
    environmentFile: `env/${environment}.yml`,
    findings: [],
    isNew: false,
    empty: false,
    impacts: [],
    risk: 'safe',
    changes: [],
    sections: [],
    parameters: [],
    refused: [],
    record: {
      environment,
      stackName: `todobackend-${environment}`,
      region: 'eu-west-1',
      commit: HEAD,
      fingerprint: 'f'.repeat(64),
      template: 'e'.repeat(64),
      parameters: {},
    },
    ...more,
  };
}

const USER_DATA: ValueDiff = {
  kind: 'text',
  hunks: [
    {
      beforeLine: 4,
      afterLine: 4,
      lines: [
        { sign: ' ', text: 'cat > /etc/ecs/ecs.config <<EOF' },
        { sign: ' ', text: 'ECS_CLUSTER=${ApplicationCluster}' },
        { sign: '-', text: 'ECS_ENABLE_CONTAINER_METADATA=false' },
        { sign: '+', text: 'ECS_ENABLE_CONTAINER_METADATA=true' },
        { sign: '+', text: 'ECS_IMAGE_PULL_BEHAVIOR=prefer-cached' },
        { sign: ' ', text: 'EOF' },
      ],
    },
    {
      beforeLine: 31,
      afterLine: 32,
      lines: [
        { sign: ' ', text: 'systemctl enable --now muster-proof.service' },
        { sign: '-', text: 'echo "done" > /dev/console' },
        { sign: ' ', text: '' },
      ],
    },
  ],
};

/** Desired count and a tag: nothing that anybody needs to fear. */
export const inPlace = planned('dev', {
  impacts: [
    { risk: 'safe', text: 'desired count of `ApplicationAutoscaling` 3 → 5', logicalId: 'ApplicationAutoscaling' },
  ],
  changes: [
    change('ApplicationAutoscaling', 'AutoScaling::AutoScalingGroup', {
      location: at(70),
      properties: [
        property(
          'Properties.DesiredCapacity',
          { kind: 'changed', before: '3', after: '5' },
          { causes: [{ kind: 'parameter', entity: 'ApplicationDesiredCount' }] },
        ),
        property('Properties.Tags', {
          kind: 'named',
          by: 'Key',
          items: [
            {
              name: 'Team',
              diff: {
                kind: 'object',
                members: [{ key: 'Value', diff: { kind: 'changed', before: 'blue', after: 'platform' } }],
              },
            },
            {
              name: 'CostCenter',
              diff: { kind: 'added', after: { Key: 'CostCenter', Value: 4711, PropagateAtLaunch: true } },
            },
          ],
          kept: 2,
        }),
      ],
    }),
  ],
  parameters: [{ name: 'ApplicationDesiredCount', before: '3', after: '5', secret: false }],
});

/** A new image and other user data: the launch template, and so all three hosts. */
export const rolling = planned('prod', {
  risk: 'exposed',
  impacts: [
    { risk: 'exposed', text: 'opens port 22 of `ApplicationSecurityGroup` to the world' },
    {
      risk: 'rolled',
      text: 'changes the launch template: all 3 container instances of `ApplicationAutoscaling` are rolled, 2 stay in service',
    },
    {
      risk: 'safe',
      text: 'a newer ECS-optimized image (`/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id`)',
    },
  ],
  changes: [
    change('ApplicationSecurityGroup', 'EC2::SecurityGroup', {
      risk: 'exposed',
      location: at(164),
      properties: [
        property('Properties.SecurityGroupIngress', {
          kind: 'set',
          removed: [{ IpProtocol: 'tcp', FromPort: 32768, ToPort: 60999, CidrIp: '10.0.0.0/16' }],
          added: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0', Description: 'for a while' }],
          kept: 2,
        }),
      ],
    }),
    change('ApplicationLaunchTemplate', 'EC2::LaunchTemplate', {
      risk: 'rolled',
      location: at(108),
      properties: [
        property(
          'Properties.LaunchTemplateData.ImageId',
          { kind: 'changed', before: 'ami-0a1b2c3d4e5f60718', after: 'ami-0f1e2d3c4b5a69788' },
          { causes: [{ kind: 'parameter', entity: 'EcsImage' }] },
        ),
        property('Properties.LaunchTemplateData.UserData', USER_DATA, { unresolved: true }),
      ],
    }),
    change('ApplicationAutoscaling', 'AutoScaling::AutoScalingGroup', {
      risk: 'rolled',
      location: at(70),
      properties: [
        property(
          'Properties.LaunchTemplate.Version',
          { kind: 'changed', before: '7', after: KNOWN_AFTER_APPLY },
          { causes: [{ kind: 'attribute', entity: 'ApplicationLaunchTemplate.LatestVersionNumber' }], certain: false },
        ),
      ],
    }),
  ],
  parameters: [
    {
      name: 'EcsImage',
      secret: false,
      ssm: {
        name: '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
        before: 'ami-0a1b2c3d4e5f60718',
        after: 'ami-0f1e2d3c4b5a69788',
      },
    },
    { name: 'DbPassword', secret: true },
  ],
  findings: [
    {
      level: 'warning',
      title: 'Port 22 is open to 0.0.0.0/0',
      message: 'Anybody can try to log in to the hosts. Session Manager needs no open port.',
      location: { file: 'stack.yml', line: 171 },
    },
  ],
});

/** A cluster under another name, and a bucket that goes: a plan to think twice about. */
export const replacing = planned('prod', {
  risk: 'data-lost',
  impacts: [
    { risk: 'data-lost', text: 'deletes the bucket `ArtifactBucket` with what is in it' },
    {
      risk: 'replaced',
      text: 'replaces the cluster: its services stop, and all 3 container instances register with the new one',
    },
    { risk: 'maybe-replaced', text: 'may replace the role `EcsInstanceRole`' },
    { risk: 'removed', text: 'removes the alarm `MemoryAlarm`' },
  ],
  changes: [
    change('ArtifactBucket', 'S3::Bucket', {
      action: 'Remove',
      policyAction: 'Delete',
      risk: 'data-lost',
      physicalId: 'todobackend-artifacts',
    }),
    change('ApplicationCluster', 'ECS::Cluster', {
      replacement: 'True',
      policyAction: 'ReplaceAndDelete',
      risk: 'replaced',
      location: at(96),
      properties: [
        property(
          'Properties.ClusterName',
          { kind: 'changed', before: 'todobackend-prod', after: 'backend-prod' },
          { requiresRecreation: 'Always' },
        ),
        property('Properties.ClusterSettings', {
          kind: 'named',
          by: 'Name',
          items: [
            {
              name: 'containerInsights',
              diff: {
                kind: 'object',
                members: [{ key: 'Value', diff: { kind: 'changed', before: 'disabled', after: 'enabled' } }],
              },
            },
          ],
          kept: 0,
        }),
      ],
    }),
    change('EcsInstanceRole', 'IAM::Role', {
      replacement: 'Conditional',
      risk: 'maybe-replaced',
      properties: [
        property(
          'Properties.RoleName',
          { kind: 'changed', before: 'ecs-todobackend-prod', after: KNOWN_AFTER_APPLY },
          {
            requiresRecreation: 'Always',
            certain: false,
            causes: [{ kind: 'resource', entity: 'ApplicationCluster' }],
          },
        ),
        property('Properties.Policies', {
          kind: 'named',
          by: 'PolicyName',
          items: [
            {
              name: 'ecs',
              diff: {
                kind: 'object',
                members: [
                  {
                    key: 'PolicyDocument',
                    diff: {
                      kind: 'object',
                      members: [
                        {
                          key: 'Statement',
                          diff: {
                            kind: 'set',
                            removed: [
                              {
                                Effect: 'Allow',
                                Action: ['ecs:Poll'],
                                Resource: { 'Fn::GetAtt': ['ApplicationCluster', 'Arn'] },
                              },
                            ],
                            added: [
                              { Effect: 'Allow', Action: ['ecs:Poll', 'ecs:StartTelemetrySession'], Resource: '*' },
                            ],
                            kept: 4,
                          },
                        },
                      ],
                    },
                  },
                ],
              },
            },
          ],
          kept: 1,
        }),
      ],
    }),
    change('MemoryAlarm', 'CloudWatch::Alarm', { action: 'Remove', policyAction: 'Delete', risk: 'removed' }),
    change('AccessLogs', 'Logs::LogGroup', { action: 'Remove', policyAction: 'Retain', risk: 'safe' }),
  ],
  sections: [
    {
      section: 'Outputs',
      name: 'ArtifactBucket',
      diff: { kind: 'removed', before: { Value: { Ref: 'ArtifactBucket' } } },
    },
    {
      section: 'Conditions',
      name: 'IsProduction',
      diff: {
        kind: 'changed',
        before: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
        after: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] }] },
      },
    },
  ],
  refused: [
    {
      level: 'error',
      title: '`ApplicationCluster` would be replaced',
      message: 'It is an AWS::ECS::Cluster, which `fail-on-replacement` names.',
      location: { file: 'stack.yml', line: 96 },
    },
  ],
});

const NEW: readonly (readonly [string, string])[] = [
  ['ApplicationCluster', 'ECS::Cluster'],
  ['EcsInstanceRole', 'IAM::Role'],
  ['EcsInstanceProfile', 'IAM::InstanceProfile'],
  ['ApplicationSecurityGroup', 'EC2::SecurityGroup'],
  ['ApplicationLogGroup', 'Logs::LogGroup'],
  ['ApplicationLaunchTemplate', 'EC2::LaunchTemplate'],
  ['ApplicationAutoscaling', 'AutoScaling::AutoScalingGroup'],
];

/** A stack that does not exist yet. */
export const brandNew = planned('staging', {
  isNew: true,
  impacts: [{ risk: 'safe', text: 'creates the cluster with 2 container instances' }],
  changes: NEW.map(([logicalId, type], n) =>
    change(logicalId, type, {
      action: 'Add',
      location: at(40 + 15 * n),
      properties: [
        property('Properties.Tags', { kind: 'added', after: [{ Key: 'Team', Value: 'platform' }] }, { action: 'Add' }),
        property(
          'Properties.Secret',
          { kind: 'added', after: WITHHELD },
          { action: 'Add', withheld: 'it holds the NoEcho parameter DbPassword' },
        ),
      ],
    }),
  ),
});

export const nothing = planned('dev', { empty: true });

export const outputsOnly = planned('dev', {
  impacts: [{ risk: 'safe', text: 'changes outputs only: no resource is touched' }],
  sections: [
    {
      section: 'Outputs',
      name: 'ClusterArn',
      diff: { kind: 'added', after: { Value: { 'Fn::GetAtt': ['ApplicationCluster', 'Arn'] } } },
    },
  ],
});

/** A stack within the stack. */
export const nested = planned('dev', {
  impacts: [{ risk: 'rolled', text: 'changes `Network / Subnet`' }],
  risk: 'rolled',
  changes: [
    change('Network', 'CloudFormation::Stack', {
      nested: {
        empty: false,
        changes: [
          change('Subnet', 'EC2::Subnet', {
            replacement: 'True',
            policyAction: 'ReplaceAndRetain',
            risk: 'replaced',
            properties: [
              property(
                'Properties.CidrBlock',
                { kind: 'changed', before: '10.0.1.0/24', after: '10.0.2.0/24' },
                { requiresRecreation: 'Always' },
              ),
            ],
          }),
        ],
      },
      properties: [property('Properties.Parameters', undefined, { causes: [{ kind: 'parameter', entity: 'Cidr' }] })],
    }),
  ],
});

/** A fork's pull request: no credentials, so no change set. */
export const offline: OfflinePlan = {
  kind: 'offline',
  environment: 'dev',
  stackName: 'todobackend-dev',
  region: 'eu-west-1',
  templateFile: 'stack.yml',
  environmentFile: 'env/dev.yml',
  why: 'This pull request comes from a fork, whose jobs get no AWS credentials.',
  comparedWith: 'main at 1a2b3c4',
  findings: [
    {
      level: 'warning',
      title: 'MinInstancesInService is not below MaxSize',
      message: 'A rolling update could never begin.',
      location: { file: 'stack.yml', line: 84 },
    },
  ],
  resources: [
    {
      logicalId: 'ApplicationLaunchTemplate',
      resourceType: 'AWS::EC2::LaunchTemplate',
      diff: {
        kind: 'object',
        members: [
          {
            key: 'Properties',
            diff: {
              kind: 'object',
              members: [
                {
                  key: 'LaunchTemplateData',
                  diff: {
                    kind: 'object',
                    members: [
                      {
                        key: 'InstanceType',
                        diff: { kind: 'changed', before: 't3.small', after: { Ref: 'InstanceType' } },
                      },
                      {
                        key: 'UserData',
                        diff: {
                          kind: 'object',
                          members: [
                            {
                              key: 'Fn::Base64',
                              diff: { kind: 'object', members: [{ key: 'Fn::Sub', diff: USER_DATA }] },
                            },
                          ],
                        },
                      },
                    ],
                  },
                },
              ],
            },
          },
        ],
      },
      location: at(108),
    },
    {
      logicalId: 'ScaleOut',
      resourceType: 'AWS::AutoScaling::ScalingPolicy',
      diff: {
        kind: 'added',
        after: {
          Type: 'AWS::AutoScaling::ScalingPolicy',
          Properties: { AutoScalingGroupName: { Ref: 'ApplicationAutoscaling' }, ScalingAdjustment: 1 },
        },
      },
    },
  ],
  sections: [],
  parameters: [{ name: 'InstanceType', after: 't3.medium', secret: false }],
};

export const failed: FailedPlan = {
  kind: 'failed',
  environment: 'prod',
  stackName: 'todobackend-prod',
  region: 'eu-west-1',
  templateFile: 'stack.yml',
  reason: 'change-set-failed',
  findings: [
    {
      level: 'error',
      title: 'CloudFormation refused the change set for stack todobackend-prod',
      message:
        'Template format error: Unresolved resource dependencies [ApplicationSubnet] in the Resources block of the template',
      location: { file: 'stack.yml', line: 79 },
      remedy: 'Define it, or name one that exists.',
    },
  ],
};

const HOSTILE =
  'x | <img src=x onerror=alert(1)> <!-- --> ``` </details> </summary> @org/team #1 GH-2 [click](https://evil.example) https://evil.example www.evil.example \u202etxt.exe\u202c zero\u200bwidth $x^2$ :tada: **bold** _i_ ~~s~~ ![i](https://evil.example/i.png)\n+ forged\n- forged\n@@ forged @@\n```\n### forged\n> [!CAUTION]\n> forged';

const text = (value: string): ValueDiff => ({ kind: 'changed', before: `old ${value}`, after: value });

/** Every text that comes from elsewhere tries to be more than text. */
export function hostilePlans(evil: string = HOSTILE): readonly EnvironmentPlan[] {
  const finding = {
    level: 'warning' as const,
    title: evil,
    message: evil,
    remedy: evil,
    location: { file: evil, line: 3 },
  };
  const base = {
    environment: evil,
    stackName: evil,
    region: evil,
    templateFile: evil,
    environmentFile: evil,
    findings: [finding, { ...finding, level: 'notice' as const }],
  };
  const properties: readonly PropertyChange[] = [
    property(evil, text(evil), { causes: [{ kind: 'parameter', entity: evil }], withheld: evil }),
    property('A', {
      kind: 'text',
      hunks: [
        {
          beforeLine: 2,
          afterLine: 2,
          lines: [
            { sign: '-', text: evil },
            { sign: ' ', text: evil },
          ],
        },
      ],
    }),
    property('B', { kind: 'named', by: evil, items: [{ name: evil, diff: text(evil) }], kept: 1 }),
    property('C', { kind: 'set', removed: [evil], added: [{ [evil]: evil }, [evil, [evil]]], kept: 2 }),
    property('D', {
      kind: 'object',
      members: [
        { key: evil, diff: { kind: 'added', after: { Ref: evil } } },
        { key: 'b', diff: { kind: 'removed', before: { 'Fn::Sub': evil } } },
      ],
    }),
    property('E', { kind: 'list', items: [{ index: 0, diff: { kind: 'added', after: evil } }] }),
  ];
  const hostileChange = change(evil, evil, {
    resourceType: evil,
    policyAction: evil,
    scope: [evil],
    properties,
    location: { file: evil, line: 1 },
  });
  const sections = [{ section: evil, name: evil, diff: text(evil) }];
  const parameters = [
    { name: evil, before: evil, after: evil, secret: false },
    { name: evil, secret: true },
    { name: evil, secret: false, ssm: { name: evil, before: evil, after: evil } },
  ];
  return [
    planned('dev', {
      ...base,
      impacts: [{ risk: 'replaced', text: evil }],
      changes: [
        hostileChange,
        change(evil, 'CloudFormation::Stack', { nested: { changes: [hostileChange], empty: false } }),
      ],
      sections,
      parameters,
      refused: [{ ...finding, level: 'error' }],
      keptChangeSet: evil,
    }),
    {
      kind: 'offline',
      ...base,
      why: evil,
      comparedWith: evil,
      resources: [
        { logicalId: evil, resourceType: evil, diff: text(evil), withheld: evil, location: { file: evil, line: 2 } },
      ],
      sections,
      parameters,
    },
    {
      kind: 'failed',
      ...base,
      reason: 'change-set-failed',
      findings: [
        { ...finding, level: 'error' },
        { ...finding, level: 'error' },
      ],
    },
  ];
}

/** A change of this many resources, each with some values. */
export function large(resources: number): ChangeSetPlan {
  const risks = ['replaced', 'rolled', 'safe', 'safe', 'safe', 'safe', 'safe', 'safe'] as const;
  return planned('prod', {
    risk: 'replaced',
    impacts: Array.from({ length: 60 }, (_, n) => ({ risk: 'replaced', text: `replaces \`Resource${n}\`` }) as const),
    changes: Array.from({ length: resources }, (_, n) =>
      change(`Resource${n}`, 'ECS::Service', {
        risk: risks[n % risks.length] ?? 'safe',
        properties: [
          property('Properties.TaskDefinition', {
            kind: 'changed',
            before: `arn:aws:ecs:eu-west-1:385605022855:task-definition/service-${n}:1`,
            after: KNOWN_AFTER_APPLY,
          }),
          property('Properties.UserData', USER_DATA),
          property('Properties.Environment', {
            kind: 'named',
            by: 'Name',
            items: Array.from(
              { length: 12 },
              (__, m) =>
                ({ name: `VARIABLE_${m}`, diff: { kind: 'changed', before: `old ${m}`, after: `new ${m}` } }) as const,
            ),
            kept: 30,
          }),
        ],
      }),
    ),
    parameters: Array.from({ length: 60 }, (_, n) => ({
      name: `Parameter${n}`,
      before: `${n}`,
      after: `${n + 1}`,
      secret: false,
    })),
  });
}

export function planRun(plans: readonly EnvironmentPlan[], more: Partial<Run> = {}): Run {
  return {
    mode: 'plan',
    startedAt: Date.UTC(2026, 10, 24, 9, 29, 20),
    endedAt: Date.UTC(2026, 10, 24, 9, 30, 2),
    outcome: { outcome: 'succeeded', findings: [] },
    ledger: { findings: [], plans },
    commit: COMMIT,
    repositoryUrl: 'https://github.com/example/todobackend',
    runUrl: 'https://github.com/example/todobackend/actions/runs/4711',
    ...more,
  };
}

export const ALL_PLANS: Readonly<Record<string, readonly EnvironmentPlan[]>> = {
  'in-place': [inPlace],
  rolling: [rolling],
  replacing: [replacing],
  new: [brandNew],
  nothing: [nothing],
  'outputs-only': [outputsOnly],
  nested: [nested],
  offline: [offline],
  failed: [failed],
  three: [nothing, brandNew, rolling],
  'three-with-failure': [inPlace, { ...offline, environment: 'staging', stackName: 'todobackend-staging' }, failed],
  'nothing-twice': [nothing, planned('staging', { empty: true })],
  hostile: hostilePlans(),
  large: [large(500)],
};
