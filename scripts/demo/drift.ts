import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { runAction } from '../../__tests__/e2e/run-action.ts';
import { startLocalGitHub } from '../../emulator/github/local-github.ts';
import type { LocalAws } from '../../emulator/local-aws.ts';
import { bringUpAws, leave, takePictures } from './stage.ts';

/** The stacks that are there already are not what this is about. */
const SPEED = 600;
const REGION = 'us-east-1';

const DEV = readFileSync(join(import.meta.dirname, '..', '..', 'env', 'dev.cfg'), 'utf8');
/** An office may open SSH connections, and drift of a rule shows: what the template does not set is not compared. */
const FILES = {
  'env/prod.yml': null,
  'env/dev.cfg': `${DEV}ApplicationSshCidr=203.0.113.0/24\nApplicationSshKey=office\n`,
  'env/staging.cfg': DEV,
};

/**
 * A night: deploys two environments, changes one of them by hand, looks for drift, and leaves the issue that the local
 * GitHub was given and the job summary: as pages, and as pictures where there is a Chromium.
 */
export async function demoDrift(): Promise<number> {
  await using aws = await bringUpAws(SPEED);
  await using github = await startLocalGitHub();
  await aws.services.ec2.createKeyPair({ KeyName: 'office' });
  for (const environment of ['dev', 'staging']) {
    console.log(`Deploying ${environment} …`);
    const deployed = await runAction({ files: FILES, inputs: { environment }, env: aws.env });
    if (deployed.exitCode !== 0) {
      console.log(deployed.log);
      return deployed.exitCode;
    }
  }
  console.log('Changing dev by hand …');
  await changeByHand(aws, 'todobackend-dev');
  console.log('Looking for drift …\n');
  const run = await runAction({
    files: FILES,
    inputs: { mode: 'drift', environment: 'all', 'drift-revert': 'plan' },
    env: aws.env,
    event: { name: 'schedule', payload: { schedule: '17 3 * * *' } },
    githubToken: github.token,
    github: { apiUrl: github.url },
    onLine: (line) => console.log(line),
  });
  console.log('');
  const [issue] = github.issues();
  if (issue === undefined) throw new Error('There is no issue');
  await takePictures(
    leave('drift-summary', 'The job summary', run.summary),
    leave('drift', `The issue "${issue.title}"`, issue.body ?? ''),
  );
  return run.outputs['drift-status'] === 'drifted' ? 0 : 1;
}

/** What people do in a hurry: more room for hosts, a way in, a wider policy. CloudTrail knows who it was. */
async function changeByHand(aws: LocalAws, stack: string): Promise<void> {
  const config = { endpoint: aws.endpoint, region: REGION };
  const [jane, sam] = [await person(aws, 'jane'), await person(aws, 'sam')];
  const cloudFormation = new CloudFormation({ ...config, credentials: jane });
  const { StackResources = [] } = await cloudFormation.describeStackResources({ StackName: stack });
  const idOf = (type: string) =>
    StackResources.find(({ ResourceType }) => ResourceType === type)?.PhysicalResourceId ?? '';
  await new AutoScaling({ ...config, credentials: jane }).updateAutoScalingGroup({
    AutoScalingGroupName: idOf('AWS::AutoScaling::AutoScalingGroup'),
    MaxSize: 8,
  });
  await new EC2({ ...config, credentials: jane }).authorizeSecurityGroupIngress({
    GroupId: idOf('AWS::EC2::SecurityGroup'),
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIp: '0.0.0.0/0',
  });
  const iam = new IAM({ ...config, credentials: sam });
  const RoleName = idOf('AWS::IAM::Role');
  const { PolicyNames: [PolicyName = ''] = [] } = await iam.listRolePolicies({ RoleName });
  const { PolicyDocument = '' } = await iam.getRolePolicy({ RoleName, PolicyName });
  const policy = JSON.parse(decodeURIComponent(PolicyDocument));
  policy.Statement.push({ Sid: 'ForNow', Effect: 'Allow', Action: 's3:*', Resource: '*' });
  await iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: JSON.stringify(policy) });
}

async function person(aws: LocalAws, UserName: string) {
  await aws.services.iam.createUser({ UserName });
  const { AccessKey } = await aws.services.iam.createAccessKey({ UserName });
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}
