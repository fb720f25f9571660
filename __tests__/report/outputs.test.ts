import { describe, expect, test } from '@jest/globals';
import type { ToldOutput } from '../../src/outcome.ts';
import { outputsOf } from '../../src/report/outputs.ts';
import { capacityShort, invalid, run, STACK_ID, succeeded, unchanged } from './fixtures.ts';

function withOutputs(...outputs: readonly ToldOutput[]) {
  return outputsOf(run({}, { outputs }));
}

describe('the outputs of a run', () => {
  test('are the stack’s under their own names, and ours, which are written last', () => {
    const { values, findings } = outputsOf(succeeded);
    expect([...values.keys()].slice(0, 2)).toEqual(['ClusterName', 'AutoScalingGroupName']);
    expect(Object.fromEntries(values)).toMatchObject({
      ClusterName: 'todobackend-dev-cluster',
      outcome: 'succeeded',
      'failure-reason': '',
      'stack-id': STACK_ID,
      'stack-status': 'CREATE_COMPLETE',
      'has-changes': 'true',
      replacements: '0',
      'cluster-arn': 'arn:aws:ecs:eu-west-1:385605022855:cluster/todobackend-dev-cluster',
      'registered-count': '3',
      'desired-count': '3',
    });
    expect(findings).toEqual([]);
  });

  test('a withheld output is in none of them', () => {
    const { values } = outputsOf(succeeded);
    expect(values.has('DatabaseUrl')).toBe(false);
    expect(JSON.parse(values.get('outputs') ?? '')).toEqual({
      ClusterName: 'todobackend-dev-cluster',
      AutoScalingGroupName: expect.stringContaining('ApplicationAutoscaling'),
    });
  });

  test('say why a run failed, and count what is replaced', () => {
    expect(Object.fromEntries(outputsOf(capacityShort).values)).toMatchObject({
      outcome: 'failed',
      'failure-reason': 'capacity-short',
      'registered-count': '2',
      'desired-count': '3',
      replacements: '1',
    });
    expect(outputsOf(unchanged).values.get('has-changes')).toBe('false');
  });

  test('what was never known is not set', () => {
    expect([...outputsOf(invalid).values.keys()]).toEqual(['outcome', 'failure-reason', 'outputs']);
  });

  test.each(['Outcome', 'OUTCOME', 'outcome', 'Report', 'outputs'])(
    'a stack output %s cannot replace ours: it is told inside `outputs` only, with a warning',
    (key) => {
      const { values, findings } = withOutputs({ key, value: 'forged' });
      expect([...values.keys()].filter((name) => name.toLowerCase() === 'outcome')).toEqual(['outcome']);
      expect(values.get('outcome')).toBe('succeeded');
      expect(JSON.parse(values.get('outputs') ?? '')).toEqual({ [key]: 'forged' });
      expect(findings).toMatchObject([{ level: 'warning', title: expect.stringContaining(key) }]);
    },
  );

  test('of two stack outputs whose names differ in case only, the first has the name', () => {
    const { values, findings } = withOutputs({ key: 'Url', value: 'first' }, { key: 'URL', value: 'second' });
    expect(values.get('Url')).toBe('first');
    expect(values.has('URL')).toBe(false);
    expect(findings).toHaveLength(1);
  });
});
