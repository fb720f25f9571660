import type { Event, LookupEventsCommandInput, LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail';
import { expect, test } from '@jest/globals';
import { lookUpCalls, type TrailQuestion } from '../../src/stack/trail.ts';
import { FakeClock } from '../time/fake-clock.ts';
import { refusal } from './fake-cloudformation.ts';

const START = 1_000_000;

const event = (n: number, EventName = `Change${n}`): Event => ({
  EventName,
  EventTime: new Date(START - n),
  CloudTrailEvent: JSON.stringify({ userIdentity: { type: 'IAMUser', userName: 'jane' } }),
});

/** A CloudTrail that has two events a page, and keeps what it was asked. */
function fakeTrail(events: Readonly<Record<string, readonly Event[]>>, fails?: () => void) {
  const asked: LookupEventsCommandInput[] = [];
  return {
    asked,
    async lookupEvents(input: LookupEventsCommandInput): Promise<LookupEventsCommandOutput> {
      asked.push(input);
      fails?.();
      const all = events[input.LookupAttributes?.[0]?.AttributeValue ?? ''] ?? [];
      const from = Number(input.NextToken ?? 0);
      const more = from + 2 < all.length && { NextToken: String(from + 2) };
      return { $metadata: {}, Events: all.slice(from, from + 2), ...more };
    },
  };
}
const question = (trail: TrailQuestion['trail'], ...names: string[]): TrailQuestion => ({ trail, names, since: START });

async function lookUp(questions: readonly TrailQuestion[], within = 60_000) {
  const clock = new FakeClock(START);
  const answers = await lookUpCalls(questions, {
    clock,
    signal: new AbortController().signal,
    deadline: START + within,
  });
  const told = questions.map((one) => answers.calls.get(one)?.map(({ action }) => action));
  return { told, refusals: answers.refusals, clock };
}

test('pages are read until there are enough calls, two requests a second at most', async () => {
  const trail = fakeTrail({ group: Array.from({ length: 20 }, (_, n) => event(n)) });
  const { told, refusals, clock } = await lookUp([question(trail, 'group')]);
  expect(told).toEqual([['Change0', 'Change1', 'Change2', 'Change3', 'Change4']]);
  expect(refusals).toEqual([]);
  expect(trail.asked).toHaveLength(3);
  expect(trail.asked[0]).toMatchObject({ StartTime: new Date(START) });
  expect(Math.min(...clock.sleeps)).toBeGreaterThanOrEqual(500);
});

test('pages of nothing but uses come to an end', async () => {
  const trail = fakeTrail({ cluster: Array.from({ length: 99 }, (_, n) => event(n, 'RunTask')) });
  const { told } = await lookUp([question(trail, 'cluster')]);
  expect(told).toEqual([[]]);
  expect(trail.asked).toHaveLength(3);
});

test('another name is tried where the first has nothing, and not where it has', async () => {
  const trail = fakeTrail({ b: [event(1)], c: [event(2)], d: [event(3)] });
  const { told } = await lookUp([question(trail, 'a', 'b'), question(trail, 'c', 'd')]);
  expect(told).toEqual([['Change1'], ['Change2']]);
  expect(trail.asked).toHaveLength(3);
});

test('who is refused is not asked for again; others still are', async () => {
  const denied = fakeTrail({}, () => {
    throw refusal('AccessDeniedException', 'not allowed');
  });
  const trail = fakeTrail({ c: [event(1)] });
  const { told, refusals } = await lookUp([question(denied, 'a'), question(denied, 'b'), question(trail, 'c')]);
  expect(told).toEqual([undefined, undefined, ['Change1']]);
  expect(refusals).toEqual([{ why: 'not allowed', denied: true }]);
  expect(denied.asked).toHaveLength(1);
});

test('what there is no time for is not told to have no calls', async () => {
  const trail = fakeTrail({ b: [event(1)] });
  const { told, refusals } = await lookUp([question(trail, 'a', 'a2'), question(trail, 'b')], 0);
  expect(told).toEqual([undefined, undefined]);
  expect(refusals).toEqual([{ why: 'there was no more time to ask', denied: false }]);
});

test('a cancelled job ends it', async () => {
  const trail = fakeTrail({});
  const signal = AbortSignal.abort(new Error('cancelled'));
  const asking = lookUpCalls([question(trail, 'a')], { clock: new FakeClock(START), signal, deadline: START + 1 });
  await expect(asking).rejects.toThrow('cancelled');
});
