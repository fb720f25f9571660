import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { INPUT_DEFAULTS } from '../../src/config/input-defaults.ts';
import { readInputs } from '../../src/config/inputs.ts';
import { inputsWith, lines, stepWith } from './fixtures.ts';

function complaints(inputs: Readonly<Record<string, string>>): string[] {
  return lines(readInputs(stepWith({ environment: 'dev', ...inputs })).findings);
}

test('the defaults are those of action.yml', () => {
  const metadata = load(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, { default?: unknown }> };
  const declared = Object.entries(metadata.inputs).map(([name, input]) => [name, input.default ?? '']);
  expect(Object.fromEntries(declared)).toEqual({ ...INPUT_DEFAULTS, 'github-token': '${{ github.token }}' });
  for (const [, value] of declared) expect(typeof value).toBe('string');
});

test('empty inputs are the defaults', () => {
  const empty = Object.fromEntries(Object.keys(INPUT_DEFAULTS).map((name) => [name, '']));
  const { inputs, findings } = readInputs(stepWith({ ...empty, environment: 'dev' }));
  expect(findings).toEqual([]);
  expect(inputs).toEqual(inputsWith({ environment: 'dev' }));
  expect(inputs).toEqual({
    mode: 'deploy',
    environment: 'dev',
    environmentDirectory: 'env',
    template: 'stack.yml',
    parameterOverrides: [],
    capabilities: ['CAPABILITY_NAMED_IAM'],
    acceptDefaults: false,
    allowEnv: [],
    onFailure: 'rollback',
    replaceFailedStack: false,
    failOnReplacement: [],
    busyTimeout: 1_800_000,
    stackTimeout: 3_600_000,
    drainTimeout: 600_000,
    desiredCount: { kind: 'auto' },
    keepChangeSet: false,
    requirePlan: false,
    comment: 'auto',
    driftIgnore: [],
    driftTimeout: 900_000,
    driftIssue: true,
    driftRevert: 'never',
    revertAllow: [],
  });
});

test('everything that can be given', () => {
  const { inputs, githubToken } = readInputs(
    stepWith({
      mode: 'verify',
      environment: 'prod',
      'stack-name': 'todobackend-prod',
      region: 'us-gov-west-1',
      'parameter-overrides': 'A=1, b = c\n# not this\nB=!PreviousValue\r\nC=',
      capabilities: 'CAPABILITY_IAM, CAPABILITY_AUTO_EXPAND',
      'role-arn': 'arn:aws:iam::385605022855:role/path/cfn',
      tags: 'team=platform\nnote=a=b',
      'notification-arns': 'arn:aws:sns:eu-west-1:385605022855:deploys',
      'termination-protection': 'FALSE',
      'template-bucket': 'my.bucket-1',
      'accept-defaults': 'True',
      'allow-env': 'DB_PASSWORD OTHER',
      'on-failure': 'delete',
      'fail-on-replacement': 'AWS::ECS::Cluster,Database\nany',
      'busy-timeout': '45s',
      'roll-call-timeout': '20',
      'desired-count': '3',
      cluster: 'web',
      'github-token': 'ghs_secret',
    }),
  );
  expect(inputs).toMatchObject({
    mode: 'verify',
    stackName: 'todobackend-prod',
    region: 'us-gov-west-1',
    capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
    tags: { team: 'platform', note: 'a=b' },
    terminationProtection: false,
    acceptDefaults: true,
    allowEnv: ['DB_PASSWORD', 'OTHER'],
    onFailure: 'delete',
    failOnReplacement: ['AWS::ECS::Cluster', 'Database', 'any'],
    busyTimeout: 45_000,
    rollCallTimeout: 1_200_000,
    desiredCount: { kind: 'number', count: 3 },
    cluster: 'web',
  });
  expect(inputs?.parameterOverrides.map(({ name, written, place }) => [name, written, place])).toEqual([
    ['A', { kind: 'value', value: '1, b = c' }, { where: 'input parameter-overrides, line 1' }],
    ['B', { kind: 'previous' }, { where: 'input parameter-overrides, line 3' }],
    ['C', { kind: 'value', value: '' }, { where: 'input parameter-overrides, line 4' }],
  ]);
  expect(githubToken).toBe('ghs_secret');
  expect(JSON.stringify(inputs)).not.toContain('ghs_secret');
});

test('the plans of other jobs are those of no environment of this one, and a list may be of all', () => {
  expect(complaints({ mode: 'plan', environment: '', reports: 'reports' })).toEqual([]);
  expect(complaints({ mode: 'environments', environment: '' })).toEqual([]);
  expect(inputsWith({ mode: 'environments', 'changed-only': 'False' }).changedOnly).toBe(false);
});

const FINGERPRINT = '0123456789abcdef0123456789abcdef';

