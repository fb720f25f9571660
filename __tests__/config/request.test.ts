import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadRequest, loadVerifyRequest } from '../../src/config/request.ts';
import { undeclaredDefaults } from '../../src/config/undeclared-defaults.ts';
import { secretValues, valuesOf } from '../../src/config/values.ts';
import { inputsWith, lines, repository } from './fixtures.ts';

const TEMPLATE = `Parameters:
  ApplicationDesiredCount:
    Type: Number
    Default: 1
    MaxValue: 10
  ApplicationSubnets:
    Type: List<AWS::EC2::Subnet::Id>
  VpcId:
    Type: AWS::EC2::VPC::Id
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
      MaxSize: 4
      DesiredCapacity: !Ref ApplicationDesiredCount
`;
const GOOD = 'ApplicationDesiredCount=2\nApplicationSubnets=subnet-a5d3ecee,subnet-324e246f\nVpcId=vpc-f8233a80\n';
const ENVIRONMENT = { AWS_REGION: 'eu-west-1', GITHUB_REPOSITORY: 'acme/todobackend' };

async function load(
  files: Readonly<Record<string, string | Uint8Array>>,
  inputs: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, string>> = ENVIRONMENT,
) {
  await using workspace = await repository({ 'stack.yml': TEMPLATE, ...files });
  const context = { workspace: workspace.path, env: (name: string) => variables[name] };
  const { request, findings } = await loadRequest(inputsWith({ environment: 'dev', ...inputs }), context);
  return { request, findings: lines(findings) };
}

test('a request from an environment file', async () => {
  const { request, findings } = await load({ 'env/dev.cfg': GOOD });
  expect(findings).toEqual([]);
  expect(request).toMatchObject({
    environment: 'dev',
    environmentFile: 'env/dev.cfg',
    stackName: 'todobackend-dev',
    region: 'eu-west-1',
    template: { file: 'stack.yml' },
    capabilities: ['CAPABILITY_NAMED_IAM'],
    desiredCount: { kind: 'auto' },
    busyTimeout: 1_800_000,
    parameters: [
      { name: 'ApplicationDesiredCount', kind: 'value', value: '2', secret: false, place: { where: 'env/dev.cfg:1' } },
      { name: 'ApplicationSubnets', kind: 'value', value: 'subnet-a5d3ecee,subnet-324e246f' },
      { name: 'VpcId', kind: 'value', value: 'vpc-f8233a80' },
    ],
  });
});

test('what the environment file says, and what the inputs say over it', async () => {
  const files = {
    'env/dev.yml': `stack-name: from-file
region: us-east-1
account: "385605022855"
role: arn:aws:iam::385605022855:role/muster
tags: { team: platform, stage: file }
parameters:
  ApplicationSubnets: [subnet-a5d3ecee]
  VpcId: !ImportValue network-VpcId
  Password: !Env DB_PASSWORD
`,
  };
  const variables = { ...ENVIRONMENT, DB_PASSWORD: 'hunter2' };
  const { request, findings } = await load(files, { 'allow-env': 'DB_PASSWORD' }, variables);
  expect(findings).toEqual([]);
  expect(request).toMatchObject({
    stackName: 'from-file',
    region: 'us-east-1',
    account: '385605022855',
    role: 'arn:aws:iam::385605022855:role/muster',
    tags: { team: 'platform', stage: 'file' },
  });
  expect(secretValues(request?.parameters ?? [])).toEqual(['hunter2']);
  const over = await load(
    files,
    {
      'allow-env': 'DB_PASSWORD',
      'stack-name': 'from-input',
      region: 'eu-west-2',
      tags: 'stage=input',
      'parameter-overrides': 'VpcId=vpc-0a1b2c3d\nApplicationDesiredCount=!PreviousValue',
    },
    variables,
  );
  expect(over.request).toMatchObject({
    stackName: 'from-input',
    region: 'eu-west-2',
    tags: { team: 'platform', stage: 'input' },
  });
  expect(over.request?.parameters.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
    'ApplicationSubnets: value',
    'VpcId: value',
    'Password: value',
    'ApplicationDesiredCount: previous',
  ]);
});

