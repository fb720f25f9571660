import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type PlainMoto, startPlainMoto } from './plain-moto.ts';

// Nothing is asserted here that moto is known to answer otherwise than AWS: events of resources, outputs after a change
// set, the group's identity across updates.

let moto: PlainMoto;
beforeAll(async () => {
  moto = await startPlainMoto();
}, 300_000); // the first time it is installed
afterAll(async () => moto[Symbol.asyncDispose]());
beforeEach(async () => moto.reset());

const changeSets = async () => (await moto.cloudFormation.listChangeSets({ StackName: 'plain' })).Summaries ?? [];
const stacks = async () => (await moto.cloudFormation.describeStacks({})).Stacks ?? [];

describe('the action on plain moto', () => {
  test('creates the stack, waits for hosts to register, and leaves no change set behind', async () => {
    const [run] = await Promise.all([moto.deploy(2), moto.registerWhenLaunched(2)]);
    expect(run).toMatchObject({
      exitCode: 0,
      outputs: {
        outcome: 'succeeded',
        'stack-status': 'CREATE_COMPLETE',
        'registered-count': '2',
        'desired-count': '2',
      },
      post: { exitCode: 0 },
    });
    expect(run.outputs['cluster-arn']).toMatch(/:cluster\/plain$/);
    expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([]);
    expect(run.summary).toContain('2 of 2');
    expect((await changeSets()).filter(({ ExecutionStatus }) => ExecutionStatus === 'AVAILABLE')).toEqual([]);
  }, 60_000);

  test('says unchanged the second time, calls the roll all the same, and removes the empty change set', async () => {
    await Promise.all([moto.deploy(1), moto.registerWhenLaunched(1)]);
    const before = await changeSets();
    const run = await moto.deploy(1);
    expect(run).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'unchanged', 'has-changes': 'false', 'registered-count': '1', 'desired-count': '1' },
    });
    expect((await changeSets()).map(({ ChangeSetId }) => ChangeSetId)).toEqual(
      before.map(({ ChangeSetId }) => ChangeSetId),
    );
  }, 60_000);

  test('is red when a host does not register: capacity-short, with its name', async () => {
    const [run] = await Promise.all([
      moto.deploy(2, { inputs: { 'roll-call-timeout': '4s' } }),
      moto.registerWhenLaunched(1),
    ]);
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: { outcome: 'failed', 'failure-reason': 'capacity-short', 'registered-count': '1', 'desired-count': '2' },
    });
    const errors = run.annotations.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      file: 'stack.yml',
      message: expect.stringMatching(/i-[0-9a-f]+ \(InService in plain, not registered\)/),
    });
  }, 60_000);

  test('verifies a cluster that it did not make', async () => {
    await Promise.all([moto.deploy(1), moto.registerWhenLaunched(1)]);
    const inputs = { mode: 'verify', cluster: 'plain', environment: '', 'stack-name': '' };
    const run = await moto.deploy(1, { inputs });
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'registered-count': '1' } });
  }, 60_000);

  test('hides a NoEcho value that moto answers in clear', async () => {
    const [run] = await Promise.all([moto.deploy(1), moto.registerWhenLaunched(1)]);
    const [stack] = await stacks();
    expect(stack?.Parameters).toContainEqual({ ParameterKey: 'Secret', ParameterValue: 'swordfish' });
    const told = [
      run.log,
      run.unmasked,
      run.summary,
      JSON.stringify([run.outputs, run.report, run.annotations, run.state]),
    ];
    expect(told.filter((text) => text.includes('swordfish'))).toEqual([]);
  }, 60_000);

  test('finds what is wrong with the configuration before anything is made', async () => {
    const run = await moto.deploy(1, { files: { 'env/test.cfg': 'DesiredCount=five\nSubnet=subnet-1\n' } });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
    expect(await stacks()).toEqual([]);
  });

  test('a run that is cancelled between change set and execution leaves no stack behind', async () => {
    const run = await moto.deploy(1, { cancelAfter: /Change set/ });
    expect(run.conclusion).toBe('cancelled');
    expect(run.post?.exitCode).toBe(0);
    const left = await stacks();
    expect(left.filter(({ StackStatus }) => StackStatus === 'REVIEW_IN_PROGRESS')).toEqual([]);
  }, 60_000);
});
