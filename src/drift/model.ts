import type { RollCall } from '../cluster/model.ts';
import type { ValueDiff } from '../diff/model.ts';
import type { ParameterChange, Risk, SectionChange, TemplateResourceChange } from '../plan/model.ts';
import type { TrailedCall } from '../stack/trail-event.ts';
import type { FailureReason, Finding, SourceLocation } from '../types.ts';
import type { RepairPlan } from './repair-model.ts';

/**
 * Whether what runs is what was deployed, and what was deployed what the repository says, as plain data: nothing here is
 * secret, and every text may still be hostile in markup, so whoever renders it escapes it for the place it lands in.
 */
export interface EnvironmentDrift {
  /** The environment's name; the stack's where only a stack was named. */
  readonly environment: string;
  readonly stackName: string;
  readonly region: string;
  /** The environment file cannot be read: that these are the stack's name and region is a guess. */
  readonly isGuessed?: boolean;
  /** Absent where it is not known. */
  readonly stackId?: string;
  /** Paths in the workspace. */
  readonly templateFile: string;
  readonly environmentFile?: string;
  readonly state: DriftState;
  /** Why the state is not known, or what the environment could not be checked for. */
  readonly why?: string;
  /** The failure that ended the check of this environment, where one did. */
  readonly reason?: FailureReason;
  /** Of the stack and of each nested stack, the stack first. */
  readonly detections: readonly Detection[];
  /** Every resource of the stack and its nested stacks, in the order that CloudFormation lists them. */
  readonly resources: readonly ResourceDrift[];
  /** What is set aside, each with the rule that says so. */
  readonly ignored: readonly SetAside[];
  /** What moves by design, each with what moves it. */
  readonly byDesign: readonly SetAside[];
  /** What nobody can check, and why. */
  readonly unchecked: readonly Unchecked[];
  /** Rules that match nothing there is. */
  readonly stale: readonly IgnoreRule[];
  /** How the deployed stack differs from what the repository would deploy; absent: it does not. */
  readonly undeployed?: Undeployed;
  /** Absent: the roll was not called. */
  readonly rollCall?: RollCall;
  /** What would bring it back to what was deployed; absent where that was not asked for, or nothing has drifted. */
  readonly repair?: RepairPlan;
  /** Everything worth telling, the most serious first. */
  readonly findings: readonly Finding[];
}

/**
 * `drifted`: something that runs is not what was deployed, or the cluster fails the roll call. `drift-unknown`: it could
 * not be found out. `not-checked`: nobody looked. `undeployed`: what runs is what was deployed, and the repository says
 * something else by now. The worst first.
 */
export const DRIFT_STATES = ['drifted', 'drift-unknown', 'not-checked', 'undeployed', 'in-sync'] as const;
export type DriftState = (typeof DRIFT_STATES)[number];

/** One detection of CloudFormation's. */
export interface Detection {
  /** Logical ids from the root stack down; empty for the root stack itself. */
  readonly path: readonly string[];
  readonly state: DetectionState;
  /** What CloudFormation said about it. */
  readonly reason?: string;
}

/** `failed`: with the results of the resources that could be checked. `timed-out`: it had not ended when the wait did. */
export type DetectionState = 'complete' | 'failed' | 'timed-out';

/**
 * `unknown`: CloudFormation tried and could not tell. `not-checked`: it has not looked, or not in this detection.
 * `unsupported`: it never looks at resources of this type.
 */
export type ResourceState = 'in-sync' | 'modified' | 'deleted' | 'unknown' | 'not-checked' | 'unsupported';

export interface ResourceDrift {
  /** Logical ids from the root stack down. */
  readonly path: readonly string[];
  readonly resourceType: string;
  readonly physicalId?: string;
  /** When CloudFormation last created or updated it: ISO 8601, in UTC. */
  readonly updatedAt?: string;
  /** After what is ignored and what moves by design was set aside. */
  readonly state: ResourceState;
  /** Why it is unknown. */
  readonly reason?: string;
  readonly risk: Risk;
  /** What differs, without what was set aside. */
  readonly properties: readonly DriftedProperty[];
  /** The calls that changed it since, newest first. Absent: CloudTrail was not asked, or did not answer. */
  readonly changedBy?: readonly TrailedCall[];
  /** Where the template defines it. */
  readonly location?: SourceLocation;
}

/** A property of a resource that is not what it was deployed as. */
export interface DriftedProperty {
  /** From the properties on: `['SecurityGroupIngress']`, `['Tags']`. */
  readonly path: readonly string[];
  /** From what was deployed to what is there. Absent where it is withheld as a whole. */
  readonly diff?: ValueDiff;
  /** Why some of it, or all, is not shown. */
  readonly withheld?: string;
  readonly location?: SourceLocation;
}

/** A difference that is known and is no drift. */
export interface SetAside {
  readonly path: readonly string[];
  /** Empty for the whole resource. */
  readonly property: readonly string[];
  readonly why: string;
}

export interface Unchecked {
  /** `Policy`, `Nested/Policy`, `Group.UserData`, `parameter Password`. */
  readonly what: string;
  readonly why: string;
}

/** A rule as it was written, and where. */
export interface IgnoreRule {
  readonly text: string;
  readonly from: 'input' | 'file';
}

/** From what is deployed to what the repository says. */
export interface Undeployed {
  /** There is no stack at all. */
  readonly isNew: boolean;
  readonly resources: readonly TemplateResourceChange[];
  readonly sections: readonly SectionChange[];
  readonly parameters: readonly ParameterChange[];
  readonly tags: readonly TagChange[];
}

/** Absent sides: the tag comes, or goes. */
export interface TagChange {
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}
