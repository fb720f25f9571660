import { StackStatus } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import { importByHand, updateByHand } from './by-hand.ts';
import { paste } from './paste.ts';
import type { ActionRun } from './run-action.ts';
import { lineOf, SMALL_TEMPLATE } from './small-stack.ts';
import { errors, minutes, stackSetting } from './stack-setting.ts';

const { aws, createByHand, deploy, fail, newStack, person, play, settled, statusOf } = stackSetting();

const changed = { 'parameter-overrides': 'Retention=30' };

/** The statuses that a deployment has met. */
const met = new Set<string>();

/** Makes sure that the stack is in the status that a deployment is about to meet. */
async function inStatus(stack: string, status: StackStatus): Promise<void> {
  expect(await statusOf(stack)).toBe(status);
  met.add(status);
}

const update = (stack: string, template?: string) => updateByHand(person(), stack, template);
const adopt = (stack: string, options?: { isNew: boolean }) => importByHand(person(), aws(), stack, options);

describe('a stack at rest that can be deployed', () => {
  test('none, and one that was deleted', async () => {
    const stack = newStack();
    expect(await deploy(stack)).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'CREATE_COMPLETE' } });
    const { Stacks } = await person().describeStacks({ StackName: stack });
    await person().deleteStack({ StackName: stack });
    await settled(stack);
    await inStatus(Stacks?.[0]?.StackId ?? '', 'DELETE_COMPLETE');
    expect(await deploy(stack)).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'CREATE_COMPLETE' } });
  }, 60_000);

  test('CREATE_COMPLETE and UPDATE_COMPLETE', async () => {
    const stack = newStack();
    await deploy(stack);
    await inStatus(stack, 'CREATE_COMPLETE');
    expect(await deploy(stack, changed)).toMatchObject({ outputs: { 'stack-status': 'UPDATE_COMPLETE' } });
    await inStatus(stack, 'UPDATE_COMPLETE');
    expect(await deploy(stack)).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
  }, 60_000);

  test('UPDATE_ROLLBACK_COMPLETE, with the root cause of the update at its line', async () => {
    const stack = newStack();
    await deploy(stack);
    fail('Logs', 'update');
    const failed = await deploy(stack, changed);
    expect(failed).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'rolled-back', 'stack-status': 'UPDATE_ROLLBACK_COMPLETE' },
    });
    expect(errors(failed)).toEqual([
      expect.objectContaining({
        file: 'stack.yml',
        line: lineOf(SMALL_TEMPLATE, '  Logs:'),
        message: expect.stringContaining('Logs will not update'),
      }),
    ]);
    play();
    await inStatus(stack, 'UPDATE_ROLLBACK_COMPLETE');
    expect(await deploy(stack, changed)).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
  }, 60_000);

  test('REVIEW_IN_PROGRESS: the shell of a person is created, and their change set goes with it', async () => {
    const stack = newStack();
    await person().createChangeSet({
      StackName: stack,
      ChangeSetName: 'by-hand',
      ChangeSetType: 'CREATE',
      TemplateBody: SMALL_TEMPLATE,
    });
    await inStatus(stack, 'REVIEW_IN_PROGRESS');
    expect(await deploy(stack)).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
    expect(await statusOf(stack)).toBe('CREATE_COMPLETE');
  }, 60_000);

  test('IMPORT_COMPLETE: what was imported is part of it', async () => {
    const stack = newStack();
    await deploy(stack);
    const files = await adopt(stack);
    await settled(stack);
    await inStatus(stack, 'IMPORT_COMPLETE');
    expect(await deploy(stack, {}, { files })).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' } });
    expect(await deploy(stack, changed, { files })).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
  }, 60_000);

  test('IMPORT_COMPLETE of a stack that was made of what there was', async () => {
    const stack = newStack();
    const files = await adopt(stack, { isNew: true });
    await settled(stack);
    await inStatus(stack, 'IMPORT_COMPLETE');
    const run = await deploy(stack, {}, { files });
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded', 'stack-status': 'UPDATE_COMPLETE' } });
  }, 60_000);

  test('IMPORT_ROLLBACK_COMPLETE: an import that failed has left the stack as it was', async () => {
    const stack = newStack();
    await deploy(stack);
    fail('Outsider', 'import');
    await adopt(stack);
    await settled(stack);
    play();
    await inStatus(stack, 'IMPORT_ROLLBACK_COMPLETE');
    expect(await deploy(stack)).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' } });
    expect(await deploy(stack, changed)).toMatchObject({ exitCode: 0, outputs: { outcome: 'succeeded' } });
  }, 60_000);
});

