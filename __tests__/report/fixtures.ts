import type { RollCall, RolledInstance } from '../../src/cluster/model.ts';
import type { Ledger, Run } from '../../src/outcome.ts';
import type { Deployment, ResourceChange, ResourceTiming, Stack, StackEvent } from '../../src/stack/model.ts';
import type { Finding, SourceLocation } from '../../src/types.ts';

/** Realistic runs, as the rooms hand them over. Offsets are seconds since the deployment began. */

export const STARTED_AT = Date.UTC(2026, 10, 24, 9, 30, 0);
const ACCOUNT = '385605022855';
export const STACK_NAME = 'todobackend-dev';
export const STACK_ID = `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/${STACK_NAME}/5c1b3f10-c91a-11f0-9d2e-0a58a9feac02`;
const GROUP = `${STACK_NAME}-ApplicationAutoscaling-1QK7Z2M8ZP0XJ`;

interface ResourceFixture {
  readonly id: string;
  readonly type: string;
  readonly physicalId: string;
  readonly from: number;
  readonly to: number;
  readonly line: number;
}

export const RESOURCES: readonly ResourceFixture[] = [
  {
    id: 'ApplicationCluster',
    type: 'AWS::ECS::Cluster',
    physicalId: `${STACK_NAME}-cluster`,
    from: 3,
    to: 9,
    line: 96,
  },
  {
    id: 'EcsInstanceRole',
    type: 'AWS::IAM::Role',
    physicalId: `${STACK_NAME}-EcsInstanceRole-4F1K`,
    from: 3,
    to: 22,
    line: 187,
  },
  {
    id: 'ApplicationSecurityGroup',
    type: 'AWS::EC2::SecurityGroup',
    physicalId: 'sg-0c5b2f7d81ab9e364',
    from: 4,
    to: 11,
    line: 164,
  },
  {
    id: 'ApplicationLogGroup',
    type: 'AWS::Logs::LogGroup',
    physicalId: `/${STACK_NAME}/hosts`,
    from: 4,
    to: 7,
    line: 155,
  },
  {
    id: 'EcsInstanceProfile',
    type: 'AWS::IAM::InstanceProfile',
    physicalId: `${STACK_NAME}-EcsInstanceProfile-8Z`,
    from: 23,
    to: 136,
    line: 241,
  },
  {
    id: 'ApplicationLaunchTemplate',
    type: 'AWS::EC2::LaunchTemplate',
    physicalId: 'lt-04d9b1c2a7730fe15',
    from: 137,
    to: 142,
    line: 108,
  },
  {
    id: 'ApplicationAutoscaling',
    type: 'AWS::AutoScaling::AutoScalingGroup',
    physicalId: GROUP,
    from: 143,
    to: 262,
    line: 70,
  },
];

export const LOCATIONS: Readonly<Record<string, SourceLocation>> = Object.fromEntries(
  RESOURCES.map(({ id, line }) => [id, { file: 'stack.yml', line, endLine: line + 9 }]),
);

let eventNumber = 0;

export function event(seconds: number, parts: Partial<StackEvent> & Pick<StackEvent, 'status'>): StackEvent {
  eventNumber += 1;
  return {
    id: `event-${eventNumber}`,
    at: STARTED_AT + seconds * 1_000,
    stackId: STACK_ID,
    stackName: STACK_NAME,
    logicalId: STACK_NAME,
    physicalId: STACK_ID,
    resourceType: 'AWS::CloudFormation::Stack',
    nestedIn: [],
    ...parts,
  };
}

function lifeOf({ id, type, physicalId, from, to }: ResourceFixture, verb = 'CREATE'): readonly StackEvent[] {
  const resource = { logicalId: id, resourceType: type };
  return [
    event(from, { ...resource, physicalId: '', status: `${verb}_IN_PROGRESS` }),
    event(from + 1, { ...resource, physicalId, status: `${verb}_IN_PROGRESS`, reason: 'Resource creation Initiated' }),
    event(to, { ...resource, physicalId, status: `${verb}_COMPLETE` }),
  ];
}

