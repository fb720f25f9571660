import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalGitHub, startLocalGitHub } from '../../emulator/github/local-github.ts';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import type { CallRule, HostRule, JournalEntry, Scenario } from '../../emulator/types.ts';
import { askedBy } from './iam/asked-by-call.ts';
import { allowing, documentedPolicies, type Statement } from './iam/documented-policies.ts';
import { HEAD, MERGED, PULL_REQUEST, planOf, pullRequestEvent } from './plan-setting.ts';
import { type ActionRun, type RunActionOptions, runAction } from './run-action.ts';
import { SMALL_TEMPLATE } from './small-stack.ts';

// The names that docs/permissions.md is written for.
const STACK = 'todobackend-dev';
const BUCKET = 'my-templates';
const SERVICE_ROLE = 'arn:aws:iam::123456789012:role/todobackend-cloudformation';
const ENVIRONMENT_ROLE = 'arn:aws:iam::123456789012:role/muster-deploy-dev';

/** What is asked for and done without where it is refused. */
const DONE_WITHOUT = ['cloudformation:ListStacks'];
/** What hosts do is not what is tested here. */
const HOSTS: readonly HostRule[] = [{ behaviour: { kind: 'scripted' } }];
const TEMPLATE = SMALL_TEMPLATE.replace("DesiredCapacity: '0'", "DesiredCapacity: '1'");
const CFG = 'Retention=7\nPassword=hunter2-hunter2\n';
const FILES = { 'stack.yml': TEMPLATE, 'env/dev.cfg': CFG };

let aws: LocalAws;
let github: LocalGitHub;
/** A person whose calls are neither refused nor counted: no scenario is in force while they work. */
let person: CloudFormation;
let policies: ReadonlyMap<string, readonly Statement[]>;
/** The actions and the resources of each statement that any story has used. */
const used = new Map<Statement, Set<string>>();

beforeAll(async () => {
  policies = await documentedPolicies();
  aws = await startLocalAws({ speed: 600, scenario: { hosts: HOSTS } });
  github = await startLocalGitHub({ pullRequests: [{ number: PULL_REQUEST, headSha: HEAD }] });
  person = new CloudFormation(asPerson());
  await aws.services.s3.createBucket({ Bucket: BUCKET });
}, 300_000); // the first time moto is installed
afterAll(async () => {
  await github[Symbol.asyncDispose]();
  await aws[Symbol.asyncDispose]();
});
afterEach(() => aws.play({ hosts: HOSTS }));

function asPerson() {
  return {
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'person', secretAccessKey: 'person' },
  };
}

function statementsUnder(...headings: readonly string[]): Statement[] {
  return headings.flatMap((heading) => {
    const statements = policies.get(heading);
    if (statements === undefined) throw new Error(`docs/permissions.md has no policy under "${heading}"`);
    return statements;
  });
}

/** Refuses every action that the statements do not allow, as IAM would. */
function enforced(statements: readonly Statement[]): CallRule[] {
  const actions = [...statements.flatMap((statement) => statement.actions), 'sts:GetCallerIdentity'];
  return [
    ...actions.map((permission): CallRule => {
      const [service, action] = permission.split(':', 2);
      return { when: { ...(service && { service }), ...(action && { action }) }, then: { delayMs: 0 } };
    }),
    { when: {}, then: { error: 'AccessDenied' } },
  ];
}

const isByPerson = ({ accessKeyId }: JournalEntry) => accessKeyId === 'person';

interface Allowed {
  deploy(inputs?: Record<string, string>, options?: RunActionOptions): Promise<ActionRun>;
  befalls(scenario: Omit<Scenario, 'calls'>, delayed?: readonly CallRule[]): void;
}

/**
 * Runs a story with only what stands under these headings allowed: action by action while it goes on, and resource by
 * resource from the journal of it.
 */
