import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../../emulator/local-aws.ts';
import { type AwsCli, installAwsCli } from './aws-cli.ts';

/** The AWS CLI as a client that this project has not written: the classic commands, word for word. */

const DEPLOY =
  'aws cloudformation deploy --template-file stack.yml --stack-name todobackend --parameter-overrides $(cat env/dev.cfg) --capabilities CAPABILITY_NAMED_IAM';
const CLUSTER =
  "$(aws cloudformation describe-stacks --stack-name todobackend --query 'Stacks[0].Outputs[?OutputKey==`ClusterName`].OutputValue' --output text)";

let aws: LocalAws;
let cli: AwsCli;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 60 });
  cli = await installAwsCli(aws.env);
}, 300_000);
afterAll(async () => {
  await cli?.[Symbol.asyncDispose]();
  await aws?.[Symbol.asyncDispose]();
});

/**
 * `deploy` and `wait` look again only after 30 seconds. Their look after the change is answered late, when there is
 * something to see, so that a test takes seconds.
 */
const answerLate = (nth: number) => ({ when: { action: 'DescribeStacks', nth }, then: { delayMs: 4_000 } });
const LATE_IN_DEPLOY = answerLate(2);
const LATE_IN_WAIT = answerLate(1);

const count = async () => {
  const described = await cli.run(
    `aws ecs describe-clusters --cluster ${CLUSTER} --query 'clusters[0].registeredContainerInstancesCount'`,
  );
  return Number(described.stdout);
};

describe('a stack’s life on the AWS CLI', () => {
  test('deploy creates it, and its host has registered', async () => {
    aws.play({ calls: [LATE_IN_DEPLOY] });
    const deploy = await cli.run(DEPLOY);
    expect(deploy).toMatchObject({ exitCode: 0, stderr: '' });
    expect(deploy.stdout).toContain('Successfully created/updated stack - todobackend');
    expect(await count()).toBe(1);
  }, 120_000);

  test('describe-clusters', async () => {
    expect(await cli.json(`aws ecs describe-clusters --cluster ${CLUSTER}`)).toMatchObject({
      clusters: [{ status: 'ACTIVE', registeredContainerInstancesCount: 1 }],
      failures: [],
    });
  });

  test('describe-stack-events tells the story, newest first', async () => {
    const rows = await cli.json(
      "aws cloudformation describe-stack-events --stack-name todobackend --query 'StackEvents[].[LogicalResourceId,ResourceStatus,ResourceStatusReason]'",
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        ['ApplicationCluster', 'CREATE_COMPLETE', null],
        [
          'ApplicationAutoscaling',
          'CREATE_IN_PROGRESS',
          expect.stringMatching(/^Received SUCCESS signal with UniqueId i-/),
        ],
      ]),
    );
    expect(Array.isArray(rows) && rows[0]).toEqual(['todobackend', 'CREATE_COMPLETE', null]);
    expect(Array.isArray(rows) && rows.at(-1)).toEqual(['todobackend', 'REVIEW_IN_PROGRESS', 'User Initiated']);
  });

  test('the same deploy again has nothing to do, which is exit 255 in this CLI', async () => {
    const again = await cli.run(DEPLOY);
    expect(again.exitCode).toBe(255);
    expect(again.stderr).toContain('No changes to deploy. Stack todobackend is up to date');
    const empty = await cli.run(`${DEPLOY} --no-fail-on-empty-changeset`);
    expect(empty.exitCode).toBe(0);
  }, 60_000);

  test('a changed deploy brings a second host', async () => {
    aws.play({ calls: [LATE_IN_DEPLOY] });
    const changed = await cli.run(DEPLOY.replace('$(cat env/dev.cfg)', '$(cat env/dev.cfg) ApplicationDesiredCount=2'));
    expect(changed).toMatchObject({ exitCode: 0, stderr: '' });
    // The update of a group is complete without its new host, which registers in its own time.
    for (let look = 0; look < 10 && (await count()) < 2; look++) await setTimeout(500);
    expect(await count()).toBe(2);
  }, 120_000);

  test('a failing deploy is rolled back, and the events say why', async () => {
    const fail =
      'Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement';
    aws.play({
      calls: [LATE_IN_DEPLOY],
      resources: [{ logicalId: 'ApplicationAutoscaling', operation: 'update', fail, times: 1 }],
    });
    const failing = await cli.run(DEPLOY.replace('$(cat env/dev.cfg)', '$(cat env/dev.cfg) ApplicationDesiredCount=3'));
    expect(failing.exitCode).toBe(255);
    expect(failing.stderr).toContain('Failed to create/update the stack. Run the following command');
    expect(
      await cli.json("aws cloudformation describe-stacks --stack-name todobackend --query 'Stacks[].StackStatus'"),
    ).toEqual(['UPDATE_ROLLBACK_COMPLETE']);
    const failed = await cli.json(
      "aws cloudformation describe-stack-events --stack-name todobackend --query 'StackEvents[?ResourceStatus==`UPDATE_FAILED`].[LogicalResourceId,ResourceStatusReason]'",
    );
    expect(failed).toEqual([['ApplicationAutoscaling', fail]]);
  }, 120_000);

  test('a template that CloudFormation refuses', async () => {
    const refused = await cli.run(
      'aws cloudformation create-stack --stack-name refused --template-body \'{"Resources":{}}\'',
    );
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toMatch(/An error occurred \(ValidationError\) when calling the CreateStack operation: /);
  });

  test('delete-stack takes everything away', async () => {
    const stackId = await cli.json(
      "aws cloudformation describe-stacks --stack-name todobackend --query 'Stacks[0].StackId'",
    );
    expect(await cli.run('aws cloudformation delete-stack --stack-name todobackend')).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    aws.play({ calls: [LATE_IN_WAIT] });
    expect(await cli.run('aws cloudformation wait stack-delete-complete --stack-name todobackend')).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(
      await cli.json(`aws cloudformation describe-stacks --stack-name ${stackId} --query 'Stacks[].StackStatus'`),
    ).toEqual(['DELETE_COMPLETE']);
    expect((await cli.run('aws cloudformation describe-stacks --stack-name todobackend')).stderr).toContain(
      'Stack with id todobackend does not exist',
    );
    expect(
      await cli.json(
        "aws ec2 describe-instances --query 'Reservations[].Instances[?State.Name!=`terminated`].InstanceId[]'",
      ),
    ).toEqual([]);
  }, 120_000);
});

test('an action that the local AWS does not have is told as such', async () => {
  const missing = await cli.run('aws autoscaling describe-instance-refreshes --auto-scaling-group-name g');
  expect(missing.stderr).toContain('An error occurred (InvalidAction) when calling the DescribeInstanceRefreshes');
});
