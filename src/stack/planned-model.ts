import type { ResourceChange, StackParameter } from './model.ts';

/** A change set as CloudFormation tells it, with values: not yet fit to be shown, since there may be secrets in it. */
export interface PlannedChangeSet {
  readonly id: string;
  /** The ARN of its stack; empty where that is not told. */
  readonly stackId: string;
  /** Nothing would change: CloudFormation said so in its status and reason. */
  readonly empty: boolean;
  readonly resources: readonly PlannedResource[];
  readonly parameters: Readonly<Record<string, StackParameter>>;
  /** False: this service tells no values, only what changes. */
  readonly hasValues: boolean;
  /** Compared with the resources as they are. */
  readonly revertsDrift: boolean;
}

export interface PlannedResource extends Omit<ResourceChange, 'changed'> {
  /** How the resource is, where it was compared with that: IN_SYNC, MODIFIED, DELETED, UNKNOWN or UNSUPPORTED. */
  readonly driftStatus?: string;
  readonly scope: readonly string[];
  readonly details: readonly PlannedDetail[];
  /** The whole resource before and after, as far as CloudFormation tells it. */
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  readonly nested?: PlannedChangeSet;
  /** A reading without values does not tell of it. */
  readonly onlyWithValues?: boolean;
}

/** One reason for one property to change. */
export interface PlannedDetail {
  /** Properties, Metadata, Tags and so on. */
  readonly attribute: string;
  /** Name of the property, where the attribute is Properties. */
  readonly name?: string;
  /** JSON pointer from the resource on: `/Properties/Tags/0/Value`. */
  readonly path?: string;
  readonly requiresRecreation: 'Never' | 'Conditionally' | 'Always';
  readonly evaluation: 'Static' | 'Dynamic';
  readonly source?: string;
  readonly entity?: string;
  /** Texts, or JSON of what is no text. */
  readonly before?: string;
  readonly after?: string;
  readonly action?: 'Add' | 'Modify' | 'Remove' | 'SyncWithActual';
  /** The resource itself has another value than was deployed. */
  readonly drifted: boolean;
  /** A reading without values does not tell of it. */
  readonly onlyWithValues?: boolean;
}

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };
