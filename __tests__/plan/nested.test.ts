import { describe, expect, test } from '@jest/globals';
import type { NestedTemplates } from '../../src/plan/nested.ts';
import type { PlannedResource } from '../../src/stack/planned-model.ts';
import { templateOf } from '../template/fixtures.ts';
import { detail, liveStack, planned, planOf, resource } from './material.ts';

const [OLD, NEW] = ['old-secret', 'new-secret'];
/** Parameters that the stack passes on, of which one is secret. */
const PARENT = (given: string) => `Parameters:
  DbPassword: { Type: String, NoEcho: true }
  Source: { Type: String }
Resources:
  Data: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: x, Parameters: { P: ${given} } } }
`;
const CHILD = (type = '{ Type: String }', value = '!Ref P') => `Parameters: { P: ${type} }
Resources:
  Inner: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: ${value} } }
`;

const templates = (before: string, after = before): NestedTemplates => ({
  before: templateOf(before, 'before'),
  after: templateOf(after, 'after'),
});

const inner = (was: string, is: string) =>
  resource('Inner', 'AWS::SSM::Parameter', {
    was: { Type: 'String', Value: was },
    is: { Type: 'String', Value: is },
    details: [detail('Value')],
  });

const stackOf = (resources: readonly PlannedResource[], more: Partial<PlannedResource> = {}) =>
  resource('Data', 'AWS::CloudFormation::Stack', { nested: planned(resources), ...more });

interface Told {
  readonly parent?: readonly [before: string, after: string];
  readonly child?: NestedTemplates;
  readonly live?: Readonly<Record<string, { readonly value: string }>>;
}

/** What is told of the one resource in the nested stack, of which nobody knows the secret values. */
function told({ parent = ['!Ref Source', '!Ref Source'], child = templates(CHILD()), live }: Told) {
  const [before, after] = parent.map((given) => templateOf(PARENT(given)));
  if (after === undefined) throw new Error('no template');
  const changes = [stackOf([inner(OLD, NEW)])];
  const plan = planOf(changes, {
    stack: liveStack(live),
    before,
    after,
    nested: new Map([['Data', child]]),
    values: { parameters: new Map() },
    secrets: [],
  });
  return { text: JSON.stringify(plan), properties: plan.changes[0]?.nested?.changes[0]?.properties };
}

test('the values in a nested stack are told as they are', () => {
  expect(told({}).properties).toMatchObject([
    { path: ['Properties', 'Value'], diff: { kind: 'changed', before: OLD, after: NEW } },
  ]);
});

describe('what is secret in a nested stack', () => {
  const secret = '!Ref DbPassword';
  const noEcho = '{ Type: String, NoEcho: true }';
  const dynamic = "'{{resolve:secretsmanager:db:SecretString:password}}'";
  test.each<[string, Told]>([
    ['its parent gives it a secret', { parent: [secret, secret] }],
    ['its parent gave it one', { parent: [secret, '!Ref Source'] }],
    ['its parent is about to', { parent: ['!Ref Source', secret] }],
    ['its parent makes it of one', { parent: ["!Sub 'x-${DbPassword}'", "!Join ['', [x, !Ref DbPassword]]"] }],
    ['its parent gave it a dynamic reference', { parent: [dynamic, 'plain'] }],
    ['its parent gives it a dynamic reference', { parent: ['plain', dynamic] }],
    ['a parameter of its parent was a dynamic reference', { live: { Source: { value: '{{resolve:ssm-secure:/x}}' } } }],
    ['its template said so', { child: templates(CHILD(noEcho), CHILD()) }],
    ['its template says so now', { child: templates(CHILD(), CHILD(noEcho)) }],
    ['it holds a dynamic reference', { child: templates(CHILD(undefined, dynamic)) }],
  ])('is withheld where %s', (_, given) => {
    const { text, properties } = told(given);
    expect(text).not.toMatch(/(old|new)-secret/);
    expect(properties).toMatchObject([{ path: ['Properties', 'Value'], withheld: expect.any(String) }]);
  });
});

describe('what cannot be known of a nested stack is withheld', () => {
  const parent = templateOf(PARENT('!Ref Source'));
  const plan = (more: Parameters<typeof planOf>[1], stack = stackOf([inner(OLD, NEW)])) =>
    planOf([stack], { before: parent, after: parent, nested: new Map([['Data', templates(CHILD())]]), ...more });
  const made = templateOf('Transform: Macro\nResources: { Other: { Type: AWS::ECS::Cluster } }\n');

  test.each<[string, Parameters<typeof planOf>[1]]>([
    ['its templates could not be read', { nested: new Map() }],
    [
      'its deployed template could not be read',
      { nested: new Map([['Data', { ...templates(CHILD()), before: undefined }]]) },
    ],
    ['the deployed template of its parent could not be read', { before: undefined }],
    ['a transform made it', { after: made }],
    ['it was made by a transform', { before: made }],
  ])('where %s', (_, more) => {
    const told = plan(more);
    expect(JSON.stringify(told)).not.toMatch(/(old|new)-secret/);
    expect(told.changes[0]?.nested?.changes[0]?.properties).toMatchObject([
      { withheld: 'which values are secret is written in the template of the nested stack' },
    ]);
    expect(told.record).toEqual(plan({ before: more?.before ?? parent, after: more?.after ?? parent }).record);
  });

  test('one that is new needs no deployed template', () => {
    const added = resource('Inner', 'AWS::SSM::Parameter', { action: 'Add', is: { Type: 'String', Value: NEW } });
    const nested = new Map([['Data', { ...templates(CHILD()), before: undefined }]]);
    const told = plan({ stack: undefined, before: undefined, nested }, stackOf([added], { action: 'Add' }));
    expect(JSON.stringify(told)).toContain(NEW);
  });
});

test('a secret stays one however deep it is handed down, and a stack in one that is unknown is unknown', () => {
  const middle = `Parameters: { P: { Type: String } }
Resources:
  Deep: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: x, Parameters: { P: !Sub '\${P}' } } }
`;
  const deep = resource('Deep', 'AWS::CloudFormation::Stack', { nested: planned([inner(OLD, NEW)]) });
  const toldWith = (given: string, known: readonly (readonly [string, NestedTemplates])[]) => {
    const parent = templateOf(PARENT(given));
    return JSON.stringify(planOf([stackOf([deep])], { before: parent, after: parent, nested: new Map(known) }));
  };
  const all = [
    ['Data', templates(middle)],
    ['Data/Deep', templates(CHILD())],
  ] as const;
  expect(toldWith('!Ref Source', all)).toMatch(/new-secret/);
  expect(toldWith('!Ref DbPassword', all)).not.toMatch(/(old|new)-secret/);
  expect(toldWith('!Ref Source', all.slice(1))).not.toMatch(/(old|new)-secret/);
});

test('what a nested stack opens to the world is told', () => {
  const rule = (cidr: string) => ({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: cidr });
  const doors = resource('Doors', 'AWS::EC2::SecurityGroup', {
    was: { SecurityGroupIngress: [rule('10.0.0.0/8')] },
    is: { SecurityGroupIngress: [rule('10.0.0.0/8'), rule('0.0.0.0/0')] },
    details: [detail('SecurityGroupIngress')],
  });
  const parent = templateOf(PARENT('!Ref Source'));
  const plan = planOf([stackOf([doors])], {
    before: parent,
    after: parent,
    nested: new Map([['Data', templates(CHILD())]]),
  });
  expect(plan.impacts).toMatchObject([{ risk: 'exposed', text: 'opens port 22 to the world (Data/Doors)' }]);
});
