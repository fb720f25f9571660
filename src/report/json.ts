import type { EnvironmentDrift } from '../drift/model.ts';
import type { Run } from '../outcome.ts';
import { operationsOf } from './operations.ts';
import { verdict } from './verdict.ts';

/** Raised when a reader of an older report would misread a newer one. */
export const SCHEMA_VERSION = 1;

/**
 * The report file: all that the run found out, as JSON. docs/report.schema.json describes it. Instants are ISO 8601,
 * lengths are milliseconds. Of the stack it holds no parameters and no outputs but those that may be told.
 */
export function reportJson(run: Run): string {
  return `${JSON.stringify(reportOf(run), undefined, 2)}\n`;
}

function reportOf(run: Run) {
  const { mode, startedAt, endedAt, outcome, ledger, commit, repositoryUrl, runUrl } = run;
  const { environment, stackName, region, templateFile, changes, plans, drifts, repair, environments, outputs } =
    ledger;
  return {
    schemaVersion: SCHEMA_VERSION,
    mode,
    outcome: outcome.outcome,
    ...(outcome.outcome === 'failed' ? { failureReason: outcome.reason } : {}),
    verdict: verdict(run),
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
    duration: endedAt - startedAt,
    commit,
    repositoryUrl,
    runUrl,
    environment,
    stackName,
    region,
    templateFile,
    findings: outcome.findings,
    stack: stackOf(run),
    changeSet: changeSetOf(run),
    changes,
    plans,
    drifts: drifts?.map(driftForReport),
    repair,
    environments,
    deployment: deploymentOf(run),
    rollCall: rollCallOf(run),
    outputs: outputs?.map((output) => (output.withheld === undefined ? output : { ...output, value: undefined })),
  };
}

function stackOf({ ledger: { stack } }: Run) {
  if (stack === undefined) return undefined;
  const { id, name, status, statusReason, tags, terminationProtection } = stack;
  return { id, name, status, statusReason, tags, terminationProtection };
}

/** Alone what the schema says of it: the one that is executed carries more than the ledger asks for. */
function changeSetOf({ ledger: { changeSet } }: Run) {
  if (changeSet === undefined) return undefined;
  const { id, name, type, empty } = changeSet;
  return { id, name, type, empty };
}

function deploymentOf({ ledger: { deployment } }: Run) {
  if (deployment === undefined) return undefined;
  const { stackId, startedAt, endedAt, finalStatus, succeeded, events } = deployment;
  return {
    stackId,
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
    finalStatus,
    succeeded,
    resources: operationsOf(deployment).map(({ path, nestedIn: _, ...operation }) => ({
      ...operation,
      path,
      startedAt: iso(operation.startedAt),
      endedAt: iso(operation.endedAt),
    })),
    events: events.map(({ token: _, refusedBy: __, ...event }) => ({ ...event, at: iso(event.at) })),
  };
}

/** What is in sync is only counted: it may be hundreds of resources in each of many environments. */
function driftForReport({ resources, rollCall, ...drift }: EnvironmentDrift) {
  return {
    ...drift,
    resources: resources.filter(({ state }) => state !== 'in-sync'),
    inSync: resources.filter(({ state }) => state === 'in-sync').length,
    rollCall: rollCall && { ...rollCall, startedAt: iso(rollCall.startedAt), endedAt: iso(rollCall.endedAt) },
  };
}

function rollCallOf({ ledger: { rollCall } }: Run) {
  if (rollCall === undefined) return undefined;
  return { ...rollCall, startedAt: iso(rollCall.startedAt), endedAt: iso(rollCall.endedAt) };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