async function withOnly(headings: readonly string[], story: (allowed: Allowed) => Promise<void>): Promise<void> {
  const statements = statementsUnder(...headings);
  const befalls: Allowed['befalls'] = (scenario, delayed = []) =>
    aws.play({ hosts: HOSTS, ...scenario, calls: [...delayed, ...enforced(statements)] });
  const before = aws.calls().length;
  befalls({});
  await story({
    deploy: (inputs, options) =>
      runAction({
        env: aws.env,
        files: FILES,
        ...options,
        inputs: {
          environment: 'dev',
          'stack-name': STACK,
          'roll-call-timeout': '20s',
          'drain-timeout': '20s',
          ...inputs,
        },
      }),
    befalls,
  });
  const asked = askedBy(
    aws
      .calls()
      .slice(before)
      .filter((call) => !isByPerson(call)),
  );
  const refused = asked.filter((one) => allowing(statements, one) === undefined);
  expect(refused.filter(({ action }) => !DONE_WITHOUT.includes(action))).toEqual([]);
  for (const { action, resource } of asked)
    for (const statement of statements)
      for (const pattern of statement.resources)
        if (allowing([{ ...statement, resources: [pattern] }], { action, resource }))
          used.set(statement, (used.get(statement) ?? new Set()).add(action).add(pattern));
}

async function statusOf(stack: string): Promise<string | undefined> {
  try {
    return (await person.describeStacks({ StackName: stack })).Stacks?.[0]?.StackStatus;
  } catch (error) {
    if (String(error).includes('does not exist')) return undefined;
    throw error;
  }
}

