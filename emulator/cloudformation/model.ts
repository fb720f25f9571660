import type { Account } from '../types.ts';
import type { ChangeSet } from './change-sets/model.ts';
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
  /** It was there before the stack took it over: what undoes that never deletes it. */
  readonly imported?: true;
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

/** A stack as it was described from a moment on. What it holds beside that, its resources and events, is as it is now. */
export interface StackVersion {
  readonly since: Date;
  readonly stack: Stack;
}

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
  /** What it was like each time that its status was told, for reads that are behind. */
  readonly versions: StackVersion[];
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
