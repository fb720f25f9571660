import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EnvironmentDrift, ResourceDrift } from '../../src/drift/model.ts';
import { changedPlaces, heldAgainst, repairOf } from '../../src/drift/repair.ts';
import { needlessAllowances, notAsShown, refusedHarms, unprovedRepairs } from '../../src/drift/repair-findings.ts';
import type { Repair } from '../../src/drift/repair-model.ts';
import { planContext } from '../../src/plan/context.ts';
import type { Json, JsonObject, PlannedDetail, PlannedResource } from '../../src/stack/planned-model.ts';
import { detail, planned, resource, TEMPLATE } from '../plan/material.ts';
import { templateOf } from '../template/fixtures.ts';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const DOORS = 'AWS::EC2::SecurityGroup';
const ROLE = 'AWS::IAM::Role';

const context = planContext(templateOf(TEMPLATE), templateOf(TEMPLATE), { parameters: new Map() }, ['hunter22']);

function repair(resources: readonly PlannedResource[], desired: Readonly<Record<string, number>> = {}): Repair {
  return repairOf({
    stackName: 'todo',
    region: 'eu-west-1',
    planned: planned(resources),
    context,
    nested: (path) => (path.join() === 'Nested' ? context : undefined),
    harm: {
      desired: new Map(Object.entries(desired)),
      locate: ([id = '']) => ({ file: 'stack.yml', line: id.length }),
    },
    findings: [],
  });
}

/** A resource that was changed by hand from what it would be again. */
function changed(
  logicalId: string,
  type: string,
  was: JsonObject,
  is: JsonObject,
  more: Partial<PlannedResource> = {},
  about: Partial<PlannedDetail> = {},
): PlannedResource {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
  return resource(logicalId, type, {
    was,
    is,
    driftStatus: 'MODIFIED',
    details: names.map((name) => detail(name, { drifted: true, ...about })),
    ...more,
  });
}
const harms = (resources: readonly PlannedResource[], desired: Readonly<Record<string, number>> = {}) =>
  repair(resources, desired).harms.map(({ kind, path, what }) => `${path.join('/')} ${kind}: ${what}`);

