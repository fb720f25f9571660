import { asFailure, classify } from '../aws/errors.ts';
import { poll, type Reading } from '../time/poll.ts';
import { Failure, type Finding } from '../types.ts';
import type { StackContext } from './context.ts';
import { describeStack } from './describe.ts';
import { isAtRest, isOfStackItself } from './event-kinds.ts';
import { type EventStreams, eventStreams } from './event-streams.ts';
import type { Stack, StackEvent } from './model.ts';
import { operationEnd } from './operation-end.ts';
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
  readonly events: readonly StackEvent[];
  readonly findings: readonly Finding[];
}

/** Lively at the start and while events come; about fifteen calls a minute while the stack is quiet. */
const PACE = { first: 500, fastest: 2_000, slowest: 4_000, jitter: 0.1 };
/** Every so many quiet readings the stack itself is read, should its last event have been missed. */
const QUIET_READINGS_PER_STATUS = 8;
/** As long as no event of the operation has come, sooner. */
const SILENT_READINGS_PER_STATUS = 2;
/** A status may be as old as this when it is read. Milliseconds. */
const STALE_FOR = 10_000;
/** How often the end is read in vain before the stack's own last event is taken for it. */
const CONFIRMATIONS = 5;

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
  const events: StackEvent[] = [];
  const findings: Finding[] = [];
  const end = operationEnd(following);
  let lastStatus = after?.status;
  let eventsReadable = true;
  let quiet = 0;
  let unconfirmed = 0;

  const take = (fresh: readonly StackEvent[]) => {
    const ours = fresh.filter(end.notice);
    if (ours.length === 0) return false;
    events.push(...ours);
    lastStatus = ours.findLast((event) => event.stackId === stackId && isOfStackItself(event))?.status ?? lastStatus;
    following.tell(ours);
    return true;
  };

  const status = async (): Promise<Reading<Stack>> => {
    const stack = (await describeStack(cfn, stackId)) ?? goneStack(following, end.seen()?.status ?? lastStatus);
    if (stack === undefined || !isAtRest(stack.status)) return { done: false, busy: end.seen() !== undefined };
    const last = end.seen();
    if (last === undefined) {
      const recent = after !== undefined && clock.now() - startedAt < STALE_FOR;
      const stale = (recent && eventsReadable) || (events.length === 0 && isAsBefore(stack, after));
      return stale ? { done: false, busy: false } : { done: true, value: stack };
    }
    // Either may be behind the other: the end is known when both tell the same.
    if (eventsReadable && stack.status !== last.status) {
      if (++unconfirmed < CONFIRMATIONS) return { done: false, busy: true };
      if (!isSuccess(last.status)) return { done: true, value: restingStack(following, last.status, last.reason) };
    }
    return { done: true, value: stack };
  };

  const read = async (): Promise<Reading<Stack>> => {
    try {
      const period = events.length === 0 ? SILENT_READINGS_PER_STATUS : QUIET_READINGS_PER_STATUS;
      const due = !eventsReadable || (quiet > 0 && quiet % period === 0);
      const busy = !due && take(await streams.read(quiet === 0));
      quiet = busy ? 0 : quiet + 1;
      if (!due && end.seen() === undefined) return { done: false, busy };
      const reading = await status();
      if (!reading.done) return { ...reading, busy: busy || reading.busy };
      if (eventsReadable && (end.seen() === undefined || streams.following() > 0)) await takeLast(streams, take);
      return reading;
    } catch (error) {
      const { kind } = classify(error);
      const last = end.seen();
      // That ours failed, and why, the events have told: a failure needs no second witness.
      if (after !== undefined && last !== undefined && !isSuccess(last.status) && !signal.aborted)
        return { done: true, value: restingStack(following, last.status, last.reason) };
      if (isPassing(error)) {
        if (last !== undefined && ++unconfirmed >= CONFIRMATIONS)
          return { done: true, value: restingStack(following, last.status, last.reason) };
        return { done: false, busy: false, throttled: true };
      }
      if (kind === 'access-denied' && eventsReadable) {
        eventsReadable = false;
        const denied = asFailure(error, `read the events of stack ${stackName}`).findings;
        findings.push(...denied.map((finding): Finding => ({ ...finding, level: 'warning' })));
        return { done: false, busy: true };
      }
      throw interrupted(error, following, lastStatus);
    }
  };

  const stack = await poll(read, { clock, signal, deadline, pace: PACE });
  return { stack, events, findings: [...findings, ...streams.findings] };
}

function startOf(after: Following['after']): (event: StackEvent) => boolean {
  if (after !== undefined) return (event) => event.id === after.eventId;
  return (event) =>
    isOfStackItself(event) &&
    event.nestedIn.length === 0 &&
    (isAtRest(event.status) || event.status === 'REVIEW_IN_PROGRESS');
}

/** Nothing shows that the operation has begun: this is the stack before it. */
function isAsBefore(stack: Stack, after: Following['after']): boolean {
  return after !== undefined && stack.status === after.status && stack.updatedAt === after.updatedAt;
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
