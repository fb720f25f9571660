import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../../emulator/local-aws.ts';
import { type Deployed, deploy, describeUserData, stackYml, until } from './support.ts';

/** What stack.yml's user data and its unit are made of, each named as it stands in the file. */
const START_UNIT = 'systemctl start --no-block ecs-registration.service';
const CLUSTER_LINE = 'ECS_CLUSTER=${ApplicationCluster}\n';
const INSTALL = 'dnf install -y aws-cfn-bootstrap && break';
const USER_DATA_BEGIN = '#!/bin/bash\n            # revision: 1';
const CFN_INIT = '--resource ApplicationLaunchTemplate --region ${AWS::Region}';
const SIGNAL_OF_UNIT = '--success "$1" --stack ${AWS::StackName} --resource ApplicationAutoscaling';
const POLL = 'until curl -sf http://localhost:51678/v1/metadata; do sleep 5; done';

/** So that the unit gives up while the test still looks; that it does so in time for the group is tested elsewhere. */
const FEWER_ATTEMPTS: readonly [string, string] = ['{1..120}', '{1..10}'];

interface Breakage {
  readonly name: string;
  readonly change: readonly (readonly [from: string, to: string])[];
  readonly status: 'CREATE_FAILED' | 'CREATE_COMPLETE';
  /** Why the group fails. */
  readonly reason?: RegExp;
  /** What the host's console shows. */
  readonly console?: RegExp;
  /** Hosts in the stack's cluster at the end. */
  readonly registered: number;
}

const NO_SIGNAL = /Received 0 SUCCESS signal\(s\) out of 1/;
const FAILURE_SIGNAL = /Received 1 FAILURE signal\(s\) out of 1/;

const breakages: readonly Breakage[] = [
  {
    // amazon-ecs-agent issue 1707: ecs.service is ordered after cloud-final.service, which is the user data itself.
    name: 'a unit that waits for the agent is started without --no-block',
    change: [[START_UNIT, 'systemctl start ecs-registration.service']],
    status: 'CREATE_FAILED',
    reason: NO_SIGNAL,
    registered: 0,
  },
  {
    name: 'the agent itself is started without --no-block',
    change: [[START_UNIT, `systemctl enable --now ecs.service\n            ${START_UNIT}`]],
    status: 'CREATE_FAILED',
    reason: NO_SIGNAL,
    registered: 0,
  },
  {
    name: 'user data polls the agent before it ends',
    change: [[START_UNIT, `${POLL}\n            ${START_UNIT}`]],
    status: 'CREATE_FAILED',
    reason: NO_SIGNAL,
    registered: 0,
  },
  {
    name: 'the signal is for a resource that waits for none',
    change: [[SIGNAL_OF_UNIT, SIGNAL_OF_UNIT.replace('ApplicationAutoscaling', 'ApplicationLaunchTemplate')]],
    status: 'CREATE_FAILED',
    reason: NO_SIGNAL,
    console: /ValidationError: Resource ApplicationLaunchTemplate is in CREATE_COMPLETE state and cannot be signaled/,
    registered: 1,
  },
  {
    // CloudFormation User Guide, "CloudFormation helper scripts": not on the ECS-optimized images.
    name: 'the package with the helper scripts is not installed',
    change: [[INSTALL, 'break']],
    status: 'CREATE_FAILED',
    reason: NO_SIGNAL,
    console: /\/opt\/aws\/bin\/cfn-init: No such file or directory/,
    registered: 1,
  },
  {
    name: 'set -e ends the script before it signals its failure',
    change: [
      ['trap on_exit EXIT', ':'],
      [CFN_INIT, '--resource NoSuchResource --region ${AWS::Region}\n            on_exit'],
    ],
    status: 'CREATE_FAILED',
    reason: NO_SIGNAL,
    console: /Resource NoSuchResource does not exist for stack/,
    registered: 1,
  },
  {
    name: 'ECS_CLUSTER is not set',
    change: [[CLUSTER_LINE, '\n'], FEWER_ATTEMPTS],
    status: 'CREATE_FAILED',
    reason: FAILURE_SIGNAL,
    console: /The ECS agent has not registered with .*"Cluster":"default"/s,
    registered: 0,
  },
  {
    name: 'the cluster that is named does not exist',
    change: [[CLUSTER_LINE, 'ECS_CLUSTER=${AWS::StackName}\n'], FEWER_ATTEMPTS],
    status: 'CREATE_FAILED',
    reason: FAILURE_SIGNAL,
    console: /Unable to register as a container instance with ECS.*Cluster not found/s,
    registered: 0,
  },
  {
    name: 'cfn-init asks in another region',
    change: [[CFN_INIT, '--resource ApplicationLaunchTemplate --region eu-west-1']],
    status: 'CREATE_FAILED',
    reason: FAILURE_SIGNAL,
    console: /ValidationError: Stack .* does not exist/,
    registered: 1,
  },
  {
    // EC2 User Guide, "Use the Instance Metadata Service": version 2 answers 401 to a request without a token.
    name: 'instance metadata is asked without a token',
    change: [
      [
        '/opt/aws/bin/cfn-init -v',
        'id=$(curl -sSf http://169.254.169.254/latest/meta-data/instance-id)\n            /opt/aws/bin/cfn-init -v',
      ],
    ],
    status: 'CREATE_FAILED',
    reason: FAILURE_SIGNAL,
    console: /curl: \(22\) The requested URL returned error: 401/,
    registered: 1,
  },
  {
    // cloud-init documentation, "User data formats": a script begins with #!.
    name: 'an empty line stands before the first',
    change: [[USER_DATA_BEGIN, `\n            ${USER_DATA_BEGIN}`]],
    status: 'CREATE_FAILED',
    reason: NO_SIGNAL,
    console: /Unhandled non-multipart/,
    registered: 0,
  },
  {
    name: 'success is signalled without proof, and the cluster is misspelt',
    change: [
      [CLUSTER_LINE, 'ECS_CLUSTER=todobackend\n'],
      [
        START_UNIT,
        '/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource ApplicationAutoscaling --region ${AWS::Region}',
      ],
    ],
    status: 'CREATE_COMPLETE',
    registered: 0,
  },
];