test('a misspelt, a missing and an out-of-range parameter: three findings, three lines', async () => {
  const { request, findings } = await load({
    'env/dev.cfg': '# development\nApplicationDesiredCount=11\nApplicationSubnet=subnet-a5d3ecee\n',
  });
  expect(request).toBeUndefined();
  expect(findings).toEqual([
    expect.stringMatching(/^error env\/dev\.cfg:2 ApplicationDesiredCount is '11', .*MaxValue is 10/),
    expect.stringMatching(
      /^error env\/dev\.cfg:3 .*no parameter 'ApplicationSubnet'.* Did you mean 'ApplicationSubnets'\?/,
    ),
    expect.stringMatching(/^error env\/dev\.cfg:3 The parameter VpcId .*\(stack\.yml:8\) and is not given/),
  ]);
});

test('a count that the group has no room for is told where it was set', async () => {
  const { findings } = await load({ 'env/dev.cfg': GOOD.replace('Count=2', 'Count=9') });
  expect(findings).toEqual([expect.stringMatching(/^error env\/dev\.cfg:1 DesiredCapacity 9 of Group is outside/)]);
});

describe('how many instances to expect', () => {
  const groupless = TEMPLATE.replace(/ {2}Group:[\s\S]*/, '');
  const countless = TEMPLATE.replace(/ {6}DesiredCapacity.*\n/, '');

  test('has to be known before anything is deployed', async () => {
    const without = await load({ 'env/dev.cfg': GOOD, 'stack.yml': groupless });
    expect(without.request).toBeUndefined();
    expect(without.findings).toEqual([expect.stringMatching(/^error stack\.yml:15 No Auto Scaling group .*feeds/)]);
    const silent = await load({ 'env/dev.cfg': GOOD, 'stack.yml': countless }, { 'desired-count': 'template' });
    expect(silent.findings).toEqual([expect.stringMatching(/^error stack\.yml:17 .*no DesiredCapacity for Group/)]);
  });

  test('is known where the user says it, or the live group does', async () => {
    const said = await load({ 'env/dev.cfg': GOOD, 'stack.yml': groupless }, { 'desired-count': '3' });
    expect(said.findings).toEqual([]);
    expect((await load({ 'env/dev.cfg': GOOD, 'stack.yml': countless })).findings).toEqual([]);
  });
});

test('everything at once: environment, template, region, stack name', async () => {
  const { findings } = await load(
    {
      'env/dev.yml': 'account: 12\nrole: x\nregion: y\nparameter: {}\nparameters: { VpcId: 1 }\n',
      'stack.yml': TEMPLATE.replace('Type: AWS::ECS::Cluster', 'Typ: AWS::ECS::Cluster'),
    },
    {},
    { GITHUB_REPOSITORY: 'acme/1.todo_backend' },
  );
  const expected = [
    /dev\.yml:4 'parameter' is nothing/,
    /dev\.yml:3 'y' is no AWS region/,
    /dev\.yml:1 '12' is no AWS account id/,
    /dev\.yml:2 'x' is not the ARN of a role/,
    /error No stack name is given.* Give one, such as stack-name: todo-backend-dev/,
    /stack\.yml:15 The resource Cluster has no Type/,
    /dev\.yml:5 VpcId is '1', which cannot be used: it has to be a VPC id/,
    /dev\.yml:5 The parameter ApplicationSubnets/,
  ];
  expect(findings).toHaveLength(expected.length);
  for (const pattern of expected) expect(findings).toContainEqual(expect.stringMatching(pattern));
});

