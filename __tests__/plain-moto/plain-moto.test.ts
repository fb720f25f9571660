import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlainMoto, startPlainMoto } from './plain-moto.ts';

// Nothing is asserted here that moto is known to answer otherwise than AWS: events of resources, outputs after a change
// set, the group's identity across updates.

let moto: PlainMoto;
beforeAll(async () => {
  moto = await startPlainMoto();
}, 300_000); // the first time it is installed
afterAll(async () => moto[Symbol.asyncDispose]());

const changeSets = async (stack: string) =>
  (await moto.cloudFormation.listChangeSets({ StackName: stack })).Summaries ?? [];
const stacks = async (name: string) =>
  ((await moto.cloudFormation.describeStacks({})).Stacks ?? []).filter(({ StackName }) => StackName === name);

describe('the action on plain moto', () => {
  test('creates the stack, waits for hosts to register, and leaves no change set behind', async () => {
    const [run] = await Promise.all([moto.deploy('created', 2), moto.registerWhenLaunched('created', 2)]);
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
    expect(run.outputs['cluster-arn']).toMatch(/:cluster\/created$/);
    expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([]);
    expect(run.summary).toContain('2 of 2');
    expect((await changeSets('created')).filter(({ ExecutionStatus }) => ExecutionStatus === 'AVAILABLE')).toEqual([]);
  }, 60_000);

  test('says unchanged the second time, calls the roll all the same, and removes the empty change set', async () => {
    await Promise.all([moto.deploy('unchanged', 1), moto.registerWhenLaunched('unchanged', 1)]);
    const before = await changeSets('unchanged');
    const run = await moto.deploy('unchanged', 1);
    expect(run).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'unchanged', 'has-changes': 'false', 'registered-count': '1', 'desired-count': '1' },
    });
    expect((await changeSets('unchanged')).map(({ ChangeSetId }) => ChangeSetId)).toEqual(
      before.map(({ ChangeSetId }) => ChangeSetId),
    );
  }, 60_000);

  test('is red when a host does not register: capacity-short, with its name', async () => {
    const [run] = await Promise.all([
      moto.deploy('short', 2, { inputs: { 'roll-call-timeout': '4s' } }),
      moto.registerWhenLaunched('short', 1),
    ]);
    expect(run).toMatchObject({
      exitCode: 1,
      outputs: { outcome: 'failed', 'failure-reason': 'capacity-short', 'registered-count': '1', 'desired-count': '2' },
    });
    const errors = run.annotations.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      file: 'stack.yml',
      message: expect.stringMatching(/i-[0-9a-f]+ \(InService in short, not registered\)/),
    });
  }, 60_000);

  test('verifies a cluster that it did not make', async () => {
    await Promise.all([moto.deploy('foreign', 1), moto.registerWhenLaunched('foreign', 1)]);
    const inputs = { mode: 'verify', cluster: 'foreign', environment: '', 'stack-name': '' };
    const run = await moto.deploy('foreign', 1, { inputs });
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'registered-count': '1' } });
  }, 60_000);

  test('hides a NoEcho value that moto answers in clear', async () => {
    const [run] = await Promise.all([moto.deploy('hidden', 1), moto.registerWhenLaunched('hidden', 1)]);
    const [stack] = await stacks('hidden');
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
    const run = await moto.deploy('misspelt', 1, { files: { 'env/test.cfg': 'DesiredCount=five\nSubnet=subnet-1\n' } });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
    expect(await stacks('misspelt')).toEqual([]);
  });

  test('a run that is cancelled before its change set is executed leaves neither it nor a shell behind', async () => {
    const name = 'cancelled';
    const run = await moto.deploy(name, 1, { cancelAfter: /Stack cancelled/ });
    expect(run).toMatchObject({ conclusion: 'cancelled', post: { exitCode: 0 } });
    expect(await stacks(name)).toEqual([]);
  }, 60_000);
});
