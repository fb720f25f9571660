import type { AutoScaling } from '@aws-sdk/client-auto-scaling';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ECS } from '@aws-sdk/client-ecs';
import type { IAM } from '@aws-sdk/client-iam';
import type { S3 } from '@aws-sdk/client-s3';
import type { SSM } from '@aws-sdk/client-ssm';
import type { STS } from '@aws-sdk/client-sts';

/**
 * The local AWS's clock. Timestamps are the wall's; only waits are shortened, by the factor `speed`: a PT15M timeout at
 * speed 60 passes in 15 seconds.
 */
export interface EmulatorClock {
  readonly speed: number;
  now(): Date;
  /** Waits `ms` of AWS's time, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * The same for a time limit on what real processes do, such as hosts that boot: at speed Infinity, where sleeps take
   * no time, it passes at speed 60.
   */
  timeout(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Who calls, and where: what moto keeps its state apart by. */
export interface Account {
  readonly accountId: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Clients that go straight to moto: what the engine and the hosts do is not in the journal and meets no faults. */
export interface Services {
  readonly autoScaling: AutoScaling;
  readonly ec2: EC2;
  readonly ecs: ECS;
  readonly iam: IAM;
  readonly logs: CloudWatchLogs;
  readonly s3: S3;
  readonly ssm: SSM;
  readonly sts: STS;
}

export type ServicesFor = (account: Account) => Services;

/** One call as the journal keeps it. */
export interface JournalEntry {
  readonly at: string;
  readonly service: string;
  readonly action: string;
  /** The name or ARN that the call is about, as far as its parameters tell. */
  readonly resource?: string;
  readonly region: string;
  readonly accountId: string;
  /** The ARN of the user or the assumed role. */
  readonly caller: string;
  readonly accessKeyId: string;
  readonly userAgent?: string;
  /** The service that called on the caller's behalf. */
  readonly invokedBy?: string;
  readonly parameters: Record<string, unknown>;
  readonly status: number;
  readonly errorCode?: string;
  readonly durationMs: number;
}

/** What goes wrong with a call. The first rule that matches a call decides. */
export interface CallRule {
  readonly when: {
    /** As in the credential scope: `cloudformation`, `autoscaling`, `ec2`, `ecs`, … */
    readonly service?: string;
    /** A name, or all that begin with what stands before a final `*`. */
    readonly action?: string;
    /** A substring of the call's resource. */
    readonly resource?: string;
    /** Only the nth matching call (from 1), or every call from the first to the second number. */
    readonly nth?: number | readonly [from: number, to: number];
    /** 0 to 1, from a seeded generator, so that a scenario plays the same way each time. */
    readonly probability?: number;
  };
  readonly then: /**
   * Refused. ExpiredToken, AccessDenied, Throttling, ServiceUnavailable, InternalFailure and InvalidClientTokenId are
   * told as the call's service tells them (code, status, words); any other code as it is, by default with status 400.
   */
    | { readonly error: string; readonly message?: string; readonly status?: number }
    /** The answer comes so much later, in milliseconds of the wall's time. */
    | { readonly delayMs: number }
    /** The connection is closed without an answer; with `afterEffect`, after the call has taken effect. */
    | { readonly cut: true; readonly afterEffect?: boolean }
    /** An answer that is no protocol: HTML from a proxy, half an XML document. */
    | { readonly garble: string; readonly status?: number };
}

/** What befalls a resource while the engine works on it. */
export interface ResourceRule {
  readonly logicalId: string;
  readonly stackName?: string;
  readonly operation: 'create' | 'update' | 'delete' | 'import' | 'rollback' | 'cleanup' | 'detect-drift';
  /** Fails with this reason, in the words that CloudFormation would pass on; a drift detection, as a whole, with it. */
  readonly fail?: string;
  /** Of a drift detection: what the resource is cannot be told, for this reason; the detection itself completes. */
  readonly unknown?: string;
  /** Of a drift detection: it never comes to an end. */
  readonly hangs?: boolean;
  /** Takes this much longer, in AWS's time. */
  readonly delayMs?: number;
  /** How often the rule applies; default always. */
  readonly times?: number;
}

/** A resource that descriptions of change sets with property values leave out, with a warning in the status reason. */
export interface ChangeSetRule {
  readonly logicalId: string;
  readonly stackName?: string;
  /** What the warning says of it; default `failed property validation`. */
  readonly reason?: string;
}

/** What befalls hosts. `group` is the logical id or name of the Auto Scaling group; absent: every host. */
export interface HostRule {
  readonly group?: string;
  /** Only the nth host of the group, in the order they were launched, from 1. */
  readonly nth?: number;
  readonly behaviour: /** Boots from scripted steps instead of its user data: registers and signals. */
    | { readonly kind: 'scripted' }
    /** The instance runs, and nothing else ever happens on it. */
    | { readonly kind: 'dead' }
    /** Signals success without ever registering. */
    | { readonly kind: 'signals-only' }
    /** Registers without ever signalling. */
    | { readonly kind: 'registers-only' }
    /** Registers with another cluster and signals. */
    | { readonly kind: 'other-cluster'; readonly cluster: string }
    /** Its agent is disconnected from the start; for so long (AWS's time), or for good. */
    | { readonly kind: 'agent-away'; readonly forMs?: number }
    /** Takes this much longer to boot, in AWS's time. */
    | { readonly kind: 'slow'; readonly delayMs: number }
    /** When terminated it stays DRAINING for so long (AWS's time), or for good, before it is gone. */
    | { readonly kind: 'drains'; readonly forMs?: number };
}

/**
 * CloudFormation's reads that are behind its writes. What was written before the scenario was played is told by every
 * read. The first rule that fits a read decides.
 */
export interface ReadRule {
  readonly when: {
    /**
     * A name, or all that begin with what stands before a final `*`: DescribeStacks of one stack, DescribeStackEvents, and
     * every action that is given a change set, be it to execute it.
     */
    readonly action: string;
    /** A substring of the stack's name. */
    readonly stackName?: string;
    /** Only this part of the reads is behind, so that one may tell less than the one before it. 0 to 1. */
    readonly probability?: number;
  };
  readonly behind: /** So long, in milliseconds of the wall's time. */
    | { readonly ms: number }
    /** So many reads of the rule do not tell yet what was written. */
    | { readonly reads: number };
}

/** Whether a read tells what was written at a time; `written` is the same object at every read. */
export type Tells = (written: object, at: Date) => boolean;

export interface Scenario {
  readonly calls?: readonly CallRule[];
  readonly resources?: readonly ResourceRule[];
  readonly hosts?: readonly HostRule[];
  readonly changeSets?: readonly ChangeSetRule[];
  readonly reads?: readonly ReadRule[];
  /** For the generator behind `probability`. */
  readonly seed?: number;
}

/** The scenario in force, asked at each step. */
export interface Scenarios {
  play(scenario: Scenario): void;
  call(call: { service: string; action: string; resource?: string }): CallRule['then'] | undefined;
  resource(step: {
    stackName: string;
    logicalId: string;
    operation: ResourceRule['operation'];
  }): Pick<ResourceRule, 'fail' | 'delayMs' | 'unknown' | 'hangs'> | undefined;
  /** Why a change set's description with property values leaves the resource out; undefined: it does not. */
  leftOut(resource: { stackName: string; logicalId: string }): string | undefined;
  /** What one read of CloudFormation tells; undefined: everything. */
  behind(read: { action: string; stackName: string }): Tells | undefined;
  host(host: { groupName: string; groupLogicalId?: string; ordinal: number }): HostRule['behaviour'][];
}

/** A success or failure that an instance, or a person, sent for a resource with SignalResource. */
export interface Signal {
  readonly uniqueId: string;
  readonly status: 'SUCCESS' | 'FAILURE';
}

/** Signals that arrive for one resource while an operation waits for them. */
export interface SignalInbox {
  /** Resolves with the next signal of an id not seen before, or undefined when `timeoutMs` of AWS's time have passed. */
  next(timeoutMs: number, signal: AbortSignal): Promise<Signal | undefined>;
}

/** What a provider is given for one operation on one resource. Properties are resolved: no intrinsic is left in them. */
export interface ResourceRequest {
  readonly account: Account;
  readonly services: Services;
  readonly clock: EmulatorClock;
  /** Aborted when the operation is cancelled. */
  readonly signal: AbortSignal;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly properties: Record<string, unknown>;
  /** Stack tags, and the three aws:cloudformation:* ones, for types that take tags. */
  readonly tags: Readonly<Record<string, string>>;
  readonly updatePolicy?: Record<string, unknown>;
  /** Of an update: it takes a failed one back. */
  readonly rollback?: boolean;
  readonly signals: SignalInbox;
  /** Adds an event with the resource's IN_PROGRESS status and this reason. */
  progress(reason: string): void;
  /**
   * Told the state as soon as a creation has made something, before it is complete: a creation that fails later leaves
   * it to be deleted with the rollback. Absent: the provider deletes it itself.
   */
  initiated?(state: ResourceState): void;
}

export interface ResourceState {
  /** What `Ref` returns. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` can return, by attribute name (dots included). */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * One CloudFormation resource type, carried out through the service's own API. Each operation ends when the resource
 * is stable; what the service refuses is thrown as it came. Signals of a CreationPolicy are the engine's to wait for.
 */
export interface ResourceProvider {
  readonly type: string;
  create(request: ResourceRequest): Promise<ResourceState>;
  /** An update without replacement. */
  update(
    request: ResourceRequest,
    previous: ResourceState & { readonly properties: Record<string, unknown> },
  ): Promise<ResourceState>;
  /** Deleting what is gone already is success. */
  delete(request: ResourceRequest, state: ResourceState): Promise<void>;
  /**
   * The properties that the resource has now, read from its service; undefined when it is there no more. Absent: the
   * type does not support drift detection.
   */
  read?(request: ResourceRequest, state: ResourceState): Promise<Readonly<Record<string, unknown>> | undefined>;
  /**
   * A resource that nobody created here, found by the type's primary identifier; undefined when there is none. Absent:
   * the type cannot be imported here.
   */
  find?(context: Pick<ResourceRequest, 'account' | 'services'>, identifier: string): Promise<ResourceState | undefined>;
}

/** The machines behind the groups. */
export interface Hosts {
  /**
   * Compares the account's Auto Scaling groups with the hosts it knows: boots what is new, retires what is gone.
   * Returns at once; called after every call that may have launched or ended an instance.
   */
  reconcile(account: Account): void;
  /** What moto cannot know of a container instance; undefined: moto's answer stands. */
  agentConnected(containerInstanceArn: string): boolean | undefined;
  consoleOutput(instanceId: string): string | undefined;
  /** How hosts boot here: with their user data in a namespace, or scripted, and why. */
  readonly mode: { readonly kind: 'namespace' } | { readonly kind: 'scripted'; readonly why: string };
  stop(): Promise<void>;
}
