import { asFailure, classify } from '../aws/errors.ts';
import { poll, type Reading } from '../time/poll.ts';
import { Failure, type Finding } from '../types.ts';
import type { StackContext } from './context.ts';
import { describeStack } from './describe.ts';
import { isAtRest, isOfStackItself } from './event-kinds.ts';
import { type EventStreams, eventStreams } from './event-streams.ts';
import type { Stack, StackEvent } from './model.ts';
import { CONFIRMATIONS, operationEnd } from './operation-end.ts';
import { operationLog } from './operation-log.ts';
import { isSuccess } from './status.ts';

export interface Following {
  readonly stackId: string;
  readonly stackName: string;
  /** Where the operation's events begin. Without it: where the operation that is under way began. */
  readonly after?: {
    readonly eventId: string | undefined;
    readonly status: string;
    readonly updatedAt?: number | undefined;
  };
  /** The client request token that the operation was started with, where it is known. */
  readonly token?: string;
  /** The instant (milliseconds since the epoch) at which to give up. */
  readonly deadline: number;
  /** Is given each event once, oldest first, as soon as it is known. */
  readonly tell: (events: readonly StackEvent[]) => void;
}

export interface Followed {
  /** The stack at rest; undefined when the deadline passed before. */
  readonly stack: Stack | undefined;
  /** Where it was not read itself its status is all that is known of it. */
  readonly wasRead: boolean;
  readonly events: readonly StackEvent[];
  readonly findings: readonly Finding[];
}

interface AtRest {
  readonly stack: Stack;
  readonly wasRead: boolean;
}

const STILL_GOING_ON = { stack: undefined, wasRead: false };

/** Lively at the start and while events come; about fifteen calls a minute while the stack is quiet. */
const PACE = { first: 500, fastest: 2_000, slowest: 4_000, jitter: 0.1 };
/** Every so many quiet readings the stack itself is read, should its last event have been missed. */
const QUIET_READINGS_PER_STATUS = 8;
/** As long as no event of the operation has come, sooner. */
const SILENT_READINGS_PER_STATUS = 2;
/** A status may be as old as this when it is read. Milliseconds. */
const STALE_FOR = 10_000;
/**
 * Follows one operation of a stack to its end. Events are read, one page at a time; the stack itself is read only to
 * confirm the end. Throttling and outages are waited out until the deadline.
 *
 * Throws Failure when the credentials expire or a permission is missing; the operation goes on in AWS.
 */
