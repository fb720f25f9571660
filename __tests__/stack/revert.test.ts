import { expect, test } from '@jest/globals';
import { createRevertChangeSet, INSTEAD } from '../../src/stack/revert.ts';
import { FakeClock } from '../time/fake-clock.ts';
import { arnOf, FakeCloudFormation, refusal } from './fake-cloudformation.ts';

const NAME = 'muster-4711-2-0a1b2c3d';

function setUp() {
  const clock = new FakeClock(1_000_000);
  const cfn = new FakeCloudFormation(clock);
  const create = () =>
    createRevertChangeSet(
      { cfn, clock, signal: new AbortController().signal },
      {
        name: NAME,
        stackName: 'todo',
        stack: {
          id: arnOf('todo'),
          name: 'todo',
          status: 'UPDATE_COMPLETE',
          parameters: { Password: { value: '****' }, Image: { value: '/name', resolvedValue: 'ami-1' } },
          outputs: [],
          tags: { team: 'platform' },
          terminationProtection: false,
          lastOperations: [],
        },
        region: 'xx-south-9',
        capabilities: ['CAPABILITY_NAMED_IAM'],
        includeNested: true,
        locate: () => undefined,
      },
    );
  return { cfn, create };
}

test('what the stack was deployed from is all that is asked for', async () => {
  const { cfn, create } = setUp();
  cfn.changeSets.set(NAME, { Status: 'CREATE_COMPLETE', DeploymentMode: 'REVERT_DRIFT', Changes: [] });
  expect(await create()).toMatchObject({
    changeSet: { empty: false, type: 'UPDATE' },
    planned: { revertsDrift: true },
  });
  const [asked] = cfn.inputs;
  expect(asked).toMatchObject({
    UsePreviousTemplate: true,
    DeploymentMode: 'REVERT_DRIFT',
    IncludeNestedStacks: true,
    Parameters: [
      { ParameterKey: 'Password', UsePreviousValue: true },
      { ParameterKey: 'Image', UsePreviousValue: true },
    ],
  });
  for (const name of ['Tags', 'NotificationARNs', 'TemplateBody', 'OnStackFailure'])
    expect(asked).not.toHaveProperty(name);
});

test('a service that passes over the mode makes another change set, of which nothing is believed', async () => {
  const { cfn, create } = setUp();
  cfn.changeSets.set(NAME, {
    Status: 'FAILED',
    StatusReason: "The submitted information didn't contain changes.",
  });
  await expect(create()).rejects.toMatchObject({
    reason: 'change-set-failed',
    findings: [{ title: expect.stringContaining('no drift-aware change sets in xx-south-9'), remedy: INSTEAD }],
  });
});

test('a service that refuses the mode is quoted, with what can be done instead', async () => {
  const { cfn, create } = setUp();
  cfn.fail('createChangeSet', refusal('ValidationError', 'DeploymentMode REVERT_DRIFT is not supported'));
  await expect(create()).rejects.toMatchObject({
    reason: 'change-set-failed',
    findings: [{ message: 'DeploymentMode REVERT_DRIFT is not supported', remedy: INSTEAD }],
  });
});
