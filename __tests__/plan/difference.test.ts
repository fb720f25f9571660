import { describe, expect, test } from '@jest/globals';
import { planDifference } from '../../src/plan/difference.ts';

const record = (more: object = {}) => ({
  fingerprint: 'one',
  template: 't',
  parameters: { Desired: 'a', Image: 'b', 'Image (SSM)': 'c' },
  changes: ['Modify A Properties.X False'],
  ...more,
});
const now = (more: object) => record({ fingerprint: 'two', ...more });

describe('the difference between what was reviewed and what would happen', () => {
  test('is none where the fingerprints are the same', () => {
    expect(planDifference(record(), record())).toBeUndefined();
  });

  test('names the template, each parameter, and each change', () => {
    const difference = planDifference(
      record(),
      now({
        template: 'u',
        parameters: { Desired: 'z', Image: 'b', 'Image (SSM)': 'c', New: 'n' },
        changes: ['Remove B - -'],
      }),
    );
    expect(difference).toEqual({
      onlySsm: false,
      sentences: [
        'the template is another than the one that was reviewed',
        'parameter Desired has another value',
        'parameter New was not there',
        'now, and not in the plan: Remove B - -',
        'in the plan, and not now: Modify A Properties.X False',
      ],
    });
  });

  test('is only that of an SSM value where nothing else that was written differs', () => {
    const difference = planDifference(
      record(),
      now({
        parameters: { Desired: 'a', Image: 'b', 'Image (SSM)': 'd' },
        changes: ['Modify A Properties.X False', 'Modify Launch Properties.LaunchTemplateData False'],
      }),
    );
    expect(difference?.onlySsm).toBe(true);
    expect(difference?.sentences[0]).toBe('the SSM parameter that Image names has a newer value');
  });

  test('is that of the live stack where nothing that was carried along differs', () => {
    const { changes: _, ...short } = record();
    expect(planDifference(short, now({}))).toEqual({
      onlySsm: false,
      sentences: ['the live stack is not what it was when the plan was made'],
    });
  });

  test('may be a parameter where the comment had no room for them', () => {
    const { changes: _, ...short } = record({ parameters: {} });
    expect(planDifference(short, now({}))?.sentences).toEqual([
      'a parameter has another value, for which the comment had no room, or the live stack is not what it was when the plan was made',
    ]);
  });

  test('of many changes is counted', () => {
    const changes = Array.from({ length: 40 }, (_, n) => `Add R${n} - -`);
    expect(planDifference(record(), now({ changes }))?.sentences.at(-1)).toBe('and 29 more differences');
  });
});
