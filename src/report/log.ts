import type { RollCallReading, RolledInstance } from '../cluster/model.ts';
import type { Run } from '../outcome.ts';
import type { Annotation, Span, StyledLine, TextStyle } from '../runner/runner.ts';
import { isCancellation, isOfStackItself } from '../stack/event-kinds.ts';
import type { ResourceChange, StackEvent } from '../stack/model.ts';
import { resourcePath } from '../stack/resource-path.ts';
import { clip, count, oneLine } from '../text.ts';
import { formatDuration } from '../time/duration.ts';
import type { Finding } from '../types.ts';
import { beyondBudget } from './annotations.ts';
import { parseStatus } from './operations.ts';
import { rollCallNumbers, stackOf, verdict } from './verdict.ts';

const ELAPSED_WIDTH = 7;
/** UPDATE_ROLLBACK_COMPLETE would widen every line for a few. */
const STATUS_WIDTH = 20;
const NAME_WIDTH_LIMIT = 48;
const REASON_LENGTH = 1_000;

export interface EventLineOptions {
  /** When the deployment began: elapsed time counts from here. */
  readonly startedAt: number;
  /** Logical ids that are known to come, so that the columns fit them from the first line on. */
  readonly logicalIds?: readonly string[];
}

/**
 * Turns stack events, oldest first, into log lines: elapsed time, status, resource, type, and how long the resource
 * took once it has ended. The function returned remembers when each resource began, and how wide names have been.
 */
export function createEventLines({ startedAt, logicalIds = [] }: EventLineOptions): (event: StackEvent) => StyledLine {
  const begun = new Map<string, number>();
  let nameWidth = Math.min(NAME_WIDTH_LIMIT, Math.max(0, ...logicalIds.map((id) => id.length)));
  return (event) => {
    const { verb, state } = parseStatus(event.status);
    const path = resourcePath(event);
    const key = `${path} ${verb}`;
    const began = begun.get(key);
    if (state === 'IN_PROGRESS') begun.set(key, began ?? event.at);
    else begun.delete(key);
    nameWidth = Math.min(NAME_WIDTH_LIMIT, Math.max(nameWidth, path.length));
    const took = state === 'IN_PROGRESS' || began === undefined ? '' : formatDuration(event.at - began);
    return [
      elapsed(event.at - startedAt),
      { text: `  ${event.status.padEnd(STATUS_WIDTH)}`, style: styleOf(event) },
      { text: `  ${path.padEnd(nameWidth)}`, ...(isOfStackItself(event) ? { style: 'bold' } : {}) },
      { text: `  ${event.resourceType}`, style: 'dim' },
      ...(took === '' ? [] : [plain(`  ${took}`)]),
      ...reasonSpans(event),
    ];
  };
}

/** One line a change of a change set, aligned, what is replaced or removed in a colour that warns. */
export function changeLines(changes: readonly ResourceChange[]): readonly StyledLine[] {
  const width = Math.min(NAME_WIDTH_LIMIT, Math.max(0, ...changes.map((change) => change.logicalId.length)));
  return changes.map((change) => {
    const { sign, style, word } = describeChange(change);
    return [
      { text: `  ${sign} ${word.padEnd(8)}`, style },
      plain(`  ${change.logicalId.padEnd(width)}`),
      { text: `  ${change.resourceType}`, style: 'dim' },
      ...(change.changed.length > 0 ? [plain(`  ${change.changed.join(', ')}`)] : []),
    ];
  });
}

/**
 * Turns readings of the cluster into progress lines: who has answered and who has not. A reading that says nothing new
 * gives none. `startedAt` is when the roll call began.
 */
export function createRollCallLines(startedAt: number): (reading: RollCallReading) => StyledLine | undefined {
  let last = '';
  return (reading) => {
    const { registeredCount, expected, clusterStatus, instances, again } = reading;
    const parts = [
      ...(clusterStatus === 'ACTIVE' ? [] : [`the cluster is ${clusterStatus}`]),
      ...(instances === undefined ? [] : rollCallParts(instances, again ?? [])),
    ];
    const text = [`registered ${registeredCount} of ${expected.count}`, ...parts].join(' · ');
    if (text === last) return undefined;
    last = text;
    const style: TextStyle = registeredCount === expected.count ? 'green' : 'yellow';
    const [numbers = '', ...rest] = text.split(' · ');
    return [
      elapsed(reading.at - startedAt),
      { text: `  ${numbers}`, style },
      ...rest.map((part) => plain(` · ${part}`)),
    ];
  };
}

/** What the runner leaves out of its log of an annotation: the title, and the place. A notice says its title itself. */
export function annotationHeading({ level, title, file, line }: Annotation): readonly StyledLine[] {
  if (level === 'notice') return [];
  const place = file === undefined ? '' : `  ${file}${line === undefined ? '' : `:${line}`}`;
  return [
    [
      { text: title, style: LEVEL_STYLES[level] },
      { text: place, style: 'cyan' },
    ],
  ];
}

/**
 * The end of the log: the verdict, the causes that no annotation has told above it, the roll call's numbers.
 */
