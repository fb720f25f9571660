import type {
  ChangeSetSummary,
  DescribeChangeSetCommandOutput,
  StackEvent as SdkEvent,
} from '@aws-sdk/client-cloudformation';
import type { FakeClock } from '../time/fake-clock.ts';

export const STACK_TYPE = 'AWS::CloudFormation::Stack';
export const arnOf = (name: string) => `arn:aws:cloudformation:eu-west-1:123456789012:stack/${name}/0`;

/** One event as a test writes it. `stack`: the name of the stack it belongs to; without `id` it is of the stack itself. */
export interface Happening {
  readonly at: number;
  readonly status: string;
  readonly id?: string;
  readonly stack?: string;
  readonly type?: string;
  readonly physicalId?: string;
  readonly reason?: string;
  readonly token?: string;
}

type Method = 'describeStacks' | 'describeStackEvents' | 'executeChangeSet' | 'describeChangeSet' | string;

const META = { $metadata: {} };

/**
 * CloudFormation as a script: what has happened by the clock's now is what it tells. A stack's status is that of its own
 * last event. Calls are kept, and can be made to fail.
 */
export class FakeCloudFormation {
  readonly calls: string[] = [];
  readonly inputs: Record<string, unknown>[] = [];
  readonly changeSets = new Map<string, Partial<DescribeChangeSetCommandOutput> & { readonly deletable?: number }>();
  /** What executing a change set sets off, in milliseconds after it. */
  onExecute: readonly Happening[] = [];
  onDelete: readonly Happening[] = [];
  /** Whether events bear client request tokens. */
  knowsTokens = true;
  terminationProtection = false;
  /** When the stack was last updated, as DescribeStacks tells it. */
  updatedAt: number | undefined;
  /** DescribeStacks tells what was so long ago (milliseconds): it is eventually consistent. */
  staleFor = 0;
  pageSize = 100;
  readonly #faults: { method: Method; error: unknown; left: number }[] = [];
  readonly #events: SdkEvent[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  happen(...happenings: readonly Happening[]): void {
    for (const { at, status, id, stack = 'todo', type, physicalId, reason, token } of happenings) {
      this.#events.push({
        EventId: `event-${this.#events.length}`,
        Timestamp: new Date(at),
        StackId: arnOf(stack),
        StackName: stack,
        LogicalResourceId: id ?? stack,
        PhysicalResourceId: id === undefined ? arnOf(stack) : (physicalId ?? `${id}-physical`),
        ResourceType: id === undefined ? STACK_TYPE : (type ?? 'AWS::ECS::Cluster'),
        ResourceStatus: status as NonNullable<SdkEvent['ResourceStatus']>,
        ...(reason && { ResourceStatusReason: reason }),
        ...(token && this.knowsTokens && { ClientRequestToken: token }),
      });
    }
    this.#events.sort((a, b) => (a.Timestamp?.getTime() ?? 0) - (b.Timestamp?.getTime() ?? 0));
  }

  /** Makes the next `times` calls of a method fail. */
  fail(method: Method, error: unknown, times = Number.POSITIVE_INFINITY): void {
    this.#faults.push({ method, error, left: times });
  }

  #record(method: string, input: object): void {
    this.calls.push(method);
    this.inputs.push({ ...input });
    const fault = this.#faults.find((rule) => rule.method === method && rule.left > 0);
    if (fault === undefined) return;
    fault.left -= 1;
    throw fault.error;
  }

  #eventsOf(stackNameOrId: string, now = this.#clock.now()): SdkEvent[] {
    return this.#events.filter(
      ({ StackId, StackName, Timestamp }) =>
        (StackId === stackNameOrId || StackName === stackNameOrId) && (Timestamp?.getTime() ?? 0) <= now,
    );
  }

  #statusOf(stack: string): SdkEvent | undefined {
    return this.#eventsOf(stack, this.#clock.now() - this.staleFor).findLast(
      (event) => event.PhysicalResourceId === event.StackId,
    );
  }

  describeStacks = async (input: { StackName?: string | undefined } = {}) => {
    this.#record('describeStacks', input);
    const { StackName: name = '' } = input;
    const last = this.#statusOf(name);
    if (last === undefined || (last.ResourceStatus === 'DELETE_COMPLETE' && !name.startsWith('arn:')))
      throw refusal('ValidationError', `Stack with id ${name} does not exist`);
    return {
      ...META,
      Stacks: [
        {
          StackId: last.StackId,
          StackName: last.StackName,
          StackStatus: last.ResourceStatus as 'CREATE_COMPLETE',
          StackStatusReason: last.ResourceStatusReason,
          CreationTime: new Date(0),
          ...(this.updatedAt !== undefined && { LastUpdatedTime: new Date(this.updatedAt) }),
          EnableTerminationProtection: this.terminationProtection,
        },
      ],
    };
  };

  describeStackEvents = async (input: { StackName?: string | undefined; NextToken?: string | undefined } = {}) => {
    this.#record('describeStackEvents', input);
    const { StackName: name = '', NextToken: token = '0' } = input;
    const all = this.#eventsOf(name).toReversed();
    const from = Number(token);
    const next = from + this.pageSize;
    return { ...META, StackEvents: all.slice(from, next), ...(next < all.length && { NextToken: `${next}` }) };
  };

  describeStackResources = async (input: { StackName?: string | undefined } = {}) => {
    this.#record('describeStackResources', input);
    const latest = new Map<string | undefined, SdkEvent>();
    for (const event of this.#eventsOf(input.StackName ?? ''))
      if (event.PhysicalResourceId !== event.StackId) latest.set(event.LogicalResourceId, event);
    return {
      ...META,
      StackResources: [...latest.values()].map(({ LogicalResourceId, ResourceStatus, ResourceType, Timestamp }) => ({
        LogicalResourceId,
        ResourceStatus,
        ResourceType,
        Timestamp,
      })),
    };
  };

  executeChangeSet = async (input: { ChangeSetName: string | undefined; ClientRequestToken?: string | undefined }) => {
    this.#record('executeChangeSet', input);
    this.begin(this.onExecute, input.ClientRequestToken);
    return META;
  };

  deleteStack = async (input: { StackName: string | undefined; ClientRequestToken?: string | undefined }) => {
    this.#record('deleteStack', input);
    this.begin(this.onDelete, input.ClientRequestToken);
    return META;
  };

  begin(happenings: readonly Happening[], token: string | undefined): void {
    const now = this.#clock.now();
    this.happen(...happenings.map((happening) => ({ ...(token && { token }), ...happening, at: now + happening.at })));
  }

  createChangeSet = async (input: { ChangeSetName: string | undefined; StackName: string | undefined }) => {
    this.#record('createChangeSet', input);
    return { ...META, Id: `arn:change-set/${input.ChangeSetName}`, StackId: arnOf(input.StackName ?? '') };
  };

  describeChangeSet = async (input: { ChangeSetName: string | undefined; NextToken?: string | undefined }) => {
    this.#record('describeChangeSet', input);
    const found = this.changeSets.get(input.NextToken ?? nameOf(input.ChangeSetName));
    if (found === undefined)
      throw refusal('ChangeSetNotFoundException', `ChangeSet [${input.ChangeSetName}] does not exist`);
    return { ...META, StackId: arnOf('todo'), ChangeSetId: input.ChangeSetName, ...found };
  };

  deleteChangeSet = async (input: { ChangeSetName: string | undefined }) => {
    this.#record('deleteChangeSet', input);
    const name = nameOf(input.ChangeSetName);
    const found = this.changeSets.get(name);
    if (found?.deletable !== undefined && found.deletable > this.#clock.now())
      throw refusal('InvalidChangeSetStatusException', 'the change set status is CREATE_IN_PROGRESS');
    this.changeSets.delete(name);
    return META;
  };

  listChangeSets = async (input: { StackName?: string | undefined } = {}) => {
    this.#record('listChangeSets', input);
    const Summaries: ChangeSetSummary[] = [...this.changeSets].map(
      ([ChangeSetName, { Description, CreationTime, Status, ExecutionStatus }]) => ({
        ChangeSetName,
        Description,
        CreationTime,
        Status,
        ExecutionStatus,
      }),
    );
    return { ...META, Summaries };
  };

  describeEvents = async (input: { ChangeSetName?: string | undefined } = {}) => {
    this.#record('describeEvents', input);
    return { ...META, OperationEvents: this.operationEvents };
  };

  operationEvents: import('@aws-sdk/client-cloudformation').OperationEvent[] = [];
}

function nameOf(changeSet: string | undefined): string {
  return changeSet?.split('/').at(-1) ?? '';
}

export function refusal(name: string, message: string, httpStatusCode = 400) {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode } });
}

export const throttling = refusal('Throttling', 'Rate exceeded');
export const expired = refusal('ExpiredToken', 'The security token included in the request is expired', 403);
export const denied = (action: string) =>
  refusal('AccessDenied', `User: arn:aws:iam::1:user/u is not authorized to perform: ${action} on resource: *`, 403);
