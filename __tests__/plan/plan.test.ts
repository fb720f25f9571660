import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KNOWN_AFTER_APPLY, WITHHELD } from '../../src/plan/model.ts';
import { templateOf } from '../template/fixtures.ts';
import { detail, liveStack, planned, planOf, resource, TEMPLATE } from './material.ts';

const SSH = { IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '10.0.0.0/8' };
const HTTP = { IpProtocol: 'tcp', FromPort: '80', ToPort: '80', CidrIp: '10.0.0.0/8' };
const LAUNCH = 'AWS::EC2::LaunchTemplate';

describe('values', () => {
  test('removing one of two rules shows that rule as removed, however CloudFormation words it', () => {
    const plan = planOf([
      resource('Doors', 'AWS::EC2::SecurityGroup', {
        was: { SecurityGroupIngress: [SSH, HTTP] },
        is: { SecurityGroupIngress: [HTTP] },
        details: [
          detail('SecurityGroupIngress', { path: '/Properties/SecurityGroupIngress/0/FromPort', action: 'Modify' }),
          detail('SecurityGroupIngress', { path: '/Properties/SecurityGroupIngress/1', action: 'Remove' }),
        ],
      }),
    ]);
    expect(plan.changes[0]?.properties).toEqual([
      expect.objectContaining({
        path: ['Properties', 'SecurityGroupIngress'],
        diff: { kind: 'set', removed: [SSH], added: [], kept: 1 },
      }),
    ]);
  });

  test('what is only known after apply is shown as that', () => {
    const plan = planOf([
      resource('Group', 'AWS::AutoScaling::AutoScalingGroup', {
        was: { LaunchTemplate: { Version: '1' } },
        is: { LaunchTemplate: { Version: KNOWN_AFTER_APPLY } },
        details: [detail('LaunchTemplate', { source: 'ResourceAttribute', entity: 'Launch.LatestVersionNumber' })],
      }),
    ]);
    expect(plan.changes[0]?.properties[0]).toMatchObject({
      causes: [{ kind: 'attribute', entity: 'Launch.LatestVersionNumber' }],
      diff: { members: [{ key: 'Version', diff: { before: '1', after: KNOWN_AFTER_APPLY } }] },
    });
  });

  test('without values from CloudFormation they are those of the templates, unresolved', () => {
    const plan = planOf([resource('Group', 'AWS::AutoScaling::AutoScalingGroup', { details: [detail('MaxSize')] })], {
      edit: (text) => text.replace('MaxSize: 6', 'MaxSize: 9'),
    });
    expect(plan.changes[0]?.properties[0]).toMatchObject({
      unresolved: true,
      diff: { kind: 'changed', before: 6, after: 9 },
    });
  });

  test.each(['before', 'after'])(
    'of which CloudFormation tells the side %s alone are those of the templates',
    (told) => {
      const rule = '        - { IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8 }\n';
      const rules = { Properties: { SecurityGroupIngress: told === 'before' ? [SSH, HTTP] : [SSH] } };
      const doors = resource('Doors', 'AWS::EC2::SecurityGroup', {
        [told]: rules,
        details: [detail('SecurityGroupIngress')],
      });
      const plan = planOf([doors], { edit: (text) => text.replace(rule, '') });
      expect(plan.changes[0]?.properties[0]).toMatchObject({
        unresolved: true,
        diff: { kind: 'set', removed: [{ FromPort: 80 }], added: [], kept: 1 },
      });
    },
  );

  test('a parameter is named as the cause, and no direct modification beside it', () => {
    const plan = planOf([
      resource('Group', 'AWS::AutoScaling::AutoScalingGroup', {
        was: { DesiredCapacity: '3' },
        is: { DesiredCapacity: '5' },
        details: [
          detail('DesiredCapacity', { source: 'ParameterReference', entity: 'Desired' }),
          detail('DesiredCapacity', { evaluation: 'Dynamic' }),
        ],
      }),
    ]);
    expect(plan.changes[0]?.properties).toEqual([
      {
        path: ['Properties', 'DesiredCapacity'],
        requiresRecreation: 'Never',
        certain: true,
        causes: [{ kind: 'parameter', entity: 'Desired' }],
        diff: { kind: 'changed', before: '3', after: '5' },
      },
    ]);
  });
});

