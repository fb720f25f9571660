import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { abortOnSignals } from '../../src/runner/cancellation.ts';

function start() {
  const source = new EventEmitter();
  const exits: number[] = [];
  return { source, exits, signal: abortOnSignals(source, (code) => exits.push(code)) };
}

describe('abortOnSignals', () => {
  test.each(['SIGINT', 'SIGTERM'])('%s aborts with a failure that says so, and does not exit', (name) => {
    const { source, exits, signal } = start();
    expect(signal.aborted).toBe(false);
    source.emit(name);
    expect(signal.reason).toMatchObject({
      name: 'Failure',
      reason: 'cancelled',
      findings: [{ level: 'error', message: expect.stringContaining(name) }],
    });
    // What becomes of what it owes is not known yet.
    expect(JSON.stringify(signal.reason)).not.toMatch(/clean(ed)? up/);
    expect(exits).toEqual([]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('a second signal, %s, exits at once with the code of shells', (name, code) => {
    const { source, exits } = start();
    source.emit('SIGINT');
    source.emit(name);
    expect(exits).toEqual([code]);
  });
});
