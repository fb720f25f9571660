import type { StackEvent as SdkEvent } from '@aws-sdk/client-cloudformation';
import { asFailure, classify } from '../aws/errors.ts';
import type { Calls } from './context.ts';
import type { StackEvent } from './model.ts';

/** One stack's events as they come: each read returns those not returned before, oldest first. */
export interface EventTail {
  readonly stackId: string;
  readonly nestedIn: readonly string[];
  read(): Promise<StackEvent[]>;
}

export interface TailStart {
  readonly stackId: string;
  readonly nestedIn: readonly string[];
  /** Whether an event is older than what is wanted; the first such event, from the newest, is where the tail begins. */
  readonly isBefore: (event: StackEvent) => boolean;
}

/**
 * Reads one page of events per call, newest first, and goes on to older pages only until it meets an event that was
 * seen or that is before the start. The whole page is looked at, since an event may turn up late below newer ones.
 */
export function eventTail(cfn: Calls<'describeStackEvents'>, { stackId, nestedIn, isBefore }: TailStart): EventTail {
  const seen = new Set<string>();
  let boundary: string | undefined;
  const precedes = (event: StackEvent) =>
    boundary === undefined ? seen.size === 0 && isBefore(event) : event.id === boundary;

  async function read(): Promise<StackEvent[]> {
    const fresh: StackEvent[] = [];
    // Events that come between two pages may push one from the first onto the second.
    const paged = new Set<string>();
    let found: string | undefined;
    let met = false;
    let token: string | undefined;
    do {
      const page = await cfn.describeStackEvents({ StackName: stackId, ...(token && { NextToken: token }) });
      for (const event of eventsOf(page.StackEvents ?? [], nestedIn)) {
        if (precedes(event)) {
          found = event.id;
          break;
        }
        if (seen.has(event.id)) met = true;
        else if (!paged.has(event.id)) fresh.push(event);
        paged.add(event.id);
      }
      token = page.NextToken;
    } while (token !== undefined && !met && found === undefined);
    boundary ??= found;
    for (const { id } of fresh) seen.add(id);
    return fresh.reverse().sort((a, b) => a.at - b.at);
  }
  return { stackId, nestedIn, read };
}

/**
 * The id of a stack's newest event: what comes next begins after it. Undefined for a stack without events or one that was
 * made so recently that it is not found, and where events may not be read: who follows them finds that out again and
 * says so.
 */
export async function newestEventId(cfn: Calls<'describeStackEvents'>, stackId: string): Promise<string | undefined> {
  try {
    return (await cfn.describeStackEvents({ StackName: stackId })).StackEvents?.[0]?.EventId;
  } catch (error) {
    const failure = asFailure(error, 'read the events of the stack');
    if (classify(error).kind === 'not-found-stack') return undefined;
    if (failure.reason === 'access-denied') return undefined;
    throw failure;
  }
}

function eventsOf(events: readonly SdkEvent[], nestedIn: readonly string[]): StackEvent[] {
  return events.map((event) => ({
    id: event.EventId ?? '',
    at: event.Timestamp?.getTime() ?? 0,
    stackId: event.StackId ?? '',
    stackName: event.StackName ?? '',
    logicalId: event.LogicalResourceId ?? '',
    ...(event.PhysicalResourceId && { physicalId: event.PhysicalResourceId }),
    resourceType: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    ...reasonOf(event),
    nestedIn,
    ...(event.ClientRequestToken && { token: event.ClientRequestToken }),
  }));
}

/** An event of a hook has a reason of its own. */
function reasonOf(event: SdkEvent): Pick<StackEvent, 'reason' | 'refusedBy'> {
  const { ResourceStatusReason, HookType, HookStatus, HookStatusReason } = event;
  const ofHook = HookType && HookStatusReason ? `${HookType}: ${HookStatusReason}` : undefined;
  const reason = ResourceStatusReason || ofHook;
  const refused = HookStatus === 'HOOK_COMPLETE_FAILED' || HookStatus === 'HOOK_FAILED';
  return { ...(reason && { reason }), ...(refused && HookType && { refusedBy: HookType }) };
}
