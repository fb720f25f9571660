import type { ValueDiff } from '../diff/model.ts';
import type { ChangeAction } from '../stack/model.ts';
import type { FailureReason, Finding, SourceLocation } from '../types.ts';
import type { PlanRecord } from './record.ts';

/**
 * What a run would change, as plain data: nothing here is secret, and every text may still be hostile in markup, so
 * whoever renders it escapes it for the place it lands in.
 */
export type EnvironmentPlan = ChangeSetPlan | OfflinePlan | FailedPlan;

interface PlanBase {
  /** The environment's name; the stack's where only a stack was named. */
  readonly environment: string;
  /** The stack that a deployment would create or update, also where a throw-away name stood in for it. */
  readonly stackName: string;
  /** Empty where nothing names one. */
  readonly region: string;
  /** Paths in the workspace. */
  readonly templateFile: string;
  readonly environmentFile?: string;
  /** Whatever is worth telling beside the changes: warnings, validations, hooks. Errors where the plan failed. */
  readonly findings: readonly Finding[];
}

/** What CloudFormation says would happen. */
export interface ChangeSetPlan extends PlanBase {
  readonly kind: 'change-set';
  readonly isNew: boolean;
  /** CloudFormation said that nothing would change. An empty list of resources is no sign: outputs alone may change. */
  readonly empty: boolean;
  /** First what matters most. */
  readonly impacts: readonly Impact[];
  /** The highest risk of all impacts and changes. */
  readonly risk: Risk;
  readonly changes: readonly PlannedChange[];
  readonly sections: readonly SectionChange[];
  readonly parameters: readonly ParameterChange[];
  /** Set where the change set was kept, for `change-set` of a deployment. */
  readonly keptChangeSet?: string;
  /** What a deployment is compared with. */
  readonly record: PlanRecord;
  /** Resources that `fail-on-replacement` protects, and that would be replaced or removed. */
  readonly refused: readonly Finding[];
}

/** What can be known without AWS: no change set was made, so it is not known what would happen to the resources. */
export interface OfflinePlan extends PlanBase {
  readonly kind: 'offline';
  /** Why there is no change set, in a sentence. */
  readonly why: string;
  /** What the repository's files are compared with, for example `main at 1a2b3c4`; absent: there was nothing to compare with. */
  readonly comparedWith?: string;
  /** Why there was nothing to compare with, in a sentence. */
  readonly notCompared?: string;
  /** The template's resources: members are logical ids, each with what is different in its definition. */
  readonly resources: readonly TemplateResourceChange[];
  readonly sections: readonly SectionChange[];
  readonly parameters: readonly ParameterChange[];
}

/** An environment that could not be planned; the findings say why. */
export interface FailedPlan extends PlanBase {
  readonly kind: 'failed';
  readonly reason: FailureReason;
}

/**
 * `data-lost`: something that holds data is deleted. `removed` and `replaced`: it goes, and something may depend on it.
 * `exposed`: reachable by everybody, or a permission grows without bounds. `maybe-replaced`: only the execution decides.
 * `rolled`: container instances are replaced one after the other. `safe`: in place, or new. Highest first.
 */
export const RISKS = ['data-lost', 'replaced', 'removed', 'exposed', 'maybe-replaced', 'rolled', 'safe'] as const;
export type Risk = (typeof RISKS)[number];

/** One thing that it means for the cluster, in words: `desired count of Group 3 → 5`. One sentence without its full stop. */
export interface Impact {
  readonly risk: Risk;
  readonly text: string;
  /** Of a resource in a nested stack by its path: `Child/Inner`. */
  readonly logicalId?: string;
}

/** One resource that would change. */
export interface PlannedChange {
  readonly action: ChangeAction;
  readonly logicalId: string;
  readonly resourceType: string;
  readonly physicalId?: string;
  readonly replacement?: 'True' | 'False' | 'Conditional';
  /** What becomes of the old resource: Delete, Retain, Snapshot, ReplaceAndDelete, ReplaceAndRetain, ReplaceAndSnapshot. */
  readonly policyAction?: string;
  /** Properties, Metadata, CreationPolicy, UpdatePolicy, DeletionPolicy, UpdateReplacePolicy, Tags. */
  readonly scope: readonly string[];
  readonly risk: Risk;
  readonly properties: readonly PropertyChange[];
  /** Where the template defines it. */
  readonly location?: SourceLocation;
  /** What would change inside of a nested stack; absent where this is none, or where CloudFormation does not tell. */
  readonly nested?: { readonly changes: readonly PlannedChange[]; readonly empty: boolean };
}

/** One property or attribute of a resource that would change. */
export interface PropertyChange {
  /** From the resource on: `['Properties', 'LaunchTemplateData', 'UserData']`, `['UpdatePolicy']`, `['Tags']`. */
  readonly path: readonly string[];
  /** Absent where CloudFormation did not tell. */
  readonly action?: 'Add' | 'Modify' | 'Remove' | 'SyncWithActual';
  readonly requiresRecreation: 'Never' | 'Conditionally' | 'Always';
  /** False: whether it changes at all is only known at the execution (Evaluation `Dynamic`). */
  readonly certain: boolean;
  readonly causes: readonly Cause[];
  /** Absent where the values are not known, or are secret. Scalars may be `KNOWN_AFTER_APPLY` or `WITHHELD`. */
  readonly diff?: ValueDiff;
  /** Why a value, or a part of it, is not shown: `it holds the NoEcho parameter DbPassword`. */
  readonly withheld?: string;
  /** The diff is that of the template's own text, unresolved: `${Cluster}` and `!Ref` are as they are written. */
  readonly unresolved?: boolean;
  /** What the resource really has, where it was changed by hand since it was deployed. */
  readonly drifted?: boolean;
}

/** What makes a property change. `entity`: the parameter, resource or `Resource.Attribute`. */
export interface Cause {
  readonly kind: 'parameter' | 'resource' | 'attribute' | 'direct' | 'automatic' | 'none';
  readonly entity?: string;
}

/** In place of a value that CloudFormation only knows once it is executed. */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';
/** In place of a value, or the part of one, that is secret. */
export const WITHHELD = '{{muster:WITHHELD}}';

/** Something of the template that is no resource and that change sets do not tell. */
export interface SectionChange {
  readonly section: string;
  /** Name of the output, condition, mapping or parameter; empty for a section that is one value. */
  readonly name: string;
  readonly diff: ValueDiff;
  readonly location?: SourceLocation;
}

/** A resource whose definition differs, where only the template is known. */
export interface TemplateResourceChange {
  readonly logicalId: string;
  readonly resourceType: string;
  readonly diff: ValueDiff;
  readonly withheld?: string;
  readonly location?: SourceLocation;
}

/** A parameter of the stack whose value would be another. */
export interface ParameterChange {
  readonly name: string;
  /** Absent: the stack has no such parameter yet, or will have none any more. */
  readonly before?: string;
  readonly after?: string;
  /** Neither value is shown: it is a NoEcho parameter, of which nobody can tell whether it changes. */
  readonly secret: boolean;
  /** The SSM parameter that the value names, whose own value is newer than the deployed one. */
  readonly ssm?: { readonly name: string; readonly before?: string; readonly after?: string };
}
