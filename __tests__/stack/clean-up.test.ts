import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Owed, parseOwed, settle } from '../../src/stack/clean-up.ts';
import { describeStack } from '../../src/stack/describe.ts';
import { changeSetName, describeRun, namedFor } from '../../src/stack/identity.ts';
import { sweep } from '../../src/stack/sweep.ts';
import { FakeClock } from '../time/fake-clock.ts';
import { arnOf, denied, expired, FakeCloudFormation, type Happening, refusal } from './fake-cloudformation.ts';

const signal = new AbortController().signal;
const NAME = 'muster-4711-1-0a1b2c3d';
const owed: Owed = {
  region: 'eu-west-1',
  stackName: 'todo',
  stackId: arnOf('todo'),
  changeSetName: NAME,
  shellIsOurs: true,
};
const shell: Happening = { at: 1, status: 'REVIEW_IN_PROGRESS' };

function setUp(...past: readonly Happening[]) {
  const clock = new FakeClock(1_000_000);
  const cfn = new FakeCloudFormation(clock);
  cfn.happen(...past);
  cfn.onDelete = [
    { at: 0, status: 'DELETE_IN_PROGRESS' },
    { at: 400, status: 'DELETE_COMPLETE' },
  ];
  cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  const context = { cfn, clock, signal, deadline: clock.now() + 5_000 };
  return { clock, cfn, settle: (what: Partial<Owed> = {}) => settle(context, { ...owed, ...what }) };
}