function inOrder(events: readonly StackEvent[]): readonly StackEvent[] {
  return [...events].sort((a, b) => a.at - b.at);
}

function timingsOf(events: readonly StackEvent[]): readonly ResourceTiming[] {
  const ids = [...new Set(events.map((one) => one.logicalId))];
  return ids.flatMap((logicalId) => {
    const own = events.filter((one) => one.logicalId === logicalId);
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { nestedIn, resourceType } = first;
    return [{ logicalId, nestedIn, resourceType, startedAt: first.at, endedAt: last.at, status: last.status }];
  });
}

export function deployment(events: readonly StackEvent[], finalStatus: string, seconds: number): Deployment {
  return {
    stackId: STACK_ID,
    startedAt: STARTED_AT,
    endedAt: STARTED_AT + seconds * 1_000,
    finalStatus,
    succeeded: finalStatus === 'CREATE_COMPLETE' || finalStatus === 'UPDATE_COMPLETE',
    events,
    timings: timingsOf(events),
    findings: [],
  };
}

export function stack(status: string): Stack {
  return {
    id: STACK_ID,
    name: STACK_NAME,
    status,
    parameters: { ApplicationDesiredCount: { value: '3' } },
    outputs: [],
    tags: { team: 'platform' },
    terminationProtection: false,
    lastOperations: [],
  };
}

export function instance(n: number, parts: Partial<RolledInstance> = {}): RolledInstance {
  const id = `i-0${n.toString(16).padStart(2, '0')}a9e4c7d1b3f85`;
  return {
    instanceId: id,
    group: GROUP,
    lifecycleState: 'InService',
    containerInstanceArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:container-instance/${STACK_NAME}-cluster/${n}`,
    status: 'ACTIVE',
    agentConnected: true,
    ...parts,
  };
}

/** A host that booted and never registered. */
export function silent(n: number): RolledInstance {
  return { instanceId: instance(n).instanceId, group: GROUP, lifecycleState: 'InService' };
}

export function rollCall(parts: Partial<RollCall> = {}): RollCall {
  return {
    verdict: 'complete',
    clusterArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/${STACK_NAME}-cluster`,
    clusterName: `${STACK_NAME}-cluster`,
    clusterStatus: 'ACTIVE',
    expected: {
      count: 3,
      source: 'DesiredCapacity of ApplicationAutoscaling is ApplicationDesiredCount, which env/dev.cfg sets to 3',
    },
    registeredCount: 3,
    startedAt: STARTED_AT + 263_000,
    endedAt: STARTED_AT + 274_000,
    stableReadings: 3,
    answered: [instance(1), instance(2), instance(3)],
    missing: [],
    draining: [],
    strangers: [],
    disconnected: [],
    ...parts,
  };
}

export function run(parts: Partial<Run> = {}, ledger: Partial<Ledger> = {}): Run {
  return {
    mode: 'deploy',
    startedAt: STARTED_AT - 4_000,
    endedAt: STARTED_AT + 275_000,
    outcome: { outcome: 'succeeded', findings: [] },
    commit: '5d6e0c1f7a9b3e2d4c8f0a1b2c3d4e5f60718293',
    repositoryUrl: 'https://github.com/example/todobackend',
    runUrl: 'https://github.com/example/todobackend/actions/runs/19640112233',
    ...parts,
    ledger: {
      environment: 'dev',
      stackName: STACK_NAME,
      region: 'eu-west-1',
      templateFile: 'stack.yml',
      resourceLocations: LOCATIONS,
      findings: [],
      ...ledger,
    },
  };
}

const ADDED: readonly ResourceChange[] = RESOURCES.map(({ id, type }) => ({
  action: 'Add',
  logicalId: id,
  resourceType: type,
  changed: [],
}));