describe('user data', () => {
  const data = (script: string) => ({ LaunchTemplateData: { ImageId: 'ami-1', UserData: btoa(script) } });

  test('is shown as the difference of its text in the template, never resolved', () => {
    const plan = planOf(
      [
        resource('Launch', LAUNCH, {
          was: data('echo PASSWORD=hunter21'),
          is: data('echo PASSWORD=hunter22; echo new'),
          details: [detail('LaunchTemplateData')],
        }),
      ],
      { edit: (text) => text.replace('/etc/app', '/etc/app\n            echo new') },
    );
    expect(plan.changes[0]?.properties).toEqual([
      expect.objectContaining({
        path: ['Properties', 'LaunchTemplateData', 'UserData'],
        unresolved: true,
        diff: { kind: 'text', hunks: [expect.objectContaining({ beforeLine: 1 })] },
      }),
    ]);
    const shown = JSON.stringify(plan);
    expect(shown).toContain('echo PASSWORD=${DbPassword} >> /etc/app');
    expect(shown).toContain('{"sign":"+","text":"echo new"}');
    expect(shown).not.toContain(btoa('echo PASSWORD=hunter21'));
  });

  test('whose text is the same says only that something that it refers to changes', () => {
    const plan = planOf([
      resource('Launch', LAUNCH, {
        was: data('echo PASSWORD=hunter21'),
        is: data('echo PASSWORD=hunter23'),
        details: [detail('LaunchTemplateData', { source: 'ResourceReference', entity: 'Cluster' })],
      }),
    ]);
    expect(plan.changes[0]?.properties).toEqual([
      expect.objectContaining({ path: ['Properties', 'LaunchTemplateData', 'UserData'], withheld: expect.any(String) }),
    ]);
    expect(plan.changes[0]?.properties[0]?.diff).toBeUndefined();
  });

  test('beside another change of the launch template leaves that one visible', () => {
    const plan = planOf([
      resource('Launch', LAUNCH, {
        was: data('a'),
        is: { LaunchTemplateData: { ImageId: 'ami-2', UserData: btoa('a') } },
        details: [detail('LaunchTemplateData')],
      }),
    ]);
    expect(plan.changes[0]?.properties).toEqual([
      expect.objectContaining({
        path: ['Properties', 'LaunchTemplateData'],
        diff: {
          kind: 'object',
          members: [{ key: 'ImageId', diff: { kind: 'changed', before: 'ami-1', after: 'ami-2' } }],
        },
      }),
    ]);
  });
});

