import type { Event } from '@aws-sdk/client-cloudtrail';

/** A call that changed a resource, as CloudTrail tells it: foreign text, without addresses and access keys. */
export interface TrailedCall {
  /** `UpdateAutoScalingGroup`. */
  readonly action: string;
  /** `user jane`, `role admin (session jane)`, `autoscaling.amazonaws.com`. */
  readonly by: string;
  /** ISO 8601, in UTC. */
  readonly at: string;
}

const CLOUDFORMATION = 'cloudformation.amazonaws.com';

/** Calls that name a resource to use it, and leave it as it is: what runs in a cluster makes thousands of them. */
const USES = new RegExp(
  `^(?:${[
    // EC2: security groups, subnets, launch templates
    'RunInstances|CreateFleet|CreateNetworkInterface|ModifyNetworkInterfaceAttribute',
    // Auto Scaling: groups
    'CompleteLifecycleAction|RecordLifecycleActionHeartbeat|SetInstanceHealth|SetInstanceProtection',
    // ECS: clusters
    '(?:Der|R)egisterContainerInstance|UpdateContainerInstancesState|UpdateContainerAgent|Submit\\w+StateChanges?',
    '(?:Run|Start|Stop)Task',
    // CloudWatch Logs: log groups
    '(?:Create|Delete)LogStream',
    // STS: roles
    'AssumeRole\\w*',
  ].join('|')})$`,
);

/**
 * The call that an event of CloudTrail's is about, where it may have changed what it names. Undefined for calls that only
 * read, that failed, that CloudFormation made, and for what cannot be read.
 */
export function trailedCall({ EventName, EventTime, Username, ReadOnly, CloudTrailEvent = '' }: Event) {
  const record = recordOf(CloudTrailEvent);
  if (EventName === undefined || EventTime === undefined || record === undefined) return undefined;
  if (ReadOnly === 'true' || record.readOnly === true || record.errorCode !== undefined) return undefined;
  const identity = fieldsOf(record.userIdentity);
  // CloudTrail User Guide, "CloudTrail userIdentity element": who made a call in someone's name.
  if (identity.invokedBy === CLOUDFORMATION || record.sourceIPAddress === CLOUDFORMATION) return undefined;
  if (USES.test(EventName)) return undefined;
  const call: TrailedCall = { action: EventName, by: callerOf(identity, Username), at: EventTime.toISOString() };
  return call;
}

function callerOf(identity: Fields, username = 'somebody whom CloudTrail does not name'): string {
  const { type, arn, userName, invokedBy } = identity;
  const [, , , , , ...rest] = textOf(arn).split(':');
  const [kind, name, ...session] = rest.join(':').split('/');
  const service = textOf(invokedBy);
  switch (type) {
    case 'Root':
      return 'the root user';
    case 'IAMUser':
      return `user ${textOf(userName) || username}`;
    case 'AssumedRole':
      return kind === 'assumed-role' && session.length > 0 ? `role ${name} (session ${session.join('/')})` : username;
    case 'AWSService':
      return service || username;
    default:
      return textOf(userName) || username;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function recordOf(text: string): Fields | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return typeof record === 'object' && record !== null ? fieldsOf(record) : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
