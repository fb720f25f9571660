import type { ListStacksCommandInput, StackSummary } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeSetName, plannedBy, planStackName } from '../../src/stack/identity.ts';
import { sweepThrowAway } from '../../src/stack/sweep-throw-away.ts';
import { FakeClock } from '../time/fake-clock.ts';
import { denied, refusal } from './fake-cloudformation.ts';

const HOURS = 3_600_000;
const NOW = 100 * HOURS;
const META = { $metadata: {} };
const run = { id: '4711', attempt: '2' };

async function sweepOf(names: readonly string[], age: number, error?: Error) {
  const deleted: (string | undefined)[] = [];
  const summaries = names.map(
    (StackName): StackSummary => ({
      StackName,
      StackId: `arn:${StackName}`,
      CreationTime: new Date(NOW - age),
      StackStatus: 'REVIEW_IN_PROGRESS',
    }),
  );
  const filters: unknown[] = [];
  const cfn = {
    listStacks: async ({ NextToken, StackStatusFilter }: ListStacksCommandInput) => {
      if (error !== undefined) throw error;
      filters.push(StackStatusFilter);
      const at = Number(NextToken ?? 0);
      return {
        ...META,
        StackSummaries: summaries.slice(at, at + 1),
        ...(at + 1 < summaries.length && { NextToken: `${at + 1}` }),
      };
    },
    deleteStack: async ({ StackName }: { StackName: string | undefined }) => {
      deleted.push(StackName);
      return META;
    },
  };
  const findings = await sweepThrowAway({ cfn, clock: new FakeClock(NOW) }, { stackName: 'todo', run });
  for (const filter of filters) expect(filter).toEqual(['REVIEW_IN_PROGRESS']);
  return { deleted, findings };
}

describe('throw-away stacks of finished runs', () => {
  test.each([
    ['of another run, that cannot be going any more', 'muster-plan-todo-4710-1-0a1b2c3d', 7, true],
    ['of another run, that may still be going', 'muster-plan-todo-4710-1-0a1b2c3d', 1, false],
    ['of an earlier attempt of this run', 'muster-plan-todo-4711-1-0a1b2c3d', 0, true],
    ['of this very attempt', 'muster-plan-todo-4711-2-0a1b2c3d', 7, false],
    ['of another stack', 'muster-plan-todobackend-4710-1-0a1b2c3d', 7, false],
    ['of a stack whose name goes on', 'muster-plan-todo-dev-4710-1-0a1b2c3d', 7, false],
    ['nested in one', 'muster-plan-todo-4710-1-0a1b2c3d-Child-ABCDEFGH', 7, false],
    ['of somebody else', 'muster-plan-todo-mine', 7, false],
    ['the stack itself', 'todo', 7, false],
  ])('%s', async (_, name, hours, removes) => {
    const { deleted, findings } = await sweepOf(['other', name], hours * HOURS);
    expect(deleted).toEqual(removes ? [`arn:${name}`] : []);
    expect(findings).toEqual([]);
  });

  test('stay where they may not be listed, and a plan says nothing of it', async () => {
    expect(await sweepOf([], 0, denied('cloudformation:ListStacks'))).toEqual({ deleted: [], findings: [] });
  });

  test('that could not be looked for are a warning', async () => {
    const { findings } = await sweepOf([], 0, refusal('InternalFailure', 'no'));
    expect(findings).toMatchObject([{ level: 'warning' }]);
  });

  test('are told by their names, also where those were cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-'), maxLength: 140 });
    fc.assert(
      fc.property(letters, letters, fc.nat(), fc.nat(), (one, other, id, attempt) => {
        const made = { id: `${id}`, attempt: `${attempt}` };
        const name = planStackName(one, changeSetName(made));
        expect(plannedBy(name, one)).toEqual({ ...made, kept: false });
        if (one.length < 80 && other !== one) expect(plannedBy(name, other)).toBeUndefined();
      }),
    );
  });
});
