import type { RollCall, RolledInstance } from '../cluster/model.ts';
import { DRIFT_STATES, type EnvironmentDrift } from '../drift/model.ts';
import { HARMS, type Repair } from '../drift/repair-model.ts';
import type { Ledger, Outcome, Run, ToldOutput } from '../outcome.ts';
import { type EnvironmentPlan, RISKS } from '../plan/model.ts';
import type { Deployment, ResourceChange, Stack, StackEvent } from '../stack/model.ts';
import { FAILURE_REASONS, type Finding } from '../types.ts';

type Hide = (text: string) => string;

/**
 * The run with every masked value hidden, before anything is rendered: escaping would disguise a secret from a search
 * in what was rendered. Only text that came from elsewhere is touched; names and numbers of ours stay what they are.
 * An output that holds a masked value is withheld as a whole.
 */
export function maskRun(run: Run, hide: Hide): Run {
  return { ...run, outcome: maskOutcome(run.outcome, hide), ledger: maskLedger(run.ledger, hide) };
}

function maskOutcome(outcome: Outcome, hide: Hide): Outcome {
  return { ...outcome, findings: outcome.findings.map((finding) => maskFinding(finding, hide)) };
}

function maskFinding(finding: Finding, hide: Hide): Finding {
  const { title, message, remedy } = finding;
  return {
    ...finding,
    title: hide(title),
    message: hide(message),
    ...(remedy === undefined ? {} : { remedy: hide(remedy) }),
  };
}

function maskLedger(ledger: Readonly<Ledger>, hide: Hide): Readonly<Ledger> {
  const { stack, changes, deployment, rollCall, outputs, plans, drifts, repair } = ledger;
  return {
    ...ledger,
    findings: ledger.findings.map((finding) => maskFinding(finding, hide)),
    ...(stack === undefined ? {} : { stack: maskStack(stack, hide) }),
    ...(changes === undefined ? {} : { changes: changes.map((change) => maskChange(change, hide)) }),
    ...(deployment === undefined ? {} : { deployment: maskDeployment(deployment, hide) }),
    ...(rollCall === undefined ? {} : { rollCall: maskRollCall(rollCall, hide) }),
    ...(outputs === undefined ? {} : { outputs: outputs.map((output) => maskOutput(output, hide)) }),
    ...(plans === undefined ? {} : { plans: plans.map((plan) => maskPlan(plan, hide)) }),
    ...(drifts === undefined ? {} : { drifts: drifts.map((drift) => maskTexts(drift, hide)) }),
    ...(repair === undefined ? {} : { repair: maskTexts(repair, hide) }),
  };
}

function maskStack(stack: Stack, hide: Hide): Stack {
  const tags = Object.fromEntries(Object.entries(stack.tags).map(([key, value]) => [hide(key), hide(value)]));
  return {
    ...stack,
    tags,
    ...(stack.statusReason === undefined ? {} : { statusReason: hide(stack.statusReason) }),
  };
}

function maskChange(change: ResourceChange, hide: Hide): ResourceChange {
  const physicalId = change.physicalId === undefined ? {} : { physicalId: hide(change.physicalId) };
  return { ...change, ...physicalId, changed: change.changed.map(hide) };
}

function maskDeployment(deployment: Deployment, hide: Hide): Deployment {
  const { events, findings } = deployment;
  return {
    ...deployment,
    events: events.map((event) => maskEvent(event, hide)),
    findings: findings.map((finding) => maskFinding(finding, hide)),
  };
}

function maskEvent(event: StackEvent, hide: Hide): StackEvent {
  return {
    ...event,
    stackId: hide(event.stackId),
    ...(event.physicalId === undefined ? {} : { physicalId: hide(event.physicalId) }),
    ...(event.reason === undefined ? {} : { reason: hide(event.reason) }),
  };
}

function maskRollCall(rollCall: RollCall, hide: Hide): RollCall {
  const all = (instances: readonly RolledInstance[]) => instances.map((instance) => maskInstance(instance, hide));
  const { answered, missing, draining, strangers, disconnected, unexpected, expected } = rollCall;
  return {
    ...rollCall,
    expected: { ...expected, source: hide(expected.source) },
    answered: all(answered),
    missing: all(missing),
    draining: all(draining),
    strangers: all(strangers),
    disconnected: all(disconnected),
    ...(unexpected === undefined ? {} : { unexpected: all(unexpected) }),
  };
}

function maskInstance(instance: RolledInstance, hide: Hide): RolledInstance {
  const { group, statusReason } = instance;
  return {
    ...instance,
    ...(group === undefined ? {} : { group: hide(group) }),
    ...(statusReason === undefined ? {} : { statusReason: hide(statusReason) }),
  };
}

function maskOutput(output: ToldOutput, hide: Hide): ToldOutput {
  const { description, exportName, value, withheld } = output;
  const reason = withheld ?? (hide(value) === value ? undefined : 'it holds a value that is masked');
  return {
    ...output,
    ...(description === undefined ? {} : { description: hide(description) }),
    ...(exportName === undefined ? {} : { exportName: hide(exportName) }),
    ...(reason === undefined ? {} : { value: '', withheld: reason }),
  };
}

/** Words of ours in plans and drift, by which their readers tell one thing from another. */
const OURS: ReadonlySet<string> = new Set([
  ...['change-set', 'offline', 'failed', 'error', 'warning', 'notice', ' ', '-', '+', ...RISKS],
  ...['same', 'added', 'removed', 'changed', 'text', 'object', 'set', 'named', 'list'],
  ...['Add', 'Modify', 'Remove', 'Import', 'Dynamic', 'SyncWithActual', 'True', 'False', 'Conditional'],
  ...['Never', 'Conditionally', 'Always', 'parameter', 'resource', 'attribute', 'direct', 'automatic', 'none'],
  ...Object.keys(FAILURE_REASONS),
  ...DRIFT_STATES,
  ...['complete', 'failed', 'timed-out', 'short', 'over', 'input', 'file'],
  ...['modified', 'deleted', 'unknown', 'unsupported'],
  ...['planned', 'impossible', ...HARMS],
]);

/** Every text of it. */
function maskTexts<Told extends EnvironmentDrift | Repair>(told: Told, hide: Hide): Told {
  const reviver = (_: string, value: unknown) => (typeof value === 'string' && !OURS.has(value) ? hide(value) : value);
  const masked: Told = JSON.parse(JSON.stringify(told), reviver);
  return masked;
}

/** Every text of a plan but its record, which holds no values and is compared with what a deployment finds. */
function maskPlan(plan: EnvironmentPlan, hide: Hide): EnvironmentPlan {
  const reviver = (_: string, value: unknown) => (typeof value === 'string' && !OURS.has(value) ? hide(value) : value);
  const masked: EnvironmentPlan = JSON.parse(JSON.stringify(plan), reviver);
  return masked.kind === 'change-set' && plan.kind === 'change-set' ? { ...masked, record: plan.record } : masked;
}
