import { describe, expect, test } from '@jest/globals';
import { becomeDeployable, type DeployableRequest } from '../../src/stack/deployable.ts';
import { type ExecutionRequest, executeChangeSet } from '../../src/stack/deployment.ts';
import type { ChangeSet, StackEvent } from '../../src/stack/model.ts';
import { deploymentFailure } from '../../src/stack/verdict.ts';
import { FakeClock } from '../time/fake-clock.ts';
import {
  arnOf,
  denied,
  expired,
  FakeCloudFormation,
  type Happening,
  refusal,
  throttling,
} from './fake-cloudformation.ts';

const signal = new AbortController().signal;
const NAME = 'muster-4711-1-0a1b2c3d';
const locate = ([, id]: readonly string[]) => ({ file: 'stack.yml', line: (id ?? '').length });
const minutes = 60_000;

const changeSet = (type: ChangeSet['type'] = 'UPDATE'): ChangeSet => ({
  id: `arn:change-set/${NAME}`,
  name: NAME,
  type,
  stackId: arnOf('todo'),
  empty: false,
  changes: [],
});

function setUp(...past: readonly Happening[]) {
  const clock = new FakeClock(1_000_000);
  const cfn = new FakeCloudFormation(clock);
  cfn.happen(...past);
  const told: StackEvent[] = [];
  const tell = (events: readonly StackEvent[]) => told.push(...events);
  const execute = (request: Partial<ExecutionRequest> = {}) =>
    executeChangeSet(
      { cfn, clock, signal },
      {
        changeSet: changeSet(),
        stackName: 'todo',
        before: { status: 'CREATE_COMPLETE' },
        onFailure: 'rollback',
        timeout: 60 * minutes,
        tell,
        ...request,
      },
    );
  const prepare = (request: Partial<DeployableRequest> = {}) =>
    becomeDeployable(
      { cfn, clock, signal },
      {
        stackName: 'todo',
        region: 'eu-west-1',
        busyTimeout: 30 * minutes,
        replaceFailed: false,
        locate,
        tell,
        ...request,
      },
    );
  return { clock, cfn, told, execute, prepare };
}

const created: Happening[] = [
  { at: 1, status: 'CREATE_IN_PROGRESS' },
  { at: 2, status: 'CREATE_COMPLETE' },
];
const updating: Happening[] = [
  { at: 0, status: 'UPDATE_IN_PROGRESS' },
  { at: 10, id: 'Group', status: 'UPDATE_IN_PROGRESS' },
];
const updated: Happening[] = [
  ...updating,
  { at: 30_000, id: 'Group', status: 'UPDATE_COMPLETE' },
  { at: 31_000, status: 'UPDATE_COMPLETE' },
];
const rolledBack: Happening[] = [
  ...updating,
  { at: 20_000, id: 'Group', status: 'UPDATE_FAILED', reason: 'Received 0 SUCCESS signal(s) out of 1.' },
  { at: 20_001, id: 'Role', status: 'UPDATE_FAILED', reason: 'Resource update cancelled' },
  { at: 20_002, status: 'UPDATE_ROLLBACK_IN_PROGRESS', reason: 'The following resource(s) failed to update: [Group].' },
  { at: 40_000, status: 'UPDATE_ROLLBACK_COMPLETE' },
];

