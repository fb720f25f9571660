import type { Account } from '../types.ts';
import type { ActualStack, ActualStatus, IgnoredAttribute } from './drift/actual-stack.ts';
import type { Run } from './execution/run.ts';
import type { Json, JsonObject, RetentionPolicy, Template } from './template/model.ts';
import type { ParameterValues } from './template/parameters.ts';

/** What a stack is asked to be: a template and everything that goes with it. */
export interface Deployment {
  readonly body: string;
  readonly template: Template;
  readonly parameters: ParameterValues;
  readonly capabilities: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
}

/** One resource of a stack as it is. */
export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Resolved properties as they were last applied. */
  readonly properties: JsonObject;
  /** The same with dynamic references as they are written, which is what descriptions show and changes are found by. */
  readonly declared: JsonObject;
  readonly metadata?: Json;
  readonly updatePolicy?: JsonObject;
  readonly deletionPolicy: RetentionPolicy;
  readonly updateReplacePolicy: RetentionPolicy;
  /** The resources that it was built on. */
  readonly dependencies: readonly string[];
  readonly status: string;
  readonly statusReason?: string;
  readonly timestamp: Date;
}

export interface OutputValue {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

export type OperationType =
  | 'CREATE_STACK'
  | 'UPDATE_STACK'
  | 'DELETE_STACK'
  | 'CONTINUE_ROLLBACK'
  | 'ROLLBACK'
  | 'CREATE_CHANGESET';

/** What events are grouped by: one request, or the rollback that followed it. */
export interface Operation {
  readonly id: string;
  readonly type: OperationType;
  readonly token?: string;
  readonly startTime: Date;
  endTime?: Date;
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  readonly events: OperationEvent[];
}

export interface StackEvent {
  readonly eventId: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly timestamp: Date;
  readonly status: string;
  readonly reason?: string;
  readonly properties?: string;
  readonly token?: string;
  readonly operationId?: string;
}

/** A row of DescribeEvents. */
export interface OperationEvent {
  readonly eventId: string;
  readonly kind: 'STACK_EVENT' | 'PROVISIONING_ERROR' | 'VALIDATION_ERROR' | 'PROGRESS_EVENT';
  readonly timestamp: Date;
  readonly stackEvent?: StackEvent;
  readonly validation?: ValidationFailure;
}

/** What early validation found wrong with one property or resource. */
export interface ValidationFailure {
  readonly name: 'PROPERTY_VALIDATION' | 'NAME_CONFLICT_VALIDATION' | 'BUCKET_EMPTINESS_VALIDATION';
  readonly mode: 'FAIL' | 'WARN';
  readonly logicalId: string;
  readonly type: string;
  readonly reason: string;
  /** `/Resources/X/Properties/Y` */
  readonly path: string;
}

/** A state that the stack can be rolled back to. */
export interface StableState {
  readonly deployment: Deployment;
  readonly resources: ReadonlyMap<string, ResourceRecord>;
  readonly outputs: readonly OutputValue[];
  readonly imports: ReadonlySet<string>;
}

/** A resource that is no longer part of the stack's template and is to be deleted in the clean-up phase. */
export interface Leftover {
  readonly record: ResourceRecord;
  readonly policy: RetentionPolicy;
}

/** What follows a failure; `fail` ends a nested stack's creation at once and leaves the rest to its parent. */
export type FailureMode = 'rollback' | 'delete' | 'keep' | 'fail';

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly creationTime: Date;
  readonly parentId?: string;
  readonly rootId?: string;
  /** The resource of the parent that a nested stack is. */
  readonly parentResource?: string;
  /** The credentials of the request that last changed the stack. */
  account: Account;
  status: string;
  statusReason?: string;
  lastUpdatedTime?: Date;
  deletionTime?: Date;
  deployment: Deployment | undefined;
  description?: string;
  readonly resources: Map<string, ResourceRecord>;
  outputs: readonly OutputValue[];
  /** The exports that the stack's template imports. */
  imports: ReadonlySet<string>;
  disableRollback: boolean;
  timeoutInMinutes?: number;
  /** What the operation under way creates is deleted by its rollback, whatever its DeletionPolicy. */
  retainExceptOnCreate: boolean;
  terminationProtection: boolean;
  stackPolicy?: string;
  readonly events: StackEvent[];
  readonly operations: Operation[];
  readonly changeSets: Map<string, ChangeSet>;
  /** The change set that made the stack what it is. */
  changeSetId?: string;
  /** Where a rollback leads; absent before the stack was ever complete. */
  stable?: StableState;
  /** What is still to be deleted of earlier updates. */
  leftovers: Leftover[];
  /** The operation under way. */
  running?: { run: Run; readonly cancel: AbortController; readonly done: Promise<void> };
}

