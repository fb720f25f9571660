import { describe, expect, test } from '@jest/globals';
import type { Scaling } from '../../src/cluster/request.ts';
import { ignoreRules } from '../../src/drift/ignore.ts';
import type { Deployed } from '../../src/drift/properties.ts';
import { readDrift } from '../../src/drift/resources.ts';
import type { DetectedResource, PropertyDifference } from '../../src/stack/drift-model.ts';
import { expressionSecrecy } from '../../src/template/secrets.ts';
import { templateOf } from '../template/fixtures.ts';

const TEMPLATE = templateOf(`
Parameters:
  Password: { Type: String, NoEcho: true }
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: { MinSize: 1, MaxSize: 6, DesiredCapacity: 3 }
  Doors:
    Type: AWS::EC2::SecurityGroup
    Properties: { GroupDescription: doors, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8 }] }
  Setting:
    Type: AWS::SSM::Parameter
    Properties: { Type: String, Value: !Sub 'password=\${Password}', Description: a setting }
  Logs: { Type: AWS::Logs::LogGroup }
`);
const DEPLOYED: Deployed = {
  template: TEMPLATE,
  withhold: { expression: expressionSecrecy(TEMPLATE), values: ['hunter2'] },
};
const HTTP = { IpProtocol: 'tcp', FromPort: '80', ToPort: '80', CidrIp: '10.0.0.0/8' };
const SSH = { IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '0.0.0.0/0' };

function modified(
  logicalId: string,
  resourceType: string,
  expected: NonNullable<DetectedResource['expected']>,
  ...differences: readonly PropertyDifference[]
): DetectedResource {
  return { logicalId, resourceType, physicalId: logicalId.toLowerCase(), state: 'modified', expected, differences };
}

const group = (actual: string) =>
  modified(
    'Group',
    'AWS::AutoScaling::AutoScalingGroup',
    { MinSize: '1', MaxSize: '6', DesiredCapacity: '3' },
    { path: ['DesiredCapacity'], kind: 'changed', expected: '3', actual },
  );

interface Setting {
  readonly rules?: readonly string[];
  readonly scaledBy?: readonly Scaling[];
  readonly deployed?: Deployed | undefined;
}

function read(resource: DetectedResource, { rules = [], scaledBy = [], ...setting }: Setting = {}) {
  const deployed = 'deployed' in setting ? setting.deployed : DEPLOYED;
  const { resources, ...rest } = readDrift(
    [{ path: [], stackId: 'stack', detection: 'complete', resources: [resource] }],
    {
      deployed: new Map(deployed === undefined ? [] : [['', deployed]]),
      rules: ignoreRules(rules.map((text) => ({ text, from: 'file' }))),
      scaled: new Map([[resource.logicalId, scaledBy]]),
      locate: ([id = ''], property) => TEMPLATE.locate(['Resources', id, 'Properties', ...property]),
    },
  );
  return { resource: resources[0], ...rest };
}

describe('what is no drift is set aside', () => {
  test('a property that a rule names', () => {
    const { resource, ignored } = read(group('5'), { rules: ['Group.DesiredCapacity'] });
    expect(resource).toMatchObject({ state: 'in-sync', properties: [] });
    expect(ignored).toEqual([{ path: ['Group'], property: ['DesiredCapacity'], why: 'Group.DesiredCapacity' }]);
  });

  test('of several differences only those that a rule names; the others are shown as they are', () => {
    const doors = modified(
      'Doors',
      'AWS::EC2::SecurityGroup',
      { GroupDescription: 'doors', SecurityGroupIngress: [HTTP] },
      { path: ['SecurityGroupIngress', '0', 'FromPort'], kind: 'changed', expected: '80', actual: '81' },
      { path: ['SecurityGroupIngress', '1'], kind: 'added', actual: SSH },
    );
    const { resource } = read(doors, { rules: ['Doors.SecurityGroupIngress.0'] });
    expect(resource?.properties).toMatchObject([{ diff: { kind: 'set', added: [SSH], removed: [], kept: 1 } }]);
  });

  test('a resource that is gone, or that nobody can tell of', () => {
    const gone = { logicalId: 'Logs', resourceType: 'AWS::Logs::LogGroup', state: 'deleted', differences: [] } as const;
    expect(read(gone).resource).toMatchObject({ state: 'deleted', risk: 'data-lost' });
    expect(read(gone, { rules: ['Logs'] }).resource?.state).toBe('in-sync');
    expect(read({ ...gone, state: 'unknown' }, { rules: ['L*'] }).resource?.state).toBe('in-sync');
  });

  test('a desired capacity that scaling moves, within the bounds that were deployed', () => {
    const { resource, byDesign } = read(group('5'), { scaledBy: ['managed-scaling'] });
    expect(resource?.state).toBe('in-sync');
    expect(byDesign[0]?.why).toContain('managed scaling');
    expect(read(group('5')).resource?.state).toBe('modified');
    expect(read(group('9'), { scaledBy: ['scaling-policy'] }).resource?.state).toBe('modified');
  });
});

describe('differences', () => {
  test('a modified resource of which CloudFormation tells no difference stays modified', () => {
    expect(read(modified('Logs', 'AWS::Logs::LogGroup', {})).resource?.state).toBe('modified');
  });

  test('a port that was opened to the world is marked, at its line', () => {
    const doors = modified(
      'Doors',
      'AWS::EC2::SecurityGroup',
      { SecurityGroupIngress: [HTTP] },
      { path: ['SecurityGroupIngress', '1'], kind: 'added', actual: SSH },
    );
    expect(read(doors).resource).toMatchObject({ risk: 'exposed', properties: [{ location: { line: 10 } }] });
  });

  test('nothing secret is in them', () => {
    const setting = modified(
      'Setting',
      'AWS::SSM::Parameter',
      { Value: 'password=hunter2', Description: 'a setting' },
      { path: ['Value'], kind: 'changed', expected: 'password=hunter2', actual: 'password=other' },
      { path: ['Description'], kind: 'changed', expected: 'a setting', actual: 'it is hunter2' },
    );
    const { resource } = read(setting);
    expect(resource?.state).toBe('modified');
    expect(JSON.stringify(resource)).not.toMatch(/hunter2|other/);
    const [value, description] = resource?.properties ?? [];
    expect(value?.withheld).toContain('NoEcho parameter Password');
    expect(description?.withheld).toContain('NoEcho');
  });

  test('without the deployed template no value is told', () => {
    const { resource } = read(group('5'), { deployed: undefined });
    expect(resource?.properties).toEqual([
      expect.objectContaining({ path: ['DesiredCapacity'], withheld: 'the deployed template could not be read' }),
    ]);
  });
});
