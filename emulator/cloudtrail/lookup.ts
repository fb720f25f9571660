import type { Account, JournalEntry } from '../types.ts';
import type { ServiceError } from '../wire.ts';
import { eventOf, isManagementEvent, regionOf, type TrailEvent } from './event.ts';

type Matches = (event: TrailEvent, value: string) => boolean;

/** API Reference, LookupAttribute. */
const ATTRIBUTES: Readonly<Record<string, Matches>> = {
  EventId: (event, value) => event.EventId === value,
  EventName: (event, value) => event.EventName === value,
  ReadOnly: (event, value) => event.ReadOnly === value,
  Username: (event, value) => event.Username === value,
  ResourceType: (event, value) => event.Resources.some(({ ResourceType }) => ResourceType === value),
  ResourceName: (event, value) => event.Resources.some(({ ResourceName }) => ResourceName === value),
  EventSource: (event, value) => event.EventSource === value,
  AccessKeyId: (event, value) => event.AccessKeyId === value,
};

const MOST = 50;

export type LookupAnswer =
  | { readonly Events: readonly TrailEvent[]; readonly NextToken?: string }
  | { readonly error: ServiceError };

const refuse = (code: string, message: string): LookupAnswer => ({ error: { code, message, status: 400 } });

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

interface Attribute {
  readonly matches: Matches;
  readonly value: string;
}

function attributeOf(parameters: Readonly<Record<string, unknown>>): Attribute | 'none' | 'invalid' {
  const given = Array.isArray(parameters.LookupAttributes) ? parameters.LookupAttributes : [];
  const [first]: unknown[] = given;
  if (first === undefined) return 'none';
  if (given.length > 1 || !isRecord(first)) return 'invalid';
  const matches = ATTRIBUTES[String(first.AttributeKey)];
  const value = first.AttributeValue;
  return matches === undefined || typeof value !== 'string' || value === '' ? 'invalid' : { matches, value };
}

const time = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);

/** The token goes with the request that it came from: "must be passed in with the same parameters". */
const tokenFor = (parameters: Readonly<Record<string, unknown>>, before: string) => {
  const { NextToken: _token, ...same } = parameters;
  return Buffer.from(JSON.stringify([before, same])).toString('base64url');
};

function eventBefore(parameters: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof parameters.NextToken !== 'string') return undefined;
  try {
    const [before]: unknown[] = JSON.parse(Buffer.from(parameters.NextToken, 'base64url').toString());
    return typeof before === 'string' && tokenFor(parameters, before) === parameters.NextToken ? before : undefined;
  } catch {
    return undefined;
  }
}

/**
 * CloudTrail's LookupEvents over the calls so far, newest first: those of the caller's account and region, without data
 * events (CloudTrail API Reference, LookupEvents).
 */
export function lookupEvents(
  calls: readonly JournalEntry[],
  { accountId, region }: Account,
  parameters: Readonly<Record<string, unknown>>,
): LookupAnswer {
  const attribute = attributeOf(parameters);
  if (attribute === 'invalid')
    return refuse('InvalidLookupAttributesException', 'The lookup attributes are not valid: one key with one value.');
  const size = time(parameters.MaxResults, MOST);
  if (size < 1 || size > MOST)
    return refuse('InvalidMaxResultsException', `MaxResults must be between 1 and ${MOST}, not ${size}.`);
  const from = time(parameters.StartTime, Number.NEGATIVE_INFINITY);
  const to = time(parameters.EndTime, Number.POSITIVE_INFINITY);
  if (from > to) return refuse('InvalidTimeRangeException', 'The start time is after the end time.');
  const before = eventBefore(parameters);
  if (parameters.NextToken !== undefined && before === undefined)
    return refuse('InvalidNextTokenException', 'The token is not valid, or was made for another request.');

  const found = calls
    .filter((entry) => entry.accountId === accountId && regionOf(entry) === region && isManagementEvent(entry))
    .map(eventOf)
    .reverse()
    .filter((event) => event.EventTime >= from && event.EventTime <= to)
    .filter((event) => attribute === 'none' || attribute.matches(event, attribute.value));
  const start = before === undefined ? 0 : found.findIndex(({ EventId }) => EventId === before) + 1;
  const Events = found.slice(start, start + size);
  const last = Events.at(-1);
  return last === undefined || start + size >= found.length
    ? { Events }
    : { Events, NextToken: tokenFor(parameters, last.EventId) };
}
