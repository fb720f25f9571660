import { describe, expect, test } from '@jest/globals';
import type { PlannedResource } from '../../src/stack/planned-model.ts';
import { detail, planned, planOf, resource } from './material.ts';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const LAUNCH = 'AWS::EC2::LaunchTemplate';

const impactsOf = (resources: readonly PlannedResource[], more: Parameters<typeof planOf>[1] = {}) =>
  planOf(resources, more).impacts.map(({ risk, text }) => [risk, text]);

const groupFollows = resource('Group', GROUP, {
  details: [detail('LaunchTemplate', { source: 'ResourceAttribute', entity: 'Launch.LatestVersionNumber' })],
});

describe('what it means for the cluster', () => {
  test('a replaced launch template rolls the instances', () => {
    const launch = resource('Launch', LAUNCH, {
      replacement: 'True',
      policyAction: 'ReplaceAndDelete',
      details: [detail('LaunchTemplateName', { requiresRecreation: 'Always' })],
    });
    expect(impactsOf([launch, groupFollows])).toEqual([
      [
        'rolled',
        'replaces the launch template Launch: all 3 container instances of Group are rolled, 2 stay in service',
      ],
    ]);
  });

  test.each([
    ['MinInstancesInService: 2', 'MinInstancesInService: 1', '1 stays in service'],
    ['MinInstancesInService: 2', 'MinInstancesInService: 0', 'none stays in service meanwhile'],
    ['MinInstancesInService: 2', 'MinInstancesInService: 5', '3 stay in service'],
    ['MinInstancesInService: 2', 'PauseTime: PT1M', 'none stays in service meanwhile'],
  ])('%s → %s: %s', (before, after, words) => {
    const launch = resource('Launch', LAUNCH, { details: [detail('LaunchTemplateData')] });
    const [impact] = impactsOf([launch, groupFollows], { edit: (text) => text.replace(before, after) });
    expect(impact).toEqual(['rolled', expect.stringContaining(`Group are rolled, ${words}`)]);
  });

  test('only the instances that are there are rolled when the group grows meanwhile', () => {
    const launch = resource('Launch', LAUNCH, { details: [detail('LaunchTemplateData')] });
    const grows = { planned: planned([launch, groupFollows], { Desired: { value: '4' } }) };
    const rolled = impactsOf([], grows).find(([risk]) => risk === 'rolled');
    expect(rolled?.[1]).toContain('all 3 container instances of Group are rolled, 2 stay in service');
    const edit = (text: string) => text.replace('MinInstancesInService: 2', 'MinInstancesInService: 4');
    expect(impactsOf([], { ...grows, edit }).map(([, text]) => text)).toContainEqual(
      expect.stringContaining('all 3 container instances of Group are rolled, 3 stay in service'),
    );
  });

  test('a launch template that only the execution shows to change may roll them', () => {
    const launch = resource('Launch', LAUNCH, { details: [detail('LaunchTemplateData', { evaluation: 'Dynamic' })] });
    const follows = resource('Group', GROUP, {
      details: [detail('LaunchTemplate', { evaluation: 'Dynamic', source: 'ResourceAttribute' })],
    });
    expect(impactsOf([launch, follows])).toEqual([
      [
        'rolled',
        'may change the launch template Launch: all 3 container instances of Group may be rolled, 2 stay in service',
      ],
    ]);
  });

  test('without an update policy the instances stay as they are', () => {
    const launch = resource('Launch', LAUNCH, { details: [detail('LaunchTemplateData')] });
    const edit = (text: string) => text.replace(/ {4}UpdatePolicy:\n.*\n/, '');
    expect(impactsOf([launch, groupFollows], { edit })).toEqual([
      ['safe', expect.stringContaining('only instances that Group starts from now on get it')],
    ]);
  });

  test('the cluster goes, the group is replaced, the logs are deleted: the worst comes first', () => {
    const plan = planOf([
      resource('Group', GROUP, {
        replacement: 'True',
        details: [detail('AutoScalingGroupName', { requiresRecreation: 'Always' })],
      }),
      resource('Cluster', 'AWS::ECS::Cluster', { action: 'Remove', policyAction: 'Delete' }),
      resource('Logs', 'AWS::Logs::LogGroup', { action: 'Remove', policyAction: 'Delete' }),
    ]);
    expect(plan.impacts.map(({ risk, text }) => [risk, text])).toEqual([
      ['data-lost', 'deletes Logs (AWS::Logs::LogGroup) and what it holds'],
      ['replaced', 'replaces the Auto Scaling group Group: all of its 3 container instances go with the old one'],
      ['removed', 'removes the cluster Cluster'],
    ]);
    expect(plan.risk).toBe('data-lost');
  });

  test.each([
    ['Retain', 'safe', 'lets go of Logs (AWS::Logs::LogGroup): it is no part of the stack any more, and is kept'],
    ['Snapshot', 'removed', 'removes Logs (AWS::Logs::LogGroup); a snapshot is kept'],
  ])('a removal under policy %s is %s', (policyAction, risk, text) => {
    expect(impactsOf([resource('Logs', 'AWS::Logs::LogGroup', { action: 'Remove', policyAction })])).toEqual([
      [risk, text],
    ]);
  });

  test('a replacement that only the deployment decides', () => {
    expect(impactsOf([resource('Logs', 'AWS::Logs::LogGroup', { replacement: 'Conditional' })])).toEqual([
      ['maybe-replaced', 'may replace Logs (AWS::Logs::LogGroup): only the deployment decides'],
    ]);
  });

  test('desired count 3 → 5, and fewer', () => {
    const change = resource('Group', GROUP, { details: [detail('DesiredCapacity')] });
    const to = (value: string) => ({ planned: planned([change], { Desired: { value } }) });
    expect(impactsOf([], to('5'))).toEqual([['safe', 'desired count of Group 3 → 5']]);
    expect(impactsOf([], to('1'))).toEqual([['rolled', 'desired count of Group 3 → 1: 2 container instances leave']]);
  });

  const doors = (...rules: { readonly [key: string]: string }[]) =>
    resource('Doors', 'AWS::EC2::SecurityGroup', {
      was: { SecurityGroupIngress: [] },
      is: { SecurityGroupIngress: rules },
      details: [detail('SecurityGroupIngress')],
    });

  test.each([
    [{ IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '0.0.0.0/0' }, 'opens port 22 to the world (Doors)'],
    [{ IpProtocol: 'tcp', FromPort: '0', ToPort: '99', CidrIpv6: '::/0' }, 'opens ports 0 to 99 to the world (Doors)'],
    [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }, 'opens every port to the world (Doors)'],
  ])('%j', (rule, text) => {
    expect(impactsOf([doors(rule)])).toEqual([['exposed', text]]);
  });

  test('a rule for somebody in particular opens nothing to the world', () => {
    expect(impactsOf([doors({ IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '10.0.0.0/8' })])).toEqual([
      ['safe', '1 resource is added or changed in place; no container instance is replaced'],
    ]);
  });

  test('a role that may do everything', () => {
    const statement = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' });
    const policy = (...Statement: { [key: string]: string }[]) => ({
      Policies: [{ PolicyName: 'p', PolicyDocument: { Statement } }],
    });
    const role = resource('Role', 'AWS::IAM::Role', {
      was: policy(statement('ecs:Poll')),
      is: policy(statement('ecs:Poll'), statement('*')),
      details: [detail('Policies')],
    });
    expect(impactsOf([role])).toEqual([['exposed', 'lets its holder do everything (Action * on Resource *) (Role)']]);
  });

  test('a role that is given the policy of administrators, and one that is only bounded by it', () => {
    const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const role = (is: { [key: string]: string | string[] }) => {
      const [name = ''] = Object.keys(is);
      return resource('Role', 'AWS::IAM::Role', { was: {}, is, details: [detail(name)] });
    };
    expect(impactsOf([role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess', administrator] })])).toEqual(
      [['exposed', 'lets its holder do everything (Action * on Resource *) (Role)']],
    );
    expect(impactsOf([role({ PermissionsBoundary: administrator })])).toMatchObject([['safe', expect.any(String)]]);
  });

  test('a new stack', () => {
    const adds = ['Cluster', 'Launch', 'Group'].map((id) =>
      resource(id, 'AWS::ECS::Cluster', { action: 'Add', scope: [] }),
    );
    expect(impactsOf(adds, { stack: undefined, before: undefined })).toEqual([
      ['safe', 'creates the stack: 3 resources, with 3 container instances'],
    ]);
  });

  test('inside of a nested stack', () => {
    const table = resource('Table', 'AWS::DynamoDB::Table', { replacement: 'True', policyAction: 'ReplaceAndDelete' });
    const plan = planOf([resource('Data', 'AWS::CloudFormation::Stack', { nested: planned([table]) })]);
    expect(plan.impacts.map(({ risk, text }) => [risk, text])).toEqual([
      ['data-lost', 'replaces Data/Table (AWS::DynamoDB::Table), and what it holds is deleted'],
    ]);
    expect(plan.changes[0]?.risk).toBe('data-lost');
  });

  test('a group of a nested stack has not the instances of one of the same name above', () => {
    const group = resource('Group', GROUP, { action: 'Remove', policyAction: 'Delete' });
    const nested = resource('Data', 'AWS::CloudFormation::Stack', { nested: planned([group]) });
    expect(impactsOf([nested])).toEqual([
      ['removed', 'removes the Auto Scaling group Data/Group and its container instances'],
    ]);
  });

  test('deep inside is named by the whole path, and not taken for what has the same name outside', () => {
    const group = resource('Group', GROUP, { action: 'Remove' });
    const stack = (id: string, inner: PlannedResource) =>
      resource(id, 'AWS::CloudFormation::Stack', { nested: planned([inner]) });
    expect(planOf([stack('Data', stack('Deep', group))]).impacts).toEqual([
      {
        risk: 'removed',
        text: 'removes the Auto Scaling group Data/Deep/Group and its container instances',
        logicalId: 'Data/Deep/Group',
      },
    ]);
  });
});