describe('a stack that only a person can bring on', () => {
  /** Refused, with the stack's status, and nothing changed or left. Returns the commands to paste. */
  async function stuckIn(stack: string, status: StackStatus): Promise<{ commands: string[]; message: string }> {
    play();
    await inStatus(stack, status);
    const run = await deploy(stack, changed);
    expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed', 'failure-reason': 'stack-stuck' } });
    expect(errors(run)).toHaveLength(1);
    expect(errors(run)[0]?.title).toContain(status);
    expect(await statusOf(stack)).toBe(status);
    const message = errors(run)[0]?.message ?? '';
    return { message, commands: message.match(/aws cloudformation .+/g) ?? [] };
  }

  /** Does what a pasted command does, and waits for it. The stack's status then. */
  async function pasted(stack: string, command: string | undefined): Promise<string | undefined> {
    await paste(person(), command);
    await settled(stack);
    return statusOf(stack);
  }

  test('ROLLBACK_COMPLETE, which may be replaced where that is permitted', async () => {
    const [replaced, deleted] = [newStack(), newStack()];
    fail('Logs', 'create');
    const failed = await deploy(replaced);
    expect(failed).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'rolled-back' } });
    const said = errors(failed).map(({ message }) => message);
    expect(said[0]).toContain(`aws cloudformation delete-stack --stack-name ${replaced} `);
    expect(said.join()).not.toContain('cancelled');
    await deploy(deleted);
    const { commands } = await stuckIn(deleted, 'ROLLBACK_COMPLETE');
    expect(commands).toEqual([expect.stringMatching(/ delete-stack /)]);
    expect(await pasted(deleted, commands[0])).toBeUndefined();
    expect(await deploy(replaced, { 'replace-failed-stack': 'true' })).toMatchObject({ exitCode: 0 });
    expect(await statusOf(replaced)).toBe('CREATE_COMPLETE');
  }, 60_000);

  test('CREATE_FAILED, kept on purpose', async () => {
    const stack = newStack();
    fail('Logs', 'create');
    const run = await deploy(stack, { 'on-failure': 'keep' });
    expect(run).toMatchObject({ outputs: { 'failure-reason': 'rolled-back' } });
    const { commands } = await stuckIn(stack, 'CREATE_FAILED');
    expect(commands).toEqual([expect.stringMatching(/ rollback-stack /), expect.stringMatching(/ delete-stack /)]);
    expect(await pasted(stack, commands[0])).toBeUndefined();
  }, 60_000);

  test('UPDATE_FAILED, kept on purpose', async () => {
    const stack = newStack();
    await deploy(stack);
    fail('Logs', 'update');
    expect(await deploy(stack, { ...changed, 'on-failure': 'keep' })).toMatchObject({ exitCode: 1 });
    const { commands } = await stuckIn(stack, 'UPDATE_FAILED');
    expect(await pasted(stack, commands[0])).toBe('UPDATE_ROLLBACK_COMPLETE');
  }, 60_000);

  test('ROLLBACK_FAILED, which a deletion may leave only by force', async () => {
    const stack = newStack();
    play(
      { logicalId: 'Logs', operation: 'create', fail: 'no room' },
      { logicalId: 'Cluster', operation: 'rollback', fail: 'still in use' },
    );
    const failed = await deploy(stack);
    expect(errors(failed)[0]?.message).toContain('no room');
    const { commands } = await stuckIn(stack, 'ROLLBACK_FAILED');
    fail('Cluster', 'delete');
    expect(await pasted(stack, commands[0])).toBe('DELETE_FAILED');
    expect(await pasted(stack, commands[1])).toBeUndefined();
  }, 60_000);

  test('UPDATE_ROLLBACK_FAILED, with the resources to skip', async () => {
    const stack = newStack();
    await deploy(stack);
    fail('Logs', 'update', 'rollback');
    const failed = await deploy(stack, changed);
    expect(failed).toMatchObject({ outputs: { 'failure-reason': 'rolled-back' } });
    expect(errors(failed)[0]?.message).toContain('--resources-to-skip Logs');
    const { commands } = await stuckIn(stack, 'UPDATE_ROLLBACK_FAILED');
    expect(commands[1]).toContain('--resources-to-skip Logs');
    fail('Logs', 'rollback');
    expect(await pasted(stack, commands[0])).toBe('UPDATE_ROLLBACK_FAILED');
    expect(await pasted(stack, commands[1])).toBe('UPDATE_ROLLBACK_COMPLETE');
  }, 60_000);

  test('DELETE_FAILED', async () => {
    const stack = newStack();
    await deploy(stack);
    fail('Cluster', 'delete');
    await person().deleteStack({ StackName: stack });
    await settled(stack);
    const { commands } = await stuckIn(stack, 'DELETE_FAILED');
    fail('Cluster', 'delete');
    expect(await pasted(stack, commands[1])).toBeUndefined();
  }, 60_000);

  test('IMPORT_ROLLBACK_FAILED, which AWS names no way on from', async () => {
    const stack = newStack();
    await deploy(stack);
    fail('Outsider', 'import', 'rollback');
    await adopt(stack);
    await settled(stack);
    const { commands, message } = await stuckIn(stack, 'IMPORT_ROLLBACK_FAILED');
    expect(message).toContain('Outsider will not import');
    expect(message).toContain('AWS Support');
    expect(await pasted(stack, commands[0])).toBe('IMPORT_ROLLBACK_FAILED');
    expect(await pasted(stack, commands[1])).toBeUndefined();
    const { logGroups } = await aws().services.logs.describeLogGroups({ logGroupNamePrefix: `${stack}-outsider` });
    expect(logGroups).toHaveLength(1);
  }, 60_000);
});

