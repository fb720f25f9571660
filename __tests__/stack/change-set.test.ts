import { describe, expect, test } from '@jest/globals';
import { type ChangeSetRequest, createChangeSet } from '../../src/stack/change-set.ts';
import type { Stack, TemplatePath } from '../../src/stack/model.ts';
import { FakeClock } from '../time/fake-clock.ts';
import { arnOf, denied, FakeCloudFormation, refusal } from './fake-cloudformation.ts';

const NAME = 'muster-4711-2-0a1b2c3d';
const signal = new AbortController().signal;

const live = (status: string): Stack => ({
  id: arnOf('todo'),
  name: 'todo',
  status,
  parameters: {},
  outputs: [],
  tags: {},
  terminationProtection: false,
  lastOperations: [],
});

/** A template in which resources and their properties have lines, and nothing deeper. */
const locate = (path: TemplatePath) =>
  path.length <= 4 && path[0] === 'Resources' ? { file: 'stack.yml', line: path.length * 10 } : undefined;

function setUp() {
  const clock = new FakeClock(1_000_000);
  const cfn = new FakeCloudFormation(clock);
  const create = (request: Partial<ChangeSetRequest> = {}) =>
    createChangeSet(
      { cfn, clock, signal },
      {
        name: NAME,
        stackName: 'todo',
        stack: live('UPDATE_COMPLETE'),
        region: 'eu-west-1',
        template: { TemplateBody: 'Resources: {}' },
        parameters: [],
        capabilities: ['CAPABILITY_NAMED_IAM'],
        onFailure: 'rollback',
        locate,
        ...request,
      },
    );
  return { clock, cfn, create };
}

const change = (LogicalResourceId: string) => ({
  Type: 'Resource' as const,
  ResourceChange: { Action: 'Modify' as const, LogicalResourceId, ResourceType: 'AWS::ECS::Cluster' },
});

describe('a change set', () => {
  test('is read with all its pages', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE', Changes: [change('A')], NextToken: 'page-2' });
    cfn.changeSets.set('page-2', { Status: 'CREATE_COMPLETE', Changes: [change('B')], NextToken: 'page-3' });
    cfn.changeSets.set('page-3', { Status: 'CREATE_COMPLETE', Changes: [change('C')] });
    const { changeSet, findings } = await create();
    expect(changeSet).toMatchObject({ name: NAME, type: 'UPDATE', stackId: arnOf('todo'), empty: false });
    expect(changeSet.changes.map(({ logicalId }) => logicalId)).toEqual(['A', 'B', 'C']);
    expect(findings).toEqual([]);
  });

  test('is waited for', async () => {
    const { clock, cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_IN_PROGRESS' });
    clock.sleep = async (ms) => {
      clock.pass(ms);
      if (clock.now() > 1_008_000) cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE', Changes: [change('A')] });
    };
    expect((await create()).changeSet.changes).toHaveLength(1);
  });

  test('that CloudFormation does not find yet is waited for', async () => {
    const { clock, cfn, create } = setUp();
    cfn.changeSets.clear();
    clock.sleep = async (ms) => {
      clock.pass(ms);
      if (clock.now() > 1_003_000) cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE', Changes: [change('A')] });
    };
    expect((await create()).changeSet.changes).toHaveLength(1);
  });

  test('that is gone again ends as failed', async () => {
    const { clock, cfn, create } = setUp();
    cfn.changeSets.clear();
    await expect(create()).rejects.toMatchObject({ reason: 'change-set-failed' });
    expect(clock.now()).toBeLessThan(1_020_000);
  });

  test('is known to exist before it is waited for', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE', Changes: [] });
    const made: string[][] = [];
    await create({ onMade: async (stackId) => void made.push([stackId, ...cfn.calls]) });
    expect(made).toEqual([[arnOf('todo'), 'createChangeSet']]);
  });

  test('that is never ready ends as timed out', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_IN_PROGRESS' });
    await expect(create()).rejects.toMatchObject({ reason: 'timed-out' });
  });

  test('of an instant service that changes nothing is known in half a second, in two calls', async () => {
    const { clock, cfn, create } = setUp();
    const reason =
      "The submitted information didn't contain changes. Submit different information to create a change set.";
    cfn.changeSets.set(NAME, { Status: 'FAILED', StatusReason: reason });
    expect((await create()).changeSet.empty).toBe(true);
    expect(clock.now()).toBeLessThan(1_000_500);
    expect(cfn.calls).toEqual(['createChangeSet', 'describeChangeSet']);
  });

  test('is empty by what CloudFormation says, not by the number of its changes', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE', Changes: [] });
    expect((await create()).changeSet.empty).toBe(false);
    cfn.changeSets.set(NAME, { Status: 'FAILED', StatusReason: 'No updates are to be performed.' });
    expect((await create()).changeSet.empty).toBe(true);
  });

  test.each([
    [undefined, 'CREATE'],
    ['REVIEW_IN_PROGRESS', 'CREATE'],
    ['DELETE_COMPLETE', 'CREATE'],
    ['CREATE_COMPLETE', 'UPDATE'],
    ['UPDATE_ROLLBACK_COMPLETE', 'UPDATE'],
  ])('for a stack in %s is of type %s', async (status, type) => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE' });
    await create({ stack: status === undefined ? undefined : live(status) });
    expect(cfn.inputs[0]).toMatchObject({ ChangeSetType: type, ClientToken: NAME });
  });

  test('leaves tags, role and notifications as they are unless they are given', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE' });
    await create({
      parameters: [
        { key: 'A', value: 'a,b' },
        { key: 'B', usePreviousValue: true },
      ],
    });
    expect(Object.keys(cfn.inputs[0] ?? {})).not.toEqual(expect.arrayContaining(['Tags']));
    expect(cfn.inputs[0]).not.toHaveProperty('RoleARN');
    expect(cfn.inputs[0]).not.toHaveProperty('NotificationARNs');
    expect(cfn.inputs[0]?.Parameters).toEqual([
      { ParameterKey: 'A', ParameterValue: 'a,b' },
      { ParameterKey: 'B', UsePreviousValue: true },
    ]);
    await create({ tags: {}, notificationArns: [] });
    expect(cfn.inputs.at(-3)).toMatchObject({ Tags: [], NotificationARNs: [] });
  });

  test('deletes a failed stack only where it is new', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE' });
    await create({ onFailure: 'delete', stack: undefined });
    expect(cfn.inputs[0]).toHaveProperty('OnStackFailure', 'DELETE');
    await create({ onFailure: 'delete' });
    expect(cfn.inputs.at(-3)).not.toHaveProperty('OnStackFailure');
  });

  test('whose first attempt was lost on the way is found by its name', async () => {
    const { cfn, create } = setUp();
    cfn.fail('createChangeSet', refusal('AlreadyExistsException', 'ChangeSet already exists'));
    cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE', ChangeSetId: 'arn:the-one' });
    expect((await create()).changeSet.id).toBe('arn:the-one');
  });
});

