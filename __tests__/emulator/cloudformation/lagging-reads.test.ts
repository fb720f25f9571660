import { describe, expect, test } from '@jest/globals';
import type { ReadRule } from '../../../emulator/types.ts';
import { startEngine } from './support.ts';

const sized = (size: number) =>
  `Parameters: { Size: { Type: Number, Default: ${size} } }\nResources: { A: { Type: Test::Thing, Properties: { Size: !Ref Size } } }\n`;

const afterReads = (action: string, reads: number): ReadRule => ({ when: { action }, behind: { reads } });

/** A stack in CREATE_COMPLETE, which every read tells, and reads that are behind from then on. */
async function engineWith(...reads: ReadRule[]) {
  const aws = startEngine();
  await aws.create('app', sized(1));
  await new Promise((resolve) => setTimeout(resolve, 2)); // what comes next has a later timestamp
  aws.scenarios.play({ reads });
  const stack = async (StackName = 'app') => {
    const [one] = (await aws.client.describeStacks({ StackName })).Stacks ?? [];
    return { status: one?.StackStatus, size: one?.Parameters?.[0]?.ParameterValue, changeSet: one?.ChangeSetId };
  };
  const at = { ...aws, stack, idle: () => new Promise((resolve) => setTimeout(resolve, 20)) };
  return at;
}

describe('DescribeStacks that is behind', () => {
  test('tells the stack before a write so many times, with the parameters of then', async () => {
    await using aws = await engineWith(afterReads('DescribeStacks', 2));
    await aws.client.updateStack({ StackName: 'app', TemplateBody: sized(2) });
    await aws.idle();
    const read = [await aws.stack(), await aws.stack(), await aws.stack()];
    expect(read.map(({ status, size }) => [status, size])).toEqual([
      ['CREATE_COMPLETE', '1'],
      ['CREATE_COMPLETE', '1'],
      ['UPDATE_COMPLETE', '2'],
    ]);
  });

  test('comes to each status in turn', async () => {
    await using aws = await engineWith(afterReads('DescribeStacks', 1));
    await aws.client.updateStack({ StackName: 'app', TemplateBody: sized(2) });
    expect((await aws.stack()).status).toBe('CREATE_COMPLETE');
    await aws.idle();
    expect((await aws.stack()).status).toBe('UPDATE_IN_PROGRESS');
    expect((await aws.stack()).status).toBe('UPDATE_COMPLETE');
  });

  test('knows of a new stack later, and of a deleted one longer', async () => {
    await using aws = await engineWith(afterReads('DescribeStacks', 1));
    await aws.client.createStack({ StackName: 'new', TemplateBody: sized(1) });
    await aws.idle();
    await expect(aws.stack('new')).rejects.toThrow('Stack with id new does not exist');
    expect((await aws.stack('new')).status).toBe('CREATE_COMPLETE');
    await aws.client.deleteStack({ StackName: 'app' });
    await aws.idle();
    expect((await aws.stack()).status).toBe('CREATE_COMPLETE');
    await expect(aws.stack()).rejects.toThrow('Stack with id app does not exist');
  });

  test('by a time tells what was before it, and of other stacks everything', async () => {
    await using aws = await engineWith({
      when: { action: 'Describe*', stackName: 'ap' },
      behind: { ms: 3_600_000 },
    });
    await aws.client.updateStack({ StackName: 'app', TemplateBody: sized(2) });
    await aws.client.createStack({ StackName: 'other', TemplateBody: sized(1) });
    await aws.idle();
    expect((await aws.stack()).status).toBe('CREATE_COMPLETE');
    expect((await aws.stack('other')).status).toBe('CREATE_COMPLETE');
    aws.scenarios.play({});
    expect((await aws.stack()).status).toBe('UPDATE_COMPLETE');
  });

  test('some of the time tells less than it did before', async () => {
    await using aws = await engineWith({
      when: { action: 'DescribeStacks', probability: 0.5 },
      behind: { ms: 3_600_000 },
    });
    await aws.client.updateStack({ StackName: 'app', TemplateBody: sized(2) });
    await aws.idle();
    const told: (string | undefined)[] = [];
    for (let read = 0; read < 20; read++) told.push((await aws.stack()).status);
    expect(told.join(' ')).toContain('UPDATE_COMPLETE CREATE_COMPLETE');
  });
});

test('DescribeStackEvents that is behind lacks the newest events, and of a new stack all', async () => {
  await using aws = await engineWith(afterReads('DescribeStackEvents', 1));
  const before = await aws.events('app');
  await aws.client.updateStack({ StackName: 'app', TemplateBody: sized(2) });
  await aws.idle();
  expect(await aws.events('app')).toEqual(before);
  expect((await aws.events('app')).at(-1)).toBe('app UPDATE_COMPLETE');
  await aws.client.createStack({ StackName: 'new', TemplateBody: sized(1) });
  await aws.idle();
  await expect(aws.events('new')).rejects.toThrow('Stack [new] does not exist');
  expect((await aws.events('new')).at(-1)).toBe('new CREATE_COMPLETE');
});

test.each(['DescribeChangeSet', 'ExecuteChangeSet', 'GetTemplate'])(
  '%s that is behind does not find a change set that was just made',
  async (action) => {
    await using aws = await engineWith(afterReads(action, 1));
    const { Id } = await aws.client.createChangeSet({
      StackName: 'app',
      ChangeSetName: 'one',
      TemplateBody: sized(2),
    });
    await aws.idle();
    const read = async (): Promise<unknown> => {
      if (action === 'GetTemplate') return aws.client.getTemplate({ ChangeSetName: Id });
      if (action === 'DescribeChangeSet') return aws.client.describeChangeSet({ ChangeSetName: Id });
      return aws.client.executeChangeSet({ ChangeSetName: Id });
    };
    await expect(read()).rejects.toMatchObject({ name: 'ChangeSetNotFoundException' });
    await expect(read()).resolves.toBeDefined();
  },
);