describe('what nobody may want of a repair', () => {
  const rule = (port: number): JsonObject => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    CidrIp: '10.0.0.0/8',
  });
  const policy = (...actions: string[]): JsonObject => ({
    PolicyName: 'logs',
    PolicyDocument: { Statement: actions.map((Action) => ({ Effect: 'Allow', Action, Resource: '*' })) },
  });

  test.each<[string, PlannedResource, string[]]>([
    ['nothing', changed('Group', GROUP, { MinSize: '4' }, { MinSize: '2' }), []],
    [
      'a rule that comes back',
      changed('Doors', DOORS, { SecurityGroupIngress: [] }, { SecurityGroupIngress: [rule(80)] }),
      [],
    ],
    [
      'a rule that goes',
      changed('Doors', DOORS, { SecurityGroupIngress: [rule(22), rule(80)] }, { SecurityGroupIngress: [rule(80)] }),
      ['Doors loses-item: loses 1 item of SecurityGroupIngress, which another stack may have attached'],
    ],
    [
      'a policy that goes',
      changed('Role', ROLE, { ManagedPolicyArns: ['a', 'b', 'c'] }, { ManagedPolicyArns: ['b'] }),
      ['Role loses-item: loses 2 items of ManagedPolicyArns, which another stack may have attached'],
    ],
    [
      'a statement that goes',
      changed('Role', ROLE, { Policies: [policy('a', 'b')] }, { Policies: [policy('a')] }),
      ['Role loses-item: loses 1 item of Policies, which another stack may have attached'],
    ],
    ['a tag that goes', changed('Role', ROLE, { Tags: [{ Key: 'a', Value: 'b' }] }, { Tags: [] }), []],
    ['a description', changed('Role', ROLE, { Description: 'x' }, { Description: 'y' }), []],
    [
      'a list of another type of resource',
      changed('Group', GROUP, { MetricsCollection: [1, 2] }, { MetricsCollection: [1] }),
      [],
    ],
    [
      'values that are not told',
      resource('Role', ROLE, { driftStatus: 'MODIFIED', details: [detail('Policies', { drifted: true })] }),
      ['Role loses-item: may lose items of Policies: CloudFormation does not tell its values'],
    ],
    [
      'a replacement',
      changed('Doors', DOORS, { GroupName: 'a' }, { GroupName: 'b' }, { replacement: 'True' }),
      ['Doors replaced: is replaced by a new one'],
    ],
    [
      'perhaps a replacement',
      changed('Doors', DOORS, {}, {}, { replacement: 'Conditional' }),
      ['Doors maybe-replaced: may be replaced by a new one: only the execution decides'],
    ],
    [
      'a removal',
      resource('Doors', DOORS, { action: 'Remove' }),
      ['Doors removed: is no part of the stack any more, and goes'],
    ],
    ['what is made again', resource('Doors', DOORS, { action: 'Add', driftStatus: 'DELETED' }), []],
    [
      'a newer value',
      changed(
        'Launch',
        'AWS::EC2::LaunchTemplate',
        { X: '1' },
        { X: '2' },
        { driftStatus: 'IN_SYNC' },
        { drifted: false },
      ),
      ['Launch not-deployed: takes a value of X that was not deployed, such as the newer value of an SSM parameter'],
    ],
    [
      'what follows another resource',
      changed(
        'Policy',
        'AWS::IAM::Policy',
        { X: '1' },
        { X: '2' },
        { driftStatus: 'UNSUPPORTED' },
        { drifted: false, source: 'ResourceReference', entity: 'Role' },
      ),
      [],
    ],
  ])('%s', (_, one, told) => {
    expect(harms([one])).toEqual(told);
  });

  test.each<[string, JsonObject, JsonObject, number | undefined, string | undefined]>([
    ['a smaller size', { DesiredCapacity: '5' }, { DesiredCapacity: '3' }, undefined, '2 instances of 5 would leave'],
    ['a larger size', { DesiredCapacity: '1' }, { DesiredCapacity: '3' }, undefined, undefined],
    ['a bound below the size', { MaxSize: '9' }, { MaxSize: '4' }, 6, '2 instances of 6 would leave'],
    ['a bound above the size', { MaxSize: '9' }, { MaxSize: '4' }, 4, undefined],
    ['a bound of who knows what', { MaxSize: '9' }, { MaxSize: '4' }, undefined, 'does not tell its sizes'],
    ['another least size', { MinSize: '2' }, { MinSize: '1' }, 2, undefined],
  ])('a group, %s', (_, was, is, live, told) => {
    const group = changed('Group', GROUP, was, is, { physicalId: 'group' });
    const [harm, ...more] = harms([group], live === undefined ? {} : { group: live });
    expect(more).toEqual([]);
    expect(harm ?? '').toMatch(told === undefined ? /^$/ : new RegExp(`^Group smaller: .*${told}`));
  });

  test('in a nested stack it is named by its path, and told where the nested stack is', () => {
    const inner = changed('Doors', DOORS, { SecurityGroupIngress: [rule(22)] }, { SecurityGroupIngress: [] });
    const nested = { ...planned([inner]) };
    const told = repair([resource('Nested', 'AWS::CloudFormation::Stack', { nested })]);
    expect(told.harms).toMatchObject([{ path: ['Nested', 'Doors'], location: { line: 'Nested'.length } }]);
    expect(told.changes[0]?.nested?.changes).toMatchObject([
      { risk: 'removed', properties: [{ diff: { kind: 'set' } }] },
    ]);
    expect(refusedHarms(told, ['Nested/Doors'])).toEqual([]);
    expect(refusedHarms(told, ['Doors'])).toHaveLength(1);
  });

  test('all of it is refused at once, unless it is named; what needs no name is told', () => {
    const all = repair([
      changed('Doors', DOORS, { SecurityGroupIngress: [rule(22)] }, { SecurityGroupIngress: [] }),
      changed('Group', GROUP, { DesiredCapacity: '5' }, { DesiredCapacity: '3' }),
    ]);
    expect(refusedHarms(all, [])).toMatchObject([
      { level: 'error', location: { line: 5 }, remedy: expect.stringContaining('revert-allow: Doors, Group') },
      { title: expect.stringContaining('Group becomes smaller') },
    ]);
    expect(refusedHarms(all, ['Group', 'Doors'])).toEqual([]);
    expect(needlessAllowances(all, ['Group', 'Grupe'])).toMatchObject([{ title: expect.stringContaining('Grupe') }]);
  });
});