describe('what is owed', () => {
  test('is removed: the change set and the shell', async () => {
    const { cfn, settle } = setUp(shell);
    expect(await settle()).toEqual([]);
    expect(cfn.changeSets.size).toBe(0);
    expect((await describeStack(cfn, arnOf('todo')))?.status).toBe('DELETE_COMPLETE');
  });

  test('is the change set alone where the stack was there before, in one call', async () => {
    const { cfn, settle } = setUp({ at: 1, status: 'UPDATE_COMPLETE' });
    expect(await settle({ shellIsOurs: false })).toEqual([]);
    expect(cfn.calls).toEqual(['deleteChangeSet']);
  });

  test('is nothing once the change set was executed', async () => {
    const { cfn, settle } = setUp({ at: 1, status: 'CREATE_IN_PROGRESS' });
    cfn.changeSets.set(NAME, { ExecutionStatus: 'EXECUTE_IN_PROGRESS', deletable: Number.POSITIVE_INFINITY });
    expect(await settle()).toEqual([]);
    expect(cfn.calls).not.toContain('deleteStack');
  });

  test('is nothing once the change set was executed, which is not found by its name any more', async () => {
    const { cfn, settle } = setUp({ at: 1, status: 'UPDATE_IN_PROGRESS' });
    cfn.changeSets.clear();
    cfn.fail('deleteChangeSet', refusal('InvalidChangeSetStatusException', 'its status is EXECUTE_IN_PROGRESS'));
    expect(await settle({ shellIsOurs: false })).toEqual([]);
  });

  test('is removed also where the change set is still being worked out and is not found at first', async () => {
    const { cfn, settle } = setUp({ at: 1, status: 'UPDATE_COMPLETE' });
    cfn.changeSets.set(NAME, { Status: 'CREATE_IN_PROGRESS', ExecutionStatus: 'UNAVAILABLE', deletable: 1_002_000 });
    cfn.fail('describeChangeSet', refusal('ChangeSetNotFoundException', 'ChangeSet [x] does not exist'), 2);
    expect(await settle({ shellIsOurs: false })).toEqual([]);
    expect(cfn.changeSets.size).toBe(0);
  });

  test('is the shell also where the stack, which was just made, is not found at first', async () => {
    const { clock, cfn, settle } = setUp({ at: 1_000_000, status: 'REVIEW_IN_PROGRESS' });
    cfn.staleFor = 1_500;
    expect(await settle()).toEqual([]);
    expect(cfn.calls).toContain('deleteStack');
    clock.pass(cfn.staleFor);
    expect((await describeStack(cfn, arnOf('todo')))?.status).toBe('DELETE_COMPLETE');
  });

  test('is nothing when neither was ever made', async () => {
    const { clock, cfn } = setUp();
    cfn.fail('deleteChangeSet', refusal('ValidationError', 'Stack [todo] does not exist'));
    const { stackId: _, ...unanswered } = owed;
    expect(await settle({ cfn, clock, signal, deadline: clock.now() + 5_000 }, unanswered)).toEqual([]);
  });

  test('is waited for where its creation was never answered and takes effect late', async () => {
    const { clock, cfn } = setUp();
    cfn.changeSets.clear();
    cfn.happen({ at: clock.now() + 3_000, status: 'REVIEW_IN_PROGRESS' });
    const { stackId: _, ...unanswered } = owed;
    clock.sleep = async (ms) => {
      clock.pass(ms);
      if (clock.now() >= 1_003_000 && !cfn.calls.includes('deleteChangeSet'))
        cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
    };
    const context = { cfn, clock, signal, deadline: clock.now() + 30_000, lateUntil: clock.now() + 15_000 };
    expect(await settle(context, unanswered)).toEqual([]);
    expect(cfn.changeSets.size).toBe(0);
    expect((await describeStack(cfn, arnOf('todo')))?.status).toBe('DELETE_COMPLETE');
  });

  test('is not waited for for ever where its creation never took effect', async () => {
    const { clock, cfn } = setUp();
    cfn.changeSets.clear();
    const { stackId: _, ...unanswered } = owed;
    const context = { cfn, clock, signal, deadline: clock.now() + 30_000, lateUntil: clock.now() + 15_000 };
    expect(await settle(context, unanswered)).toEqual([]);
    expect(clock.now()).toBe(1_015_000);
  });

  test('is waited for until a change set with nested ones is gone', async () => {
    const { clock, cfn, settle } = setUp({ at: 1, status: 'UPDATE_COMPLETE' });
    cfn.deleteChangeSet = async () => {
      cfn.calls.push('deleteChangeSet');
      cfn.changeSets.set(NAME, { Status: 'DELETE_IN_PROGRESS' });
      return { $metadata: {} };
    };
    clock.sleep = async (ms) => {
      clock.pass(ms);
      if (cfn.calls.length > 2) cfn.changeSets.delete(NAME);
    };
    expect(await settle({ shellIsOurs: false, nested: true })).toEqual([]);
    expect(cfn.calls).toEqual(['deleteChangeSet', 'describeChangeSet', 'describeChangeSet', 'describeChangeSet']);
  });

  test('is left behind where CloudFormation could not delete it', async () => {
    const { cfn, settle } = setUp({ at: 1, status: 'UPDATE_COMPLETE' });
    cfn.deleteChangeSet = async () => {
      cfn.changeSets.set(NAME, { Status: 'DELETE_FAILED', StatusReason: 'a nested one is stuck' });
      return { $metadata: {} };
    };
    expect(await settle({ shellIsOurs: false, nested: true })).toMatchObject([
      { level: 'warning', message: 'the change set is in DELETE_FAILED: a nested one is stuck.' },
    ]);
  });

  test('is waited for while the change set is still being worked out', async () => {
    const { cfn, settle } = setUp(shell);
    cfn.changeSets.set(NAME, { Status: 'CREATE_IN_PROGRESS', ExecutionStatus: 'UNAVAILABLE', deletable: 1_002_000 });
    expect(await settle()).toEqual([]);
    expect(cfn.changeSets.size).toBe(0);
  });

  test('does not include a shell that another change set has been put into', async () => {
    const { cfn, settle } = setUp(shell);
    cfn.changeSets.set('by-hand', { Status: 'CREATE_COMPLETE' });
    expect(await settle()).toEqual([]);
    expect(cfn.calls).not.toContain('deleteStack');
  });

  test('does not include a stack that has come to life since', async () => {
    const { cfn, settle } = setUp(shell, { at: 2, status: 'CREATE_COMPLETE' });
    expect(await settle()).toEqual([]);
    expect(cfn.calls).not.toContain('deleteStack');
  });

  test.each([
    ['without credentials', expired],
    ['without permission', denied('cloudformation:DeleteChangeSet')],
  ])('is told with the command that removes it %s', async (_, error) => {
    const { cfn, settle } = setUp(shell);
    cfn.fail('deleteChangeSet', error);
    expect(await settle()).toMatchObject([
      {
        level: 'warning',
        title: 'Left behind: the empty stack todo',
        remedy: expect.stringContaining('aws cloudformation delete-stack --stack-name todo --region eu-west-1'),
      },
    ]);
    expect(await settle({ shellIsOurs: false })).toMatchObject([
      { remedy: `aws cloudformation delete-change-set --change-set-name ${NAME} --stack-name todo --region eu-west-1` },
    ]);
  });

  test('is told when the time does not suffice', async () => {
    const { cfn, settle } = setUp(shell);
    cfn.onDelete = [{ at: 0, status: 'DELETE_IN_PROGRESS' }];
    expect(await settle()).toMatchObject([
      { level: 'warning', message: 'CloudFormation had not deleted the empty stack in time.' },
    ]);
  });

  test('survives being saved as text', () => {
    expect(parseOwed(JSON.stringify([owed, owed]))).toEqual([owed, owed]);
    for (const text of ['', '{', 'null', '[]', '{"region":1}', JSON.stringify({ ...owed, shellIsOurs: 'yes' })])
      expect(parseOwed(text)).toEqual([]);
  });
});