describe('what is refused', () => {
  test.each<[Record<string, string>, RegExp]>([
    [{ mode: 'deplyo' }, /'deplyo' is nothing that the input 'mode' takes\. Did you mean 'deploy'\?/],
    [{ mode: 'drifting' }, /'drifting' is nothing.* It takes deploy, plan, drift, revert, verify, environments\./],
    [{ 'pull-request': '#12' }, /'#12' is no number of a pull request/],
    [{ comment: 'sometimes' }, /'sometimes' is nothing.* It takes auto, changes-only, never\./],
    [{ 'change-set': 'a b' }, /'a b' is neither the name nor the ARN of a change set/],
    [{ mode: 'plan', 'change-set': 'muster-1' }, /'change-set' is for mode: deploy, and this is mode: plan/],
    [{ 'keep-change-set': 'true' }, /'keep-change-set' is for mode: plan, and this is mode: deploy/],
    [{ mode: 'verify', 'require-plan': 'true' }, /'require-plan' is for mode: deploy/],
    [{ enviroment: 'dev' }, /There is no input 'enviroment'\. Did you mean 'environment'\?/],
    [
      { unheardof: 'x' },
      /There is no input 'unheardof'\. There are mode, environment, .*github-token\. .*variable INPUT_UNHEARDOF/,
    ],
    [{ 'accept-defaults': 'yes' }, /'yes' is neither true nor false\. Write accept-defaults: true/],
    [{ 'replace-failed-stack': '1' }, /'1' is neither true nor false/],
    [{ 'busy-timeout': 'soon' }, /'soon' is no length of time\. Write it as 45s, 10m or 2h/],
    [{ 'stack-timeout': '0' }, /'0' is no length of time/],
    [{ 'drain-timeout': '-5m' }, /'-5m' is no length of time/],
    [{ 'on-failure': 'keeep' }, /Did you mean 'keep'\?/],
    [{ 'desired-count': 'lots' }, /'lots' is nothing.* It takes auto, template, live\./],
    [{ 'desired-count': '-1' }, /'-1' is nothing/],
    [{ 'stack-name': '1abc' }, /'1abc' is no stack name/],
    [{ 'stack-name': 'a'.repeat(129) }, /has 129 characters/],
    [{ region: 'ireland' }, /'ireland' is no AWS region/],
    [{ capabilities: 'CAPABILITY_NAMED' }, /Did you mean 'CAPABILITY_NAMED_IAM'\?/],
    [{ 'role-arn': 'arn:aws:iam::1:user/x' }, /is not the ARN of a role/],
    [{ tags: 'aws:x=1' }, /starts with aws:/],
    [{ tags: 'team' }, /Line 1 of the input 'tags' cannot be read: there is no '=' in it/],
    [{ 'notification-arns': 'topic' }, /'topic' is not the ARN of an SNS topic/],
    [{ 'template-bucket': 's3://bucket' }, /is no name of an S3 bucket/],
    [{ 'parameter-overrides': 'A=1\nB' }, /Line 2 of the input 'parameter-overrides' cannot be read/],
    [{ 'allow-env': 'AWS_SECRET_ACCESS_KEY' }, /AWS_SECRET_ACCESS_KEY belongs to the runner, GitHub or AWS/],
    [{ 'allow-env': 'github_token' }, /never given to a template/],
    [{ mode: 'verify', environment: '' }, /was not told which\. Give 'environment', or the name of a cluster/],
    [{ environment: '' }, /neither an environment nor the name of a stack/],
    [{ mode: 'plan', environment: '' }, /neither an environment nor the name of a stack/],
    [{ 'changed-only': 'true' }, /'changed-only' is for mode: environments, and this is mode: deploy/],
    [{ mode: 'plan', 'drift-revert': 'plan' }, /'drift-revert' is for mode: drift, and this is mode: plan/],
    [{ mode: 'revert' }, /it was not told which\. Give its 'fingerprint'/],
    [{ mode: 'revert', fingerprint: FINGERPRINT, environment: '' }, /mode: revert was told neither an environment/],
    [
      { mode: 'revert', fingerprint: FINGERPRINT, environment: 'all' },
      /repairs one environment, and 'all' are several/,
    ],
    [
      { mode: 'revert', fingerprint: FINGERPRINT, environment: 'a,b' },
      /repairs one environment, and 'a,b' are several/,
    ],
    [{ mode: 'drift', fingerprint: FINGERPRINT }, /'fingerprint' is for mode: revert, and this is mode: drift/],
    [{ 'revert-allow': 'Group' }, /'revert-allow' is for mode: revert, and this is mode: deploy/],
    [{ mode: 'drift', 'drift-revert': 'apply' }, /'apply' is nothing.* It takes never, plan\./],
    [{ mode: 'revert', fingerprint: 'abc' }, /'abc' is no fingerprint of a repair/],
    [
      { mode: 'revert', 'revert-allow': 'Group Nested/', fingerprint: FINGERPRINT },
      /'Nested\/' names no resource\. Write LogicalId, or Nested\/LogicalId/,
    ],
    [{ mode: 'environments', 'changed-only': 'yes' }, /'yes' is neither true nor false/],
  ])('%j', (inputs, pattern) => {
    const found = complaints(inputs);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(pattern);
    expect(found[0]).toMatch(/^error/);
  });

  test('all of it at once, and then there are no inputs', () => {
    const read = readInputs(stepWith({ mode: 'x', region: 'y', 'busy-timeout': 'z', nothing: '' }));
    expect(read.findings.length).toBeGreaterThanOrEqual(4);
    expect(read.inputs).toBeUndefined();
  });
});