const OUTPUTS = [
  {
    key: 'ClusterName',
    value: `${STACK_NAME}-cluster`,
    description: 'The ECS cluster',
    exportName: 'todobackend-ClusterName',
  },
  { key: 'AutoScalingGroupName', value: GROUP, description: 'The hosts' },
  { key: 'DatabaseUrl', value: '', withheld: 'its expression reaches the NoEcho parameter DbPassword' },
];

const CREATE_EVENTS = inOrder([
  event(0, { status: 'CREATE_IN_PROGRESS', reason: 'User Initiated' }),
  ...RESOURCES.flatMap((resource) => lifeOf(resource)),
  ...[1, 2, 3].map((n) =>
    event(240 + 5 * n, {
      logicalId: 'ApplicationAutoscaling',
      resourceType: 'AWS::AutoScaling::AutoScalingGroup',
      physicalId: GROUP,
      status: 'CREATE_IN_PROGRESS',
      reason: `Received SUCCESS signal with UniqueId ${instance(n).instanceId}`,
    }),
  ),
  event(263, { status: 'CREATE_COMPLETE' }),
]);

const SECOND_AMI_WARNING: Finding = {
  level: 'warning',
  title: 'The image follows an SSM parameter',
  message:
    'ImageId resolves /aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id at each deployment, so hosts may be replaced by a change that is not in the repository.',
  remedy: 'Pin the parameter to a version, `…/image_id:42`, where that matters.',
  location: { file: 'stack.yml', line: 21 },
};

/** A new stack with seven resources and three hosts, all of which answered. */
export const succeeded: Run = run(
  { outcome: { outcome: 'succeeded', findings: [SECOND_AMI_WARNING] } },
  {
    stack: stack('CREATE_COMPLETE'),
    changeSet: { id: `${STACK_ID}/changeset`, name: 'ecs-muster-19640112233-1', type: 'CREATE', empty: false },
    changes: ADDED,
    deployment: deployment(CREATE_EVENTS, 'CREATE_COMPLETE', 263),
    rollCall: rollCall(),
    outputs: OUTPUTS,
  },
);

const SIGNAL_REASON =
  'Received 1 SUCCESS signal(s) out of 3. Unable to satisfy 100% MinSuccessfulInstancesPercent requirement';

const FAILURE_EVENTS = inOrder([
  event(0, { status: 'CREATE_IN_PROGRESS', reason: 'User Initiated' }),
  ...RESOURCES.slice(0, -1).flatMap((resource) => lifeOf(resource)),
  event(143, {
    logicalId: 'ApplicationAutoscaling',
    resourceType: 'AWS::AutoScaling::AutoScalingGroup',
    physicalId: '',
    status: 'CREATE_IN_PROGRESS',
  }),
  event(143, {
    logicalId: 'ApplicationDashboard',
    resourceType: 'AWS::CloudWatch::Dashboard',
    physicalId: '',
    status: 'CREATE_IN_PROGRESS',
  }),
  event(1_045, {
    logicalId: 'ApplicationAutoscaling',
    resourceType: 'AWS::AutoScaling::AutoScalingGroup',
    physicalId: GROUP,
    status: 'CREATE_FAILED',
    reason: SIGNAL_REASON,
  }),
  event(1_045, {
    logicalId: 'ApplicationDashboard',
    resourceType: 'AWS::CloudWatch::Dashboard',
    physicalId: '',
    status: 'CREATE_FAILED',
    reason: 'Resource creation cancelled',
  }),
  event(1_046, {
    status: 'ROLLBACK_IN_PROGRESS',
    reason: 'The following resource(s) failed to create: [ApplicationAutoscaling]. Rollback requested by user.',
  }),
  ...[...RESOURCES].reverse().flatMap((resource, index) => [
    event(1_048 + index * 12, {
      logicalId: resource.id,
      resourceType: resource.type,
      physicalId: resource.physicalId,
      status: 'DELETE_IN_PROGRESS',
    }),
    event(1_056 + index * 12 + (index === 0 ? 95 : 0), {
      logicalId: resource.id,
      resourceType: resource.type,
      physicalId: resource.physicalId,
      status: 'DELETE_COMPLETE',
    }),
  ]),
  event(1_160, { status: 'ROLLBACK_COMPLETE' }),
]);