describe('a deployment', () => {
  test('succeeds with the status that the stack came to rest in', async () => {
    const { cfn, told, execute } = setUp(...created);
    cfn.onExecute = updated;
    const deployment = await execute();
    expect(deployment).toMatchObject({ succeeded: true, finalStatus: 'UPDATE_COMPLETE', findings: [] });
    expect(deployment.events).toEqual(told);
    expect(deployment.timings).toMatchObject([{ logicalId: 'Group', status: 'UPDATE_COMPLETE' }]);
  });

  test('has the stack as it was read at its end, and none where its last event alone told that', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.onExecute = updated;
    expect((await execute()).stack?.status).toBe('UPDATE_COMPLETE');
    cfn.fail('describeStacks', throttling);
    const told = await execute({ before: { status: 'UPDATE_COMPLETE' } });
    expect(told).toMatchObject({ succeeded: true, finalStatus: 'UPDATE_COMPLETE' });
    expect(told).not.toHaveProperty('stack');
  });

  test('is begun with a token of its own, and with its choice about rollback said', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.onExecute = updated;
    await execute();
    await execute({ onFailure: 'keep' });
    await execute({ onFailure: 'delete', changeSet: changeSet('CREATE') });
    const inputs = cfn.inputs.filter((_, index) => cfn.calls[index] === 'executeChangeSet');
    expect(inputs).toMatchObject([
      { ClientRequestToken: NAME, DisableRollback: false },
      { ClientRequestToken: NAME, DisableRollback: true },
      { ClientRequestToken: NAME, RetainExceptOnCreate: true },
    ]);
    expect(inputs[2]).not.toHaveProperty('DisableRollback');
  });

  test('that was rolled back has failed, with its root cause at its line', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.onExecute = rolledBack;
    const deployment = await execute();
    expect(deployment).toMatchObject({ succeeded: false, finalStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    const failure = deploymentFailure(deployment, 'todo', locate);
    expect(failure.reason).toBe('rolled-back');
    expect(failure.findings).toMatchObject([
      {
        level: 'error',
        title: 'Group: UPDATE_FAILED (AWS::ECS::Cluster)',
        location: { line: 5 },
        remedy: expect.stringContaining('aws-cfn-bootstrap'),
      },
    ]);
  });

  test('that leaves a stack which takes no further deployment says with its cause what has to be done', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.onExecute = rolledBack;
    const deployment = await execute();
    const { findings } = deploymentFailure(deployment, 'todo', locate, 'to go on: aws x');
    expect(findings[0]?.remedy).toMatch(/aws-cfn-bootstrap[\s\S]*\nto go on: aws x$/);
    const untold = deploymentFailure({ ...deployment, events: [] }, 'todo', locate, 'to go on: aws x');
    expect(untold.findings[0]?.remedy).toMatch(/console\.\nto go on: aws x$/);
  });

  test('warns of what it could not remove', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.onExecute = [
      ...updating,
      { at: 100, status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' },
      { at: 200, id: 'Old', status: 'DELETE_FAILED', reason: 'in use' },
      { at: 300, status: 'UPDATE_COMPLETE' },
    ];
    const deployment = await execute();
    expect(deployment.succeeded).toBe(true);
    expect(deployment.findings).toMatchObject([{ level: 'warning', title: 'Old was left behind (AWS::ECS::Cluster)' }]);
  });

  test('that is not finished in time is no success, and says what was going on', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.onExecute = updating;
    await expect(execute({ timeout: 10 * minutes })).rejects.toMatchObject({
      reason: 'timed-out',
      findings: [{ message: expect.stringMatching(/Group UPDATE_IN_PROGRESS for (9m 5\ds|10m 0\ds)/) }],
    });
  });

  test('is begun also where the change set, which was just made, is not found at first', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.onExecute = updated;
    cfn.fail('executeChangeSet', refusal('ChangeSetNotFoundException', 'ChangeSet [x] does not exist'), 2);
    expect((await execute()).succeeded).toBe(true);
  });

  test('of a change set that is not found for long is refused', async () => {
    const { cfn, clock, execute } = setUp(...created);
    cfn.fail('executeChangeSet', refusal('ChangeSetNotFoundException', 'ChangeSet [x] does not exist'));
    await expect(execute()).rejects.toMatchObject({ reason: 'change-set-failed' });
    expect(clock.now()).toBeLessThan(1_030_000);
  });

  test('of a new stack is followed though its events are not known at first', async () => {
    const { cfn, execute, told } = setUp({ at: 1, status: 'REVIEW_IN_PROGRESS' });
    cfn.onExecute = [
      { at: 0, status: 'CREATE_IN_PROGRESS' },
      { at: 5_000, status: 'CREATE_COMPLETE' },
    ];
    cfn.fail('describeStackEvents', refusal('ValidationError', 'Stack [todo] does not exist'), 3);
    const deployment = await execute({ changeSet: changeSet('CREATE'), before: undefined });
    expect(deployment.succeeded).toBe(true);
    expect(told.at(-1)?.status).toBe('CREATE_COMPLETE');
  });

  test('of a stack that was changed in between is refused', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.fail('executeChangeSet', refusal('InvalidChangeSetStatusException', 'ChangeSet is OBSOLETE'));
    await expect(execute()).rejects.toMatchObject({
      reason: 'change-set-failed',
      findings: [{ remedy: expect.stringContaining('again') }],
    });
  });

  test('of a stack that was changed in between is refused, whatever the role may not read', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.changeSets.set(NAME, { ExecutionStatus: 'OBSOLETE' });
    cfn.fail('describeStackEvents', denied('cloudformation:DescribeStackEvents'));
    cfn.fail('executeChangeSet', refusal('InvalidChangeSetStatusException', 'ChangeSet is OBSOLETE'));
    await expect(execute()).rejects.toMatchObject({ reason: 'change-set-failed' });
  });

  test('whose first attempt was lost on the way is followed, though no event tells of it yet', async () => {
    const { cfn, execute } = setUp(...created);
    cfn.begin(
      updated.map((happening) => ({ ...happening, at: happening.at + 500 })),
      NAME,
    );
    cfn.changeSets.set(NAME, { ExecutionStatus: 'EXECUTE_IN_PROGRESS' });
    cfn.fail('executeChangeSet', refusal('InvalidChangeSetStatusException', 'ChangeSet is EXECUTE_IN_PROGRESS'));
    expect((await execute()).succeeded).toBe(true);
  });
});