describe('sweeping', () => {
  const run = { id: '4711', attempt: '2' };
  const hours = 3_600_000;
  const now = 100 * hours;

  async function sweepOf(changeSets: Record<string, object>, status = 'UPDATE_COMPLETE') {
    const clock = new FakeClock(now);
    const cfn = new FakeCloudFormation(clock);
    cfn.happen({ at: 1, status });
    for (const [name, changeSet] of Object.entries(changeSets)) cfn.changeSets.set(name, changeSet);
    const stack = await describeStack(cfn, 'todo');
    if (stack === undefined) throw new Error('the stack is there');
    return { cfn, swept: await sweep({ cfn, clock }, { stack, run }) };
  }

  const young = { CreationTime: new Date(now - hours) };
  const old = { CreationTime: new Date(now - 7 * hours) };

  test.each([
    ['an earlier attempt of this run', 'muster-4711-1-00000000', young, true],
    ['this very attempt', 'muster-4711-2-00000000', old, false],
    ['a later attempt of this run', 'muster-4711-3-00000000', old, false],
    ['another run, that may still be going', 'muster-4710-1-00000000', young, false],
    ['another run, that cannot be going any more', 'muster-4710-1-00000000', old, true],
    ['what was kept on purpose', 'muster-kept-4710-1-00000000', old, false],
    ['what is being executed', 'muster-4710-1-00000000', { ...old, ExecutionStatus: 'EXECUTE_IN_PROGRESS' }, false],
    ['what somebody else made', 'my-change-set', old, false],
    ['what only looks like ours', 'muster-of-ceremonies', old, false],
  ])('%s', async (_, name, changeSet, removes) => {
    const { cfn, swept } = await sweepOf({ [name]: changeSet });
    expect(swept.removed).toEqual(removes ? [name] : []);
    expect(cfn.changeSets.has(name)).toBe(!removes);
  });

  test('inherits the shell that a finished run made', async () => {
    const made = { ...old, Description: describeRun('muster-4710-1-00000000', { madeShell: true }) };
    expect((await sweepOf({ 'muster-4710-1-00000000': made }, 'REVIEW_IN_PROGRESS')).swept.shellIsOurs).toBe(true);
    const found = { ...old, Description: describeRun('muster-4710-1-00000000', { madeShell: false }) };
    expect((await sweepOf({ 'muster-4710-1-00000000': found }, 'REVIEW_IN_PROGRESS')).swept.shellIsOurs).toBe(false);
    const shared = { 'muster-4710-1-00000000': made, 'by-hand': old };
    expect((await sweepOf(shared, 'REVIEW_IN_PROGRESS')).swept.shellIsOurs).toBe(false);
  });

  test('fails nothing', async () => {
    const clock = new FakeClock(now);
    const cfn = new FakeCloudFormation(clock);
    cfn.happen({ at: 1, status: 'UPDATE_COMPLETE' });
    cfn.fail('listChangeSets', denied('cloudformation:ListChangeSets'));
    const stack = await describeStack(cfn, 'todo');
    if (stack === undefined) throw new Error('the stack is there');
    const { findings } = await sweep({ cfn, clock }, { stack, run });
    expect(findings).toMatchObject([{ level: 'warning', title: expect.stringContaining('ListChangeSets') }]);
  });
});

describe('names of change sets', () => {
  test('are unique, valid, and tell whose they are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.boolean(), (id, attempt, kept) => {
        const name = changeSetName({ id, attempt }, { kept });
        expect(name).toMatch(/^[a-zA-Z][-a-zA-Z0-9]*$/);
        expect(name.length).toBeLessThanOrEqual(128);
        expect(namedFor(name)?.kept).toBe(kept);
        expect(changeSetName({ id, attempt }, { kept })).not.toBe(name);
      }),
    );
    expect(namedFor(changeSetName({ id: '4711', attempt: '2' }))).toEqual({ id: '4711', attempt: '2', kept: false });
  });
});
