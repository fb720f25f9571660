import { describe, expect, test } from '@jest/globals';
import type { Ledger } from '../../src/outcome.ts';
import { rollCallNumbers, verdict } from '../../src/report/verdict.ts';
import { FAILURE_REASONS, type FailureReason } from '../../src/types.ts';
import {
  capacityOver,
  capacityShort,
  deployment,
  invalid,
  rollCall,
  rolledBack,
  run,
  silent,
  succeeded,
  unchanged,
} from './fixtures.ts';

function failed(reason: FailureReason, ledger: Partial<Ledger> = {}, mode = 'deploy'): string {
  return verdict(run({ mode, outcome: { outcome: 'failed', reason, findings: [] } }, ledger));
}

describe('the verdict', () => {
  test.each([
    [succeeded, 'todobackend-dev is deployed: all 3 container instances answered the roll call.'],
    [unchanged, 'Nothing to change in todobackend-dev: the one container instance answered the roll call.'],
    [rolledBack, 'The deployment of todobackend-dev failed and was rolled back.'],
    [capacityShort, 'todobackend-dev is deployed, but only 2 of 3 container instances answered the roll call.'],
    [capacityOver, 'todobackend-dev is up to date, but 5 container instances are registered where 3 are expected.'],
    [invalid, 'Nothing was deployed: 3 problems in the configuration.'],
  ])('%#: %s', (told, sentence) => {
    expect(verdict(told)).toBe(sentence);
  });

  test('never says that nothing was deployed once something was', () => {
    const done = { deployment: deployment([], 'CREATE_COMPLETE', 1) };
    expect(failed('invalid-config', done)).toBe(
      'todobackend-dev is deployed, but the roll was not called: 0 problems in the configuration.',
    );
    const none = { changeSet: { id: 'arn', name: 'muster', type: 'UPDATE', empty: true } } as const;
    expect(failed('invalid-config', none)).toMatch(/^todobackend-dev is up to date, but the roll was not called: /);
    expect(failed('access-denied', done)).toBe(
      'todobackend-dev is deployed, but the roll was not called: a permission is missing.',
    );
    expect(failed('invalid-config', {}, 'verify')).toMatch(/^The roll was not called: /);
  });

  test('says what came of it where AWS takes the job’s calls no more', () => {
    expect(failed('access-denied')).toBe('Nothing was deployed: a permission is missing.');
    expect(failed('credentials', {}, 'plan')).toBe('Nothing was planned: there are no valid AWS credentials.');
    const begun = { deployment: { ...deployment([], 'CREATE_IN_PROGRESS', 1), succeeded: false } };
    expect(failed('credentials', begun)).toBe(
      'The wait for todobackend-dev ended before the result was known: there are no valid AWS credentials.',
    );
    expect(failed('plan-changed')).toBe(
      'Nothing was deployed: no plan has shown what would become of todobackend-dev.',
    );
  });

  test('of the only container instance that is expected', () => {
    const none = rollCall({ verdict: 'short', expected: { count: 1, source: 'the template' }, registeredCount: 0 });
    expect(failed('capacity-short', { rollCall: none })).toBe(
      'todobackend-dev is deployed, but the one container instance did not answer the roll call.',
    );
    expect(failed('capacity-short', { rollCall: none }, 'verify')).toBe(
      'The one container instance of todobackend-dev-cluster did not answer the roll call.',
    );
  });

  test('of a roll call alone names the cluster', () => {
    const ledger = { rollCall: rollCall() };
    expect(verdict(run({ mode: 'verify' }, ledger))).toBe(
      'All 3 container instances of todobackend-dev-cluster answered the roll call.',
    );
    const short = rollCall({ verdict: 'short', registeredCount: 0, missing: [silent(1)] });
    expect(failed('capacity-short', { rollCall: short }, 'verify')).toBe(
      'None of 3 container instances of todobackend-dev-cluster answered the roll call.',
    );
  });

  test('a cluster that shall be empty is empty', () => {
    const empty = rollCall({ expected: { count: 0, source: 'the template' }, registeredCount: 0, answered: [] });
    expect(verdict(run({}, { rollCall: empty }))).toBe(
      'todobackend-dev is deployed: no container instance is expected, and none is registered.',
    );
  });

  test('short though the number is right: who did not answer is what counts', () => {
    const silentOne = rollCall({ verdict: 'short', missing: [silent(4)] });
    expect(failed('capacity-short', { rollCall: silentOne })).toBe(
      'todobackend-dev is deployed, but 1 container instance did not answer the roll call.',
    );
    const inactive = rollCall({ verdict: 'short', clusterStatus: 'INACTIVE' });
    expect(failed('capacity-short', { rollCall: inactive })).toContain(
      'the cluster todobackend-dev-cluster is INACTIVE.',
    );
  });

  test('a stack that could not be rolled back, or was deleted or kept, is told as it is', () => {
    const endedAs = (status: string) => failed('rolled-back', { deployment: deployment([], status, 1) });
    expect(endedAs('UPDATE_ROLLBACK_FAILED')).toBe(
      'The deployment of todobackend-dev failed: the stack is UPDATE_ROLLBACK_FAILED.',
    );
    expect(endedAs('DELETE_COMPLETE')).toBe('The deployment of todobackend-dev failed and the new stack was deleted.');
    expect(endedAs('CREATE_FAILED')).toBe('The deployment of todobackend-dev failed: the stack is CREATE_FAILED.');
  });

  test.each(Object.keys(FAILURE_REASONS).filter((key): key is FailureReason => key in FAILURE_REASONS))(
    '%s is one sentence, also when nothing else is known',
    (reason) => {
      expect(failed(reason, { stackName: 'app' })).toMatch(/^[A-Z\da][^\n]+\.$/);
    },
  );

  test('the numbers are the roll call’s', () => {
    expect(rollCallNumbers(rollCall({ registeredCount: 2 }))).toBe('registered 2 of 3');
    expect(rollCallNumbers(rollCall({ registeredCount: 5 }))).toBe('registered 5, expected 3');
  });
});