describe('the fingerprint', () => {
  const doors = (rules: Json, more: Partial<PlannedResource> = {}) =>
    changed('Doors', DOORS, { SecurityGroupIngress: rules }, { SecurityGroupIngress: [] }, more);
  const group = (was: string, is = '2') =>
    changed('Group', GROUP, { MaxSize: was }, { MaxSize: is }, { physicalId: 'g' });
  const of = (...resources: PlannedResource[]) => repair(resources, { g: 0 }).fingerprint;

  test('is the same whatever the order, and whatever the physical ids', () => {
    const rules = fc.uniqueArray(fc.nat(65_535), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rules, fc.string(), (ports, physicalId) => {
        const items = ports.map((FromPort) => ({ FromPort }));
        expect(of(group('4'), doors(items.toReversed(), { physicalId }))).toBe(of(doors(items), group('4')));
      }),
    );
    expect(of(group('4'))).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is another for whatever else would happen', () => {
    const all = [
      of(),
      of(group('4')),
      of(group('5')),
      of(group('4', '3')),
      of({ ...group('4'), replacement: 'True' }),
      of(doors([{ FromPort: 22 }])),
      of(doors([{ FromPort: 23 }])),
      of(resource('Doors', DOORS, { action: 'Add', driftStatus: 'DELETED' })),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('says nothing of a secret, which a hash would', () => {
    const secret = (value: string) =>
      changed('Group', GROUP, { Tags: [{ Key: 'a', Value: value }] }, { Tags: [{ Key: 'a', Value: 'plain' }] });
    expect(of(secret('hunter22'))).toBe(of(secret('xhunter22x')));
    expect(JSON.stringify(repair([secret('hunter22')]))).not.toContain('hunter22');
  });
});

test('what a deleted resource means is told first in words', () => {
  const { impacts } = repair([resource('Logs', 'AWS::Logs::LogGroup', { action: 'Add', driftStatus: 'DELETED' })]);
  expect(impacts[0]?.text).toBe('makes Logs (AWS::Logs::LogGroup) again, which was deleted');
});

test('that it is not the one that was shown says what it would do now', () => {
  const now = repair([
    changed('Group', GROUP, { MaxSize: '5' }, { MaxSize: '2' }),
    resource('Logs', 'AWS::Logs::LogGroup', { action: 'Add', driftStatus: 'DELETED' }),
  ]);
  const { message, remedy } = notAsShown(now, { given: '0'.repeat(32), file: 'stack.yml' });
  expect(message).toContain('- change Group: MaxSize 5 → 2');
  expect(message).toContain('- make Logs (AWS::Logs::LogGroup) again');
  expect(remedy).toContain(now.fingerprint);
});

test('where it is known what was shown, the difference is told', () => {
  const now = repair([changed('Group', GROUP, { MaxSize: '5' }, { MaxSize: '2' })]);
  const told = (does: string[]) => notAsShown(now, { given: '0'.repeat(32), file: 'stack.yml', does }).message;
  expect(told(['change Group: MaxSize 4 → 2'])).toMatch(
    /Now, and not shown:\n- change Group: MaxSize 5 → 2\nShown, and not now:\n- change Group: MaxSize 4 → 2\n/,
  );
  expect(told(['change Group: MaxSize 5 → 2'])).toContain('from or to other values');
});

const drifted = (path: string, properties: readonly string[], more: Partial<ResourceDrift> = {}): ResourceDrift => ({
  path: path.split('/'),
  resourceType: GROUP,
  state: 'modified',
  risk: 'safe',
  properties: properties.map((name) => ({ path: [name] })),
  ...more,
});

test('what has drifted and stays is told, and what is changed back though a rule passes over it', () => {
  const one = repair([changed('Group', GROUP, { MaxSize: '5', MinSize: '1' }, { MaxSize: '2', MinSize: '0' })]);
  const held = heldAgainst(one, {
    resources: [
      drifted('Group', ['MaxSize', 'Zones']),
      drifted('Other', []),
      drifted('Fine', ['X'], { state: 'in-sync' }),
    ],
    ignored: [
      { path: ['Group'], property: ['MinSize'], why: 'Group.MinSize' },
      { path: ['Group'], property: ['Cooldown'], why: 'Group.*' },
    ],
  });
  expect(held).toMatchObject({ left: ['Group.Zones', 'Other'], alsoIgnored: ['Group.MinSize'] });
});

describe('the evidence after a repair', () => {
  const done = repair([
    changed('Group', GROUP, { MaxSize: '5' }, { MaxSize: '2' }),
    resource('Logs', 'AWS::Logs::LogGroup', { action: 'Add', driftStatus: 'DELETED' }),
    changed('Follows', GROUP, { X: '5' }, { X: '2' }, { driftStatus: 'IN_SYNC' }, { drifted: false }),
  ]);
  const inSync = [
    drifted('Group', [], { state: 'in-sync' }),
    drifted('Logs', [], { state: 'in-sync' }),
    drifted('Follows', [], { state: 'unsupported' }),
  ];
  const look = (resources: readonly ResourceDrift[], ignored: EnvironmentDrift['ignored'] = []): EnvironmentDrift => ({
    environment: 'dev',
    stackName: 'todo',
    region: 'eu-west-1',
    templateFile: 'stack.yml',
    state: 'in-sync',
    detections: [],
    resources,
    ignored,
    byDesign: [],
    unchecked: [],
    stale: [],
    findings: [],
  });

  test('is that each of its resources is in sync; what followed it need not be checked', () => {
    expect([...changedPlaces(done.changes).keys()]).toEqual(['Group', 'Logs', 'Follows']);
    expect(unprovedRepairs(done, look(inSync))).toEqual([]);
  });

  test.each<[string, EnvironmentDrift, string]>([
    [
      'was not looked at',
      look([drifted('Group', [], { state: 'not-checked' }), ...inSync.slice(1)]),
      'Whether Group was',
    ],
    ['is not there', look(inSync.slice(0, 1)), 'Whether Logs was changed back is not known'],
    [
      'is passed over',
      look(inSync, [{ path: ['Group'], property: ['MaxSize'], why: 'Group.*' }]),
      'Group.MaxSize still differs',
    ],
  ])('is missing where one %s', (_, drift, title) => {
    expect(unprovedRepairs(done, drift)).toMatchObject([{ level: 'error', title: expect.stringContaining(title) }]);
  });
});
