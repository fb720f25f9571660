import type { RollCall } from '../cluster/model.ts';
import type { Run } from '../outcome.ts';
import { formatDuration } from '../time/duration.ts';
import { pastTense } from './annotations.ts';
import { mermaidText } from './markdown.ts';
import { type Ending, lengthOf, type Operation, operationsOf } from './operations.ts';

/** More than this is no picture any more. What failed comes first, then what took longest. */
const MAX_BARS = 24;
const NAME_LENGTH = 40;
/** A bar shorter than this part of the whole could not be seen. */
const MIN_PART = 0.004;

/** Mermaid's kinds of bars; their colours are set below. */
type Tag = '' | 'crit' | 'done' | 'active';

interface Bar {
  readonly label: string;
  readonly tag: Tag;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface Timeline {
  /** Mermaid source of a gantt diagram. */
  readonly mermaid: string;
  /** How many operations the picture leaves out. */
  readonly omitted: number;
}

/** A picture of the deployment and of the roll call after it; none when there was no deployment. */
export function timelineOf(run: Run): Timeline | undefined {
  const { deployment, rollCall } = run.ledger;
  if (deployment === undefined) return undefined;
  const operations = operationsOf(deployment);
  if (operations.length === 0) return undefined;
  const shown = mostTelling(operations);
  const bars = shown.map(operationBar);
  if (rollCall !== undefined) bars.push(rollCallBar(rollCall));
  const end = Math.max(deployment.endedAt, rollCall?.endedAt ?? 0);
  return { mermaid: gantt(bars, deployment.startedAt, end), omitted: operations.length - shown.length };
}

const SIGNS: Readonly<Record<Ending, string>> = {
  complete: '✓',
  failed: '✗',
  cancelled: '⊘',
  skipped: '–',
  running: '…',
};

const TAGS: Readonly<Record<Ending, Tag>> = {
  complete: '',
  failed: 'crit',
  cancelled: 'done',
  skipped: 'done',
  running: 'active',
};

/** Pixels. Mermaid puts the axis 50 above the lower end of a diagram that has this padding at both ends. */
const SIZES = { barHeight: 20, barGap: 5, topPadding: 55, leftPadding: 8, rightPadding: 8, fontSize: 11 };
const TICK_LENGTH = 5;

/** GitHub's own colours of success, danger, muted and accent, which can be read on its light and its dark ground. */
const LOOKS = {
  themeVariables: {
    taskBkgColor: '#2da44e',
    taskBorderColor: '#2da44e',
    taskTextColor: '#ffffff',
    taskTextLightColor: '#ffffff',
    taskTextDarkColor: '#ffffff',
    critBkgColor: '#cf222e',
    critBorderColor: '#cf222e',
    doneTaskBkgColor: '#6e7781',
    doneTaskBorderColor: '#6e7781',
    activeTaskBkgColor: '#0969da',
    activeTaskBorderColor: '#0969da',
    sectionBkgColor: '#8c959f',
  },
};

function mostTelling(operations: readonly Operation[]): readonly Operation[] {
  const rank = (operation: Operation) => (operation.ending === 'failed' ? 0 : 1);
  const chosen = [...operations].sort((a, b) => rank(a) - rank(b) || lengthOf(b) - lengthOf(a)).slice(0, MAX_BARS);
  return operations.filter((operation) => chosen.includes(operation));
}

/** What a rollback or a clean-up undoes is told by an arrow and by the word. */
function operationBar(operation: Operation): Bar {
  const { path, phase, verb, ending, startedAt, endedAt } = operation;
  const took = formatDuration(lengthOf(operation));
  const name = mermaidText(path, NAME_LENGTH);
  if (phase === 'deployment' || ending !== 'complete') {
    return { label: `${SIGNS[ending]} ${name} ${took}`, tag: TAGS[ending], startedAt, endedAt };
  }
  const undone = mermaidText(pastTense(verb), NAME_LENGTH);
  return { label: `↺ ${name} ${undone} ${took}`, tag: 'done', startedAt, endedAt };
}

function rollCallBar({ verdict, registeredCount, expected, startedAt, endedAt }: RollCall): Bar {
  const complete = verdict === 'complete';
  const label = `${complete ? '✓' : '✗'} roll call ${registeredCount} of ${expected.count}`;
  return { label, tag: complete ? '' : 'crit', startedAt, endedAt };
}

/**
 * No sections: their titles would take a third of a phone's width. The axis shows time since the start. Mermaid reads
 * and writes instants in the reader's own time zone, so an instant of a fixed day without a zone comes out everywhere
 * as it went in. A label starts with a sign, because a word such as `section` or `title` at the start of a line is
 * Mermaid's own.
 */
function gantt(bars: readonly Bar[], startedAt: number, endedAt: number): string {
  const total = Math.max(1, endedAt - startedAt);
  return [
    `%%{init: ${JSON.stringify({ gantt: { ...SIZES, gridLineStartPadding: belowBars(bars.length) }, ...LOOKS })}}%%`,
    'gantt',
    '  dateFormat YYYY-MM-DD HH:mm:ss.SSS',
    `  axisFormat ${total >= 3_600_000 ? '%H:%M' : '%M:%S'}`,
    `  tickInterval ${tickInterval(total)}`,
    ...bars.map((bar) => {
      const from = Math.max(0, bar.startedAt - startedAt);
      const length = Math.round(Math.max(bar.endedAt - bar.startedAt, total * MIN_PART, 1));
      return `  ${bar.label} :${bar.tag === '' ? '' : `${bar.tag}, `}${instant(from)}, ${length}ms`;
    }),
  ].join('\n');
}

/** Where the grid's lines start, from the top: as ticks below the bars, whose labels they would otherwise cut through. */
function belowBars(bars: number): number {
  return SIZES.topPadding + bars * (SIZES.barHeight + SIZES.barGap) - TICK_LENGTH;
}

function instant(ms: number): string {
  return new Date(Date.UTC(2000, 0, 1) + ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** At most about six ticks: more would overlap on a phone. */
function tickInterval(total: number): string {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200];
  const seconds = steps.find((step) => total / (step * 1_000) <= 6) ?? 14_400;
  return seconds < 60 ? `${seconds}second` : `${seconds / 60}minute`;
}
