import { type IssueMarker, MOST_HISTORY, type StateChange, writeIssueMarker } from '../drift/issue-marker.ts';
import type { EnvironmentDrift } from '../drift/model.ts';
import type { Run } from '../outcome.ts';
import { clip, count } from '../text.ts';
import type { Finding } from '../types.ts';
import { driftFooter } from './drift-document.ts';
import { driftBody } from './drift-environment.ts';
import { driftHeadline, STATE_MARKS } from './drift-words.ts';
import { withinBytes } from './fit.ts';
import { instant } from './instant.ts';
import { code, details, inline, link } from './markdown.ts';
import { quote, sentence } from './prose.ts';

// GitHub takes 65,536 characters, and titles of 256.
const BODY_LENGTH = 65_000;
const TITLE_LENGTH = 256;
const WORDS_LENGTH = 200;

/** The title that an environment's issue keeps whatever its state. */
export function issueTitle({ environment, stackName }: EnvironmentDrift): string {
  const stack = environment === stackName ? '' : ` (${stackName})`;
  return clip(`Drift: ${environment}${stack}`, TITLE_LENGTH);
}

/** The change of state that a run has found. */
export function stateChange(drift: EnvironmentDrift, { endedAt }: Run): StateChange {
  const words = clip(driftHeadline(drift), WORDS_LENGTH);
  return { at: new Date(endedAt).toISOString(), state: drift.state, words };
}

/** The issue's body: the hidden line, what is the matter now, and how it came about. Within what GitHub takes. */
export function issueBody(run: Run, drift: EnvironmentDrift, marker: IssueMarker): string {
  const hidden = writeIssueMarker(marker);
  const facts = [
    `environment ${code(drift.environment)}`,
    inline(drift.region),
    code(drift.templateFile),
    ...(drift.environmentFile === undefined ? [] : [code(drift.environmentFile)]),
  ];
  const heading = `### ${STATE_MARKS[drift.state].mark} ${inline(driftHeadline(drift))}\n\n${facts.join(' · ')}`;
  const where = run.runUrl === undefined ? 'The job summary' : `The ${link('job summary', run.runUrl)}`;
  const sections = [
    { name: 'the verdict', renderings: [heading] as const, importance: 12 },
    ...driftBody(run, drift),
    { name: 'the history', renderings: [historyOf(marker.history)] as const, importance: 7 },
    { name: 'the footer', renderings: [`${driftFooter(run)}\n\n${ABOUT}`] as const, importance: 11 },
  ];
  const document = withinBytes(sections, BODY_LENGTH - hidden.length, {
    measure: (text) => text.length,
    more: `${where} has everything.`,
  });
  return `${hidden}\n${document}`;
}

const ABOUT = '<sub>This issue is kept up to date, and closes by itself when nothing has drifted any more.</sub>';

function historyOf(history: readonly StateChange[]): string {
  const rows = history
    .toReversed()
    .slice(0, MOST_HISTORY)
    .map(({ at, state, words }) => `- ${inline(instant(at))} ${STATE_MARKS[state].mark} ${inline(words)}`);
  return details(`History: ${count(rows.length, 'change')}`, rows.join('\n'), rows.length <= 5);
}

/** What is said below the issue when its state changes; the issue itself says what is the matter. */
export function changeComment(
  run: Run,
  drift: EnvironmentDrift,
  change: 'closed' | 'reopened',
  before: IssueMarker['history'],
): string {
  const wasClean = before.at(-1)?.state === 'in-sync' || before.at(-1)?.state === 'undeployed';
  const by = run.runUrl === undefined ? 'The last look' : `The ${link('last look', run.runUrl)}`;
  switch (change) {
    case 'closed':
      return `✅ ${by} found nothing that has drifted: ${inline(driftHeadline(drift))}.`;
    case 'reopened':
      return `${STATE_MARKS[drift.state].mark} ${wasClean ? 'It is back' : 'It was closed, and is still there'}: ${inline(driftHeadline(drift))}. ${by} has put it into the issue.`;
    default:
      return change satisfies never;
  }
}

/** What is said below the issue of an environment that is gone, before it is closed. */
export function goneComment(run: Run, environment: string, directory: string): string {
  const by = run.runUrl === undefined ? 'The last look' : `The ${link('last look', run.runUrl)}`;
  return `🚫 The environment ${code(environment)} is not in ${code(directory)} any more, so nobody looks at its stack. ${by} at all environments has closed this issue; if the stack is still there, it is not deployed from here any more.`;
}

/** What is said below a second issue of an environment, before it is closed. */
export function twinComment({ environment }: EnvironmentDrift, number: number): string {
  return `🚫 Two runs at once have each opened an issue of ${code(environment)}. #${number} is the one that is kept up to date.`;
}

/** The job summary's last words, where something could not be told in an issue. */
export function untold(finding: Finding): string {
  return `\n\n${quote(`[!NOTE]\n**${sentence(finding.title)}**\n\n${sentence(finding.message)}`)}\n`;
}
