import { randomUUID } from 'node:crypto';
import type { JournalEntry } from '../types.ts';
import { type EventResource, resourcesOf } from './resources.ts';

/** A member of LookupEvents' answer. */
export interface TrailEvent {
  readonly EventId: string;
  readonly EventName: string;
  readonly ReadOnly: 'true' | 'false';
  readonly AccessKeyId?: string;
  /** Seconds since 1970. */
  readonly EventTime: number;
  readonly EventSource: string;
  readonly Username?: string;
  readonly Resources: readonly EventResource[];
  readonly CloudTrailEvent: string;
}

/** CloudTrail User Guide: events of objects are data events, which LookupEvents does not have. */
const DATA_EVENTS =
  /^(Get|Put|Head|Delete|Copy|Restore|Select)Objects?(Attributes|Acl|Tagging)?$|^(List|Upload)Parts?$/;

export const isManagementEvent = ({ service, action, status }: JournalEntry): boolean =>
  status > 0 && !(service === 's3' && DATA_EVENTS.test(action));

/** Whether a call only reads, by its name. */
export const isReadOnly = (action: string) => /^(Describe|Get|List|Head|Lookup|Search|BatchGet)/.test(action);

const events = new WeakMap<JournalEntry, TrailEvent>();

/** CloudTrail User Guide, "CloudTrail userIdentity element". */
function identityOf({ caller, accountId, accessKeyId, invokedBy }: JournalEntry) {
  const [, , , , , path = ''] = caller.split(':');
  const [kind, name = '', session] = path.split('/');
  const common = { arn: caller, accountId, accessKeyId, ...(invokedBy !== undefined && { invokedBy }) };
  if (kind === 'assumed-role') {
    const arn = `arn:aws:iam::${accountId}:role/${name}`;
    const sessionIssuer = { type: 'Role', arn, accountId, userName: name };
    return {
      userName: session ?? name,
      identity: { type: 'AssumedRole', ...common, sessionContext: { sessionIssuer } },
    };
  }
  if (kind === 'root') return { userName: 'root', identity: { type: 'Root', ...common } };
  const userName = path.split('/').at(-1) ?? '';
  return { userName, identity: { type: 'IAMUser', ...common, userName } };
}

/** Requests' members begin with a small letter in events. */
function eventCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(eventCase);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name.charAt(0).toLowerCase() + name.slice(1), eventCase(item)]),
  );
}

/** What services never write into events: parameters' values, templates' secrets. */
function shownParameters({ service, action, parameters }: JournalEntry): unknown {
  const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';
  if (service === 'ssm' && action === 'PutParameter') return eventCase({ ...parameters, Value: hidden });
  if (service !== 'cloudformation') return eventCase(parameters);
  const { Parameters, TemplateBody: _body, ...others } = parameters;
  const given = Array.isArray(Parameters) ? Parameters : [];
  const masked = given.map((one) => ({ ...one, ...('ParameterValue' in one && { ParameterValue: hidden }) }));
  return eventCase({ ...others, ...(given.length > 0 && { Parameters: masked }) });
}

/** Identity and Access Management is one service for all regions, and its events are in us-east-1. */
export const regionOf = ({ service, region }: JournalEntry): string => (service === 'iam' ? 'us-east-1' : region);

/** A call of the journal as CloudTrail tells it, the same each time. */
export function eventOf(entry: JournalEntry): TrailEvent {
  const event = events.get(entry) ?? makeEvent(entry);
  events.set(entry, event);
  return event;
}

function makeEvent(entry: JournalEntry): TrailEvent {
  const { userName, identity } = identityOf(entry);
  const EventId = randomUUID();
  const readOnly = isReadOnly(entry.action);
  const source = `${entry.service}.amazonaws.com`;
  const resources = resourcesOf(entry.service, entry.parameters);
  const record = {
    eventVersion: '1.11',
    userIdentity: identity,
    eventTime: entry.at.replace(/\.\d+Z$/, 'Z'),
    eventSource: source,
    eventName: entry.action,
    awsRegion: regionOf(entry),
    sourceIPAddress: entry.invokedBy ?? '127.0.0.1',
    userAgent: entry.invokedBy ?? entry.userAgent ?? '',
    ...(entry.errorCode !== undefined && { errorCode: entry.errorCode }),
    requestParameters: shownParameters(entry),
    responseElements: null,
    readOnly,
    eventID: EventId,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: entry.accountId,
    eventCategory: 'Management',
  };
  return {
    EventId,
    EventName: entry.action,
    ReadOnly: readOnly ? 'true' : 'false',
    AccessKeyId: entry.accessKeyId,
    EventTime: Math.floor(Date.parse(entry.at) / 1000),
    EventSource: source,
    Username: userName,
    Resources: resources,
    CloudTrailEvent: JSON.stringify(record),
  };
}
