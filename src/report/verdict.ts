import type { RollCall } from '../cluster/model.ts';
import type { Outcome, Run } from '../outcome.ts';
import type { EnvironmentPlan } from '../plan/model.ts';
import { count } from '../text.ts';
import { FAILURE_REASONS, type FailureReason } from '../types.ts';
import { driftVerdict } from './drift-words.ts';
import { environmentVerdict } from './environment-table.ts';
import { planVerdict } from './plan-words.ts';
import { revertVerdict } from './repair-words.ts';

export { rollCallNumbers } from './roll-call-numbers.ts';

/** The verdict in one sentence of plain text, for a person who reads nothing else. */
export function verdict(run: Run): string {
  const { outcome, ledger } = run;
  const told = run.mode === 'revert' ? revertVerdict(run, stackOf(run), answered(run)) : undefined;
  if (told !== undefined) return told;
  if (ledger.plans !== undefined && ledger.plans.length > 0) return ofPlans(outcome, ledger.plans);
  if (ledger.environments !== undefined) return environmentVerdict(ledger.environments);
  if (ledger.drifts !== undefined && ledger.drifts.length > 0 && !wasCutOff(outcome))
    return driftVerdict(ledger.drifts);
  switch (outcome.outcome) {
    case 'succeeded':
      return run.mode === 'verify' ? answered(run) : sentence(`${stackOf(run)} is deployed`, answered(run));
    case 'unchanged':
      return sentence(`Nothing to change in ${stackOf(run)}`, answered(run));
    case 'failed':
      return failure(run, outcome.reason);
    default:
      return outcome satisfies never;
  }
}

/** A plan says itself what stands in the way of an environment; what is refused is planned all the same. */
function ofPlans(outcome: Outcome, plans: readonly EnvironmentPlan[]): string {
  const isRefused = outcome.outcome === 'failed' && outcome.reason === 'replacement-refused';
  const refused = 'Refused, because something that is protected would be replaced or removed: ';
  return isRefused ? `${refused}${planVerdict(plans).replace(/^N/, 'n')}` : planVerdict(plans);
}

/** The run ended before everything was looked at. */
export function wasCutOff(outcome: Outcome): boolean {
  return outcome.outcome === 'failed' && (outcome.reason === 'cancelled' || outcome.reason === 'internal');
}

/** The stack by name, or what is known instead of it. */
export function stackOf({ ledger }: Run): string {
  if (ledger.environments !== undefined) return 'the repository';
  const [only, ...more] = ledger.plans ?? ledger.drifts ?? [];
  if (only !== undefined) return more.length === 0 ? only.stackName : count(more.length + 1, 'environment');
  return ledger.stackName ?? ledger.stack?.name ?? ledger.environment ?? 'the stack';
}

/** Where a stack was deployed, its name says which cluster is meant. */
function ofCluster(mode: string, { clusterName }: RollCall): string {
  return mode === 'verify' ? ` of ${clusterName}` : '';
}

function answered({ mode, ledger: { rollCall } }: Run): string {
  if (rollCall === undefined) return 'The roll was not called.';
  const { count: expected } = rollCall.expected;
  const of = ofCluster(mode, rollCall);
  if (expected === 0) return `No container instance${of} is expected, and none is registered.`;
  if (expected === 1) return `The one container instance${of} answered the roll call.`;
  return `All ${expected} container instances${of} answered the roll call.`;
}

const NOTHING: Readonly<Record<string, string>> = {
  plan: 'Nothing was planned',
  drift: 'Nothing was checked for drift',
  revert: 'Nothing was changed back',
  verify: 'The roll was not called',
  environments: 'No environment was listed',
};