async function remove(stack: string): Promise<void> {
  aws.play({ hosts: HOSTS });
  await person.deleteStack({ StackName: stack });
  for (let status = await statusOf(stack); status !== undefined; status = await statusOf(stack)) {
    if (status === 'DELETE_FAILED') throw new Error(`${stack} could not be deleted`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const succeeded = { exitCode: 0, outputs: { outcome: 'succeeded' } };
const planned = { exitCode: 0, outputs: { outcome: 'succeeded', 'has-changes': 'true' } };
const DEPLOY = '`mode: deploy`';
const VERIFY = '`mode: verify`';
const DRIFT = '`mode: drift`';
const REVERT = '`mode: revert`';
const PLAN = '`mode: plan`';
/** A plan that is told on the pull request, and the deployment of its merge. */
const onPullRequest = () => ({
  githubToken: github.token,
  event: pullRequestEvent(),
  github: { apiUrl: github.url, ref: `refs/pull/${PULL_REQUEST}/merge` },
});
const ofTheMerge = () => {
  github.pullRequest({ number: PULL_REQUEST, headSha: HEAD, mergeCommitSha: MERGED, state: 'closed' });
  return { githubToken: github.token, github: { apiUrl: github.url, sha: MERGED } };
};
const changed = (days: number) => ({ 'parameter-overrides': `Retention=${days}` });
const failing = (...operations: readonly ('create' | 'update' | 'rollback')[]) => ({
  resources: operations.map((operation) => ({ logicalId: 'Logs', operation, fail: 'no' })),
});

// In this order: each finds the stack as the one before has left it.
describe('what is documented is allowed is enough for', () => {
  test(
    'planning a stack that does not exist: nothing is left',
    () =>
      withOnly([PLAN], async ({ deploy }) => {
        const before = aws.calls({ action: 'DeleteStack' }).length;
        expect(await deploy({ mode: 'plan' })).toMatchObject({ ...planned, annotations: [] });
        expect(aws.calls({ action: 'DeleteStack' }).length).toBe(before + 1);
        expect((await person.describeStacks({})).Stacks).toEqual([]);
      }),
    60_000,
  );

  test('removing the throw-away stack that a dead runner left', async () => {
    await person.createChangeSet({
      StackName: `muster-plan-${STACK}-1-1-0a1b2c3d`,
      ChangeSetName: 'muster-1-1-0a1b2c3d',
      ChangeSetType: 'CREATE',
      TemplateBody: NESTED,
    });
    await withOnly([PLAN, 'Throw-away stacks that a runner left'], async ({ deploy }) => {
      const attempt = { github: { runId: '1', runAttempt: '2' } };
      expect(await deploy({ mode: 'plan' }, attempt)).toMatchObject({ ...planned, annotations: [] });
      expect((await person.describeStacks({})).Stacks).toEqual([]);
    });
  }, 60_000);

  test(
    'creating, deploying what has not changed, updating, and a failed update',
    () =>
      withOnly([DEPLOY], async ({ deploy, befalls }) => {
        expect(await deploy()).toMatchObject(succeeded);
        expect(await deploy()).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' } });
        expect(await deploy(changed(30))).toMatchObject(succeeded);
        befalls(failing('update'));
        expect(await deploy(changed(14))).toMatchObject({ outputs: { 'failure-reason': 'rolled-back' } });
      }),
    60_000,
  );

  test(
    'planning a stack that exists, with and without changes',
    () =>
      withOnly([PLAN], async ({ deploy }) => {
        expect(await deploy({ mode: 'plan', ...changed(60) })).toMatchObject({ ...planned, annotations: [] });
        const unchanged = await deploy({ mode: 'plan', ...changed(30) });
        expect(unchanged).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' }, annotations: [] });
      }),
    60_000,
  );

  test('a deployment that is compared with a plan', async () => {
    const plan = { mode: 'plan', ...changed(60) };
    await withOnly([PLAN], async ({ deploy }) => {
      expect(await deploy(plan, onPullRequest())).toMatchObject({ ...planned, annotations: [] });
    });
    await withOnly([DEPLOY], async ({ deploy }) => {
      const run = await deploy({ 'require-plan': 'true', ...changed(60) }, ofTheMerge());
      expect(run).toMatchObject(succeeded);
      expect(run.log).toContain('This is what was reviewed');
    });
  }, 60_000);

  test('keeping a change set, and executing it', async () => {
    let kept = '';
    await withOnly([PLAN], async ({ deploy }) => {
      const run = await deploy({ mode: 'plan', 'keep-change-set': 'true', ...changed(90) });
      expect(run).toMatchObject({ ...planned, annotations: [] });
      kept = planOf(run).keptChangeSet ?? '';
    });
    await withOnly([DEPLOY, '`change-set` and `keep-change-set`'], async ({ deploy }) => {
      const run = await deploy({ 'change-set': kept, ...changed(90) });
      expect(run).toMatchObject(succeeded);
      expect(run.annotations.filter(({ level }) => level !== 'notice')).toEqual([]);
    });
  }, 60_000);

  test(
    'verifying an environment',
    () =>
      withOnly([VERIFY], async ({ deploy }) => {
        const run = await deploy({ mode: 'verify' });
        expect(run).toMatchObject({ exitCode: 0, outputs: { 'registered-count': '1' } });
      }),
    60_000,
  );

  test(
    'verifying a cluster by its name',
    () =>
      withOnly([VERIFY, '`verify` with a `cluster` instead of an `environment`'], async ({ deploy }) => {
        const [arn = ''] = (await aws.services.ecs.listClusters({})).clusterArns ?? [];
        const cluster = arn.split('/')[1] ?? '';
        await feedThroughCapacityProvider(cluster);
        const run = await deploy({ mode: 'verify', environment: '', 'stack-name': '', cluster });
        expect(run).toMatchObject({ exitCode: 0, outputs: { 'registered-count': '1', 'desired-count': '1' } });
      }),
    60_000,
  );

  test(
    'setting and taking away tags',
    () =>
      withOnly([DEPLOY, '`tags`'], async ({ deploy }) => {
        expect(await deploy({ ...changed(30), tags: 'team=platform\nstage=dev' })).toMatchObject(succeeded);
        expect(await deploy({ ...changed(30), tags: 'team=platform' })).toMatchObject(succeeded);
      }),
    60_000,
  );

  test(
    'termination protection',
    () =>
      withOnly([DEPLOY, '`termination-protection`'], async ({ deploy }) => {
        expect(await deploy({ ...changed(30), 'termination-protection': 'true' })).toMatchObject({ exitCode: 0 });
        expect(await deploy({ ...changed(30), 'termination-protection': 'false' })).toMatchObject({ exitCode: 0 });
      }),
    60_000,
  );

  test(
    'a template that goes through the bucket, and one that lies in it',
    () =>
      withOnly([DEPLOY, '`template-bucket`'], async ({ deploy }) => {
        const large = `${TEMPLATE}\n${'# as large as templates become\n'.repeat(1_800)}`;
        const files = { ...FILES, 'stack.yml': large };
        expect(await deploy({ ...changed(60), 'template-bucket': BUCKET }, { files })).toMatchObject(succeeded);
        await aws.services.s3.putObject({ Bucket: BUCKET, Key: 'ecs-muster/own.yml', Body: TEMPLATE });
        const template = `https://${BUCKET}.s3.us-east-1.amazonaws.com/ecs-muster/own.yml`;
        expect(await deploy({ ...changed(90), template })).toMatchObject(succeeded);
      }),
    60_000,
  );

  test(
    'a role of CloudFormation',
    () =>
      withOnly([DEPLOY, '`role-arn`'], async ({ deploy }) => {
        expect(await deploy({ ...changed(30), 'role-arn': SERVICE_ROLE })).toMatchObject(succeeded);
      }),
    60_000,
  );

  test(
    'a role and an account of the environment',
    () =>
      withOnly([DEPLOY, '`role` in the environment file'], async ({ deploy }) => {
        const environment = `account: "123456789012"\nrole: ${ENVIRONMENT_ROLE}\nparameters: { Retention: 14, Password: hunter2-hunter2 }\n`;
        const files = { 'stack.yml': TEMPLATE, 'env/dev.cfg': null, 'env/dev.yml': environment };
        expect(await deploy({}, { files })).toMatchObject(succeeded);
      }),
    60_000,
  );

  test(
    'values from exports and from Systems Manager',
    () =>
      withOnly([DEPLOY, '`!ImportValue`', headingOfSsm()], async ({ deploy, befalls }) => {
        aws.play({ hosts: HOSTS });
        await exportRetention('90');
        befalls({});
        await aws.services.ssm.putParameter({
          Name: '/todobackend/password',
          Type: 'String',
          Value: 'hunter3-hunter3',
        });
        const environment =
          'parameters: { Retention: !ImportValue shared-Retention, Password: !Ssm /todobackend/password }\n';
        const files = { 'stack.yml': TEMPLATE, 'env/dev.cfg': null, 'env/dev.yml': environment };
        expect(await deploy({}, { files })).toMatchObject(succeeded);
      }),
    60_000,
  );

  test(
    'planning with a role and an account of the environment, looked-up values, a template bucket, tags, and a role of CloudFormation',
    () =>
      withOnly(
        [
          PLAN,
          '`role-arn`',
          '`role` in the environment file',
          '`tags`',
          '`template-bucket`',
          '`!ImportValue`',
          headingOfSsm(),
        ],
        async ({ deploy }) => {
          const environment = `account: "123456789012"\nrole: ${ENVIRONMENT_ROLE}\nparameters: { Retention: !ImportValue shared-Retention, Password: !Ssm /todobackend/password }\n`;
          const large = `${TEMPLATE}\n  Name: { Value: !Ref Cluster }\n${'# as large as templates become\n'.repeat(1_800)}`;
          const files = { 'stack.yml': large, 'env/dev.cfg': null, 'env/dev.yml': environment };
          const inputs = { 'role-arn': SERVICE_ROLE, 'template-bucket': BUCKET, tags: 'team=platform' };
          expect(await deploy({ mode: 'plan', ...inputs }, { files })).toMatchObject({ ...planned, annotations: [] });
        },
      ),
    60_000,
  );

  test(
    'a group that something outside the template scales',
    () =>
      withOnly([DEPLOY, 'Groups that something scales'], async ({ deploy }) => {
        await scaleByPolicy(2);
        const run = await deploy(changed(14));
        expect(run).toMatchObject({ exitCode: 0, outputs: { 'registered-count': '2', 'desired-count': '2' } });
      }),
    60_000,
  );

  test(
    'looking for drift, also of a group that something outside the template scales',
    () =>
      withOnly([DRIFT], async ({ deploy }) => {
        const run = await deploy({ mode: 'drift', ...changed(14) });
        expect(run).toMatchObject({ exitCode: 0, outputs: { 'drift-status': 'in-sync' } });
        expect(run.log).toContain('Group.DesiredCapacity moves by design');
      }),
    60_000,
  );

  test('telling what has drifted, and who changed it', async () => {
    const { StackResourceSummaries = [] } = await person.listStackResources({ StackName: STACK });
    const logs = StackResourceSummaries.find(({ LogicalResourceId }) => LogicalResourceId === 'Logs');
    const logGroupName = logs?.PhysicalResourceId ?? '';
    const byHand = new CloudWatchLogs(asPerson());
    await byHand.putRetentionPolicy({ logGroupName, retentionInDays: 1 });
    await withOnly([DRIFT, 'Who changed it'], async ({ deploy }) => {
      const run = await deploy({ mode: 'drift', ...changed(14) });
      expect(run).toMatchObject({ exitCode: 1, outputs: { 'drift-status': 'drifted' } });
      expect(run.log).toContain('PutRetentionPolicy');
    });
    await aws.services.logs.putRetentionPolicy({ logGroupName, retentionInDays: 14 });
  }, 60_000);

  test('showing a repair, and doing it', async () => {
    const { StackResourceSummaries = [] } = await person.listStackResources({ StackName: STACK });
    const logs = StackResourceSummaries.find(({ LogicalResourceId }) => LogicalResourceId === 'Logs');
    await aws.services.logs.putRetentionPolicy({ logGroupName: logs?.PhysicalResourceId ?? '', retentionInDays: 1 });
    let fingerprint = '';
    await withOnly([DRIFT, 'Showing a repair', 'Who changed it'], async ({ deploy }) => {
      const run = await deploy({ mode: 'drift', 'drift-revert': 'plan', ...changed(14) });
      fingerprint = /fingerprint=([0-9a-f]{32})/.exec(run.summary)?.[1] ?? '';
    });
    await withOnly([REVERT], async ({ deploy }) => {
      // What a policy outside of the template has added would leave.
      const inputs = { mode: 'revert', fingerprint, ...changed(14) };
      expect(await deploy(inputs)).toMatchObject({ outputs: { 'failure-reason': 'replacement-refused' } });
      const run = await deploy({ ...inputs, 'revert-allow': 'Group' });
      expect(run).toMatchObject({ ...succeeded, outputs: { 'drift-status': 'in-sync', 'registered-count': '1' } });
    });
  }, 60_000);

  test(
    'a stack whose rollback failed: what to skip is named',
    () =>
      withOnly([DEPLOY], async ({ deploy, befalls }) => {
        befalls(failing('update', 'rollback'));
        await deploy(changed(60));
        const run = await deploy(changed(60));
        expect(run).toMatchObject({ outputs: { 'failure-reason': 'stack-stuck' } });
        expect(run.annotations[0]?.message).toContain('--resources-to-skip Logs');
      }),
    60_000,
  );

  test(
    'planning a stack whose rollback failed: where it began is told',
    () =>
      withOnly([PLAN], async ({ deploy }) => {
        const run = await deploy({ mode: 'plan', ...changed(60) });
        expect(run).toMatchObject({ outputs: { 'failure-reason': 'stack-stuck' } });
        expect(run.annotations[0]?.message).toContain('--resources-to-skip Logs');
        expect(run.annotations[0]?.message).toContain('It began with Logs');
      }),
    60_000,
  );

  test(
    'repairing a stack whose rollback failed: what to skip is named',
    () =>
      withOnly([REVERT], async ({ deploy }) => {
        const run = await deploy({ mode: 'revert', fingerprint: '0'.repeat(32), ...changed(60) });
        expect(run).toMatchObject({ outputs: { 'failure-reason': 'stack-stuck' } });
        expect(run.annotations[0]?.message).toContain('--resources-to-skip Logs');
      }),
    60_000,
  );

  test('a failed creation and replacing what it left', async () => {
    await remove(STACK);
    await withOnly([DEPLOY, 'Removing empty and failed stacks'], async ({ deploy, befalls }) => {
      befalls(failing('create'));
      expect(await deploy()).toMatchObject({ outputs: { 'failure-reason': 'rolled-back' } });
      befalls({});
      expect(await deploy({ 'replace-failed-stack': 'true' })).toMatchObject(succeeded);
    });
  }, 60_000);

  test('a creation that is cancelled before it began: no stack is left', async () => {
    await remove(STACK);
    await withOnly([DEPLOY, 'Removing empty and failed stacks'], async ({ deploy, befalls }) => {
      befalls({}, [{ when: { action: 'DescribeChangeSet', nth: 1 }, then: { delayMs: 3_000 } }]);
      const before = aws.calls({ action: 'CreateChangeSet' }).length;
      const run = await deploy({}, { cancelAfter: () => aws.calls({ action: 'CreateChangeSet' }).length > before });
      expect(run).toMatchObject({ conclusion: 'cancelled', post: { exitCode: 0 } });
      expect(await statusOf(STACK)).toBeUndefined();
    });
  }, 60_000);

  test('keeping the change set of a new stack, which is cancelled: no shell is left', async () => {
    await withOnly([PLAN, 'Removing empty and failed stacks'], async ({ deploy, befalls }) => {
      befalls({}, [{ when: { action: 'DescribeChangeSet', nth: 1 }, then: { delayMs: 3_000 } }]);
      const before = aws.calls({ action: 'CreateChangeSet' }).length;
      const run = await deploy(
        { mode: 'plan', 'keep-change-set': 'true' },
        { cancelAfter: () => aws.calls({ action: 'CreateChangeSet' }).length > before },
      );
      expect(run).toMatchObject({ conclusion: 'cancelled', post: { exitCode: 0 } });
      expect(await statusOf(STACK)).toBeUndefined();
    });
  }, 60_000);

  test('nested stacks: planned, deployed, planned again and deployed as it was planned', async () => {
    const put = (Body: string) => aws.services.s3.putObject({ Bucket: BUCKET, Key: 'logs.yml', Body });
    await put(NESTED);
    const url = `https://${BUCKET}.s3.us-east-1.amazonaws.com/logs.yml`;
    const nesting = `  Nested:\n    Type: AWS::CloudFormation::Stack\n    Properties: { TemplateURL: "${url}" }\nOutputs:`;
    const files = { ...FILES, 'stack.yml': TEMPLATE.replace('Outputs:', nesting) };
    const plan = () =>
      withOnly([PLAN, 'Nested stacks'], async ({ deploy }) => {
        const run = await deploy({ mode: 'plan' }, { files, ...onPullRequest() });
        expect(run).toMatchObject({ ...planned, annotations: [] });
        expect(run.log).toContain('NestedLogs');
      });
    const deployAsPlanned = () =>
      withOnly([DEPLOY, 'Nested stacks'], async ({ deploy }) => {
        const run = await deploy({ 'require-plan': 'true' }, { files, ...ofTheMerge() });
        expect(run).toMatchObject(succeeded);
        expect(run.annotations.filter(({ level }) => level === 'warning')).toEqual([]);
        expect(run.log).toContain('NestedLogs');
      });
    await plan();
    await deployAsPlanned();
    await put(NESTED.replace('LogGroup', 'LogGroup, Properties: { RetentionInDays: 7 }'));
    await plan();
    await deployAsPlanned();
  }, 120_000);
});

/** What CloudFormation itself reads, and the journal of the job's calls does not tell. */
const IS_PUBLIC = /^arn:aws:ssm:[a-z0-9-]+::parameter\/aws\//;

describe('what is documented is no more than is used', () => {
  const ofTheJob = () => [...policies].filter(([heading]) => !/^(Trust|CloudFormation's own role)/.test(heading));

  test('every action and every resource of each statement of the job is used', () => {
    const documented = ofTheJob().flatMap(([heading, statements]) =>
      statements.flatMap((statement) =>
        [...statement.actions, ...statement.resources].map((one) => ({ heading, statement, one })),
      ),
    );
    expect(documented.length).toBeGreaterThan(60);
    const unused = documented.filter(
      ({ statement, one }) => used.get(statement)?.has(one) !== true && !IS_PUBLIC.test(one),
    );
    expect(unused.map(({ heading, statement, one }) => `${heading}, ${statement.sid}: ${one}`)).toEqual([]);
  });

  test('a plan may execute no change set, and delete no stack but a throw-away one', () => {
    const refused = ['ExecuteChangeSet', 'DeleteStack', 'CreateStack', 'UpdateStack'].map((action) => ({
      action: `cloudformation:${action}`,
      resource: `arn:aws:cloudformation:us-east-1:123456789012:stack/${STACK}/*`,
    }));
    expect(refused.filter((one) => allowing(statementsUnder(PLAN), one) !== undefined)).toEqual([]);
    expect(statementsUnder(PLAN).flatMap(({ actions }) => actions)).not.toContain('cloudformation:ExecuteChangeSet');
  });

  test('whoever looks for drift, and shows a repair, may execute nothing', () => {
    const actions = statementsUnder(DRIFT, 'Showing a repair').flatMap((statement) => statement.actions);
    expect(actions.filter((action) => /:(Execute|Update|DeleteStack|CreateStack)/.test(action))).toEqual([]);
  });

  test('no statement of the job has a wildcard for an action', () => {
    expect(
      ofTheJob()
        .flatMap(([, statements]) => statements.flatMap(({ actions }) => actions))
        .join(),
    ).not.toContain('*');
  });
});

const NESTED = 'Resources:\n  NestedLogs: { Type: AWS::Logs::LogGroup }\n';

const headingOfSsm = () => [...policies.keys()].find((heading) => heading.startsWith('`!Ssm`')) ?? '';

async function groupName(): Promise<string> {
  const { AutoScalingGroups: [group] = [] } = await aws.services.autoScaling.describeAutoScalingGroups({});
  return group?.AutoScalingGroupName ?? '';
}

async function feedThroughCapacityProvider(cluster: string): Promise<void> {
  const { AutoScalingGroups: [group] = [] } = await aws.services.autoScaling.describeAutoScalingGroups({});
  await aws.services.ecs.createCapacityProvider({
    name: 'hosts',
    autoScalingGroupProvider: {
      autoScalingGroupArn: group?.AutoScalingGroupARN,
      managedScaling: { status: 'DISABLED' },
    },
  });
  await aws.services.ecs.putClusterCapacityProviders({
    cluster,
    capacityProviders: ['hosts'],
    defaultCapacityProviderStrategy: [],
  });
}

async function scaleByPolicy(count: number): Promise<void> {
  const AutoScalingGroupName = await groupName();
  await aws.services.autoScaling.putScalingPolicy({
    AutoScalingGroupName,
    PolicyName: 'by-hand',
    AdjustmentType: 'ChangeInCapacity',
    ScalingAdjustment: 1,
  });
  await aws.services.autoScaling.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: count });
}

async function exportRetention(value: string): Promise<void> {
  await person.createStack({
    StackName: 'shared',
    TemplateBody: `Resources:\n  Logs: { Type: AWS::Logs::LogGroup }\nOutputs:\n  Retention: { Value: '${value}', Export: { Name: shared-Retention } }\n`,
  });
  while ((await statusOf('shared')) !== 'CREATE_COMPLETE') await new Promise((resolve) => setTimeout(resolve, 50));
}
