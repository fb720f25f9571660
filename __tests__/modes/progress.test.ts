import { expect, test } from '@jest/globals';
import { eventTeller } from '../../src/modes/progress.ts';
import type { Ledger } from '../../src/outcome.ts';
import { outputsOf } from '../../src/report/outputs.ts';
import type { Log } from '../../src/runner/runner.ts';
import type { Stack } from '../../src/stack/model.ts';
import { eventsOf } from '../stack/events-of.ts';
import { arnOf } from '../stack/fake-cloudformation.ts';
import { FakeClock } from '../time/fake-clock.ts';

const log: Log = { line: () => {}, debug: () => {}, group: () => {}, endGroup: () => {} };
const stack: Stack = {
  id: arnOf('todo'),
  name: 'todo',
  status: 'UPDATE_ROLLBACK_COMPLETE',
  statusReason: 'of the update before',
  parameters: {},
  outputs: [],
  tags: {},
  terminationProtection: false,
  lastOperations: [],
};

test('a run that is cut off tells the status that the stack was last seen in, not the one from before', () => {
  const ledger: Ledger = { findings: [], stack };
  const tell = eventTeller(ledger, log, new FakeClock(0));
  tell(eventsOf({ status: 'UPDATE_IN_PROGRESS' }, { logicalId: 'Cluster', status: 'UPDATE_COMPLETE' }));
  const outcome = { outcome: 'failed', reason: 'timed-out', findings: [] } as const;
  const { values } = outputsOf({ mode: 'deploy', startedAt: 0, endedAt: 1, outcome, ledger });
  expect(values.get('stack-status')).toBe('UPDATE_IN_PROGRESS');
  expect(ledger.stack).not.toHaveProperty('statusReason');
});

test('the status of another stack is none of this one', () => {
  const ledger: Ledger = { findings: [], stack: { ...stack, id: arnOf('another') } };
  eventTeller(ledger, log, new FakeClock(0))(eventsOf({ status: 'DELETE_IN_PROGRESS' }));
  expect(ledger.stack?.status).toBe('UPDATE_ROLLBACK_COMPLETE');
});

test('a deployment whose end is not known goes on until it is reported, however long nothing has happened', () => {
  const clock = new FakeClock(0);
  const cut: Ledger = { findings: [] };
  eventTeller(cut, log, clock)(eventsOf({ status: 'CREATE_IN_PROGRESS' }));
  clock.pass(3_600_000);
  expect(cut.deployment).toMatchObject({ startedAt: 0, endedAt: 3_600_000 });
});