describeUserData('user data of stack.yml, broken, where', () => {
  let aws: LocalAws;
  const outcomes = new Map<string, Promise<Deployed>>();

  beforeAll(async () => {
    aws = await startLocalAws({ speed: 100 });
    for (const [at, { name, change }] of breakages.entries()) {
      const outcome = deploy(aws, `broken-${at}`, broken(change), 'env/dev.cfg');
      outcome.catch(() => undefined);
      outcomes.set(name, outcome);
    }
  }, 120_000);

  afterAll(async () => {
    await aws?.[Symbol.asyncDispose]();
  });

  test.each(breakages)('$name', async ({ name, status, reason, console, registered }) => {
    const outcome = await until(() => outcomes.get(name), 100);
    expect(outcome.status).toBe(status);
    if (reason !== undefined) expect(groupFailure(outcome)).toMatch(reason);
    // A failure is signalled before the agent starts: what the host does after it is waited for.
    if (console !== undefined) {
      await until(async () => console.test(await outcome.console()) || undefined, 3_000).catch(() => undefined);
      expect(await outcome.console()).toMatch(console);
    }
    await until(async () => (await outcome.registered()) === registered || undefined, 3_000).catch(() => undefined);
    expect(await outcome.registered()).toBe(registered);
  });
});

const groupFailure = ({ events }: Deployed) =>
  events.find(
    ({ LogicalResourceId, ResourceStatus }) =>
      LogicalResourceId === 'ApplicationAutoscaling' && ResourceStatus === 'CREATE_FAILED',
  )?.ResourceStatusReason;

function broken(changes: Breakage['change']): string {
  let template = stackYml();
  for (const [from, to] of changes) {
    if (!template.includes(from)) throw new Error(`stack.yml does not hold ${from}`);
    template = template.replace(from, () => to);
  }
  return template;
}