/** The group's hosts did not signal; CloudFormation rolled the new stack back. */
export const rolledBack: Run = run(
  {
    endedAt: STARTED_AT + 1_162_000,
    outcome: {
      outcome: 'failed',
      reason: 'rolled-back',
      findings: [
        {
          level: 'error',
          title: 'ApplicationAutoscaling could not be created',
          message: `CloudFormation: ${SIGNAL_REASON}. The group waited PT15M for 3 signals, as its CreationPolicy says; i-001a9e4c7d1b3f85 signalled, 2 hosts did not.`,
          remedy:
            'Read what a host said while it booted, then run the job again:\n  aws ec2 get-console-output --region eu-west-1 --latest --instance-id i-002a9e4c7d1b3f85',
          location: { file: 'stack.yml', line: 70, endLine: 94 },
        },
        SECOND_AMI_WARNING,
      ],
    },
  },
  {
    stack: stack('ROLLBACK_COMPLETE'),
    changeSet: { id: `${STACK_ID}/changeset`, name: 'ecs-muster-19640112233-1', type: 'CREATE', empty: false },
    changes: ADDED,
    deployment: deployment(FAILURE_EVENTS, 'ROLLBACK_COMPLETE', 1_160),
  },
);

const UPDATED: readonly ResourceChange[] = [
  {
    action: 'Modify',
    logicalId: 'ApplicationAutoscaling',
    physicalId: GROUP,
    resourceType: 'AWS::AutoScaling::AutoScalingGroup',
    replacement: 'False',
    changed: ['LaunchTemplate', 'DesiredCapacity'],
  },
  {
    action: 'Modify',
    logicalId: 'ApplicationLaunchTemplate',
    physicalId: 'lt-04d9b1c2a7730fe15',
    resourceType: 'AWS::EC2::LaunchTemplate',
    replacement: 'False',
    changed: ['LaunchTemplateData'],
  },
  {
    action: 'Modify',
    logicalId: 'ApplicationSecurityGroup',
    physicalId: 'sg-0c5b2f7d81ab9e364',
    resourceType: 'AWS::EC2::SecurityGroup',
    replacement: 'True',
    changed: ['GroupDescription'],
  },
];

