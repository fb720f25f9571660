import type { Impact, PlannedChange, Risk } from '../plan/model.ts';
import type { Finding, SourceLocation } from '../types.ts';

/**
 * What would bring a stack back to what was deployed, as plain data: nothing here is secret, and every text may still be
 * hostile in markup, so whoever renders it escapes it for the place it lands in.
 */
export type RepairPlan = Repair | NoRepair;

/** What CloudFormation would do. */
export interface Repair {
  readonly kind: 'planned';
  /** The repair by which it is asked for: another one has another. */
  readonly fingerprint: string;
  /** CloudFormation would change nothing. */
  readonly empty: boolean;
  /** First what matters most. */
  readonly impacts: readonly Impact[];
  /** The highest risk of all impacts and changes. */
  readonly risk: Risk;
  readonly changes: readonly PlannedChange[];
  /** What is done only where `revert-allow` names the resource. */
  readonly harms: readonly Harm[];
  /** What has drifted and stays as it is, `Group.MaxSize`. */
  readonly left: readonly string[];
  /** What `drift-ignore` passes over and is changed back all the same. */
  readonly alsoIgnored: readonly string[];
  readonly findings: readonly Finding[];
}

/** CloudFormation could not say what it would do; the first finding says why. */
export interface NoRepair {
  readonly kind: 'impossible';
  readonly findings: readonly Finding[];
}

/**
 * `replaced`, `maybe-replaced`, `removed`: the resource goes, or may. `loses-item`: an item of a list goes that another
 * stack may have attached. `smaller`: container instances leave. `not-deployed`: it takes a value that was not deployed.
 */
export const HARMS = ['replaced', 'maybe-replaced', 'removed', 'loses-item', 'smaller', 'not-deployed'] as const;

/** Something that a repair does to one resource and that nobody may want. */
export interface Harm {
  readonly kind: (typeof HARMS)[number];
  /** Logical ids from the root stack down. */
  readonly path: readonly string[];
  readonly resourceType: string;
  /** What is done to it, one sentence without its subject and full stop: `loses 1 item of SecurityGroupIngress`. */
  readonly what: string;
  /** Where the template defines it, or the nested stack that it is in. */
  readonly location?: SourceLocation;
}
