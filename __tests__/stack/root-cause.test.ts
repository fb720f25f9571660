import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StackEvent } from '../../src/stack/model.ts';
import { failuresOf } from '../../src/stack/root-cause.ts';
import { eventsOf } from './events-of.ts';
import { arnOf, STACK_TYPE } from './fake-cloudformation.ts';

const names = (causes: readonly { nestedIn: readonly string[]; logicalId: string }[]) =>
  causes.map(({ nestedIn, logicalId }) => [...nestedIn, logicalId].join('/'));

const begun = { status: 'CREATE_IN_PROGRESS' };
const rollingBack = { status: 'ROLLBACK_IN_PROGRESS', reason: 'The following resource(s) failed to create: [Group].' };
const cancelled = { status: 'CREATE_FAILED', reason: 'Resource creation cancelled' };

describe('the root cause', () => {
  test('is the failure, not the cancellations before or after it, nor the rollback', () => {
    const { causes, aftermath } = failuresOf(
      eventsOf(
        begun,
        { ...cancelled, logicalId: 'Early' },
        { logicalId: 'Group', status: 'CREATE_FAILED', reason: 'Received 0 SUCCESS signal(s) out of 1' },
        { ...cancelled, logicalId: 'Late' },
        rollingBack,
        { logicalId: 'Group', status: 'DELETE_IN_PROGRESS' },
        { status: 'ROLLBACK_COMPLETE' },
      ),
    );
    expect(names(causes)).toEqual(['Group']);
    expect(causes[0]?.reason).toBe('Received 0 SUCCESS signal(s) out of 1');
    expect(aftermath).toEqual([]);
  });

  test('is what the hook said that refused a resource', () => {
    const hook = 'Private::Guard::SecurityHook';
    const refusal = `${hook}: Hook failed with message: encryption is off`;
    const { causes } = failuresOf(
      eventsOf(
        begun,
        { logicalId: 'Another', status: 'CREATE_IN_PROGRESS', reason: `${hook}: not this one`, refusedBy: hook },
        { logicalId: 'Group', status: 'CREATE_IN_PROGRESS', reason: 'Org::Warns: a warning', refusedBy: 'Org::Warns' },
        { logicalId: 'Group', status: 'CREATE_IN_PROGRESS', reason: refusal, refusedBy: hook },
        { logicalId: 'Group', status: 'CREATE_FAILED', reason: `The following hook(s) failed: [${hook}]` },
        rollingBack,
      ),
    );
    expect(causes.map(({ reason }) => reason)).toEqual([`The following hook(s) failed: [${hook}]\n${refusal}`]);
  });

  test('can be several, earliest first, each resource once', () => {
    const { causes } = failuresOf(
      eventsOf(
        begun,
        { logicalId: 'B', status: 'CREATE_FAILED', reason: 'b' },
        { logicalId: 'A', status: 'CREATE_FAILED', reason: 'a' },
        { logicalId: 'B', status: 'CREATE_FAILED', reason: 'again' },
      ),
    );
    expect(names(causes)).toEqual(['B', 'A']);
    expect(causes[0]?.reason).toBe('b');
  });

  test('is a reason that merely speaks of a cancellation', () => {
    const { causes } = failuresOf(
      eventsOf(begun, {
        logicalId: 'Group',
        status: 'UPDATE_FAILED',
        reason: 'The instance refresh was cancelled by a user',
      }),
    );
    expect(names(causes)).toEqual(['Group']);
  });

  test('is the innermost failure of nested stacks', () => {
    const { causes } = failuresOf(
      eventsOf(
        begun,
        { nestedIn: ['Network', 'Inner'], logicalId: 'Subnet', status: 'CREATE_FAILED', reason: 'CIDR conflict' },
        { nestedIn: ['Network', 'Inner'], status: 'ROLLBACK_IN_PROGRESS', reason: 'failed to create: [Subnet]' },
        {
          nestedIn: ['Network'],
          logicalId: 'Inner',
          resourceType: STACK_TYPE,
          physicalId: arnOf('Inner'),
          status: 'CREATE_FAILED',
          reason: 'Embedded stack was not successfully created',
        },
        {
          logicalId: 'Network',
          resourceType: STACK_TYPE,
          physicalId: arnOf('Network'),
          status: 'CREATE_FAILED',
          reason: 'Embedded stack was not successfully created',
        },
        rollingBack,
      ),
    );
    expect(names(causes)).toEqual(['Network/Inner/Subnet']);
  });

  test('is the nested stack where nothing inside it explains it', () => {
    const { causes } = failuresOf(
      eventsOf(
        begun,
        { nestedIn: ['Network'], logicalId: 'Vpc', status: 'CREATE_FAILED', reason: 'Resource creation cancelled' },
        {
          logicalId: 'Network',
          resourceType: STACK_TYPE,
          physicalId: arnOf('Network'),
          status: 'CREATE_FAILED',
          reason: 'Template error',
        },
        rollingBack,
      ),
    );
    expect(names(causes)).toEqual(['Network']);
  });

  test('is what the stack itself says when no resource failed', () => {
    const { causes } = failuresOf(
      eventsOf({ status: 'UPDATE_IN_PROGRESS' }, { status: 'UPDATE_ROLLBACK_IN_PROGRESS', reason: 'User Initiated' }),
    );
    expect(causes).toMatchObject([{ logicalId: 'todo', reason: 'User Initiated' }]);
  });

  test('of a deletion is what could not be deleted', () => {
    const { causes } = failuresOf(
      eventsOf(
        { status: 'DELETE_IN_PROGRESS' },
        { logicalId: 'Cluster', status: 'DELETE_FAILED', reason: 'The cluster cannot be deleted' },
        { status: 'DELETE_FAILED', reason: 'The following resource(s) failed to delete: [Cluster].' },
      ),
    );
    expect(names(causes)).toEqual(['Cluster']);
  });
});