/** The stack is updated, but two of three hosts are registered, one of them with its agent gone. */
export const capacityShort: Run = run(
  {
    endedAt: STARTED_AT + 1_180_000,
    outcome: {
      outcome: 'failed',
      reason: 'capacity-short',
      findings: [
        {
          level: 'error',
          title: '2 of 3 container instances answered the roll call',
          message:
            'Within 15m 00s the cluster todobackend-dev-cluster had 2 registered container instances; 3 were expected. Missing: i-003a9e4c7d1b3f85.',
          remedy:
            'Look at the instance’s user data and at ECS_CLUSTER in its /etc/ecs/ecs.config, then run the job again.',
          location: { file: 'stack.yml', line: 70 },
        },
      ],
    },
  },
  {
    stack: stack('UPDATE_COMPLETE'),
    changeSet: { id: `${STACK_ID}/changeset`, name: 'ecs-muster-19640112233-1', type: 'UPDATE', empty: false },
    changes: UPDATED,
    deployment: deployment(
      inOrder([
        event(0, { status: 'UPDATE_IN_PROGRESS' }),
        ...RESOURCES.slice(-2).flatMap((resource) =>
          lifeOf({ ...resource, from: resource.from - 130, to: resource.to - 130 }, 'UPDATE'),
        ),
        event(140, { status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' }),
        event(141, {
          logicalId: 'ApplicationSecurityGroup',
          resourceType: 'AWS::EC2::SecurityGroup',
          physicalId: 'sg-0c5b2f7d81ab9e364',
          status: 'DELETE_IN_PROGRESS',
        }),
        event(149, {
          logicalId: 'ApplicationSecurityGroup',
          resourceType: 'AWS::EC2::SecurityGroup',
          physicalId: 'sg-0c5b2f7d81ab9e364',
          status: 'DELETE_COMPLETE',
        }),
        event(150, { status: 'UPDATE_COMPLETE' }),
      ]),
      'UPDATE_COMPLETE',
      150,
    ),
    rollCall: rollCall({
      verdict: 'short',
      registeredCount: 2,
      startedAt: STARTED_AT + 151_000,
      endedAt: STARTED_AT + 1_051_000,
      answered: [instance(1), instance(2)],
      missing: [silent(3)],
    }),
    outputs: OUTPUTS,
  },
);

/** Two of ours and a stranger, with one draining. */
export const capacityOver: Run = run(
  {
    outcome: {
      outcome: 'failed',
      reason: 'capacity-over',
      findings: [
        {
          level: 'error',
          title: 'A stranger is registered with todobackend-dev-cluster',
          message: 'i-0dca9e4c7d1b3f85 belongs to none of the groups.',
          remedy: 'Deregister it, or say desired-count: 5.',
        },
      ],
    },
  },
  {
    changeSet: { id: 'c', name: 'c', type: 'UPDATE', empty: true },
    rollCall: rollCall({
      verdict: 'over',
      registeredCount: 5,
      strangers: [
        { instanceId: instance(220).instanceId, status: 'ACTIVE', agentConnected: true, containerInstanceArn: 'arn' },
      ],
      unexpected: [instance(9, { lifecycleState: 'Standby' })],
      draining: [instance(7, { status: 'DRAINING', lifecycleState: 'Terminating:Wait' })],
    }),
  },
);

/** Nothing to change, one host, which is there. */
export const unchanged: Run = run(
  { endedAt: STARTED_AT - 3_100, outcome: { outcome: 'unchanged', findings: [] } },
  {
    stack: stack('CREATE_COMPLETE'),
    changeSet: { id: `${STACK_ID}/changeset`, name: 'ecs-muster-19640112233-1', type: 'UPDATE', empty: true },
    changes: [],
    rollCall: rollCall({
      expected: { count: 1, source: 'the live desired capacity of ApplicationAutoscaling, which has managed scaling' },
      registeredCount: 1,
      answered: [instance(1)],
      stableReadings: 1,
      startedAt: STARTED_AT - 3_400,
      endedAt: STARTED_AT - 3_200,
    }),
    outputs: OUTPUTS,
  },
);

/** Three mistakes in one environment file, before the first AWS call. */
export const invalid: Run = run(
  {
    endedAt: STARTED_AT - 3_950,
    outcome: {
      outcome: 'failed',
      reason: 'invalid-config',
      findings: [
        {
          level: 'error',
          title: 'Unknown parameter ApplicationDesiredCuont',
          message: 'stack.yml has no parameter of this name.',
          remedy: 'Did you mean ApplicationDesiredCount?',
          location: { file: 'env/dev.cfg', line: 1 },
        },
        {
          level: 'error',
          title: 'Missing parameter VpcId',
          message: 'stack.yml declares VpcId without a default.',
          remedy: 'Add a line VpcId=vpc-….',
          location: { file: './env/dev.cfg', line: 4 },
        },
        {
          level: 'error',
          title: 'ApplicationDesiredCount is out of range',
          message: '9 is above MaxValue 4.',
          location: { file: 'env/dev.cfg', line: 2, column: 25 },
        },
      ],
    },
  },
  {},
);

/** A stack at CloudFormation's limit of 500 resources. */
export const large: Run = (() => {
  const resources = Array.from(
    { length: 500 },
    (_, n): ResourceFixture => ({
      id: `Parameter${n}WithAQuiteLongLogicalIdOfItsOwn`,
      type: 'AWS::SSM::Parameter',
      physicalId: `/todobackend/dev/parameter/${n}`,
      from: 2 + n / 4,
      to: 4 + n / 4 + ((n * 7_919) % 13),
      line: 10 + 6 * n,
    }),
  );
  return run(
    { outcome: { outcome: 'succeeded', findings: [] } },
    {
      stack: stack('CREATE_COMPLETE'),
      resourceLocations: Object.fromEntries(resources.map(({ id, line }) => [id, { file: 'stack.yml', line }])),
      changeSet: { id: `${STACK_ID}/changeset`, name: 'c', type: 'CREATE', empty: false },
      changes: resources.map(({ id, type }) => ({ action: 'Add', logicalId: id, resourceType: type, changed: [] })),
      deployment: deployment(
        inOrder([
          event(0, { status: 'CREATE_IN_PROGRESS' }),
          ...resources.flatMap((one) => lifeOf(one)),
          event(145, { status: 'CREATE_COMPLETE' }),
        ]),
        'CREATE_COMPLETE',
        145,
      ),
      rollCall: rollCall({
        expected: { count: 60, source: 'DesiredCapacity of ApplicationAutoscaling in stack.yml' },
        registeredCount: 60,
        answered: Array.from({ length: 60 }, (_, n) => instance(n)),
      }),
      outputs: Array.from({ length: 200 }, (_, n) => ({
        key: `Output${n}`,
        value: `value ${n} `.repeat(30),
        description: `Output number ${n}`,
      })),
    },
  );
})();

export const HOSTILE =
  '::error file=x::pwned\n##[error]pwned\r::set-output name=outcome::succeeded\u2028::add-mask::a | b `c` ``` <img src=x onerror=alert(1)> </details> </sub> <!-- @octocat #1 https://evil.example/ [x](https://evil.example) \u001b[31m\u001b]0;title\u0007 \u202etxt.exe $x$ :tada: ~~~ --> ![i](https://evil.example/i.png)';

/** Every text that comes from elsewhere tries to be more than text. */
export const hostile: Run = run(
  {
    outcome: {
      outcome: 'failed',
      reason: 'rolled-back',
      findings: (['error', 'error', 'warning', 'notice'] as const).map((level) => ({
        level,
        title: HOSTILE,
        message: HOSTILE,
        remedy: `${HOSTILE}\n  ${HOSTILE}`,
        location: { file: `${HOSTILE}.yml`, line: 3 },
      })),
    },
    commit: HOSTILE,
  },
  {
    environment: HOSTILE,
    stackName: HOSTILE,
    region: HOSTILE,
    templateFile: HOSTILE,
    stack: { ...stack('ROLLBACK_COMPLETE'), id: HOSTILE, name: HOSTILE, statusReason: HOSTILE },
    changes: [{ action: 'Modify', logicalId: HOSTILE, resourceType: HOSTILE, physicalId: HOSTILE, changed: [HOSTILE] }],
    deployment: deployment(
      [
        event(1, {
          logicalId: HOSTILE,
          resourceType: HOSTILE,
          physicalId: HOSTILE,
          status: 'CREATE_IN_PROGRESS',
          reason: HOSTILE,
        }),
        event(9, {
          logicalId: HOSTILE,
          resourceType: HOSTILE,
          physicalId: HOSTILE,
          status: 'CREATE_FAILED',
          reason: HOSTILE,
        }),
      ],
      'ROLLBACK_COMPLETE',
      12,
    ),
    rollCall: rollCall({
      verdict: 'short',
      clusterName: HOSTILE,
      clusterStatus: HOSTILE,
      expected: { count: 3, source: HOSTILE },
      missing: [instance(1, { instanceId: HOSTILE, group: HOSTILE, status: HOSTILE })],
      strangers: [{ instanceId: HOSTILE, status: HOSTILE }],
    }),
    outputs: [
      { key: HOSTILE, value: HOSTILE, description: HOSTILE },
      { key: 'Secret', value: '', withheld: HOSTILE },
    ],
  },
);

export const ALL_RUNS: Readonly<Record<string, Run>> = {
  succeeded,
  'rolled-back': rolledBack,
  'capacity-short': capacityShort,
  'capacity-over': capacityOver,
  unchanged,
  invalid,
  large,
  hostile,
};