describe('parameters', () => {
  test.each([
    [
      'given twice',
      `${GOOD}VpcId=vpc-0a1b2c3d\n`,
      [/^error env\/dev\.cfg:4 The parameter VpcId is already given at env\/dev\.cfg:3/],
    ],
    [
      'another parameter in a value',
      GOOD.replace('Count=2', 'Count=2 VpcId=x'),
      [/^warning env\/dev\.cfg:1 .*' VpcId='/, /^error env\/dev\.cfg:1 .*has to be a number/],
    ],
    ['something else in a value', `${GOOD}Password=a b=c`, []],
    [
      'too long',
      `${GOOD}Password=${'ä'.repeat(2_049)}`,
      [/^error env\/dev\.cfg:4 The value of Password cannot be used: it has 4098 bytes/],
    ],
    [
      'a line that cannot be read hides what it may have held',
      GOOD.replace('VpcId=', 'VpcId '),
      [/^error env\/dev\.cfg:3 .*there is no '='/],
    ],
  ])('%s', async (_, text, expected) => {
    const { findings } = await load({ 'env/dev.cfg': text });
    expect(findings).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(findings[index]).toMatch(pattern);
  });

  test('an environment file that cannot be parsed hides everything that it may have held', async () => {
    const { findings } = await load({ 'env/dev.yml': 'parameters:\n  VpcId: [' });
    expect(findings).toEqual([expect.stringMatching(/^error env\/dev\.yml:2 .*cannot be read here/)]);
  });

  test('an override has no file to point at', async () => {
    const { findings } = await load({ 'env/dev.cfg': GOOD }, { 'parameter-overrides': 'A=1\nVpcId=x' });
    expect(findings).toEqual([
      expect.stringMatching(/^error VpcId is 'x', .* \(input parameter-overrides, line 2\)/),
      expect.stringMatching(/^error The template declares no parameter 'A'\. \(input parameter-overrides, line 1\)/),
    ]);
  });

  test('without an environment what is missing is told at the template', async () => {
    const { findings } = await load({}, { environment: '', 'stack-name': 's' });
    expect(findings).toEqual([
      expect.stringMatching(/^error stack\.yml:1 The parameter ApplicationSubnets/),
      expect.stringMatching(/^error stack\.yml:1 The parameter VpcId/),
    ]);
  });

  test("a default that its own constraints refuse is told at the template's line", async () => {
    const { findings } = await load({
      'env/dev.cfg': GOOD.replace(/.*Count.*\n/, ''),
      'stack.yml': TEMPLATE.replace('Default: 1', 'Default: 99'),
    });
    expect(findings[0]).toMatch(/^error stack\.yml:4 ApplicationDesiredCount is '99'/);
  });

  test.each([
    [
      'not allowed',
      'Password',
      '',
      { X: 'v' },
      /Password would be read from .* X, which the input 'allow-env' does not name/,
    ],
    ['not secret', 'VpcId', 'X', { X: 'vpc-0a1b2c3d' }, /it is not NoEcho .* Declare VpcId with NoEcho: true/],
    ['not set', 'Password', 'X', {}, /X, which is not set/],
    ['empty', 'Password', 'X', { X: '' }, /X, which is empty/],
  ])('!Env that is %s', async (_, name, allowed, variables, pattern) => {
    const parameters = `  ApplicationSubnets: [subnet-a5d3ecee]\n${name === 'VpcId' ? '' : '  VpcId: vpc-f8233a80\n'}  ${name}: !Env X\n`;
    const { findings } = await load(
      { 'env/dev.yml': `parameters:\n${parameters}` },
      { 'allow-env': allowed },
      { ...ENVIRONMENT, ...variables },
    );
    expect(findings).toEqual([expect.stringMatching(pattern)]);
  });
});

