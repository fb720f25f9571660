import type { Run } from '../outcome.ts';
import type { Annotation } from '../runner/runner.ts';
import { clip, count } from '../text.ts';
import { formatDuration } from '../time/duration.ts';
import type { Finding, FindingLevel, SourceLocation } from '../types.ts';
import { lengthOf, type Operation, operationsOf } from './operations.ts';

// The runner keeps the first ten of a level in a step and drops the rest (actions/runner, ExecutionContext.cs), cuts a
// message at 4,096 characters; the Checks API takes titles of 255.
export const PER_LEVEL = 10;
export const MESSAGE_LENGTH = 4_096;
export const TITLE_LENGTH = 255;

/**
 * The annotations of a run within the runner's budget. Findings come in their order, root causes first; what is left
 * of the notices tells of the resources that took longest. The last of a full level says how many more there are.
 */
export function annotationsOf(run: Run): readonly Annotation[] {
  const ofLevel = (level: FindingLevel) =>
    run.outcome.findings.filter((finding) => finding.level === level).map(findingAnnotation);
  const resources = finished(run).map((operation) => resourceAnnotation(operation, run));
  return [
    ...withinBudget(ofLevel('error'), 'error', (n) => `${count(n, 'more error')}`),
    ...withinBudget(ofLevel('warning'), 'warning', (n) => `${count(n, 'more warning')}`),
    ...withinBudget([...ofLevel('notice'), ...resources], 'notice', (n) => `${count(n, 'more resource')} finished`),
  ];
}

/** The findings of a level that have no annotation of their own. */
export function beyondBudget(findings: readonly Finding[], level: FindingLevel): readonly Finding[] {
  const all = findings.filter((finding) => finding.level === level);
  return all.length <= PER_LEVEL ? [] : all.slice(PER_LEVEL - 1);
}

/** Where a resource is defined; a nested stack's resource is told where the nested stack is. */
export function locationOf(
  run: Run,
  resource: { readonly logicalId: string; readonly nestedIn: readonly string[] },
): SourceLocation | undefined {
  return run.ledger.resourceLocations?.[resource.nestedIn[0] ?? resource.logicalId];
}

/** A location as annotations take it: `./stack.yml` would match no file of a pull request. */
export function placed(location: SourceLocation | undefined): Omit<Annotation, 'level' | 'title' | 'message'> {
  if (location === undefined) return {};
  const { file, ...lines } = location;
  return { file: file.replace(/^(?:\.\/+)+/, ''), ...lines };
}

/** `ApplicationAutoscaling created in 2m 10s`. */
export function operationTitle(operation: Operation): string {
  return `${operation.path} ${pastTense(operation.verb)} in ${formatDuration(lengthOf(operation))}`;
}

/** `created`, `updated`, `deleted`, `imported`; another verb as CloudFormation writes it. */
export function pastTense(verb: string): string {
  const known: Readonly<Record<string, string>> = {
    CREATE: 'created',
    UPDATE: 'updated',
    DELETE: 'deleted',
    IMPORT: 'imported',
    UPDATE_ROLLBACK: 'rolled back',
    IMPORT_ROLLBACK: 'rolled back',
    ROLLBACK: 'rolled back',
  };
  return known[verb] ?? verb;
}

function findingAnnotation(finding: Finding): Annotation {
  const message = finding.remedy === undefined ? finding.message : `${finding.message}\n${finding.remedy}`;
  return {
    level: finding.level,
    title: clip(finding.title, TITLE_LENGTH),
    message: clip(message, MESSAGE_LENGTH),
    ...placed(finding.location),
  };
}

/** What went well, slowest first. After a failure that is no news: it was rolled back. */
function finished(run: Run): readonly Operation[] {
  const { deployment } = run.ledger;
  if (deployment === undefined || !deployment.succeeded) return [];
  return operationsOf(deployment)
    .filter((operation) => operation.ending === 'complete' && operation.phase === 'deployment')
    .sort((a, b) => lengthOf(b) - lengthOf(a));
}

function resourceAnnotation(operation: Operation, run: Run): Annotation {
  const { resourceType, physicalId } = operation;
  const title = operationTitle(operation);
  const what = physicalId === undefined ? resourceType : `${resourceType} ${physicalId}`;
  return {
    level: 'notice',
    title: clip(title, TITLE_LENGTH),
    // The runner's log shows the message without its title.
    message: clip(`${title}: ${what}`, MESSAGE_LENGTH),
    ...placed(locationOf(run, operation)),
  };
}

function withinBudget(
  all: readonly Annotation[],
  level: FindingLevel,
  more: (hidden: number) => string,
): readonly Annotation[] {
  if (all.length <= PER_LEVEL) return all;
  const shown = all.slice(0, PER_LEVEL - 1);
  const rest: Annotation = {
    level,
    title: more(all.length - shown.length),
    message: 'GitHub shows ten annotations of a level for each step. The job summary has all of them.',
  };
  return [...shown, rest];
}