describe('secrets', () => {
  const change = (is: string, more = {}) =>
    resource('Logs', 'AWS::Logs::LogGroup', { was: { LogGroupName: 'a' }, is: { LogGroupName: is }, ...more });

  test.each([
    ['a dynamic reference', 'x-{{resolve:secretsmanager:db}}', 'it holds a dynamic reference'],
    ['the value of a NoEcho parameter', 'x-hunter22-y', 'it holds the value of a NoEcho parameter'],
  ])('%s is withheld wherever it turns up', (_, value, withheld) => {
    const plan = planOf([change(value, { details: [detail('LogGroupName')] })]);
    expect(plan.changes[0]?.properties[0]).toMatchObject({ withheld, diff: { before: 'a', after: WITHHELD } });
    expect(JSON.stringify(plan)).not.toMatch(/hunter22|secretsmanager/);
  });

  test('what a NoEcho parameter changes is withheld altogether', () => {
    const details = [detail('LogGroupName', { source: 'ParameterReference', entity: 'DbPassword' })];
    const plan = planOf([change('old-secret', { details })]);
    expect(plan.changes[0]?.properties[0]).toMatchObject({ withheld: 'it holds the NoEcho parameter DbPassword' });
    expect(JSON.stringify(plan)).not.toContain('old-secret');
  });

  test('what the template makes of a NoEcho parameter is withheld, also the value that was deployed', () => {
    const secretName = (text: string) =>
      text.replace(
        'Logs: { Type: AWS::Logs::LogGroup }',
        'Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub "x${DbPassword}", RetentionInDays: 1 } }',
      );
    const plan = planOf(
      [
        resource('Logs', 'AWS::Logs::LogGroup', {
          was: { LogGroupName: 'xold-secret' },
          is: { LogGroupName: 'xnew-secret' },
          details: [detail('LogGroupName')],
        }),
      ],
      { edit: secretName },
    );
    expect(JSON.stringify(plan)).not.toContain('new-secret');
  });

  test('what a tag makes of a NoEcho parameter is withheld', () => {
    const tagged = (text: string) =>
      text.replace(
        'Logs: { Type: AWS::Logs::LogGroup }',
        'Logs: { Type: AWS::Logs::LogGroup, Properties: { Tags: [{ Key: who, Value: !Sub "x${DbPassword}" }] } }',
      );
    const tag = (Value: string) => ({ Tags: [{ Key: 'who', Value }] });
    const details = [{ ...detail(''), attribute: 'Tags', name: undefined }].map(({ name: _, ...rest }) => rest);
    const logs = resource('Logs', 'AWS::Logs::LogGroup', { was: tag('old-secret'), is: tag('new-secret'), details });
    const plan = planOf([logs], { edit: tagged, before: templateOf(tagged(TEMPLATE), 'deployed') });
    expect(JSON.stringify(plan)).not.toMatch(/(old|new)-secret/);
    expect(plan.changes[0]?.properties[0]).toMatchObject({
      path: ['Tags'],
      withheld: 'it holds the NoEcho parameter DbPassword',
    });
  });

  test('what was deployed with secrets is withheld where the deployed template cannot be read', () => {
    const logs = change('plain', { was: { LogGroupName: 'old-secret' }, details: [detail('LogGroupName')] });
    const plan = planOf([logs], { before: undefined });
    expect(JSON.stringify(plan)).not.toContain('old-secret');
    expect(plan.changes[0]?.properties[0]).toMatchObject({
      withheld: 'the deployed template, which says what is secret, could not be read',
    });
  });

  test('a parameter that the new template does not keep secret any more still is', () => {
    const edit = (text: string) =>
      text
        .replace('{ Type: String, NoEcho: true }', '{ Type: String }')
        .replace(
          'Logs: {',
          'More: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !Ref DbPassword } }\n  Logs: {',
        );
    const is = { Type: 'String', Value: 'old-secret' };
    const plan = planOf([resource('More', 'AWS::SSM::Parameter', { action: 'Add', is })], { edit });
    expect(JSON.stringify(plan.changes)).toContain('it holds the secret parameter DbPassword');
    expect(JSON.stringify(plan)).not.toContain('old-secret');
  });

  test('a resource that a transform made of a template with secrets shows no values', () => {
    const plan = planOf(
      [
        resource('Generated', 'AWS::Logs::LogGroup', {
          is: { LogGroupName: 'who-knows' },
          details: [detail('LogGroupName')],
        }),
      ],
      { edit: (text) => `Transform: Some::Macro\n${text}` },
    );
    expect(JSON.stringify(plan)).not.toContain('who-knows');
  });

  test('nested stacks show what changes and no values', () => {
    const inner = resource('Db', 'AWS::RDS::DBInstance', {
      was: { MasterUserPassword: 'old-secret' },
      is: { MasterUserPassword: 'new-secret' },
      details: [detail('MasterUserPassword')],
    });
    const plan = planOf([
      resource('Data', 'AWS::CloudFormation::Stack', {
        nested: { ...planned([inner]), id: 'nested' },
        details: [{ ...detail(''), attribute: 'Properties', evaluation: 'Dynamic', source: 'Automatic' }],
      }),
    ]);
    expect(plan.changes[0]?.nested?.changes[0]).toMatchObject({
      logicalId: 'Db',
      properties: [{ path: ['Properties', 'MasterUserPassword'], withheld: expect.any(String) }],
    });
    expect(JSON.stringify(plan)).not.toMatch(/(old|new)-secret/);
  });
});

