/**
 * What a plan was, short enough to be carried along in the comment that shows it: what a deployment compares itself
 * with. Neither secrets, nor physical ids, nor times are in it.
 */
export interface PlanRecord {
  readonly environment: string;
  readonly stackName: string;
  readonly region: string;
  /** The commit that was planned. */
  readonly commit?: string;
  /** SHA-256 of all of it, in hexadecimal. */
  readonly fingerprint: string;
  /** SHA-256 of the template. */
  readonly template: string;
  /** The first 16 digits of each parameter's SHA-256, by name; secret parameters are not in it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** One line a change, sorted; absent where they are too many to be carried. */
  readonly changes?: readonly string[];
  readonly changeSet?: string;
}