describe('what CloudFormation refuses', () => {
  const early = {
    Status: 'FAILED' as const,
    StatusReason: 'The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation].',
  };
  const validation = {
    EventType: 'VALIDATION_ERROR' as const,
    ValidationStatus: 'FAILED' as const,
    ValidationName: 'PROPERTY_VALIDATION',
    ValidationFailureMode: 'FAIL' as const,
    ValidationStatusReason: '#/Tags/0: required key [Key] not found',
    ValidationPath: '/Resources/Group/Properties/Tags/0',
    LogicalResourceId: 'Group',
  };

  test('is told at its property, with the nearest line there is', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, early);
    cfn.operationEvents = [validation, { ...validation, ValidationPath: '/Resources/Other' }];
    await expect(create()).rejects.toMatchObject({
      reason: 'change-set-failed',
      findings: [
        {
          level: 'error',
          title: 'Group.Tags.0: PROPERTY_VALIDATION',
          message: validation.ValidationStatusReason,
          location: { line: 40 },
        },
        { level: 'error', title: 'Other: PROPERTY_VALIDATION', location: { line: 20 } },
      ],
    });
    expect(cfn.inputs.at(-1)).toEqual({ ChangeSetName: `arn:change-set/${NAME}` });
  });

  test('is told at the line of a property that the type does not have, which its reason names', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, early);
    const ValidationStatusReason = '#: extraneous key [MaxSise] is not permitted';
    cfn.operationEvents = [{ ...validation, ValidationStatusReason, ValidationPath: '/Resources/Group/Properties' }];
    await expect(create()).rejects.toMatchObject({
      findings: [{ title: 'Group: PROPERTY_VALIDATION', message: ValidationStatusReason, location: { line: 40 } }],
    });
  });

  test('is told in its own words where the role may not read more, which is said', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, early);
    cfn.fail('describeEvents', denied('cloudformation:DescribeEvents'));
    await expect(create()).rejects.toMatchObject({
      reason: 'change-set-failed',
      findings: [
        { level: 'error', message: early.StatusReason },
        { level: 'warning', title: expect.stringContaining('cloudformation:DescribeEvents is not allowed') },
      ],
    });
  });

  test('and what it only warns of is a warning of the change set', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE' });
    cfn.operationEvents = [
      { ...validation, ValidationFailureMode: 'WARN' },
      {
        EventType: 'HOOK_INVOCATION_ERROR',
        HookFailureMode: 'WARN',
        HookType: 'Acme::Tags::Hook',
        HookStatusReason: 'no owner tag',
        LogicalResourceId: 'Group',
      },
      { EventType: 'STACK_EVENT' },
    ];
    expect((await create()).findings).toMatchObject([
      { level: 'warning', title: 'Group.Tags.0: PROPERTY_VALIDATION' },
      { level: 'warning', title: 'Group: hook Acme::Tags::Hook refused it', message: 'no owner tag' },
    ]);
  });

  test('is silent about warnings that the role may not read', async () => {
    const { cfn, create } = setUp();
    cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE' });
    cfn.fail('describeEvents', denied('cloudformation:DescribeEvents'));
    expect((await create()).findings).toEqual([]);
  });

  test.each([
    ['ValidationError', 'Parameters: [VpcId] must have values', 'change-set-failed'],
    ['InsufficientCapabilitiesException', 'Requires capabilities : [CAPABILITY_AUTO_EXPAND]', 'invalid-config'],
    ['ValidationError', 'Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated.', 'stack-busy'],
    ['ValidationError', 'Stack:arn is in ROLLBACK_COMPLETE state and can not be updated.', 'stack-stuck'],
    ['AccessDenied', 'User: u is not authorized to perform: cloudformation:CreateChangeSet', 'access-denied'],
  ])('%s: %s', async (name, message, reason) => {
    const { cfn, create } = setUp();
    cfn.fail('createChangeSet', refusal(name, message));
    await expect(create()).rejects.toMatchObject({
      reason,
      findings: [{ level: 'error', message: expect.any(String) }],
    });
  });
});