describe('what change sets do not tell', () => {
  test('outputs, conditions, mappings and defaults of parameters are compared as data', () => {
    const plan = planOf([], {
      edit: (text) =>
        text
          .replace('Value: !Ref Cluster', 'Value: !GetAtt Cluster.Arn')
          .replace('Default: 3 }', 'Default: 4 } # more')
          .replace('Outputs:', 'Conditions: { Big: !Equals [!Ref Desired, "9"] }\nOutputs:'),
    });
    expect(plan.sections.map(({ section, name, diff }) => [section, name, diff.kind])).toEqual([
      ['Parameters', 'Desired', 'object'],
      ['Conditions', 'Big', 'added'],
      ['Outputs', 'Name', 'object'],
    ]);
    expect(plan.impacts).toEqual([{ risk: 'safe', text: 'no resource changes, only other parts of the template do' }]);
  });

  test('comments, order, short forms and characters that CloudFormation does not keep are no change', () => {
    const plan = planOf([], {
      edit: (text) => `# déjà vu\n${text.replace('Value: !Ref Cluster', 'Value: { Ref: Cluster }')}`,
    });
    expect(plan.sections).toEqual([]);
  });

  test('a text that CloudFormation kept with question marks is the same text', () => {
    const described = (description: string) => (text: string) => `Description: ${description}\n${text}`;
    const before = templateOf(described('Ein Cluster f?r alle')(TEMPLATE), 'deployed');
    expect(planOf([], { before, edit: described('Ein Cluster für alle') }).sections).toEqual([]);
    expect(planOf([], { before, edit: described('Ein Cluster für viele') }).sections).toHaveLength(1);
  });
});

describe('parameters', () => {
  test('a newer SSM value is told with the name of the SSM parameter', () => {
    const image = (resolvedValue: string) => ({ Image: { value: '/ecs/ami', resolvedValue } });
    const plan = planOf([], { stack: liveStack(image('ami-1')), planned: planned([], image('ami-2')) });
    expect(plan.parameters).toEqual([
      {
        name: 'Image',
        before: '/ecs/ami',
        after: '/ecs/ami',
        secret: false,
        ssm: { name: '/ecs/ami', before: 'ami-1', after: 'ami-2' },
      },
    ]);
  });

  test('a secret one is silent unless it comes or goes', () => {
    const plan = planOf([], { planned: planned([], { DbPassword: { value: 'hunter22' }, Desired: { value: '5' } }) });
    expect(plan.parameters).toEqual([{ name: 'Desired', before: '3', after: '5', secret: false }]);
    const { DbPassword: _, ...others } = liveStack().parameters;
    const added = planOf([], { stack: { ...liveStack(), parameters: others } });
    expect(added.parameters).toEqual([{ name: 'DbPassword', secret: true }]);
  });
});

describe('a parameter that is NoEcho no more', () => {
  test.each([
    ['and was so in the deployed template', templateOf(TEMPLATE, 'deployed')],
    ['of a stack whose template cannot be read', undefined],
  ])('%s leaves nothing of its value in the plan', (_, before) => {
    const of = (value: string) =>
      planOf([], {
        edit: (text) =>
          text
            .replace(', NoEcho: true', '')
            .replace('AWS::Logs::LogGroup }', 'AWS::Logs::LogGroup, Properties: { LogGroupName: !Ref DbPassword } }'),
        before,
        values: { parameters: new Map([['DbPassword', {}]]) },
        secrets: [],
        planned: {
          ...planned([], { DbPassword: { value } }),
          resources: [
            resource('Logs', 'AWS::Logs::LogGroup', {
              is: { LogGroupName: value },
              details: [detail('LogGroupName', { after: value })],
            }),
          ],
        },
      });
    fc.assert(fc.property(fc.uuid(), fc.uuid(), (one, other) => expect(of(one)).toEqual(of(other))));
  });
});
