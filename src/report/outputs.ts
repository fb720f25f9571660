import { matrixJobs } from '../config/environment-list.ts';
import type { DriftState, EnvironmentDrift } from '../drift/model.ts';
import { hasDrifted, worstOf } from '../drift/state.ts';
import type { Run, ToldOutput } from '../outcome.ts';
import type { Finding } from '../types.ts';
import { flat } from './plan-words.ts';
import { wasCutOff } from './verdict.ts';

/** The outputs of the action. A stack output of one of these names is told inside `outputs` only. */
export const RESERVED_OUTPUTS = [
  'outcome',
  'failure-reason',
  'stack-id',
  'stack-status',
  'change-set-id',
  'has-changes',
  'replacements',
  'cluster-arn',
  'registered-count',
  'desired-count',
  'drift-status',
  'drifted-resources',
  'environments',
  'matrix',
  'comment-url',
  'issue-url',
  'report',
  'outputs',
] as const;

export type OutputName = (typeof RESERVED_OUTPUTS)[number];

export interface StepOutputs {
  /** In the order in which they are to be written: the stack's, then ours. */
  readonly values: ReadonlyMap<string, string>;
  /** A warning for each stack output that could not be given under its own name. */
  readonly findings: readonly Finding[];
}

/**
 * The step's outputs: every stack output under its own name, then ours. The runner takes names without regard to
 * case, so a stack output `Outcome` would replace the verdict. Withheld outputs are in none of them.
 */
export function outputsOf(run: Run): StepOutputs {
  const told = (run.ledger.outputs ?? []).filter((output) => output.withheld === undefined);
  const taken = new Map<string, string>(RESERVED_OUTPUTS.map((name) => [name, name]));
  const values = new Map<string, string>();
  const findings: Finding[] = [];
  for (const output of told) {
    const holder = taken.get(output.key.toLowerCase());
    if (holder === undefined) {
      taken.set(output.key.toLowerCase(), output.key);
      values.set(output.key, output.value);
    } else {
      findings.push(collision(output, holder));
    }
  }
  for (const [name, value] of Object.entries(ours(run, told))) if (value !== undefined) values.set(name, value);
  return { values, findings };
}

function ours(run: Run, told: readonly ToldOutput[]): Partial<Record<OutputName, string | undefined>> {
  const { outcome, ledger } = run;
  const { stack, changeSet, changes = plannedChanges(run), deployment, plans, drifts, environments } = ledger;
  const rollCall = ledger.rollCall ?? (drifts?.length === 1 ? drifts[0]?.rollCall : undefined);
  return {
    outcome: outcome.outcome,
    'failure-reason': outcome.outcome === 'failed' ? outcome.reason : '',
    'stack-id': stack?.id ?? deployment?.stackId ?? (drifts?.length === 1 ? drifts[0]?.stackId : undefined),
    'stack-status': stack?.status ?? deployment?.finalStatus,
    'change-set-id': changeSet?.id,
    'has-changes': changeSet === undefined ? hasChanges(run) : String(!changeSet.empty),
    replacements:
      changes === undefined ? undefined : String(changes.filter((one) => mayReplace(one.replacement)).length),
    environments: environments
      ? JSON.stringify(environments.chosen)
      : (plans ?? drifts) && JSON.stringify((plans ?? drifts ?? []).map(({ environment }) => environment)),
    matrix: environments && JSON.stringify({ include: matrixJobs(environments.chosen) }),
    'cluster-arn': rollCall?.clusterArn,
    'registered-count': rollCall?.registeredCount.toString(),
    'desired-count': rollCall?.expected.count.toString(),
    'drift-status': drifts && driftStatus(run, drifts),
    'drifted-resources': drifts && JSON.stringify(drifts.flatMap(driftedNames)),
    outputs: JSON.stringify(Object.fromEntries(told.map(({ key, value }) => [key, value]))),
  };
}

/** The worst of all environments; of those that nobody came to look at it is not known. */
function driftStatus({ outcome }: Run, drifts: readonly EnvironmentDrift[]): DriftState | undefined {
  const states = drifts.map(({ state }) => state);
  return worstOf(wasCutOff(outcome) ? [...states, 'drift-unknown'] : states);
}

/** `{environment, resource, type, state}`; the resource of a nested stack is `Nested/Resource`. */
function driftedNames({ environment, resources }: EnvironmentDrift) {
  return resources
    .filter(hasDrifted)
    .map(({ path, resourceType, state }) => ({ environment, resource: path.join('/'), type: resourceType, state }));
}

/** Every planned change, those of nested stacks too; undefined where no change set was made. */
function plannedChanges({ ledger: { plans = [] } }: Run) {
  const made = plans.filter((plan) => plan.kind === 'change-set');
  return made.length === 0 ? undefined : made.flatMap((plan) => flat(plan.changes).map(({ change }) => change));
}

/** Whether any environment would change; undefined where no change set was made that could tell. */
function hasChanges({ ledger: { plans = [] } }: Run): string | undefined {
  const made = plans.filter((plan) => plan.kind === 'change-set');
  return made.length === 0 ? undefined : String(made.some((plan) => !plan.empty));
}

function mayReplace(replacement: 'True' | 'False' | 'Conditional' | undefined): boolean {
  return replacement === 'True' || replacement === 'Conditional';
}

function collision({ key }: ToldOutput, holder: string): Finding {
  return {
    level: 'warning',
    title: `The stack output ${key} is not an output of this step`,
    message: `Names of step outputs are told apart without regard to case, and ${holder} has this one.`,
    remedy: `Read it as fromJSON(steps.<id>.outputs.outputs).${key}, or give it another name in the template.`,
  };
}
