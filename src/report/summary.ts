import type { Run } from '../outcome.ts';
import type { StackOutput } from '../stack/model.ts';
import { clip, count } from '../text.ts';
import { formatDuration } from '../time/duration.ts';
import { locationOf, pastTense } from './annotations.ts';
import { driftSummary } from './drift-document.ts';
import { environmentSections } from './environment-table.ts';
import { causeSection, findingsSection } from './findings.ts';
import { type Section, withinBytes } from './fit.ts';
import { consoleUrl, fileLink } from './links.ts';
import { describeChange } from './log.ts';
import { code, details, fence, inline, link, table } from './markdown.ts';
import { lengthOf, type Operation, operationsOf } from './operations.ts';
import { planSummary } from './plan-comment.ts';
import { revertSections } from './repair-sections.ts';
import { rollCallSections } from './summary-roll-call.ts';
import { tableSection } from './table-section.ts';
import { timelineOf } from './timeline.ts';
import { rollCallNumbers, verdict } from './verdict.ts';

// 1 MiB a step, and the upload is refused above it (actions/runner, FileCommandManager.cs). Masking may lengthen text.
const SUMMARY_BYTES = 1_000_000;
const SLOWEST = 10;
const CELL_LENGTH = 300;

/** The job summary: Markdown of GitHub's kind, the verdict first, within what GitHub takes. */
export function summaryOf(run: Run, bytes: number = SUMMARY_BYTES): string {
  if (run.ledger.plans !== undefined) return planSummary(run, bytes);
  if (run.ledger.drifts !== undefined && run.mode !== 'revert') return driftSummary(run, bytes);
  return withinBytes(
    [
      { name: 'the verdict', renderings: [heading(run)], importance: 10 },
      ...causeSection(run, run.outcome.findings),
      ...environmentSections(run),
      ...rollCallSections(run),
      ...revertSections(run),
      ...findingsSection(run, run.outcome.findings, 'warning', '### Worth a look', 5),
      ...changesSection(run),
      ...timelineSection(run),
      ...outputsSection(run),
      ...findingsSection(run, run.outcome.findings, 'notice', '### Also of note', 1),
      { name: 'the footer', renderings: [footer(run)], importance: 8 },
    ],
    bytes,
  );
}

function heading(run: Run): string {
  const { outcome, ledger } = run;
  const { environment, region, stack, deployment, rollCall } = ledger;
  const stackUrl = consoleUrl(stack?.id ?? deployment?.stackId ?? '');
  const facts = [
    ...(outcome.outcome === 'failed' ? [code(outcome.reason)] : []),
    ...(environment === undefined ? [] : [`environment ${code(environment)}`]),
    ...(region === undefined ? [] : [inline(region)]),
    formatDuration(run.endedAt - run.startedAt),
    ...(rollCall === undefined ? [] : [rollCallNumbers(rollCall)]),
    ...(stackUrl === undefined ? [] : [link('stack in the console', stackUrl)]),
  ];
  const symbol = outcome.outcome === 'failed' ? '❌' : '✅';
  return `## ${symbol} ${inline(verdict(run))}\n\n${facts.join(' · ')}`;
}

function changesSection(run: Run): readonly Section[] {
  const { changes = [], repair } = run.ledger;
  // A repair shows its changes itself, with their values.
  if (changes.length === 0 || (repair !== undefined && !repair.empty)) return [];
  const rows = changes.map((change) => {
    const location = locationOf(run, { logicalId: change.logicalId, nestedIn: [] });
    const { sign, word } = describeChange(change);
    // One below the other rather than in columns, which a phone has no room for.
    const about = [change.resourceType.replace(/^AWS::/, ''), clip(change.changed.join(', '), CELL_LENGTH)];
    return [
      `${inline(sign)}&nbsp;${word}`,
      [
        location === undefined ? code(change.logicalId) : fileLink(run, location, change.logicalId),
        ...about.filter((text) => text !== '').map((text) => `<sub>${inline(text)}</sub>`),
      ].join('<br>'),
    ];
  });
  return [
    tableSection({
      name: 'the changes',
      title: run.ledger.deployment?.succeeded === true ? 'What changed' : 'What was to change',
      folded: count(changes.length, 'change'),
      header: ['Change', 'Resource'],
      rows,
      importance: 6,
    }),
  ];
}

function timelineSection(run: Run): readonly Section[] {
  const timeline = timelineOf(run);
  const { deployment } = run.ledger;
  if (timeline === undefined || deployment === undefined) return [];
  const left = timeline.omitted === 0 ? [] : [`<sub>and ${count(timeline.omitted, 'quicker step')}</sub>`];
  const picture = ['### Timeline', fence(timeline.mermaid, 'mermaid'), ...left].join('\n\n');
  const slowest = [...operationsOf(deployment)].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, SLOWEST);
  const rows = slowest.map((operation) => [
    code(operation.path),
    code(operation.resourceType.replace(/^AWS::/, '')),
    howItEnded(operation),
    formatDuration(lengthOf(operation)),
  ]);
  const slow = table(['Resource', 'Type', 'Ended', 'Time'], rows, ['left', 'left', 'left', 'right']);
  return [
    { name: 'the timeline', renderings: [picture], importance: 4 },
    { name: 'the slowest resources', renderings: [details('Slowest resources', slow)], importance: 2 },
  ];
}

function howItEnded({ ending, verb }: Operation): string {
  switch (ending) {
    case 'complete':
      return inline(pastTense(verb));
    case 'running':
      return 'still running';
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return ending;
    default:
      return ending satisfies never;
  }
}

function outputsSection(run: Run): readonly Section[] {
  const { outputs = [] } = run.ledger;
  if (outputs.length === 0) return [];
  const rows = outputs.map((output) => [
    [code(output.key), ...aboutOutput(output)].join('<br>'),
    output.withheld === undefined ? code(clip(output.value, CELL_LENGTH)) : `_withheld: ${inline(output.withheld)}_`,
  ]);
  return [
    tableSection({
      name: 'the outputs',
      title: 'Outputs',
      folded: count(outputs.length, 'output'),
      header: ['Output', 'Value'],
      rows,
      importance: 3,
    }),
  ];
}

/** Below the name rather than in a column of its own, which a phone has no room for. */
function aboutOutput({ description, exportName }: StackOutput): readonly string[] {
  const about = description ?? (exportName === undefined ? '' : `exported as ${exportName}`);
  return about === '' ? [] : [`<sub>${inline(clip(about, CELL_LENGTH))}</sub>`];
}

function footer({ mode, commit, repositoryUrl, runUrl, ledger }: Run): string {
  const sha = commit === undefined ? undefined : code(commit.slice(0, 7));
  const at = repositoryUrl === undefined || sha === undefined ? sha : link(sha, `${repositoryUrl}/commit/${commit}`);
  const stackId = ledger.stack?.id ?? ledger.deployment?.stackId;
  const facts = [
    `ECS Muster ${inline(mode)}`,
    ...(at === undefined ? [] : [`commit ${at}`]),
    ...(runUrl === undefined ? [] : [link('run', runUrl)]),
    ...(stackId === undefined ? [] : [code(stackId)]),
  ];
  return `<sub>${facts.join(' · ')}</sub>`;
}
