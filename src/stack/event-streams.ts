import { asFailure, classify } from '../aws/errors.ts';
import type { Finding } from '../types.ts';
import type { Calls } from './context.ts';
import { isAtRest, isOfStackItself } from './event-kinds.ts';
import { type EventTail, eventTail } from './events.ts';
import type { StackEvent } from './model.ts';

/** The events of a stack and of every stack nested in it. */
export interface EventStreams {
  /**
   * What is new, oldest first. Thorough: of every stack. Otherwise of one stack, taking turns, so that a quiet wait
   * costs one call a reading however many nested stacks there are.
   */
  read(thorough: boolean): Promise<StackEvent[]>;
  /** How many nested stacks are at work. */
  following(): number;
  /** What could not be followed. */
  readonly findings: readonly Finding[];
}

/**
 * Follows the root stack from where `isBefore` ends, and each nested stack from the moment at which its parent began to
 * work on it.
 */
export function eventStreams(
  cfn: Calls<'describeStackEvents'>,
  root: { readonly stackId: string; readonly isBefore: (event: StackEvent) => boolean },
): EventStreams {
  const rootTail = eventTail(cfn, { ...root, nestedIn: [] });
  const nested = new Map<string, EventTail>();
  const known = new Map<string, EventTail>();
  const findings: Finding[] = [];
  let turn = 0;

  function notice(events: readonly StackEvent[]): EventTail[] {
    const begun: EventTail[] = [];
    for (const event of events) {
      const id = event.physicalId;
      if (event.resourceType !== 'AWS::CloudFormation::Stack' || id === undefined || isOfStackItself(event)) continue;
      if (isAtRest(event.status) || nested.has(id)) continue;
      const tail =
        known.get(id) ??
        eventTail(cfn, {
          stackId: id,
          nestedIn: [...event.nestedIn, event.logicalId],
          // One that is being made has no other events, and some are older than the first that tells its ARN.
          isBefore: (older) => !event.status.startsWith('CREATE_') && older.at < event.at,
        });
      known.set(id, tail);
      nested.set(id, tail);
      begun.push(tail);
    }
    return begun;
  }

  async function readNested(tail: EventTail): Promise<StackEvent[]> {
    try {
      const events = await tail.read();
      const ended = events.findLast(isOfStackItself);
      if (ended !== undefined && isAtRest(ended.status)) nested.delete(tail.stackId);
      return events;
    } catch (error) {
      const { kind } = classify(error);
      if (kind === 'throttled' || kind === 'unreachable') return [];
      if (kind === 'expired-credentials' || kind === 'failure') throw error;
      nested.delete(tail.stackId);
      const failure = asFailure(error, `follow the nested stack ${tail.nestedIn.join(' › ')}`);
      findings.push(...failure.findings.map((finding): Finding => ({ ...finding, level: 'warning' })));
      return [];
    }
  }

  async function read(thorough: boolean): Promise<StackEvent[]> {
    const tails = [rootTail, ...nested.values()];
    turn += 1;
    // Every other turn is the root's: its events end the wait.
    const one = turn % 2 === 1 ? rootTail : (tails[1 + (Math.floor(turn / 2) % (tails.length - 1))] ?? rootTail);
    const readAll = async (some: readonly EventTail[]) =>
      (await Promise.all(some.map((tail) => (tail === rootTail ? tail.read() : readNested(tail))))).flat();

    const events = await readAll(thorough ? tails : [one]);
    // Where one tells something the others do too, and all of it is told in its order.
    if (!thorough && events.length > 0) events.push(...(await readAll(tails.filter((tail) => tail !== one))));
    for (let begun = notice(events); begun.length > 0; ) {
      const found = await readAll(begun);
      events.push(...found);
      begun = notice(found);
    }
    // All of it happened before the root stack came to rest, but may have been read before that.
    if (nested.size > 0 && events.some(isRootAtRest)) events.push(...(await readAll([...nested.values()])));
    return events.sort((a, b) => a.at - b.at);
  }
  return { read, following: () => nested.size, findings };
}

function isRootAtRest(event: StackEvent): boolean {
  return event.nestedIn.length === 0 && isOfStackItself(event) && isAtRest(event.status);
}
