import type { RollCall } from '../cluster/model.ts';
import type { Run } from '../outcome.ts';
import { count } from '../text.ts';
import { FAILURE_REASONS, type FailureReason } from '../types.ts';

/** The verdict in one sentence of plain text, for a person who reads nothing else. */
export function verdict(run: Run): string {
  const { outcome } = run;
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

/** `registered 2 of 3`, the roll call in numbers. */
export function rollCallNumbers({ registeredCount, expected }: RollCall): string {
  return `registered ${registeredCount} of ${expected.count}`;
}

/** The stack by name, or what is known instead of it. */
export function stackOf({ ledger }: Run): string {
  return ledger.stackName ?? ledger.stack?.name ?? ledger.environment ?? 'the stack';
}

function answered({ ledger: { rollCall } }: Run): string {
  if (rollCall === undefined) return 'The roll was not called.';
  const { clusterName, expected } = rollCall;
  if (expected.count === 0) return `No container instance of ${clusterName} is expected, and none is registered.`;
  if (expected.count === 1) return `The one container instance of ${clusterName} answered the roll call.`;
  return `All ${expected.count} container instances of ${clusterName} answered the roll call.`;
}

function failure(run: Run, reason: FailureReason): string {
  const stack = stackOf(run);
  switch (reason) {
    case 'invalid-config':
      return `Nothing was deployed: ${count(errorsOf(run), 'problem')} in the configuration.`;
    case 'rolled-back':
      return rolledBack(run, stack);
    case 'capacity-short':
      return sentence(whatStands(run, stack), shortfall(run));
    case 'capacity-over':
      return sentence(whatStands(run, stack), surplus(run));
    case 'cancelled':
      return `The job was cancelled before the verdict on ${stack} was known.`;
    case 'timed-out':
      return `A time limit ended the wait for ${stack} before the result was known.`;
    case 'stack-busy':
      return `Nothing was deployed: another operation held ${stack} for too long.`;
    case 'stack-stuck':
      return `Nothing was deployed: ${stack} is in a state that only a person can resolve.`;
    case 'change-set-failed':
      return `Nothing was deployed: CloudFormation refused the change set for ${stack}.`;
    case 'replacement-refused':
      return `Nothing was deployed: the change would replace or remove something in ${stack} that is protected.`;
    case 'wrong-account':
    case 'credentials':
    case 'access-denied':
    case 'internal':
      return `The run for ${stack} failed: ${FAILURE_REASONS[reason]}.`;
    default:
      return reason satisfies never;
  }
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
  return ledger.changeSet?.empty === true ? `Nothing to change in ${stack}` : `${stack} is deployed`;
}

function shortfall({ ledger: { rollCall } }: Run): string {
  if (rollCall === undefined) return 'Too few container instances answered the roll call.';
  const { clusterName, clusterStatus, expected, registeredCount, missing, disconnected } = rollCall;
  if (registeredCount < expected.count) {
    const instances = count(expected.count, 'container instance');
    return `Only ${registeredCount} of ${instances} of ${clusterName} answered the roll call.`;
  }
  const silent = new Set([...missing, ...disconnected].map((instance) => instance.instanceId)).size;
  if (silent > 0) return `${count(silent, 'container instance')} of ${clusterName} did not answer the roll call.`;
  return `The cluster ${clusterName} is ${clusterStatus}.`;
}

function surplus({ ledger: { rollCall } }: Run): string {
  if (rollCall === undefined) return 'Too many container instances are registered.';
  const { clusterName, expected, registeredCount } = rollCall;
  const are = registeredCount === 1 ? 'is' : 'are';
  return `${count(registeredCount, 'container instance')} ${are} registered with ${clusterName} where ${expected.count} ${expected.count === 1 ? 'is' : 'are'} expected.`;
}

/** Two statements in one sentence: the second one's first letter becomes small unless it begins a name. */
function sentence(first: string, second: string): string {
  if (first === '') return second;
  return `${first}: ${second.replace(/^(?:The|All|No|Only|Too)\b/, (word) => word.toLowerCase())}`;
}

function errorsOf({ outcome }: Run): number {
  return outcome.findings.filter((finding) => finding.level === 'error').length;
}
