/** A place in a file of the user's repository. Lines and columns count from 1; `file` is relative to the workspace. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

export type FindingLevel = 'error' | 'warning' | 'notice';

/**
 * One thing worth telling. Plain text, in nobody's markup: whoever renders it escapes it for the place it lands in.
 * `title` fits on a line; `message` says what happened and why; `remedy` says what to do next, with the command to
 * paste where there is one.
 */
export interface Finding {
  readonly level: FindingLevel;
  readonly title: string;
  readonly message: string;
  readonly remedy?: string;
  readonly location?: SourceLocation;
}

/** The values of the output `failure-reason`, with what each means to a reader of the report. */
export const FAILURE_REASONS = {
  'invalid-config': 'the inputs, the environment file or the template cannot be used as they are',
  'wrong-account': 'the credentials belong to another AWS account than the environment names',
  credentials: 'there are no AWS credentials, or they have expired',
  'access-denied': 'the role lacks a permission that the verdict rests on',
  'stack-busy': 'another operation held the stack for longer than busy-timeout',
  'stack-stuck': 'the stack is in a state that only a person can resolve',
  'change-set-failed': 'CloudFormation refused the change set',
  'replacement-refused': 'the change set replaces, removes or takes away something that is protected',
  'plan-changed': 'what would be done is not what was shown',
  'rolled-back': 'the deployment failed in CloudFormation',
  'timed-out': 'a time limit ended the wait before the result was known',
  'capacity-short': 'fewer container instances answered the roll call than expected',
  'capacity-over': 'more container instances answered the roll call than expected',
  drifted: 'what runs is not what was deployed, or the cluster does not answer the roll call',
  'drift-unknown': 'whether something has drifted could not be found out for all of it',
  cancelled: 'the job was cancelled',
  internal: 'a fault of ECS Muster itself',
} as const;

export type FailureReason = keyof typeof FAILURE_REASONS;

/**
 * An operation that cannot go on. The only exception of ours: a check returns its findings instead, and anything else
 * that is thrown becomes `internal` in action.ts. The first finding is the root cause.
 */
export class Failure extends Error {
  readonly reason: FailureReason;
  readonly findings: readonly Finding[];

  constructor(reason: FailureReason, findings: readonly Finding[], options?: ErrorOptions) {
    super(findings[0]?.title ?? FAILURE_REASONS[reason], options);
    this.name = 'Failure';
    this.reason = reason;
    this.findings = findings;
  }
}