export async function followOperation(
  context: StackContext<'describeStacks' | 'describeStackEvents'>,
  following: Following,
): Promise<Followed> {
  const { cfn, clock, signal } = context;
  const { stackId, stackName, after, deadline } = following;
  const startedAt = clock.now();
  const streams = eventStreams(cfn, { stackId, isBefore: startOf(after) });
  const log = operationLog(following);
  const findings: Finding[] = [];
  let eventsReadable = true;
  let quiet = 0;
  let unconfirmed = 0;
  const mayBeStale = () => after !== undefined && clock.now() - startedAt < STALE_FOR;
  const asTold = ({ status, reason }: StackEvent) =>
    ({ done: true, value: { stack: restingStack(following, status, reason), wasRead: false } }) as const;

  const take = (fresh: readonly StackEvent[]) => {
    const ours = log.take(fresh);
    if (ours.length > 0) following.tell(ours);
    return ours.length > 0;
  };

  const readEnd = async (): Promise<Reading<AtRest>> => {
    const found = await describeStack(cfn, stackId);
    const stack = found ?? goneStack(following, log.status());
    const rested = log.rested();
    const eventsCame = log.events.length > 0;
    const sighting = { stack, before: after, rested, eventsReadable, eventsCame, unconfirmed };
    const end = operationEnd({ ...sighting, mayBeStale: mayBeStale() });
    switch (end.kind) {
      case 'going-on':
        return { done: false, busy: rested !== undefined };
      case 'unconfirmed':
        unconfirmed += 1;
        return { done: false, busy: true };
      case 'as-read':
        return { done: true, value: { stack: end.stack, wasRead: end.stack === found } };
      case 'as-told':
        return asTold(end.by);
      default:
        return end satisfies never;
    }
  };

  const read = async (): Promise<Reading<AtRest>> => {
    try {
      const period = log.events.length === 0 ? SILENT_READINGS_PER_STATUS : QUIET_READINGS_PER_STATUS;
      const due = !eventsReadable || (quiet > 0 && quiet % period === 0);
      const busy = !due && take(await streams.read(quiet === 0));
      quiet = busy ? 0 : quiet + 1;
      if (!due && log.rested() === undefined) return { done: false, busy };
      const reading = await readEnd();
      if (!reading.done) return { ...reading, busy: busy || reading.busy };
      if (eventsReadable && (log.rested() === undefined || streams.following() > 0)) await takeLast(streams, take);
      return reading;
    } catch (error) {
      const { kind } = classify(error);
      const rested = log.rested();
      // That ours failed, and why, the events have told: a failure needs no second witness.
      if (after !== undefined && rested !== undefined && !isSuccess(rested.status) && !signal.aborted)
        return asTold(rested);
      if (isPassing(error)) {
        if (rested !== undefined && ++unconfirmed >= CONFIRMATIONS) return asTold(rested);
        return { done: false, busy: false, throttled: true };
      }
      // A stack that was just made may not be found at first.
      if (kind === 'not-found-stack' && mayBeStale()) return { done: false, busy: true };
      if (kind === 'access-denied' && eventsReadable) {
        eventsReadable = false;
        const denied = asFailure(error, `read the events of stack ${stackName}`).findings;
        findings.push(...denied.map((finding): Finding => ({ ...finding, level: 'warning' })));
        return { done: false, busy: true };
      }
      throw interrupted(error, following, log.status());
    }
  };

  const { stack, wasRead } = (await poll(read, { clock, signal, deadline, pace: PACE })) ?? STILL_GOING_ON;
  return { stack, wasRead, events: log.events, findings: [...findings, ...streams.findings] };
}

function startOf(after: Following['after']): (event: StackEvent) => boolean {
  if (after !== undefined) return (event) => event.id === after.eventId;
  return (event) =>
    isOfStackItself(event) &&
    event.nestedIn.length === 0 &&
    (isAtRest(event.status) || event.status === 'REVIEW_IN_PROGRESS');
}

/** The last events, once the end is certain: missing them fails nothing. */
async function takeLast(streams: EventStreams, take: (events: readonly StackEvent[]) => boolean): Promise<void> {
  try {
    take(await streams.read(true));
  } catch (error) {
    if (classify(error).kind === 'other') throw error;
  }
}

/** Throttling, an outage, an answer that could not be read: what the next reading may be spared. */
function isPassing(error: unknown): boolean {
  const { kind } = classify(error);
  return kind === 'throttled' || kind === 'unreachable' || (error instanceof Failure && error.reason === 'timed-out');
}

/** A stack that was being deleted and is not found any more. */
function goneStack(following: Following, lastStatus: string | undefined): Stack | undefined {
  return lastStatus?.startsWith('DELETE_') ? restingStack(following, 'DELETE_COMPLETE') : undefined;
}

/** What is known of a stack that cannot be read itself. */
function restingStack({ stackId, stackName }: Following, status: string, reason?: string): Stack {
  return {
    id: stackId,
    name: stackName,
    status,
    ...(reason && { statusReason: reason }),
    parameters: {},
    outputs: [],
    tags: {},
    terminationProtection: false,
    lastOperations: [],
  };
}

function interrupted(error: unknown, { stackName }: Following, status: string | undefined): Failure {
  const failure = asFailure(error, `follow stack ${stackName}`);
  if (failure.reason !== 'credentials' && failure.reason !== 'access-denied') return failure;
  const [first, ...rest] = failure.findings;
  if (first === undefined) return failure;
  const going = `Stack ${stackName} was last seen in ${status ?? 'an operation'}; CloudFormation goes on with it.`;
  const message = `${first.message.replace(/\.?$/, '.')} ${going}`;
  return new Failure(failure.reason, [{ ...first, message }, ...rest], { cause: failure.cause });
}
