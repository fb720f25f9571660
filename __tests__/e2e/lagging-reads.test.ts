import { describe, expect, test } from '@jest/globals';
import type { ReadRule } from '../../emulator/types.ts';
import { errors, stackSetting } from './stack-setting.ts';

const { aws, deploy, newStack } = stackSetting();
const READS = ['DescribeStacks', 'DescribeStackEvents', 'DescribeChangeSet', 'ExecuteChangeSet'];
const lagging = (behind: ReadRule['behind'], probability = 1) =>
  READS.map((action): ReadRule => ({ when: { action, probability }, behind }));

describe.each([
  ['by a reading', lagging({ reads: 1 })],
  ['by a second and a half', lagging({ ms: 1_500 })],
  ['by a second and a half, now and then', lagging({ ms: 1_500 }, 0.5)],
])('reads that are behind %s', (_, reads) => {
  test('change no verdict', async () => {
    const stack = newStack();
    aws().play({
      reads,
      resources: [{ logicalId: 'Logs', operation: 'update', fail: 'Logs will not be updated', times: 1 }],
    });
    const changed = { 'parameter-overrides': 'Retention=30' };

    const created = await deploy(stack);
    expect(created).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'CREATE_COMPLETE' } });

    const rolledBack = await deploy(stack, changed);
    expect(rolledBack).toMatchObject({
      exitCode: 1,
      outputs: { 'failure-reason': 'rolled-back', 'stack-status': 'UPDATE_ROLLBACK_COMPLETE' },
    });
    expect(errors(rolledBack).map(({ message }) => message)).toEqual([
      expect.stringContaining('Logs will not be updated'),
    ]);

    const updated = await deploy(stack, changed);
    expect(updated).toMatchObject({ exitCode: 0, outputs: { 'stack-status': 'UPDATE_COMPLETE' } });
    expect(updated.annotations.filter(({ level }) => level !== 'notice')).toEqual([]);

    expect(await deploy(stack, changed)).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' } });
    const planned = await deploy(stack, { mode: 'plan' });
    expect(planned).toMatchObject({ exitCode: 0, outputs: { 'has-changes': 'true' } });
    const drift = await deploy(stack, { mode: 'drift', ...changed });
    expect(drift).toMatchObject({ exitCode: 0, outputs: { 'drift-status': 'in-sync' } });
  }, 180_000);
});
