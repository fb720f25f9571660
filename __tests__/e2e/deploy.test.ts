import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import type { Scenario } from '../../emulator/types.ts';
import { type ActionRun, type RunActionOptions, runAction } from './run-action.ts';
import { lineOf } from './small-stack.ts';

const project = join(import.meta.dirname, '..', '..');
const template = readFileSync(join(project, 'stack.yml'), 'utf8');

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 100 });
}, 300_000); // the first time moto is installed
afterAll(async () => aws[Symbol.asyncDispose]());
afterEach(() => aws.play({}));

let stacks = 0;
const newStack = () => {
  stacks += 1;
  return `deployed-${stacks}`;
};
const deploy = (stack: string, inputs: Record<string, string> = {}, options: RunActionOptions = {}) =>
  runAction({ env: aws.env, ...options, inputs: { environment: 'dev', 'stack-name': stack, ...inputs } });
const level = ({ annotations }: ActionRun, wanted: string) => annotations.filter((one) => one.level === wanted);
const play = (scenario: Scenario) => aws.play(scenario);

describe('stack.yml', () => {
  test('is created: verdict, a notice a resource at its line, outputs, timeline', async () => {
    const stack = newStack();
    const run = await deploy(stack);
    expect(run).toMatchObject({
      exitCode: 0,
      annotationsDropped: 0,
      outputs: {
        outcome: 'succeeded',
        'failure-reason': '',
        'stack-status': 'CREATE_COMPLETE',
        'has-changes': 'true',
        'registered-count': '1',
        'desired-count': '1',
        ClusterName: expect.stringContaining(stack),
      },
    });
    expect(JSON.parse(run.outputs.outputs ?? '')).toMatchObject({ ClusterName: run.outputs.ClusterName });
    expect(level(run, 'error')).toEqual([]);
    expect(level(run, 'notice')).toContainEqual(
      expect.objectContaining({
        file: 'stack.yml',
        line: lineOf(template, '  ApplicationAutoscaling:'),
        title: expect.stringContaining('ApplicationAutoscaling'),
      }),
    );
    expect(run.summary.split('\n')[0]).toContain(stack);
    expect(run.summary).toMatch(/```mermaid[^`]*gantt/);
    expect(run.summary).toMatch(/registered/i);
    expect(run.log).toContain('registered 1 of 1');
    expect(run.log.match(/CREATE_COMPLETE .*ApplicationCluster/g)).toHaveLength(1);
  }, 90_000);

  test('is updated in place, and hosts that do not have to go stay', async () => {
    const stack = newStack();
    await deploy(stack);
    const before = await instancesOf(stack);
    const files = { 'stack.yml': template.replace('RetentionInDays: 30', 'RetentionInDays: 14') };
    expect(files['stack.yml']).not.toBe(template);
    const run = await deploy(stack, {}, { files });
    expect(run).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'UPDATE_COMPLETE', replacements: '0' } });
    expect(await instancesOf(stack)).toEqual(before);
  }, 90_000);

  test('is updated by rolling the hosts, with capacity kept in service', async () => {
    const stack = newStack();
    const two = 'ApplicationDesiredCount=2';
    await deploy(stack, { 'parameter-overrides': two });
    const before = await instancesOf(stack);
    const run = await deploy(stack, { 'parameter-overrides': `${two}\nApplicationInstanceType=t3.medium` });
    expect(run).toMatchObject({
      exitCode: 0,
      outputs: { 'stack-status': 'UPDATE_COMPLETE', 'registered-count': '2', 'desired-count': '2' },
    });
    const after = await instancesOf(stack);
    expect(after).toHaveLength(2);
    for (const id of before) expect(after).not.toContain(id);
    expect(run.log).toMatch(/while keeping at least 2 instance\(s\) in service/);
  }, 120_000);

  test('with a host that never signals is rolled back, and the cause stands at the line of the group', async () => {
    const stack = newStack();
    play({ hosts: [{ behaviour: { kind: 'dead' } }] });
    const run = await deploy(stack);
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: { outcome: 'failed', 'failure-reason': 'rolled-back', 'stack-status': 'ROLLBACK_COMPLETE' },
    });
    expect(level(run, 'error')).toEqual([
      expect.objectContaining({
        file: 'stack.yml',
        line: lineOf(template, '  ApplicationAutoscaling:'),
        message: expect.stringContaining('Received 0 SUCCESS signal(s) out of 1'),
      }),
    ]);
    expect(JSON.stringify(run.annotations)).not.toContain('cancelled');
  }, 90_000);
});

// Only its command 10_first_run tells the agent which cluster it belongs to.
test('examples/todobackend is deployed, and its host registers through the commands of its metadata', async () => {
  const stack = newStack();
  const run = await deploy(stack, {
    'env-directory': 'examples/todobackend/env',
    template: 'examples/todobackend/stack.yml',
  });
  expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'registered-count': '1' } });
}, 90_000);

const PARENT = `Resources:
  Cluster: { Type: AWS::ECS::Cluster }
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData: { ImageId: ami-12c6146b, InstanceType: t3.micro, UserData: { Fn::Base64: !Sub 'ECS_CLUSTER=\${Cluster}' } }
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '0'
      MaxSize: '1'
      DesiredCapacity: '0'
      VPCZoneIdentifier: [subnet-a5d3ecee]
      LaunchTemplate: { LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber }
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: https://templates.s3.us-east-1.amazonaws.com/child.yml }
`;

describe('a nested stack', () => {
  const child = 'Resources:\n  Inner: { Type: AWS::Logs::LogGroup }\n';
  const nested = (stack: string) => deploy(stack, {}, { files: { 'stack.yml': PARENT, 'env/dev.cfg': '' } });

  test('has its events told, and its failure is pointed at through the parent', async () => {
    const { s3 } = aws.services;
    await s3.createBucket({ Bucket: 'templates' });
    await s3.putObject({ Bucket: 'templates', Key: 'child.yml', Body: child });
    const good = await nested(newStack());
    expect(good).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
    expect(good.log).toMatch(/Network › Inner/);

    play({ resources: [{ logicalId: 'Inner', operation: 'create', fail: 'Inner has no room' }] });
    const bad = await nested(newStack());
    expect(level(bad, 'error')).toEqual([
      expect.objectContaining({
        title: expect.stringContaining('Network › Inner'),
        message: expect.stringContaining('Inner has no room'),
        line: lineOf(PARENT, '  Network:'),
      }),
    ]);
  }, 90_000);
});

async function instancesOf(stack: string): Promise<string[]> {
  const { AutoScalingGroups = [] } = await aws.services.autoScaling.describeAutoScalingGroups({});
  const group = AutoScalingGroups.find(({ AutoScalingGroupName }) => AutoScalingGroupName?.startsWith(`${stack}-`));
  return (group?.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []).sort();
}
