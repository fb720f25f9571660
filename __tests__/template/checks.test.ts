import { describe, expect, test } from '@jest/globals';
import { checkLimits } from '../../src/template/check-limits.ts';
import { checkTemplate } from '../../src/template/checks.ts';
import type { Values } from '../../src/template/resolve.ts';
import { templateOf, valuesWith } from './fixtures.ts';

function told(text: string, values: Values = valuesWith()): string[] {
  return checkTemplate(templateOf(text), values).map(({ level, message, remedy, location }) =>
    `${level} ${location?.file}:${location?.line} ${message} ${remedy ?? ''}`.trim(),
  );
}

function group(properties: string, more = '', parameters = ''): string {
  return `${parameters}Resources:
  G:
    Type: AWS::AutoScaling::AutoScalingGroup
${more}    Properties:
      MinSize: 1
      MaxSize: 4
${properties}`;
}

describe('sizes of a group', () => {
  test.each([
    ['      DesiredCapacity: 4\n', []],
    ['      DesiredCapacity: 5\n', [/^error stack.yml:7 DesiredCapacity 5 of G is outside .* 1\.\.4/]],
    ["      DesiredCapacity: '0'\n", [/^error stack.yml:7 DesiredCapacity 0 of G is outside/]],
    ['      DesiredCapacity: !ImportValue x\n', []],
  ])('%s', (properties, expected) => {
    const found = told(group(properties));
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  test('more at least than at most', () => {
    const text = group('').replace('MinSize: 1', 'MinSize: 9');
    expect(told(text)).toEqual([expect.stringMatching(/^error stack.yml:5 MinSize 9 of G is more than its MaxSize 4/)]);
  });

  test('a number that a parameter gives is told where the parameter was set', () => {
    const text = group(
      '      DesiredCapacity: !Ref Count\n',
      '',
      'Parameters: { Count: { Type: Number, Default: 9 } }\n',
    );
    expect(told(text)).toEqual([expect.stringMatching(/^error stack.yml:8 DesiredCapacity 9/)]);
    const location = { file: 'env/dev.cfg', line: 3 };
    const values = { parameters: new Map([['Count', { value: '7', location }]]) };
    expect(told(text, values)).toEqual([expect.stringMatching(/^error env\/dev.cfg:3 DesiredCapacity 7/)]);
  });

  test.each([
    [3, []],
    [4, [/^error stack.yml:6 MinInstancesInService 4 of G is not below its MaxSize 4/]],
  ])('MinInstancesInService %d', (count, expected) => {
    const found = told(
      group('', `    UpdatePolicy:\n      AutoScalingRollingUpdate:\n        MinInstancesInService: ${count}\n`),
    );
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  test.each([
    ['Count: 2, Timeout: PT5M', '      DesiredCapacity: 2\n', []],
    [
      'Count: 5',
      '      DesiredCapacity: 2\n',
      [/^error stack.yml:4 .* waits for 5 signals, and the group never has more than 4/],
    ],
    [
      'Count: 3',
      '      DesiredCapacity: 2\n',
      [/^warning stack.yml:4 .* waits for 3 signals, and the group starts with 2/],
    ],
    ['Count: 2', '', [/^warning stack.yml:4 .* waits for 2 signals, and the group starts with 1/]],
    ['Count: 3', '      DesiredCapacity: !ImportValue x\n', []],
  ])('CreationPolicy with %s', (signal, properties, expected) => {
    const found = told(group(properties, `    CreationPolicy: { ResourceSignal: { ${signal} } }\n`));
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });
});

describe('references', () => {
  test.each([
    ['!Ref Nobdy', /^error stack.yml:9 .*'Nobdy'.* Did you mean 'Nobody'\?$/],
    ['!Ref AWS::Regio', /Did you mean 'AWS::Region'\?/],
    ['!GetAtt Cluter.Arn', /no resource of that name.* Did you mean 'Cluster'\?/],
    ["!Sub '${Cluster.Arn} ${Typo}'", /'Typo'/],
    ["!Sub ['${A} ${B}', { A: 1 }]", /'B'/],
    ['!If [Nevr, 1, 2]', /no condition of that name.* Did you mean 'Never'\?/],
    ['!FindInMap [Maps, a, b]', /no mapping of that name/],
    ['!ImportValue { Fn::Sub: "${Typo}" }', /'Typo'/],
  ])('%s', (expression, pattern) => {
    const found = told(`Parameters: { Nobody: { Type: String, Default: x } }
Conditions: { Never: !Equals [a, b] }
Mappings: { Map: { a: { b: c } } }
Resources:
  Cluster:
    Type: AWS::ECS::Cluster
    DependsOn: Cluster
    Properties:
      ClusterName: ${expression}
`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(pattern);
  });

  test('of conditions, outputs, DependsOn and Condition', () => {
    const found = told(`Conditions:
  A: !Equals [!Ref Missing1, b]
  B: !Not [!Condition Missing2]
Resources:
  C:
    Type: AWS::ECS::Cluster
    Condition: Missing3
    DependsOn: [C, Missing4]
Outputs:
  O: { Condition: Missing5, Value: !Ref Missing6 }
`);
    expect(found.map((line) => /stack.yml:(\d+) .*'(Missing\d)'/.exec(line)?.slice(1).join(' '))).toEqual([
      '2 Missing1',
      '3 Missing2',
      '7 Missing3',
      '8 Missing4',
      '10 Missing6',
      '10 Missing5',
    ]);
  });

  test('a placeholder is told on the line where it stands, many lines into a text', () => {
    const text =
      'Resources:\n  A:\n    Type: X\n    Properties:\n      UserData: !Sub |\n        one\n        echo ${HOME}\n';
    expect(told(text)).toEqual([
      expect.stringMatching(
        /^error stack\.yml:7 .*'HOME'.* What is meant for the shell is written \$\{!HOME\} inside Fn::Sub\./,
      ),
    ]);
  });

  test('an IAM policy has conditions of its own, and a transform makes resources of its own', () => {
    const policy = '{ Statement: [{ Effect: Allow, Condition: { StringEquals: { a: b } } }] }';
    expect(told(`Resources:\n  P: { Type: AWS::IAM::Policy, Properties: { PolicyDocument: ${policy} } }\n`)).toEqual(
      [],
    );
    expect(
      told('Transform: AWS::Serverless-2016-10-31\nResources: { A: { Type: X, Properties: { B: !Ref Made } } }\n'),
    ).toEqual([]);
  });
});

describe('pitfalls', () => {
  test.each([
    [
      'a launch configuration',
      'Resources:\n  L:\n    Type: AWS::AutoScaling::LaunchConfiguration\n',
      /^warning stack.yml:2 L is a launch configuration/,
    ],
    [
      '$Latest',
      group('      LaunchTemplate: { LaunchTemplateName: a, Version: $Latest }\n'),
      /^warning stack.yml:7 The group takes version \$Latest/,
    ],
    [
      'two policies',
      group('', '    UpdatePolicy:\n      AutoScalingRollingUpdate: {}\n      AutoScalingInstanceRefresh: {}\n'),
      /^error stack.yml:6 G has both/,
    ],
    [
      'a suspended launch',
      group(
        '',
        '    UpdatePolicy:\n      AutoScalingRollingUpdate:\n        SuspendProcesses: [HealthCheck, Launch]\n',
      ),
      /^error stack.yml:6 .* this suspends Launch/,
    ],
    [
      'unprotected hosts',
      `${group('')}  P:\n    Type: AWS::ECS::CapacityProvider\n    Properties:\n      AutoScalingGroupProvider:\n        AutoScalingGroupArn: !Ref G\n        ManagedScaling: { Status: ENABLED }\n        ManagedTerminationProtection: ENABLED\n`,
      /^error stack.yml:13 .* not protected from scale-in/,
    ],
    [
      'protection without scaling',
      `${group('      NewInstancesProtectedFromScaleIn: true\n')}  P:\n    Type: AWS::ECS::CapacityProvider\n    Properties:\n      AutoScalingGroupProvider:\n        AutoScalingGroupArn: !Ref G\n        ManagedTerminationProtection: ENABLED\n`,
      /^error stack.yml:13 .* without managed scaling/,
    ],
  ])('%s', (_, text, pattern) => {
    const found = told(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(pattern);
  });
});

test('limits of CloudFormation', () => {
  const resources = Array.from({ length: 501 }, (_, index) => `  R${index}: { Type: AWS::ECS::Cluster }`).join('\n');
  const template = templateOf(
    `Description: ${'x'.repeat(1_025)}\nResources:\n${resources}\n  ${'L'.repeat(256)}: { Type: X }\n`,
  );
  expect(checkLimits(template).map(({ location, message }) => `${location?.line} ${message}`)).toEqual([
    '503 The template has 502 Resources; CloudFormation takes 500. R500 is the first too many.',
    expect.stringMatching(/^504 The name L+… has 256 characters/),
    expect.stringMatching(/^1 The Description has 1025 bytes/),
  ]);
  expect(checkLimits(templateOf('Resources: { A: { Type: X } }'))).toEqual([]);
});

test('a hostile template within the limits is checked at once', () => {
  const nested = Array.from({ length: 90 }).reduce<string>(
    (inner) => `!If [C, ${inner}, ${'x'}]`,
    "!Sub ['${A}${A}', { A: !Ref G0 }]",
  );
  const groups = Array.from(
    { length: 240 },
    (
      _,
      index,
    ) => `  G${index}: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { MinSize: ${index < 20 ? nested : 1}, LaunchTemplate: { LaunchTemplateId: !Ref L${index} } } }
  L${index}: { Type: AWS::EC2::LaunchTemplate, Properties: { LaunchTemplateData: { UserData: 'cfn-init --resource L${index} -r G1' } } }`,
  );
  const text = `Conditions: { C: !Equals [!Ref AWS::StackId, 1] }\nResources:\n${groups.join('\n')}\n`;
  const template = templateOf(text);
  checkTemplate(template, valuesWith());
});
