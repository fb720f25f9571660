import { describe, expect, test } from '@jest/globals';
import { checkEnvironments } from '../../src/config/check-environments.ts';
import { inputsWith, lines, repository } from './fixtures.ts';

const TEMPLATE = `Parameters:
  VpcId:
    Type: AWS::EC2::VPC::Id
  Size:
    Type: Number
    Default: 1
    MaxValue: 10
  Password:
    Type: String
    NoEcho: true
    Default: none
Resources:
  Cluster:
    Type: AWS::ECS::Cluster
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 0
      MaxSize: 10
      DesiredCapacity: !Ref Size
`;
const PROD = `stack-name: backend-prod
region: us-east-1
role: arn:aws:iam::385605022855:role/muster
parameters:
  VpcId: !ImportValue network-VpcId
  Password: !Env DB_PASSWORD
`;

async function check(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, string>> = { GITHUB_REPOSITORY: 'acme/todobackend' },
) {
  await using workspace = await repository({ 'stack.yml': TEMPLATE, ...files });
  const context = { workspace: workspace.path, env: (name: string) => variables[name] };
  const checked = await checkEnvironments(inputsWith({ mode: 'environments', ...inputs }), context);
  return { environments: checked.environments, findings: lines(checked.findings) };
}

test('what is known without AWS, of every environment of the folder', async () => {
  const files = { 'env/prod.yml': PROD, 'env/dev.cfg': 'VpcId=vpc-1a2b3c4d\n', 'env/README.md': '' };
  expect(await check(files)).toEqual({
    environments: [
      { name: 'dev', stack: 'todobackend-dev' },
      {
        name: 'prod',
        stack: 'backend-prod',
        region: 'us-east-1',
        account: '385605022855',
        role: 'arn:aws:iam::385605022855:role/muster',
      },
    ],
    findings: [],
  });
});

test('only those that are named, with the region of the job', async () => {
  const files = { 'env/prod.yml': PROD, 'env/dev.cfg': 'VpcId=vpc-1a2b3c4d\n', 'env/bad.cfg': 'Vpc' };
  const variables = { GITHUB_REPOSITORY: 'acme/todobackend', AWS_REGION: 'eu-west-1' };
  const { environments, findings } = await check(files, { environment: 'prod, dev' }, variables);
  expect(environments.map(({ name, region }) => [name, region])).toEqual([
    ['prod', 'us-east-1'],
    ['dev', 'eu-west-1'],
  ]);
  expect(findings).toEqual([]);
});

test('variables of another job are not missed, but may still not end where they would be shown', async () => {
  const files = { 'env/dev.yml': 'parameters: { VpcId: vpc-1a2b3c4d, Size: !Env SIZE, Password: !Env DB_PASSWORD }\n' };
  const { findings } = await check(files);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatch(/^error env\/dev.yml:1 Size would be read .* not NoEcho/);
});

describe('what is wrong is told all at once', () => {
  test('of several files, each at its line', async () => {
    const { findings } = await check({
      'env/a.cfg': 'VpcId=vpc-1a2b3c4d\nSise=2\n',
      'env/b.yml': 'region: nowhere\nparameters:\n  VpcId: subnet-1\n  Size: 11\n',
      'env/c.cfg': '# nothing\n',
      'env/d.cfg': 'VpcId=vpc-1a2b3c4d\n',
      'env/d.yml': PROD,
    });
    for (const place of ['env/a.cfg:2', 'env/b.yml:1', 'env/b.yml:3', 'env/b.yml:4', 'env/c.cfg:1'])
      expect(findings.join('\n')).toContain(`error ${place}`);
    expect(findings.join('\n')).toContain("env/d.cfg, env/d.yml all claim the name 'd'");
  });

  test('of the template once, however many environments have it', async () => {
    const files = Object.fromEntries(['a', 'b', 'c'].map((name) => [`env/${name}.cfg`, 'VpcId=vpc-1a2b3c4d\n']));
    const { findings } = await check({ ...files, 'stack.yml': `${TEMPLATE}      VPCZoneIdentifier: !Ref Nowhere\n` });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain('Nowhere');
  });

  test('where there is no environment, no template, or one name for all', async () => {
    expect((await check({})).findings.join()).toContain('there is none in the checked-out repository');
    expect((await check({ 'env/dev.cfg': '' }, { template: 'none.yml' })).findings.join()).toContain('none.yml');
    const two = { 'env/a.cfg': 'VpcId=vpc-1a2b3c4d', 'env/b.cfg': 'VpcId=vpc-1a2b3c4d' };
    expect((await check(two, { 'stack-name': 'one' })).findings.join()).toContain("'stack-name' names one stack");
  });
});

test('a template that is a URL is left to the jobs that have credentials', async () => {
  const template = 'https://bucket.s3.amazonaws.com/stack.yml';
  const { environments, findings } = await check({ 'env/dev.cfg': 'Anything=1\n' }, { template });
  expect(environments).toHaveLength(1);
  expect(findings).toEqual([]);
});

test('environments that take turns on one stack are told', async () => {
  const file = (more: string) => `stack-name: same\n${more}parameters: { VpcId: vpc-1a2b3c4d }\n`;
  const shared = await check({ 'env/a.yml': file('region: eu-west-1\n'), 'env/b.yml': file('region: eu-west-1\n') });
  expect(shared.findings).toHaveLength(1);
  expect(shared.findings[0]).toMatch(/^warning a, b are all the stack same, in eu-west-1/);
  const apart = await check({ 'env/a.yml': file('region: eu-west-1\n'), 'env/b.yml': file('region: us-east-1\n') });
  expect(apart.findings).toEqual([]);
});

test('more environments than one plan takes can be listed', async () => {
  const many = Array.from({ length: 300 }, (_, n) => [`env/e${n}.cfg`, 'VpcId=vpc-1a2b3c4d\n'] as const);
  expect((await check(Object.fromEntries(many))).environments).toHaveLength(300);
});