export type ChangeSetType = 'CREATE' | 'UPDATE' | 'IMPORT';

/** One change of one resource. */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Import' | 'SyncWithActual';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly policyAction?: string;
  readonly replacement?: 'True' | 'False' | 'Conditional';
  readonly scope: readonly string[];
  readonly details: readonly ChangeDetail[];
  readonly changeSetId?: string;
  /** JSON of the resource's declaration, resolved; with property values only. */
  readonly beforeContext?: string;
  readonly afterContext?: string;
  /** Of drift-aware change sets: the actual state, what of it is left alone, and the declaration before the drift. */
  readonly driftStatus?: ActualStatus;
  readonly driftIgnored?: readonly IgnoredAttribute[];
  readonly previousContext?: string;
}

export interface ChangeDetail {
  readonly attribute:
    | 'Properties'
    | 'Metadata'
    | 'CreationPolicy'
    | 'UpdatePolicy'
    | 'DeletionPolicy'
    | 'UpdateReplacePolicy'
    | 'Tags';
  readonly name?: string;
  readonly requiresRecreation: 'Never' | 'Conditionally' | 'Always';
  readonly evaluation: 'Static' | 'Dynamic';
  readonly changeSource?:
    | 'ResourceReference'
    | 'ParameterReference'
    | 'ResourceAttribute'
    | 'DirectModification'
    | 'Automatic'
    | 'NoModification';
  readonly causingEntity?: string;
  /** With property values only. */
  readonly value?: {
    readonly path: string;
    readonly type: 'Add' | 'Modify' | 'Remove' | 'SyncWithActual';
    readonly before?: string;
    readonly after?: string;
  };
  /** Of drift-aware change sets. */
  readonly beforeFrom?: 'ACTUAL_STATE' | 'PREVIOUS_DEPLOYMENT_STATE';
  readonly afterFrom?: 'TEMPLATE';
  readonly drift?: { readonly previous?: string; readonly actual?: string; readonly timestamp: Date };
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: ChangeSetType;
  readonly creationTime: Date;
  readonly clientToken?: string;
  readonly description?: string;
  readonly includeNestedStacks: boolean;
  /** Resources that exist are taken over where their names and policies allow it. */
  readonly importExistingResources?: boolean;
  /** The physical ids of what is to be imported, by logical id. */
  readonly resourcesToImport: ReadonlyMap<string, string>;
  /** Early validation is on unless the request says DisableValidation. */
  readonly validates: boolean;
  readonly parentId?: string;
  readonly rootId?: string;
  readonly onStackFailure?: 'DO_NOTHING' | 'ROLLBACK' | 'DELETE';
  /** Made against the actual state of the resources. */
  readonly deploymentMode?: 'REVERT_DRIFT';
  /** That state, once it has been read. */
  actual?: ActualStack;
  readonly operation: Operation;
  deployment: Deployment;
  status: 'CREATE_PENDING' | 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'FAILED' | 'DELETE_COMPLETE';
  statusReason?: string;
  executionStatus:
    | 'UNAVAILABLE'
    | 'AVAILABLE'
    | 'EXECUTE_IN_PROGRESS'
    | 'EXECUTE_COMPLETE'
    | 'EXECUTE_FAILED'
    | 'OBSOLETE';
  changes: readonly ResourceChange[];
  /** What is described with property values, which can be less. */
  valuedChanges: readonly ResourceChange[];
  /** Why values are missing from that. */
  problems: readonly ResourceProblem[];
}

/** What a resource's values cannot be resolved for before the change set is executed. */
export interface ResourceProblem {
  readonly logicalId: string;
  readonly reason: string;
}
