import type { RollCallReading } from '../cluster/model.ts';
import type { Ledger } from '../outcome.ts';
import { createEventLines, createRollCallLines } from '../report/log.ts';
import type { Log } from '../runner/runner.ts';
import { isOfStackItself } from '../stack/event-kinds.ts';
import type { Deployment, Stack, StackEvent } from '../stack/model.ts';
import { timingsOf } from '../stack/timings.ts';
import type { Clock } from '../time/clock.ts';

/**
 * Tells stack events as they come and keeps them in the ledger, so that a run that is cut off half-way still reports
 * the timeline as far as it was known.
 */
export function eventTeller(
  ledger: Ledger,
  log: Log,
  clock: Clock,
  logicalIds: readonly string[] = [],
): (events: readonly StackEvent[]) => void {
  const startedAt = clock.now();
  const line = createEventLines({ startedAt, logicalIds });
  const all: StackEvent[] = [];
  return (events) => {
    for (const event of events) log.line(line(event));
    all.push(...events);
    ledger.deployment = soFar(all, startedAt, clock);
    ledger.stack &&= inStatusOf(ledger.stack, all);
  };
}

/** The stack as it was read, in the status that its own last event tells. */
function inStatusOf(stack: Stack, events: readonly StackEvent[]): Stack {
  const last = events.findLast((event) => isOfStackItself(event) && event.stackId === stack.id);
  if (last === undefined) return stack;
  const { statusReason: _, ...rest } = stack;
  return { ...rest, status: last.status, ...(last.reason !== undefined && { statusReason: last.reason }) };
}

/** A deployment whose end is not known: it goes on until somebody asks. Its timings are worked out then, too. */
function soFar(events: readonly StackEvent[], startedAt: number, clock: Clock): Deployment {
  const last = events.findLast((event) => isOfStackItself(event) && event.nestedIn.length === 0);
  return {
    stackId: events[0]?.stackId ?? '',
    startedAt,
    get endedAt() {
      return clock.now();
    },
    finalStatus: last?.status ?? '',
    succeeded: false,
    events,
    get timings() {
      return timingsOf(events);
    },
    findings: [],
  };
}

/** Tells readings of the cluster as they come; one that says nothing new is not told. */
export function readingTeller(log: Log, clock: Clock): (reading: RollCallReading) => void {
  const line = createRollCallLines(clock.now());
  return (reading) => {
    const text = line(reading);
    if (text !== undefined) log.line(text);
  };
}
