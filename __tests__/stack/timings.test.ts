import { describe, expect, test } from '@jest/globals';
import { underWaySentence } from '../../src/stack/progress.ts';
import { timingsOf } from '../../src/stack/timings.ts';
import { eventsOf } from './events-of.ts';

describe('timings', () => {
  test('run from the first event of a resource to its last', () => {
    const timings = timingsOf(
      eventsOf(
        { status: 'CREATE_IN_PROGRESS' },
        { logicalId: 'Group', status: 'CREATE_IN_PROGRESS' },
        { logicalId: 'Cluster', status: 'CREATE_IN_PROGRESS' },
        { logicalId: 'Group', status: 'CREATE_IN_PROGRESS', reason: 'Received SUCCESS signal' },
        { logicalId: 'Group', status: 'CREATE_COMPLETE' },
      ),
    );
    expect(timings).toEqual([
      {
        logicalId: 'Group',
        nestedIn: [],
        resourceType: 'AWS::ECS::Cluster',
        startedAt: 1_000,
        endedAt: 4_000,
        status: 'CREATE_COMPLETE',
      },
      {
        logicalId: 'Cluster',
        nestedIn: [],
        resourceType: 'AWS::ECS::Cluster',
        startedAt: 2_000,
        status: 'CREATE_IN_PROGRESS',
      },
    ]);
  });

  test('begin anew when something else is done to the resource', () => {
    const timings = timingsOf(
      eventsOf(
        { logicalId: 'Group', status: 'CREATE_IN_PROGRESS' },
        { logicalId: 'Group', status: 'CREATE_FAILED' },
        { logicalId: 'Group', status: 'DELETE_IN_PROGRESS' },
        { logicalId: 'Group', status: 'DELETE_COMPLETE' },
        { logicalId: 'Role', status: 'UPDATE_IN_PROGRESS' },
        { logicalId: 'Role', status: 'DELETE_IN_PROGRESS' },
      ),
    );
    expect(timings.map(({ logicalId, startedAt, endedAt }) => [logicalId, startedAt, endedAt])).toEqual([
      ['Group', 0, 1_000],
      ['Group', 2_000, 3_000],
      ['Role', 4_000, 5_000],
      ['Role', 5_000, undefined],
    ]);
  });

  test('keep resources of the same name in different stacks apart', () => {
    const events = eventsOf(
      { logicalId: 'Role', status: 'CREATE_IN_PROGRESS' },
      { logicalId: 'Role', nestedIn: ['Network'], status: 'CREATE_IN_PROGRESS' },
    );
    expect(timingsOf(events)).toHaveLength(2);
  });
});

test('what is under way is told longest first, five at most', () => {
  const events = eventsOf(
    ...['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((logicalId) => ({ logicalId, status: 'CREATE_IN_PROGRESS' })),
  );
  expect(underWaySentence(events, 60_000)).toBe(
    'Under way: A CREATE_IN_PROGRESS for 1m 00s; B CREATE_IN_PROGRESS for 59s; C CREATE_IN_PROGRESS for 58s; ' +
      'D CREATE_IN_PROGRESS for 57s; E CREATE_IN_PROGRESS for 56s, and 2 more.',
  );
  expect(underWaySentence([], 0)).toBe('No resource was being worked on.');
});
