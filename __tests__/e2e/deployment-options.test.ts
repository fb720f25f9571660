import { describe, expect, test } from '@jest/globals';
import { updateByHand } from './by-hand.ts';
import type { ActionRun } from './run-action.ts';
import { lineOf, SMALL_FILES, SMALL_TEMPLATE } from './small-stack.ts';
import { errors, minutes, stackSetting } from './stack-setting.ts';

const { aws, createByHand, deploy, fail, leftChangeSets, newStack, person, play, settled, statusOf } = stackSetting();

const changed = { 'parameter-overrides': 'Retention=30' };

describe('a deployment', () => {
  test('creates, finds nothing to change, updates, and leaves no change sets', async () => {
    const stack = newStack();
    expect(await deploy(stack)).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded', 'stack-status': 'CREATE_COMPLETE' },
    });
    expect(await deploy(stack)).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'unchanged', 'has-changes': 'false' },
    });
    expect(await deploy(stack, changed)).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded', 'stack-status': 'UPDATE_COMPLETE', 'has-changes': 'true', replacements: '0' },
    });
    expect(await leftChangeSets(stack)).toEqual([]);
  }, 60_000);

  test('of outputs alone is a change', async () => {
    const stack = newStack();
    await deploy(stack);
    const files = { ...SMALL_FILES, 'stack.yml': `${SMALL_TEMPLATE}  Extra: { Value: !Ref Cluster }\n` };
    expect(await deploy(stack, {}, { files })).toMatchObject({
      exitCode: 0,
      outputs: { outcome: 'succeeded', 'has-changes': 'true', Extra: expect.stringContaining(stack) },
    });
  }, 60_000);

  test('is refused before it begins where what AWS looks up leaves the template without its cluster', async () => {
    const stack = newStack();
    await aws().services.ssm.putParameter({ Name: `/${stack}/mode`, Value: 'without', Type: 'String' });
    const template = SMALL_TEMPLATE.replace('Parameters:', 'Parameters:\n  Mode: { Type: String }')
      .replace('Resources:', 'Conditions: { HasCluster: !Equals [!Ref Mode, with] }\nResources:')
      .replace('Cluster: { Type: AWS::ECS::Cluster }', 'Cluster: { Type: AWS::ECS::Cluster, Condition: HasCluster }')
      .replace(/!Sub '.*'/, 'echo')
      .replace('    DependsOn: Cluster\n', '')
      .replace('  ClusterArn: { Value: !GetAtt Cluster.Arn }\n', '');
    const files = {
      'stack.yml': template,
      'env/dev.cfg': null,
      'env/dev.yml': `parameters: { Retention: 7, Password: none, Mode: !Ssm /${stack}/mode }\n`,
    };
    const run = await deploy(stack, {}, { files });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'invalid-config' } });
    expect(errors(run)).toMatchObject([{ title: 'The template has no ECS cluster' }]);
    expect(await statusOf(stack)).toBeUndefined();
  }, 60_000);

  test('waits no longer than busy-timeout for another operation: red, with what was going on', async () => {
    const stack = newStack();
    play({ logicalId: 'Logs', operation: 'create', delayMs: minutes(600) });
    await createByHand(stack);
    const run = await deploy(stack, { 'busy-timeout': '2s' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'stack-busy' } });
    expect(errors(run)[0]?.message).toContain('Logs');
  }, 60_000);

  test('takes no longer than stack-timeout: red, goes on, and the next run attaches', async () => {
    const stack = newStack();
    play({ logicalId: 'Logs', operation: 'create', delayMs: minutes(60) });
    const late = await deploy(stack, { 'stack-timeout': '2s' });
    expect(late).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'timed-out' } });
    expect(errors(late)[0]?.message).toContain('Logs');
    expect(await statusOf(stack)).toBe('CREATE_IN_PROGRESS');
    const next = await deploy(stack);
    expect(next).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged', 'stack-status': 'CREATE_COMPLETE' } });
  }, 60_000);

  test('replaces no failed stack under termination protection', async () => {
    const stack = newStack();
    fail('Logs', 'create');
    await deploy(stack);
    play();
    await person().updateTerminationProtection({ StackName: stack, EnableTerminationProtection: true });
    const run = await deploy(stack, { 'replace-failed-stack': 'true' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'stack-stuck' } });
    expect(errors(run)[0]?.message).toContain('--no-enable-termination-protection');
    expect(await statusOf(stack)).toBe('ROLLBACK_COMPLETE');
  }, 60_000);
});

