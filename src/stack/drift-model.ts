import type { Json, JsonObject } from './planned-model.ts';

/** What CloudFormation's drift detection tells of a stack and its nested stacks: not yet fit to be shown. */
export interface StackDrift {
  /** Logical ids from the root stack down; empty for the root stack itself. */
  readonly path: readonly string[];
  readonly stackId: string;
  readonly detection: 'complete' | 'failed' | 'timed-out';
  /** What CloudFormation said about the detection. */
  readonly reason?: string;
  /** Every resource that the stack has, in the order in which CloudFormation lists them. */
  readonly resources: readonly DetectedResource[];
}

export interface DetectedResource {
  readonly logicalId: string;
  readonly resourceType: string;
  readonly physicalId?: string;
  /** When CloudFormation last created or updated it. An instant. */
  readonly updatedAt?: number;
  /** `not-checked`: without a result of this detection. `unsupported`: without one, though the detection was complete. */
  readonly state: 'in-sync' | 'modified' | 'deleted' | 'unknown' | 'not-checked' | 'unsupported';
  readonly reason?: string;
  /** The properties as they were deployed, as far as they were compared. */
  readonly expected?: JsonObject;
  readonly differences: readonly PropertyDifference[];
}

export interface PropertyDifference {
  /** From the properties on: `['SecurityGroupIngress', '2']`. */
  readonly path: readonly string[];
  /** `added`: an item that was not deployed. */
  readonly kind: 'added' | 'removed' | 'changed';
  /** Absent for what was added. */
  readonly expected?: Json;
  /** Absent for what was removed. */
  readonly actual?: Json;
}
