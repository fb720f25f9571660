import type { Finding, SourceLocation } from '../types.ts';

/** CloudFormation as plain data: what the rooms hand to each other once it has been read. Instants are epoch milliseconds. */

/** One live stack. Values of NoEcho parameters are what CloudFormation shows (`****`). */
export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason?: string;
  /** When its last update began; absent before the first. */
  readonly updatedAt?: number;
  readonly parameters: Readonly<Record<string, StackParameter>>;
  readonly outputs: readonly StackOutput[];
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
  readonly lastOperations: readonly { readonly type: string; readonly id: string }[];
  /** ARN of the change set that was executed last, where a change set has made it what it is. */
  readonly changeSetId?: string;
}

export interface StackParameter {
  readonly value: string;
  /** What an SSM parameter type resolved to. */
  readonly resolvedValue?: string;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** One stack event, of the stack itself, of one of its resources, or of a nested stack's. */
export interface StackEvent {
  readonly id: string;
  readonly at: number;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly resourceType: string;
  readonly status: string;
  readonly reason?: string;
  /** Logical ids from the root stack down to the nested stack the event belongs to; empty for the root stack's own. */
  readonly nestedIn: readonly string[];
  /** The type of the hook that refused the resource, where that is what the event tells; `reason` is the hook's. */
  readonly refusedBy?: string;
  /** The client request token of the operation that the event belongs to. */
  readonly token?: string;
}

/** One resource from the first event of an operation to its last. */
export interface ResourceTiming {
  readonly logicalId: string;
  readonly nestedIn: readonly string[];
  readonly resourceType: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly status: string;
}

export type ChangeAction = 'Add' | 'Modify' | 'Remove' | 'Import' | 'Dynamic' | 'SyncWithActual';

/** One resource of a change set. */
export interface ResourceChange {
  readonly action: ChangeAction;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly resourceType: string;
  readonly replacement?: 'True' | 'False' | 'Conditional';
  readonly policyAction?: string;
  /** Names of the properties and attributes that change. */
  readonly changed: readonly string[];
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly stackId: string;
  /** Nothing would change: CloudFormation said so in its status and reason. */
  readonly empty: boolean;
  readonly changes: readonly ResourceChange[];
}

/** What CloudFormation did with an executed change set, or with an operation that was under way already. */
export interface Deployment {
  readonly stackId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The stack's status when the operation ended, or when the wait for it did. */
  readonly finalStatus: string;
  readonly succeeded: boolean;
  /** The stack as it was read then: a later reading may be of before. Absent where its last event alone told its end. */
  readonly stack?: Stack;
  /** Each event once, oldest first. */
  readonly events: readonly StackEvent[];
  readonly timings: readonly ResourceTiming[];
  /** What is odd about it without having ended it: leftovers, events that could not be read. */
  readonly findings: readonly Finding[];
}

/** A place in the template, from its top: `['Resources', 'Cluster', 'Properties', 'Tags', '0']`. */
export type TemplatePath = readonly string[];

/** Finds the source of a place in the template, or undefined where it has none. */
export type Locate = (path: TemplatePath) => SourceLocation | undefined;