function failure(run: Run, reason: FailureReason): string {
  const stack = stackOf(run);
  const nothing = NOTHING[run.mode] ?? 'Nothing was deployed';
  switch (reason) {
    case 'invalid-config': {
      const stands = cameToStand(run) ? `${whatStands(run, stack)}, but the roll was not called` : nothing;
      return `${stands}: ${count(errorsOf(run), 'problem')} in the configuration.`;
    }
    case 'rolled-back':
      return rolledBack(run, stack);
    case 'capacity-short':
      return sentence(whatStands(run, stack), shortfall(run), ', but ');
    case 'capacity-over':
      return sentence(whatStands(run, stack), surplus(run), ', but ');
    case 'cancelled':
      return `The job was cancelled before the verdict on ${stack} was known.`;
    case 'timed-out':
      return `The wait for ${stack} ended before the result was known.`;
    case 'stack-busy':
      return `${nothing}: another operation held ${stack} for too long.`;
    case 'stack-stuck':
      return `${nothing}: ${stack} is in a state that only a person can resolve.`;
    case 'change-set-failed':
      return `${nothing}: CloudFormation refused the change set for ${stack}.`;
    case 'replacement-refused':
      return `${nothing}: the change would replace or remove something in ${stack} that is protected.`;
    case 'plan-changed':
      return `${nothing}: no plan has shown what would become of ${stack}.`;
    case 'credentials':
      return withoutAnswers(run, nothing, 'there are no valid AWS credentials.');
    case 'access-denied':
      return withoutAnswers(run, nothing, 'a permission is missing.');
    case 'drifted':
    case 'drift-unknown':
    case 'wrong-account':
    case 'internal': {
      const stands = cameToStand(run) ? `${whatStands(run, stack)}, but the roll call` : `The run for ${stack}`;
      return `${stands} failed: ${FAILURE_REASONS[reason]}.`;
    }
    default:
      return reason satisfies never;
  }
}

/** How far the run had come when AWS took its calls no more. */
function withoutAnswers(run: Run, nothing: string, why: string): string {
  const stack = stackOf(run);
  if (cameToStand(run)) return `${whatStands(run, stack)}, but the roll was not called: ${why}`;
  if (run.ledger.deployment !== undefined) return `The wait for ${stack} ended before the result was known: ${why}`;
  return `${nothing}: ${why}`;
}

/** Whether the stack was as it should be by the time that the run failed. */
function cameToStand({ mode, ledger: { deployment, changeSet } }: Run): boolean {
  return mode === 'deploy' && (deployment?.succeeded === true || changeSet?.empty === true);
}

function rolledBack({ ledger: { deployment } }: Run, stack: string): string {
  const status = deployment?.finalStatus;
  if (status === undefined) return `The deployment of ${stack} failed in CloudFormation.`;
  if (status.endsWith('ROLLBACK_COMPLETE')) return `The deployment of ${stack} failed and was rolled back.`;
  if (status === 'DELETE_COMPLETE') return `The deployment of ${stack} failed and the new stack was deleted.`;
  return `The deployment of ${stack} failed: the stack is ${status}.`;
}

function whatStands({ mode, ledger }: Run, stack: string): string {
  if (mode === 'verify') return '';
  return ledger.changeSet?.empty === true ? `${stack} is up to date` : `${stack} is deployed`;
}

function shortfall({ mode, ledger: { rollCall } }: Run): string {
  if (rollCall === undefined) return 'Too few container instances answered the roll call.';
  const { clusterName, clusterStatus, expected, registeredCount, missing, disconnected } = rollCall;
  const of = ofCluster(mode, rollCall);
  if (registeredCount < expected.count) {
    if (expected.count === 1) return `The one container instance${of} did not answer the roll call.`;
    const registered = registeredCount === 0 ? 'none' : `only ${registeredCount}`;
    return `${registered} of ${count(expected.count, 'container instance')}${of} answered the roll call.`;
  }
  const silent = new Set([...missing, ...disconnected].map((instance) => instance.instanceId)).size;
  if (silent > 0) return `${count(silent, 'container instance')}${of} did not answer the roll call.`;
  return `The cluster ${clusterName} is ${clusterStatus}.`;
}

function surplus({ mode, ledger: { rollCall } }: Run): string {
  if (rollCall === undefined) return 'Too many container instances are registered.';
  const { expected, registeredCount } = rollCall;
  const registered = `${count(registeredCount, 'container instance')}${ofCluster(mode, rollCall)}`;
  return `${registered} ${are(registeredCount)} registered where ${expected.count} ${are(expected.count)} expected.`;
}

function are(n: number): string {
  return n === 1 ? 'is' : 'are';
}

/** Two statements in one sentence, or the second alone. */
function sentence(first: string, second: string, joint = ': '): string {
  if (first === '') return second.charAt(0).toUpperCase() + second.slice(1);
  return `${first}${joint}${second.replace(/^(?:The|All|No|Too)\b/, (word) => word.toLowerCase())}`;
}

function errorsOf({ outcome }: Run): number {
  return outcome.findings.filter((finding) => finding.level === 'error').length;
}
