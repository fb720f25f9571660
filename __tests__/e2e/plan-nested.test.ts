import { SSM } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PlannedChange } from '../../src/plan/model.ts';
import { planOf, type Setting, startSetting } from './plan-setting.ts';
import type { ActionRun } from './run-action.ts';
import { SMALL_FILES, SMALL_TEMPLATE } from './small-stack.ts';

/** What the NoEcho parameter was and would be, and what the dynamic reference stands for. */
const SECRETS = ['hunter2-hunter2', 'swordfish-swordfish', 'sesame-sesame'] as const;
const RULES = (cidr: string) =>
  `[{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8 }, { IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: ${cidr} }]`;
/** A security group, and what holds what the parent hands down, which this template does not call secret. */
const CHILD = (cidr: string, version: number) => `Parameters:
  Plain: { Type: String }
  Looked: { Type: String }
Resources:
  Doors: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: doors, SecurityGroupIngress: ${RULES(cidr)} } }
  Token: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !Sub 'token=\${Plain}' } }
  Key: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !Sub 'key-${version}=\${Looked}' } }
Outputs:
  Held: { Value: !GetAtt Token.Value }
`;
const PARENT = SMALL_TEMPLATE.replace(
  'Outputs:',
  `  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://nested.s3.us-east-1.amazonaws.com/child.yml
      Parameters: { Plain: !Ref Password, Looked: '{{resolve:ssm:/handed/down}}' }
Outputs:
  Handed: { Value: !GetAtt Child.Outputs.Held }`,
);
const FILES = { ...SMALL_FILES, 'stack.yml': PARENT };

let setting: Setting;
beforeAll(async () => {
  setting = await startSetting();
  await setting.aws.services.s3.createBucket({ Bucket: 'nested' });
  const credentials = { accessKeyId: 'person', secretAccessKey: 'person' };
  const ssm = new SSM({ endpoint: setting.aws.endpoint, region: 'us-east-1', credentials });
  await ssm.putParameter({ Name: '/handed/down', Value: SECRETS[2], Type: 'String' });
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
afterEach(() => setting.aws.play({}));
beforeEach(async () => {
  await setting.restartGitHub();
});

const put = (Body: string) => setting.aws.services.s3.putObject({ Bucket: 'nested', Key: 'child.yml', Body });

function inside(run: ActionRun, logicalId: string): PlannedChange | undefined {
  const child = planOf(run).changes.find((change) => change.logicalId === 'Child');
  return child?.nested?.changes.find((change) => change.logicalId === logicalId);
}

/** Everything that leaves a run: log, summary, outputs, annotations, the report file, and the comments. */
function told(run: ActionRun): string {
  return JSON.stringify([run, setting.comments()]);
}

function expectNoSecret(run: ActionRun): void {
  for (const secret of SECRETS) expect(told(run).replaceAll(`::add-mask::${secret}`, '')).not.toContain(secret);
}

describe('what changes in a nested stack', () => {
  const stack = { 'stack-name': 'nesting' };
  const change = { ...stack, 'parameter-overrides': `Password=${SECRETS[1]}` };

  test('is told of one that is new', async () => {
    await put(CHILD('10.0.0.0/8', 1));
    const run = await setting.plan(stack, { files: FILES });
    expect(run).toMatchObject({ exitCode: 0, outputs: { 'has-changes': 'true' } });
    expectNoSecret(run);
    const rules = inside(run, 'Doors')?.properties.find(({ path }) => path[1] === 'SecurityGroupIngress');
    expect(rules?.diff).toMatchObject({ kind: 'added', after: [{ FromPort: '22' }, { FromPort: '80' }] });
    expect(inside(run, 'Token')?.properties.find(({ path }) => path[1] === 'Value')?.withheld).toBe(
      'it holds the secret parameter Plain',
    );
  }, 60_000);

  test('is told of one that exists, and no secret that is handed down', async () => {
    expect(await setting.deploy(stack, { files: FILES })).toMatchObject({ exitCode: 0 });
    await put(CHILD('0.0.0.0/0', 2));
    const run = await setting.plan(change, { files: FILES });
    expect(run).toMatchObject({ exitCode: 0, annotations: [] });
    expectNoSecret(run);
    expect(inside(run, 'Doors')?.properties).toMatchObject([
      {
        path: ['Properties', 'SecurityGroupIngress'],
        diff: { kind: 'set', added: [{ CidrIp: '0.0.0.0/0', FromPort: '80' }], removed: [{ CidrIp: '10.0.0.0/8' }] },
      },
    ]);
    expect(inside(run, 'Token')?.properties).toMatchObject([{ withheld: 'it holds the secret parameter Plain' }]);
    expect(inside(run, 'Key')?.properties).toMatchObject([{ withheld: 'it holds the secret parameter Looked' }]);
    expect(planOf(run).impacts[0]).toMatchObject({
      risk: 'exposed',
      text: 'opens port 80 to the world (Child/Doors)',
    });
    const [comment = ''] = setting.comments();
    expect(comment).toContain('0.0.0.0/0');
    expect(run.summary).toContain('0.0.0.0/0');
  }, 90_000);

  test.each([
    ['a template', { action: 'GetTemplate', resource: 'nesting-Child' }],
    ['the deployed template of the stack itself', { action: 'GetTemplate', resource: 'stack/nesting/' }],
  ])(
    'is withheld where %s may not be read, and the fingerprint is the same',
    async (_, when) => {
      const readable = await setting.plan(change, { files: FILES });
      setting.aws.play({ calls: [{ when, then: { error: 'AccessDenied' } }] });
      const run = await setting.plan(change, { files: FILES });
      expect(run).toMatchObject({ exitCode: 0 });
      expectNoSecret(run);
      expect(inside(run, 'Doors')?.properties).toMatchObject([
        { withheld: 'which values are secret is written in the template of the nested stack' },
      ]);
      expect(planOf(run).record.fingerprint).toBe(planOf(readable).record.fingerprint);
    },
    90_000,
  );
});
