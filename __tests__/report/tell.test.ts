import { describe, expect, test } from '@jest/globals';
import type { Run } from '../../src/outcome.ts';
import { checkRunOf } from '../../src/report/check-run.ts';
import { type Telling, tell } from '../../src/report/tell.ts';
import { Masks } from '../../src/runner/masks.ts';
import { ALL_RUNS, deployment, event, instance, rollCall, run, stack, succeeded } from './fixtures.ts';

const SECRET = 'p*ss_w|rd`"<1>';

/** Everything that is told of a run, as text. */
function everything(told: Telling): string {
  const { lastLines, annotations, summary, outputs, json } = told;
  const checkRun = checkRunOf(told.run);
  return [JSON.stringify([lastLines, annotations, [...outputs], checkRun]), summary, checkRun?.summary, json].join(
    '\n',
  );
}

/** A run with the secret in every text that comes from elsewhere. */
function leaking(): Run {
  const text = `before ${SECRET} after`;
  const resource = { logicalId: 'Topic', resourceType: 'AWS::SNS::Topic', physicalId: text };
  return run(
    {
      outcome: {
        outcome: 'failed',
        reason: 'rolled-back',
        findings: [
          { level: 'error', title: text, message: text, remedy: text, location: { file: 'stack.yml', line: 1 } },
        ],
      },
    },
    {
      findings: [{ level: 'warning', title: text, message: text }],
      resourceLocations: { Topic: { file: 'stack.yml', line: 3 } },
      stack: { ...stack('ROLLBACK_COMPLETE'), statusReason: text, tags: { [text]: text } },
      changes: [{ action: 'Modify', ...resource, changed: [text] }],
      deployment: deployment(
        [event(1, { ...resource, status: 'CREATE_FAILED', reason: text })],
        'ROLLBACK_COMPLETE',
        2,
      ),
      rollCall: rollCall({
        expected: { count: 1, source: text },
        missing: [instance(1, { group: text, statusReason: text })],
        unexpected: [instance(2, { group: text })],
      }),
      outputs: [
        { key: 'Url', value: text, description: text, exportName: text },
        { key: 'Safe', value: 'safe' },
      ],
    },
  );
}

describe('tell', () => {
  test('tells nothing that is masked, however it is escaped', () => {
    const masks = new Masks();
    masks.add(SECRET);
    const told = tell(leaking(), (text) => masks.hide(text));
    const text = everything(told);
    expect(text).not.toContain('ss_w');
    expect(text).not.toContain('ss\\\\_w');
    expect(text).not.toMatch(/p\\*\*ss/);
    expect(text).toContain('***');
    expect(told.outputs.has('Url')).toBe(false);
    expect(JSON.parse(told.outputs.get('outputs') ?? '')).toEqual({ Safe: 'safe' });
    expect(told.summary).toContain('_withheld: it holds a value that is masked_');
  });

  test('a masked value that looks like one of our own words changes no verdict', () => {
    const masks = new Masks();
    for (const word of ['succeeded', 'Add', 'complete', '3']) masks.add(word);
    const told = tell(succeeded, (text) => masks.hide(text));
    expect(told.outputs.get('outcome')).toBe('succeeded');
    expect(told.outputs.get('registered-count')).toBe('3');
    expect(told.summary).toContain('+&nbsp;add');
  });

  test('warns of an output that could not be given under its own name, everywhere', () => {
    const told = tell(run({}, { outputs: [{ key: 'Outcome', value: 'x' }] }), (text) => text);
    expect(told.annotations).toMatchObject([{ level: 'warning', title: expect.stringContaining('Outcome') }]);
    expect(told.summary).toContain('The stack output Outcome is not an output of this step');
    expect(told.json).toContain('The stack output Outcome is not an output of this step');
  });

  test.each(Object.entries(ALL_RUNS))('the same run is told the same: %s', (_, one) => {
    expect(tell(one, (text) => text)).toEqual(tell(one, (text) => text));
  });
});