describe('the aftermath', () => {
  test.each([
    ['a rollback', { status: 'UPDATE_ROLLBACK_IN_PROGRESS' }],
    ['a deletion after a failed creation', { status: 'DELETE_IN_PROGRESS' }],
    ['a clean-up', { status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' }],
  ])('holds what fails during %s', (_, undoing) => {
    const { causes, aftermath } = failuresOf(
      eventsOf(
        { status: 'UPDATE_IN_PROGRESS' },
        { logicalId: 'Group', status: 'UPDATE_FAILED', reason: 'first' },
        undoing,
        { logicalId: 'Profile', status: 'DELETE_FAILED', reason: 'in use' },
      ),
    );
    expect(names(causes)).toEqual(['Group']);
    expect(names(aftermath)).toEqual(['Profile']);
  });

  test('holds what fails in a nested stack after its parent began to roll back', () => {
    const { causes, aftermath } = failuresOf(
      eventsOf(
        { status: 'UPDATE_IN_PROGRESS' },
        { nestedIn: ['Network'], status: 'UPDATE_IN_PROGRESS' },
        { logicalId: 'Group', status: 'UPDATE_FAILED', reason: 'first' },
        { status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
        { nestedIn: ['Network'], logicalId: 'Vpc', status: 'UPDATE_FAILED', reason: 'later' },
      ),
    );
    expect(names(causes)).toEqual(['Group']);
    expect(names(aftermath)).toEqual(['Network/Vpc']);
  });
});

describe('whatever happens', () => {
  const sketch = fc.record({
    logicalId: fc.constantFrom('A', 'B', 'C', 'Network'),
    nestedIn: fc.constantFrom([], ['Network'], ['Network', 'A']),
    status: fc.constantFrom('CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'CREATE_FAILED', 'DELETE_FAILED', 'UPDATE_FAILED'),
    reason: fc.constantFrom('Resource creation cancelled', 'broken', 'refused'),
  });
  const operation = fc
    .tuple(fc.array(sketch), fc.array(sketch))
    .map(([before, later]) =>
      eventsOf(
        { status: 'CREATE_IN_PROGRESS' },
        ...before,
        { status: 'ROLLBACK_IN_PROGRESS', reason: 'gave up' },
        ...later,
      ),
    );

  test('a cause is a real failure from before the rollback', () => {
    fc.assert(
      fc.property(operation, (events) => {
        const rollback = events.find(({ status }) => status === 'ROLLBACK_IN_PROGRESS')?.at ?? 0;
        const { causes } = failuresOf(events);
        expect(causes.length).toBeGreaterThan(0);
        for (const cause of causes) {
          expect(cause.reason).not.toMatch(/cancelled/);
          expect(cause.at).toBeLessThanOrEqual(rollback);
        }
      }),
    );
  });

  test('every real failure before the rollback is a cause, or is explained by one inside it', () => {
    fc.assert(
      fc.property(operation, (events) => {
        const rollback = events.findIndex(({ status }) => status === 'ROLLBACK_IN_PROGRESS');
        const found = names(failuresOf(events).causes);
        for (const event of events.slice(0, rollback).filter(isRealFailure)) {
          const path = [...event.nestedIn, event.logicalId].join('/');
          expect(found.some((name) => name === path || name.startsWith(`${path}/`))).toBe(true);
        }
      }),
    );
  });

  test('more cancellations, and another order of delivery, change nothing', () => {
    fc.assert(
      fc.property(operation, fc.array(fc.nat()), (events, places) => {
        const more = places.map((place, index): StackEvent => {
          const near = events[place % events.length];
          return {
            ...eventsOf({ logicalId: `X${index}`, status: 'CREATE_FAILED', reason: 'Resource creation cancelled' })[0],
            at: near?.at ?? 0,
          } as StackEvent;
        });
        expect(failuresOf([...more, ...events.toReversed()])).toEqual(failuresOf(events));
      }),
    );
  });

  function isRealFailure({ status, reason }: StackEvent): boolean {
    return status.endsWith('_FAILED') && reason !== 'Resource creation cancelled';
  }
});