describe('a stack that is busy is waited for', () => {
  const EXTRA = SMALL_TEMPLATE.replace('Outputs:', '  Extra: { Type: AWS::Logs::LogGroup }\nOutputs:');
  const RENAMED = SMALL_TEMPLATE.replace('{ RetentionInDays:', '{ LogGroupName: !Ref AWS::StackName, RetentionInDays:');

  interface Busy {
    readonly status: StackStatus;
    /** Begins what the stack is busy with; the stack is up before, unless `isNew`. Returns files that fit it. */
    readonly begin: (stack: string) => Promise<unknown>;
    readonly isNew?: true;
    /** What becomes of the deployment that waited. */
    readonly then: 'succeeded' | 'unchanged' | 'stack-stuck';
  }
  const slow = (logicalId: string, operation: 'create' | 'update' | 'delete' | 'import' | 'rollback' | 'cleanup') =>
    ({ logicalId, operation, delayMs: minutes(20) }) as const;
  const failing = (logicalId: string, operation: 'create' | 'update' | 'import') =>
    ({ logicalId, operation, fail: `${logicalId} will not ${operation}` }) as const;

  const BUSY: readonly Busy[] = [
    {
      status: 'CREATE_IN_PROGRESS',
      isNew: true,
      begin(stack) {
        play(slow('Logs', 'create'));
        return createByHand(stack);
      },
      then: 'unchanged',
    },
    {
      status: 'ROLLBACK_IN_PROGRESS',
      isNew: true,
      begin(stack) {
        play(failing('Logs', 'create'), slow('Cluster', 'rollback'));
        return createByHand(stack);
      },
      then: 'stack-stuck',
    },
    {
      status: 'UPDATE_IN_PROGRESS',
      begin(stack) {
        play(slow('Logs', 'update'));
        return update(stack);
      },
      then: 'succeeded',
    },
    {
      status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      begin(stack) {
        play(slow('Logs', 'cleanup'));
        return update(stack, RENAMED);
      },
      then: 'succeeded',
    },
    {
      status: 'UPDATE_ROLLBACK_IN_PROGRESS',
      begin(stack) {
        play(failing('Logs', 'update'), slow('Logs', 'rollback'));
        return update(stack);
      },
      then: 'unchanged',
    },
    {
      status: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      begin(stack) {
        play(failing('Logs', 'update'), slow('Extra', 'rollback'));
        return update(stack, EXTRA.replace('DependsOn: Cluster', 'DependsOn: [Cluster, Extra]'));
      },
      then: 'unchanged',
    },
    {
      status: 'IMPORT_IN_PROGRESS',
      begin(stack) {
        play(slow('Outsider', 'import'));
        return adopt(stack);
      },
      then: 'succeeded',
    },
    {
      status: 'IMPORT_ROLLBACK_IN_PROGRESS',
      begin(stack) {
        play(failing('Outsider', 'import'), slow('Outsider', 'rollback'));
        return adopt(stack);
      },
      then: 'unchanged',
    },
    {
      status: 'DELETE_IN_PROGRESS',
      begin(stack) {
        play(slow('Logs', 'delete'));
        return person().deleteStack({ StackName: stack });
      },
      then: 'succeeded',
    },
  ];

  /** Until what comes before the status has passed. */
  async function comesTo(stack: string, status: string): Promise<void> {
    while ((await statusOf(stack)) !== status) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  const ended: (run: ActionRun) => string | undefined = ({ outputs }) => outputs['failure-reason'] || outputs.outcome;

  test.each(BUSY)(
    '$status, then $then',
    async ({ status, begin, isNew, then }) => {
      const stack = newStack();
      if (!isNew) {
        await createByHand(stack);
        await settled(stack);
      }
      await begin(stack);
      await comesTo(stack, status);
      await inStatus(stack, status);
      const run = await deploy(stack);
      expect(run.log).toContain(`${status}: waiting for the operation that is under way`);
      expect(ended(run)).toBe(then);
    },
    60_000,
  );

  test('and why another operation failed is a warning at its line', async () => {
    const stack = newStack();
    await createByHand(stack);
    await settled(stack);
    play({ ...failing('Logs', 'update'), delayMs: minutes(10) });
    await update(stack);
    const run = await deploy(stack);
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' } });
    expect(run.log).toContain('UPDATE_ROLLBACK_COMPLETE');
    expect(run.annotations).toContainEqual(
      expect.objectContaining({ level: 'warning', line: lineOf(SMALL_TEMPLATE, '  Logs:') }),
    );
  }, 60_000);
});

test('no status that a stack can be in has been left out', () => {
  expect(Object.values(StackStatus).filter((status) => !met.has(status))).toEqual([]);
});