describe('the template', () => {
  test.each<[string, Record<string, string | Uint8Array>, Record<string, string>, RegExp]>([
    [
      'is not there',
      {},
      { template: 'stck.yml' },
      /^error The template stck\.yml does not exist in the checked-out repository\. Give its path/,
    ],
    ['is outside', {}, { template: '../stack.yml' }, /leads out of the repository/],
    ['is absolute', {}, { template: '/etc/passwd' }, /is an absolute path/],
    ['is a folder', { 'env/dev.cfg': GOOD }, { template: 'env' }, /is no file/],
    ['has 10 MB', { 'stack.yml': new Uint8Array(10_000_000) }, {}, /has 10,000,000 bytes, and 1,048,576 are the limit/],
    [
      'is a URL',
      {},
      { template: 'https://bucket.s3.amazonaws.com/stack.yml' },
      /is a URL; here the template has to be a file/,
    ],
    [
      'is too large to be sent',
      { 'stack.yml': `${TEMPLATE}# ${'é'.repeat(26_000)}\n` },
      {},
      /^error stack\.yml:1 .*CloudFormation takes 51,200 directly.*template-bucket/,
    ],
  ])('%s', async (_, files, inputs, pattern) => {
    const { request, findings } = await load({ 'env/dev.cfg': GOOD, ...files }, inputs);
    expect(request).toBeUndefined();
    expect(findings).toEqual([expect.stringMatching(pattern)]);
  });

  test('a large one is fine with a bucket; 51,200 bytes are not large', async () => {
    const large = `${TEMPLATE}# ${'é'.repeat(26_000)}\n`;
    expect((await load({ 'env/dev.cfg': GOOD, 'stack.yml': large }, { 'template-bucket': 'bucket' })).findings).toEqual(
      [],
    );
    const exact = `${TEMPLATE}#${'x'.repeat(51_200 - TEMPLATE.length - 1)}`;
    expect((await load({ 'env/dev.cfg': GOOD, 'stack.yml': exact })).request?.template.bytes).toBe(51_200);
  });

  test('a link out of the repository', async () => {
    await using workspace = await repository({ 'env/dev.cfg': GOOD });
    await symlink('/etc/passwd', join(workspace.path, 'stack.yml'));
    const context = { workspace: workspace.path, env: () => 'eu-west-1' };
    const { findings } = await loadRequest(inputsWith({ environment: 'dev', 'stack-name': 's' }), context);
    expect(lines(findings)).toEqual([expect.stringMatching(/symbolic link that leads out/)]);
  });

  test('an https URL is read by whoever can', async () => {
    await using workspace = await repository({ 'env/dev.cfg': GOOD });
    const url = 'https://bucket.s3.amazonaws.com/stack.yml';
    const asked: string[] = [];
    const context = {
      workspace: workspace.path,
      env: () => 'eu-west-1',
      fetchTemplate: async (from: string, { region }: { region: string }) => {
        asked.push(`${from} ${region}`);
        return new TextEncoder().encode(TEMPLATE);
      },
    };
    const { request } = await loadRequest(
      inputsWith({ environment: 'dev', 'stack-name': 's', template: url }),
      context,
    );
    expect(request).toMatchObject({ templateUrl: url, template: { file: url } });
    expect(asked).toEqual([`${url} eu-west-1`]);
  });
});

test('no region anywhere', async () => {
  const { findings } = await load({ 'env/dev.cfg': GOOD }, {}, { GITHUB_REPOSITORY: 'a/b' });
  expect(findings).toEqual([expect.stringMatching(/^error No region is given, and AWS_REGION is not set/)]);
});

test('verify: an environment, or a cluster by its name alone', async () => {
  await using workspace = await repository({ 'stack.yml': TEMPLATE, 'env/dev.cfg': GOOD });
  const context = { workspace: workspace.path, env: (name: string) => ({ ...ENVIRONMENT })[name] };
  const byEnvironment = await loadVerifyRequest(inputsWith({ mode: 'verify', environment: 'dev' }), context);
  expect(byEnvironment).toMatchObject({
    findings: [],
    request: { stack: { stackName: 'todobackend-dev' }, environment: 'dev' },
  });
  const byName = await loadVerifyRequest(
    inputsWith({ mode: 'verify', cluster: 'web', template: 'nowhere.yml', 'desired-count': '2' }),
    context,
  );
  expect(byName.findings).toEqual([]);
  expect(byName.request).toEqual({
    region: 'eu-west-1',
    cluster: 'web',
    desiredCount: { kind: 'number', count: 2 },
    drainTimeout: 600_000,
  });
});

