import type { Run } from '../outcome.ts';
import { formatDuration } from '../time/duration.ts';
import { mermaidText } from './markdown.ts';
import { type Ending, lengthOf, type Operation, operationsOf, type Phase } from './operations.ts';

/** More than this is no picture any more. What failed comes first, then what took longest. */
const MAX_BARS = 24;
const NAME_LENGTH = 40;
/** A bar shorter than this part of the whole could not be seen. */
const MIN_PART = 0.004;

interface Bar {
  readonly label: string;
  readonly failed: boolean;
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
  const sections: (readonly [string, readonly Bar[]])[] = PHASES.map(([phase, title]) => [
    title,
    shown.filter((operation) => operation.phase === phase).map(operationBar),
  ]);
  if (rollCall !== undefined) {
    const { verdict, registeredCount, expected, startedAt, endedAt } = rollCall;
    const failed = verdict !== 'complete';
    const numbers = `${registeredCount} of ${expected.count} registered`;
    sections.push(['Roll call', [{ label: `${failed ? '✗' : '✓'} ${numbers}`, failed, startedAt, endedAt }]]);
  }
  const end = Math.max(deployment.endedAt, rollCall?.endedAt ?? 0);
  return { mermaid: gantt(sections, deployment.startedAt, end), omitted: operations.length - shown.length };
}

const PHASES: readonly (readonly [Phase, string])[] = [
  ['deployment', 'Deployment'],
  ['rollback', 'Rollback'],
  ['clean-up', 'Clean-up'],
];

const SIGNS: Readonly<Record<Ending, string>> = {
  complete: '✓',
  failed: '✗',
  cancelled: '⊘',
  skipped: '–',
  running: '…',
};

function mostTelling(operations: readonly Operation[]): readonly Operation[] {
  const rank = (operation: Operation) => (operation.ending === 'failed' ? 0 : 1);
  const chosen = [...operations].sort((a, b) => rank(a) - rank(b) || lengthOf(b) - lengthOf(a)).slice(0, MAX_BARS);
  return chosen.sort((a, b) => a.startedAt - b.startedAt);
}

function operationBar(operation: Operation): Bar {
  const { path, ending, startedAt, endedAt } = operation;
  const label = `${SIGNS[ending]} ${mermaidText(path, NAME_LENGTH)} ${formatDuration(lengthOf(operation))}`;
  return { label, failed: ending === 'failed', startedAt, endedAt };
}

/**
 * The axis shows time since the start. Mermaid reads and writes instants in the reader's own time zone, so an instant
 * of a fixed day without a zone comes out everywhere as it went in. A label starts with a sign, because a word such as
 * `section` or `title` at the start of a line is Mermaid's own.
 */
function gantt(sections: readonly (readonly [string, readonly Bar[]])[], startedAt: number, endedAt: number): string {
  const total = Math.max(1, endedAt - startedAt);
  const lines = sections
    .filter(([, bars]) => bars.length > 0)
    .flatMap(([title, bars]) => [
      `  section ${title}`,
      ...bars.map((bar) => {
        const from = Math.max(0, bar.startedAt - startedAt);
        const length = Math.round(Math.max(bar.endedAt - bar.startedAt, total * MIN_PART, 1));
        return `  ${bar.label} :${bar.failed ? 'crit, ' : ''}${instant(from)}, ${length}ms`;
      }),
    ]);
  return [
    '%%{init: {"gantt": {"barHeight": 20, "barGap": 5, "topPadding": 30, "leftPadding": 84, "rightPadding": 20}}}%%',
    'gantt',
    '  dateFormat YYYY-MM-DD HH:mm:ss.SSS',
    `  axisFormat ${total >= 3_600_000 ? '%H:%M' : '%M:%S'}`,
    `  tickInterval ${tickInterval(total)}`,
    ...lines,
  ].join('\n');
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
