import type { RollCall } from './cluster/model.ts';
import type { EnvironmentList } from './config/environment-list.ts';
import type { EnvironmentDrift } from './drift/model.ts';
import type { Repair } from './drift/repair-model.ts';
import type { EnvironmentPlan } from './plan/model.ts';
import type { ChangeSet, Deployment, ResourceChange, Stack, StackOutput } from './stack/model.ts';
import type { FailureReason, Finding, SourceLocation } from './types.ts';

/** An output of the stack as it may be told: `withheld` says why its value may not. */
export type ToldOutput = StackOutput & { readonly withheld?: string };

/**
 * What a run has found out so far. The mode fills it in as it goes, so that a run that fails or is cancelled half-way
 * still tells everything that was known by then.
 */
export interface Ledger {
  environment?: string;
  stackName?: string;
  region?: string;
  /** The template's path, for links and locations. */
  templateFile?: string;
  /** Where the template defines each resource, by logical id. */
  resourceLocations?: Readonly<Record<string, SourceLocation>>;
  stack?: Stack;
  changeSet?: Pick<ChangeSet, 'id' | 'name' | 'type' | 'empty'>;
  changes?: readonly ResourceChange[];
  deployment?: Deployment;
  rollCall?: RollCall;
  outputs?: readonly ToldOutput[];
  /** What each environment's deployment would change, in the order they were asked for. */
  plans?: readonly EnvironmentPlan[];
  /** Whether what runs of each environment is what was deployed, in the order they were asked for. */
  drifts?: readonly EnvironmentDrift[];
  /** What a repair does, or would. */
  repair?: Repair;
  /** The names of all environments that the repository has, where drift of the default branch was looked for in all. */
  everyEnvironment?: readonly string[];
  /** Which environments a workflow is to fan out over. */
  environments?: EnvironmentList;
  /** Findings that did not end the run. */
  readonly findings: Finding[];
}

/** The verdict of a run. `findings` holds every finding, root causes first. */
export type Outcome =
  | { readonly outcome: 'succeeded' | 'unchanged'; readonly findings: readonly Finding[] }
  | { readonly outcome: 'failed'; readonly reason: FailureReason; readonly findings: readonly Finding[] };

/** A run as every report tells it: one record, rendered many ways. */
export interface Run {
  readonly mode: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
  readonly ledger: Readonly<Ledger>;
  /** The commit, the repository's and the run's page on GitHub, where the runner told them. */
  readonly commit?: string;
  readonly repositoryUrl?: string;
  readonly runUrl?: string;
}
