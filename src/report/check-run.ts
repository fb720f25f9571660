import type { Run } from '../outcome.ts';
import { isCancellation } from '../stack/event-kinds.ts';
import type { StackEvent } from '../stack/model.ts';
import { resourcePath } from '../stack/resource-path.ts';
import { clip, count, oneLine, visible } from '../text.ts';
import type { FindingLevel, SourceLocation } from '../types.ts';
import { locationOf, placed, TITLE_LENGTH } from './annotations.ts';
import { parseStatus } from './operations.ts';
import { summaryOf } from './summary.ts';
import { stackOf, verdict } from './verdict.ts';

// GitHub REST API, "Create a check run": 64 KB for a message and 65,535 characters for the summary.
const MESSAGE_LENGTH = 16_000;
const SUMMARY_BYTES = 65_000;
/** Ten requests of fifty. More than this nobody reads, and it would hold the job up. */
const MAX_ANNOTATIONS = 500;

export type CheckConclusion = 'success' | 'failure' | 'cancelled';

export type CheckLevel = 'failure' | 'warning' | 'notice';

export interface CheckAnnotation {
  readonly level: CheckLevel;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly title: string;
  readonly message: string;
}

/** A check run as data: what `checks: write` makes possible beyond the step's ten annotations of a level. */
export interface CheckRunReport {
  readonly name: string;
  /** Tells the check runs of one commit apart: mode and environment. */
  readonly externalId: string;
  readonly conclusion: CheckConclusion;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly annotations: readonly CheckAnnotation[];
}

/**
 * Every finding that has a place, and every stack event at the line of its resource. Nothing to show at a line is no
 * check run: undefined.
 */
export function checkRunOf(run: Run): CheckRunReport | undefined {
  const annotations = [...findingAnnotations(run), ...eventAnnotations(run)];
  if (annotations.length === 0) return undefined;
  const subject = oneLine(run.ledger.environment ?? stackOf(run));
  return {
    name: clip(`ECS Muster ${run.mode} ${subject}`, 100),
    externalId: clip(`ecs-muster/${run.mode}/${subject}`, 100),
    conclusion: conclusionOf(run),
    title: clip(verdict(run), TITLE_LENGTH),
    summary: summaryOf(run, SUMMARY_BYTES),
    annotations: limited(annotations),
  };
}

function conclusionOf({ outcome }: Run): CheckConclusion {
  switch (outcome.outcome) {
    case 'succeeded':
    case 'unchanged':
      return 'success';
    case 'failed':
      return outcome.reason === 'cancelled' ? 'cancelled' : 'failure';
    default:
      return outcome satisfies never;
  }
}

function findingAnnotations(run: Run): readonly CheckAnnotation[] {
  return run.outcome.findings.flatMap(({ level, title, message, remedy, location }) => {
    if (location === undefined) return [];
    const text = remedy === undefined ? message : `${message}\n${remedy}`;
    return [annotationAt(location, LEVELS[level], title, text)];
  });
}

const LEVELS: Readonly<Record<FindingLevel, CheckLevel>> = { error: 'failure', warning: 'warning', notice: 'notice' };

function eventAnnotations(run: Run): readonly CheckAnnotation[] {
  return (run.ledger.deployment?.events ?? []).flatMap((event) => {
    const location = locationOf(run, event);
    if (location === undefined) return [];
    const message = [new Date(event.at).toISOString(), event.resourceType, event.physicalId, event.reason];
    const text = message.filter((part) => part !== undefined && part !== '').join('\n');
    return [annotationAt(location, eventLevel(event), `${event.status} ${resourcePath(event)}`, text)];
  });
}

/** The failure itself is told by the finding that names it; an event that failed says so at its line. */
function eventLevel(event: StackEvent): CheckLevel {
  const failed = parseStatus(event.status).state === 'FAILED' && !isCancellation(event.reason);
  return failed ? 'warning' : 'notice';
}

function annotationAt(location: SourceLocation, level: CheckLevel, title: string, message: string): CheckAnnotation {
  const { file = location.file, line = location.line } = placed(location);
  return {
    level,
    path: oneLine(file),
    startLine: line,
    // One line, not the whole resource: GitHub shows an annotation under its last line.
    endLine: line,
    title: clip(oneLine(title), TITLE_LENGTH),
    message: clip(visible(message), MESSAGE_LENGTH),
  };
}

/** What is over the limit is folded into one annotation that says how many. */
function limited(annotations: readonly CheckAnnotation[]): readonly CheckAnnotation[] {
  const rest = annotations.length - MAX_ANNOTATIONS;
  const last = annotations[MAX_ANNOTATIONS - 1];
  if (rest <= 0 || last === undefined) return annotations;
  const more: CheckAnnotation = {
    ...last,
    level: 'notice',
    title: `${count(rest + 1, 'more event')}`,
    message: 'The report file has all of them.',
  };
  return [...annotations.slice(0, MAX_ANNOTATIONS - 1), more];
}