describe('a stack', () => {
  test('that does not exist is ready', async () => {
    expect(await setUp().prepare()).toEqual({ stack: undefined, findings: [] });
  });

  test('that is at rest is ready after one call', async () => {
    const { cfn, prepare } = setUp(...created);
    expect((await prepare()).stack?.status).toBe('CREATE_COMPLETE');
    expect(cfn.calls).toEqual(['describeStacks']);
  });

  test('that is busy is waited for, and what goes on is told', async () => {
    const { cfn, told, prepare } = setUp(...created);
    cfn.begin(updated, 'muster-4710-1-ffffffff');
    const { stack, attached } = await prepare();
    expect(stack?.status).toBe('UPDATE_COMPLETE');
    expect(attached).toMatchObject({ succeeded: true });
    expect(told).toHaveLength(4);
  });

  test('is read again where its last event alone told that it came to rest', async () => {
    const { cfn, prepare } = setUp(...created);
    cfn.begin(updated, undefined);
    cfn.terminationProtection = true;
    const describe = cfn.describeStacks;
    let refused = 0;
    cfn.describeStacks = async (input) => {
      const answer = await describe(input);
      const status: string | undefined = answer.Stacks[0]?.StackStatus;
      if (status === 'UPDATE_COMPLETE' && refused++ < 5) throw throttling;
      return answer;
    };
    expect((await prepare()).stack).toMatchObject({ status: 'UPDATE_COMPLETE', terminationProtection: true });
  });

  test('whose operation under way fails is ready all the same, and the cause is told', async () => {
    const { cfn, prepare } = setUp(...created);
    cfn.begin(rolledBack, undefined);
    const { stack, findings } = await prepare();
    expect(stack?.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(findings).toMatchObject([{ level: 'warning', title: expect.stringContaining('Group') }]);
  });

  test('that stays busy ends the wait, and says whose operation it is', async () => {
    const { cfn, prepare } = setUp(...created);
    cfn.begin(updating, 'muster-4710-1-ffffffff');
    await expect(prepare()).rejects.toMatchObject({
      reason: 'stack-busy',
      findings: [
        { title: expect.stringContaining('after 30m 00s'), message: expect.stringMatching(/Run 4710.*Group/) },
      ],
    });
  });

  test('whose credentials expire in mid-wait says that the operation goes on', async () => {
    const { cfn, prepare } = setUp(...created);
    cfn.begin(updating, undefined);
    cfn.fail('describeStackEvents', expired);
    await expect(prepare()).rejects.toMatchObject({ reason: 'credentials' });
  });

  const failed: Happening[] = [
    { at: 1, status: 'CREATE_IN_PROGRESS' },
    { at: 2, id: 'Group', status: 'CREATE_FAILED', reason: 'The key pair x does not exist' },
    { at: 3, status: 'ROLLBACK_IN_PROGRESS', reason: 'failed to create: [Group]' },
    { at: 4, status: 'ROLLBACK_COMPLETE' },
  ];

  test('whose creation failed is stuck, with why and how to go on', async () => {
    const { cfn, prepare } = setUp(...failed);
    await expect(prepare()).rejects.toMatchObject({
      reason: 'stack-stuck',
      findings: [
        {
          message: expect.stringContaining('Group: The key pair x does not exist'),
          remedy: expect.stringMatching(
            /aws cloudformation delete-stack --stack-name todo --region eu-west-1[\s\S]*replace-failed-stack/,
          ),
        },
      ],
    });
    expect(cfn.calls).not.toContain('deleteStack');
  });

  test('whose creation failed is deleted where that is permitted', async () => {
    const { cfn, prepare } = setUp(...failed);
    cfn.onDelete = [
      { at: 0, status: 'DELETE_IN_PROGRESS' },
      { at: 5_000, status: 'DELETE_COMPLETE' },
    ];
    expect((await prepare({ replaceFailed: true })).stack).toBeUndefined();
  });

  test('under termination protection is not deleted', async () => {
    const { cfn, prepare } = setUp(...failed);
    cfn.terminationProtection = true;
    await expect(prepare({ replaceFailed: true })).rejects.toMatchObject({ reason: 'stack-stuck' });
    expect(cfn.calls).not.toContain('deleteStack');
  });

  test('that cannot be deleted is stuck, with the cause', async () => {
    const { cfn, prepare } = setUp(...failed);
    cfn.onDelete = [
      { at: 0, status: 'DELETE_IN_PROGRESS' },
      { at: 1, id: 'Cluster', status: 'DELETE_FAILED', reason: 'has instances' },
      { at: 2, status: 'DELETE_FAILED' },
    ];
    await expect(prepare({ replaceFailed: true })).rejects.toMatchObject({
      reason: 'stack-stuck',
      findings: [{ title: expect.stringContaining('Cluster'), message: 'has instances' }, {}],
    });
  });

  test('whose rollback failed is stuck, and the resources to skip are named', async () => {
    const { prepare } = setUp(
      ...created,
      { at: 10, status: 'UPDATE_IN_PROGRESS' },
      { at: 11, status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
      { at: 12, id: 'Group', status: 'UPDATE_FAILED', reason: 'gone' },
      { at: 13, status: 'UPDATE_ROLLBACK_FAILED' },
    );
    await expect(prepare({ replaceFailed: true })).rejects.toMatchObject({
      reason: 'stack-stuck',
      findings: [{ remedy: expect.stringContaining('--resources-to-skip Group') }],
    });
  });
});
