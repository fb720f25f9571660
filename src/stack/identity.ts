import { randomBytes } from 'node:crypto';

/** The workflow run that a change set is made for. */
export interface RunIdentity {
  readonly id: string;
  readonly attempt: string;
}

/** What a change set's name tells about who made it. */
export interface NamedFor extends RunIdentity {
  /** Kept on purpose, for a later run to execute. */
  readonly kept: boolean;
}

/**
 * A name for one change set of a run: `muster-<run id>-<attempt>-<random>`, or `muster-kept-…` for one that is meant
 * to outlive the run. It doubles as the idempotency token of creating it and of executing it.
 */
export function changeSetName(run: RunIdentity, { kept = false } = {}): string {
  const part = (text: string) => text.replace(/[^a-zA-Z0-9]/g, '').slice(0, 24) || '0';
  return `muster-${kept ? 'kept-' : ''}${part(run.id)}-${part(run.attempt)}-${randomBytes(4).toString('hex')}`;
}

/** CreateChangeSet, StackName: at most 128 characters. */
const LONGEST_STACK_NAME = 128;

/**
 * A throw-away name for planning a stack that does not exist: its shell is the plan's own, and removing it can never
 * hit one that a deployment is about to use. A role for plans may be allowed to delete stacks of this form only.
 */
export function planStackName(stackName: string, changeSetName: string): string {
  const [prefix, suffix] = ['muster-plan-', `-${changeSetName.replace(/^muster-/, '')}`];
  return `${prefix}${stackName.slice(0, LONGEST_STACK_NAME - prefix.length - suffix.length)}${suffix}`;
}

/** The run that planned a stack under this throw-away name; undefined when that is the name of anything else. */
export function plannedBy(throwAwayName: string, stackName: string): NamedFor | undefined {
  const [, made = ''] = /^muster-plan-.*-([a-zA-Z0-9]+-[a-zA-Z0-9]+-[0-9a-f]{8})$/.exec(throwAwayName) ?? [];
  const changeSet = `muster-${made}`;
  return planStackName(stackName, changeSet) === throwAwayName ? namedFor(changeSet) : undefined;
}

/** The run that a change set of this name was made for; undefined when it is none of ours. */
export function namedFor(changeSetName: string): NamedFor | undefined {
  const match = /^muster-(kept-)?([a-zA-Z0-9]+)-([a-zA-Z0-9]+)-[0-9a-f]{8}$/.exec(changeSetName);
  const [, kept, id, attempt] = match ?? [];
  return id === undefined || attempt === undefined ? undefined : { kept: kept !== undefined, id, attempt };
}

const MADE_SHELL = 'it also made this stack';

/** A change set's description, for people who meet it in the console and for the run that sweeps it. */
export function describeRun(changeSetName: string, { madeShell }: { readonly madeShell: boolean }): string {
  const run = namedFor(changeSetName);
  const who = run === undefined ? 'ECS Muster' : `ECS Muster, run ${run.id}, attempt ${run.attempt}`;
  return `Made by ${who}${madeShell ? `; ${MADE_SHELL}` : ''}`;
}

/** Whether the run that made a change set of this description also made the stack's shell. */
export function hasMadeShell(description: string | undefined): boolean {
  return description?.endsWith(MADE_SHELL) ?? false;
}
