import type { ActualStack, ActualStatus, IgnoredAttribute } from '../drift/actual-stack.ts';
import type { Deployment, Operation } from '../model.ts';

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