export function verdictLines(run: Run): readonly StyledLine[] {
  const { outcome, ledger } = run;
  const failed = outcome.outcome === 'failed';
  const causes = failed ? beyondBudget(outcome.findings, 'error') : [];
  const style: TextStyle = failed ? 'red' : 'green';
  const facts = [
    ...(ledger.rollCall === undefined ? [] : [rollCallNumbers(ledger.rollCall)]),
    `${run.mode} of ${stackOf(run)} ${failed ? `failed (${outcome.reason})` : outcome.outcome}`,
    `took ${formatDuration(run.endedAt - run.startedAt)}`,
  ];
  return [
    [plain('')],
    [
      { text: failed ? '✗ ' : '✓ ', style },
      { text: verdict(run), style: 'bold' },
    ],
    ...causes.flatMap(findingLines),
    [plain(`  ${facts.join(' · ')}`)],
  ];
}

/** A finding with all it says, indented. */
export function findingLines(finding: Finding): readonly StyledLine[] {
  const { level, title, message, remedy, location } = finding;
  const place = location === undefined ? '' : `  ${location.file}:${location.line}`;
  return [
    [
      { text: `  ${title}`, style: LEVEL_STYLES[level] },
      { text: place, style: 'cyan' },
    ],
    ...paragraph(message),
    ...(remedy === undefined ? [] : paragraph(remedy)),
  ];
}

const LEVEL_STYLES: Readonly<Record<Finding['level'], TextStyle>> = { error: 'red', warning: 'yellow', notice: 'blue' };

/** The sign and the word by which a change is known in every report. */
export function describeChange(change: ResourceChange): {
  readonly sign: string;
  readonly word: string;
  readonly style: TextStyle;
} {
  switch (change.action) {
    case 'Add':
      return { sign: '+', word: 'add', style: 'green' };
    case 'Remove':
      return { sign: '-', word: change.policyAction === 'Retain' ? 'let go' : 'remove', style: 'red' };
    case 'Import':
      return { sign: '>', word: 'import', style: 'cyan' };
    case 'Dynamic':
      return { sign: '?', word: 'depends', style: 'yellow' };
    case 'SyncWithActual':
      return { sign: '=', word: 'sync', style: 'cyan' };
    case 'Modify':
      if (change.replacement === 'True') return { sign: '±', word: 'replace', style: 'red' };
      if (change.replacement === 'Conditional') return { sign: '±', word: 'replace?', style: 'yellow' };
      return { sign: '~', word: 'modify', style: 'yellow' };
    default:
      return change.action satisfies never;
  }
}

function rollCallParts(instances: readonly RolledInstance[], again: readonly RolledInstance[]): readonly string[] {
  const answered = instances.filter(hasAnswered);
  const draining = instances.filter((instance) => instance.status === 'DRAINING');
  const strangers = instances.filter((one) => one.group === undefined && one.status !== undefined);
  const missing = instances.filter((one) => one.group !== undefined && !hasAnswered(one) && one.status !== 'DRAINING');
  return [
    ...named('answered', answered, () => undefined),
    ...named('waiting for', missing, whyMissing),
    ...named('draining', draining, () => undefined),
    ...named('not of this group', strangers, () => undefined),
    ...named('registered again', again, ({ status }) => (status === 'ACTIVE' ? undefined : status)),
  ];
}

function hasAnswered(instance: RolledInstance): boolean {
  const { group, lifecycleState = 'InService', status, agentConnected } = instance;
  return group !== undefined && lifecycleState === 'InService' && status === 'ACTIVE' && agentConnected !== false;
}

function whyMissing(instance: RolledInstance): string | undefined {
  const { lifecycleState, status, agentConnected } = instance;
  if (status === 'ACTIVE' && agentConnected === false) return 'agent disconnected';
  return status === 'ACTIVE' ? lifecycleState : (status ?? lifecycleState);
}

/** A few by name; more than that as a number. */
function named(
  word: string,
  instances: readonly RolledInstance[],
  note: (instance: RolledInstance) => string | undefined,
): readonly string[] {
  if (instances.length === 0) return [];
  if (instances.length > 6) return [`${word} ${count(instances.length, 'instance')}`];
  const names = instances.map((instance) => {
    const why = note(instance);
    return why === undefined ? instance.instanceId : `${instance.instanceId} (${why})`;
  });
  return [`${word} ${names.join(', ')}`];
}

function reasonSpans(event: StackEvent): readonly Span[] {
  if (event.reason === undefined || event.reason.trim() === '') return [];
  const reason = clip(oneLine(event.reason), REASON_LENGTH);
  const { state } = parseStatus(event.status);
  const style: TextStyle = state === 'FAILED' && !isCancellation(event.reason) ? 'red' : 'dim';
  return [{ text: `  ${reason}`, style }];
}

function styleOf(event: StackEvent): TextStyle {
  const { verb, state } = parseStatus(event.status);
  if (state === 'FAILED') return isCancellation(event.reason) ? 'dim' : 'red';
  if (verb.includes('ROLLBACK')) return 'yellow';
  if (state === 'IN_PROGRESS') return 'blue';
  return state === 'COMPLETE' ? 'green' : 'dim';
}

function elapsed(ms: number): Span {
  return { text: formatDuration(ms).padStart(ELAPSED_WIDTH), style: 'dim' };
}

function paragraph(text: string): readonly StyledLine[] {
  return text.split(/\r\n|\r|\n/).map((line) => [plain(`    ${line}`)]);
}

function plain(text: string): Span {
  return { text };
}