describe('the timeline of a run', () => {
  const hasTimeline = ({ summary, report }: ActionRun) => ({
    inSummary: /```mermaid/.test(summary),
    inReport: JSON.stringify(report).includes('"deployment":'),
  });
  const neither = { inSummary: false, inReport: false };
  const both = { inSummary: true, inReport: true };

  test('is not that of another operation, which was waited for before the run failed', async () => {
    const stack = newStack();
    await createByHand(stack);
    await settled(stack);
    play({ logicalId: 'Logs', operation: 'update', delayMs: minutes(10) });
    await updateByHand(person(), stack);
    const template = SMALL_TEMPLATE.replace(
      'AWS::ECS::Cluster }',
      'AWS::ECS::Cluster, Properties: { ClusterName: o } }',
    );
    const run = await deploy(
      stack,
      { 'fail-on-replacement': 'any' },
      { files: { ...SMALL_FILES, 'stack.yml': template } },
    );
    expect(run.log).toContain('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'replacement-refused' } });
    expect(hasTimeline(run)).toEqual(neither);
  }, 60_000);

  test('is not that of the deletion of the failed stack that it replaces', async () => {
    const stack = newStack();
    fail('Logs', 'create');
    await deploy(stack);
    aws().play({
      calls: [{ when: { action: 'CreateChangeSet' }, then: { error: 'InsufficientCapabilitiesException' } }],
    });
    const run = await deploy(stack, { 'replace-failed-stack': 'true' });
    expect(run.log).toContain('DELETE_COMPLETE');
    expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed' } });
    expect(run.outputs['stack-id']).toBeUndefined();
    expect(hasTimeline(run)).toEqual(neither);
    expect(run.summary).not.toContain(`:stack/${stack}/`);
  }, 60_000);

  test('is that of the operation which has made the stack what this run found', async () => {
    const stack = newStack();
    play({ logicalId: 'Logs', operation: 'create', delayMs: minutes(10) });
    await createByHand(stack);
    const run = await deploy(stack);
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'unchanged' } });
    expect(hasTimeline(run)).toEqual(both);
  }, 60_000);

  test('is that of the operation which the run could wait for no longer', async () => {
    const stack = newStack();
    play({ logicalId: 'Logs', operation: 'create', delayMs: minutes(600) });
    await createByHand(stack);
    const run = await deploy(stack, { 'busy-timeout': '2s' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'stack-busy' } });
    expect(hasTimeline(run)).toEqual(both);
  }, 60_000);
});

describe('on-failure and fail-on-replacement', () => {
  test('delete leaves no stack behind', async () => {
    const stack = newStack();
    fail('Logs', 'create');
    const run = await deploy(stack, { 'on-failure': 'delete' });
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'rolled-back' } });
    expect(errors(run)[0]?.message).toContain('Logs will not create');
    expect(await statusOf(stack)).toBeUndefined();
  }, 60_000);

  test('a protected replacement is refused before anything is changed', async () => {
    const stack = newStack();
    await deploy(stack);
    const template = SMALL_TEMPLATE.replace(
      '  Cluster: { Type: AWS::ECS::Cluster }',
      '  Cluster: { Type: AWS::ECS::Cluster, Properties: { ClusterName: other } }',
    );
    const run = await deploy(
      stack,
      { 'fail-on-replacement': 'AWS::ECS::Cluster' },
      { files: { ...SMALL_FILES, 'stack.yml': template } },
    );
    expect(run).toMatchObject({ exitCode: 1, outputs: { 'failure-reason': 'replacement-refused' } });
    expect(errors(run)).toEqual([expect.objectContaining({ file: 'stack.yml', line: lineOf(template, '  Cluster:') })]);
    expect(await statusOf(stack)).toBe('CREATE_COMPLETE');
    expect(await leftChangeSets(stack)).toEqual([]);
  }, 60_000);

  test('termination protection is set as asked', async () => {
    const stack = newStack();
    await deploy(stack, { 'termination-protection': 'true' });
    expect((await person().describeStacks({ StackName: stack })).Stacks?.[0]?.EnableTerminationProtection).toBe(true);
  }, 60_000);
});