test('values for the evaluation: what is written, what AWS has told since, and nothing else', async () => {
  const { request } = await load({
    'env/dev.yml':
      'parameters:\n  ApplicationDesiredCount: !PreviousValue\n  ApplicationSubnets: [subnet-a5d3ecee]\n  VpcId: !Ssm /vpc\n',
  });
  const parameters = request?.parameters ?? [];
  const location = (line: number) => ({ file: 'env/dev.yml', line, column: 3 });
  expect([...valuesOf(parameters).parameters]).toEqual([
    ['ApplicationDesiredCount', { location: location(2) }],
    ['ApplicationSubnets', { value: 'subnet-a5d3ecee', location: location(3) }],
    ['VpcId', { location: location(4) }],
  ]);
  const told = valuesOf(
    parameters,
    { region: 'eu-west-1', stackName: 's' },
    { ApplicationDesiredCount: '3', VpcId: 'vpc-1' },
  );
  expect(told.parameters.get('ApplicationDesiredCount')?.value).toBe('3');
  expect(told.pseudo).toEqual({ 'AWS::Region': 'eu-west-1', 'AWS::StackName': 's' });
});

const WITHOUT_COUNT = GOOD.replace(/.*Count.*\n/, '');

describe('parameters that would fall back to their defaults', () => {
  async function told(live: Record<string, string>, inputs: Record<string, string> = {}, text = WITHOUT_COUNT) {
    const { request } = await load({ 'env/dev.cfg': text }, inputs);
    if (request === undefined) throw new Error('no request');
    return lines(undeclaredDefaults(request, live));
  }

  test('are told when the stack holds something else', async () => {
    expect(await told({ ApplicationDesiredCount: '3' })).toEqual([
      expect.stringMatching(
        /^error env\/dev\.cfg:1 The stack has ApplicationDesiredCount=3, .*default is '1'.*accept-defaults: true/,
      ),
    ]);
  });

  test.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['the stack holds the default', { ApplicationDesiredCount: '1' }, {}, WITHOUT_COUNT],
    ['the stack does not have it', {}, {}, WITHOUT_COUNT],
    ['accept-defaults says so', { ApplicationDesiredCount: '3' }, { 'accept-defaults': 'true' }, WITHOUT_COUNT],
    ['the file says it', { ApplicationDesiredCount: '3' }, {}, GOOD],
    [
      'an override says it',
      { ApplicationDesiredCount: '3' },
      { 'parameter-overrides': 'ApplicationDesiredCount=1' },
      WITHOUT_COUNT,
    ],
    ['nobody can see the value', { Password: '****' }, {}, WITHOUT_COUNT],
    ['it has no default', { VpcId: 'vpc-1' }, {}, WITHOUT_COUNT],
  ])('not when %s', async (_, live, inputs, text) => {
    expect(await told(live, inputs, text)).toEqual([]);
  });
});

describe('a hostile environment file ends in an error at once', () => {
  test.each<[string, string, () => string | Uint8Array]>([
    ['unknown parameters', 'cfg', () => Array.from({ length: 80_000 }, (_, index) => `VpcIe${index}=1`).join('\n')],
    ['lines that are none', 'cfg', () => 'x\n'.repeat(500_000)],
    ['one parameter again and again', 'cfg', () => 'VpcId=x\n'.repeat(120_000)],
    ['unknown keys', 'yml', () => Array.from({ length: 80_000 }, (_, index) => `tag${index}: 1`).join('\n')],
    ['one long value', 'cfg', () => `VpcId=${'1'.repeat(1_000_000)}`],
    ['one long list', 'yml', () => `parameters: { ApplicationSubnets: [${'subnet-1,'.repeat(100_000)}] }`],
    [
      'a billion laughs',
      'yml',
      () =>
        `parameters:\n  A0: &a0 [x,x]\n${Array.from({ length: 60 }, (_, n) => `  A${n + 1}: &a${n + 1} [*a${n}, *a${n}]\n`).join('')}`,
    ],
    ['10 MB', 'json', () => new Uint8Array(10_000_000)],
  ])('%s', async (_, extension, make) => {
    const content = make();
    const { request, findings } = await load({ [`env/dev.${extension}`]: content });
    expect(request).toBeUndefined();
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.length).toBeLessThan(110);
    for (const line of findings) expect(line.length).toBeLessThan(1_000);
  });
});
