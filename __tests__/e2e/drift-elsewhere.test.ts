import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DRIFT_FILES, type DriftSetting, driftedIn, driftsOf, errorsOf, startDriftSetting } from './drift-setting.ts';
import { SMALL_TEMPLATE } from './small-stack.ts';

// What CloudFormation keeps of a template has a question mark for each character beyond ASCII.
const TEMPLATE = SMALL_TEMPLATE.replace(
  '    Properties: { RetentionInDays: !Ref Retention }',
  `    Metadata: { Purpose: 'Protokolle für Störfälle, 障害' }
    Properties: { RetentionInDays: !Ref Retention }`,
);
const ENVIRONMENT = `stack-name: elsewhere
tags: { team: platform }
parameters: { Retention: 7, Password: !Env PASSWORD }
`;
const FILES = { ...DRIFT_FILES, 'stack.yml': TEMPLATE, 'env/dev.cfg': null, 'env/dev.yml': ENVIRONMENT };

let setting: DriftSetting;
beforeAll(async () => {
  setting = await startDriftSetting();
  await setting.cfn.createStack({ TemplateBody: TEMPLATE, ...given('7', 'platform') });
  await settled();
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());

function given(retention: string, team: string) {
  return {
    StackName: 'elsewhere',
    Parameters: [
      { ParameterKey: 'Retention', ParameterValue: retention },
      { ParameterKey: 'Password', ParameterValue: 'hunter2-hunter2' },
    ],
    Tags: [{ Key: 'team', Value: team }],
  };
}

async function settled(): Promise<void> {
  for (;;) {
    const { Stacks: [stack] = [] } = await setting.cfn.describeStacks({ StackName: 'elsewhere' });
    if (stack?.StackStatus?.endsWith('_COMPLETE') && !stack.StackStatus.includes('CLEANUP')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const drift = () => setting.drift('', { 'stack-name': '', 'allow-env': 'PASSWORD' }, { files: FILES });

test('a stack that somebody else deployed from the same template is in sync; what nobody can compare is listed', async () => {
  const run = await drift();
  expect(run).toMatchObject({ exitCode: 0, outputs: { 'drift-status': 'in-sync' } });
  const unchecked = driftsOf(run)[0]?.unchecked;
  expect(unchecked).toContainEqual(expect.objectContaining({ what: 'parameter Password' }));
  expect(run.annotations).toEqual([]);
}, 60_000);

test('one that was deployed from something else is undeployed, and not drifted', async () => {
  const other = TEMPLATE.replace("MaxSize: '2'", "MaxSize: '3'").replace(
    'Outputs:',
    '  More: { Type: AWS::Logs::LogGroup }\nOutputs:',
  );
  await setting.cfn.updateStack({ TemplateBody: other, ...given('30', 'elsewhere') });
  await settled();
  const run = await drift();
  expect(run).toMatchObject({ exitCode: 0, outputs: { 'drift-status': 'undeployed', 'drifted-resources': '[]' } });
  expect(driftsOf(run)).toMatchObject([
    {
      state: 'undeployed',
      undeployed: {
        resources: [{ logicalId: 'Group' }, { logicalId: 'More' }],
        tags: [{ key: 'team', before: 'elsewhere', after: 'platform' }],
      },
    },
  ]);
  expect(run.annotations).toMatchObject([{ level: 'warning', title: 'elsewhere is not what the repository says' }]);
  expect(run.summary).toContain('A deployment may be waiting');
  expect(run.summary).toMatch(/-.*MaxSize.*3[\s\S]*\+.*MaxSize.*2/);
}, 60_000);

test('drift is told against what is deployed, beside what is undeployed', async () => {
  const { StackResources = [] } = await setting.cfn.describeStackResources({ StackName: 'elsewhere' });
  const group = StackResources.find(({ LogicalResourceId }) => LogicalResourceId === 'Group')?.PhysicalResourceId;
  await setting.aws.services.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: group ?? '', MaxSize: 5 });
  const run = await drift();
  expect(run).toMatchObject({ exitCode: 1, outputs: { 'drift-status': 'drifted' } });
  expect(driftedIn(run)).toEqual(['Group modified']);
  expect(errorsOf(run)).toMatchObject([{ message: expect.stringContaining('deployed as 3 and is 5') }]);
  expect(driftsOf(run)).toMatchObject([{ undeployed: { isNew: false } }]);
}, 60_000);
