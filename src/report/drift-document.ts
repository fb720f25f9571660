import type { EnvironmentDrift } from '../drift/model.ts';
import { worstOf } from '../drift/state.ts';
import type { Run } from '../outcome.ts';
import { driftBody, driftSections } from './drift-environment.ts';
import { driftHeadline, driftVerdict, STATE_MARKS } from './drift-words.ts';
import { causeSection, findingsSection } from './findings.ts';
import { type Section, withinBytes } from './fit.ts';
import { instant } from './instant.ts';
import { code, inline, link, table } from './markdown.ts';
import { verdict, wasCutOff } from './verdict.ts';

/** More environments than this are only counted in the table. */
const TABLE_ROWS = 200;

/** The job summary of a look for drift: one table over all environments, then a part for each. */
export function driftSummary(run: Run, bytes: number): string {
  return withinBytes(driftDocument(run), bytes, { more: 'The report file has everything.' });
}

function driftDocument(run: Run): readonly Section[] {
  const { drifts = [] } = run.ledger;
  const [only, ...more] = drifts;
  return [
    { name: 'the verdict', renderings: [heading(run, drifts)], importance: 12 },
    ...ownFindings(run, drifts),
    ...(only === undefined
      ? []
      : more.length === 0
        ? driftBody(run, only)
        : [overview(drifts), ...drifts.flatMap((drift) => driftSections(run, drift))]),
    { name: 'the footer', renderings: [driftFooter(run)], importance: 11 },
  ];
}

function heading(run: Run, drifts: readonly EnvironmentDrift[]): string {
  const worst = worstOf(drifts.map(({ state }) => state));
  const [only, ...more] = drifts;
  if (worst === undefined || only === undefined || wasCutOff(run.outcome)) return `## ❌ ${inline(verdict(run))}`;
  const title = `## ${STATE_MARKS[worst].mark} ${inline(driftVerdict(drifts))}`;
  if (more.length > 0) return title;
  const facts = [
    `environment ${code(only.environment)}`,
    inline(only.region),
    code(only.templateFile),
    ...(only.environmentFile === undefined ? [] : [code(only.environmentFile)]),
  ];
  return `${title}\n\n${facts.join(' · ')}`;
}

function overview(drifts: readonly EnvironmentDrift[]): Section {
  const rows = drifts.map((drift) => {
    const { mark, words } = STATE_MARKS[drift.state];
    const about = `<sub>${inline(drift.stackName)} · ${inline(drift.region)}</sub>`;
    return [
      `${mark} **${inline(drift.environment)}**<br>${about}`,
      `${words}<br><sub>${inline(driftHeadline(drift))}</sub>`,
    ];
  });
  const rest = rows.length - TABLE_ROWS;
  const shown = table(['Environment', 'State'], rows.slice(0, TABLE_ROWS), []);
  const markdown = `${shown}${rest > 0 ? `\n\nand ${rest} more environments` : ''}`;
  return { name: 'the table of environments', renderings: [markdown], importance: 10 };
}

/** What the run found out beside the environments; what an environment tells is told there, under its own title. */
function ownFindings(run: Run, drifts: readonly EnvironmentDrift[]): readonly Section[] {
  const told = new Set(drifts.flatMap(({ findings }) => findings.map(({ message }) => message)));
  const findings = run.outcome.findings.filter(({ message }) => !told.has(message));
  return [
    ...causeSection(run, findings),
    ...findingsSection(run, findings, 'warning', '#### Worth a look', 5),
    ...findingsSection(run, findings, 'notice', '#### Also of note', 1),
  ];
}

/** When, at which commit and by which run it was looked at. */
export function driftFooter({ endedAt, repositoryUrl, runUrl, commit }: Run): string {
  const sha = commit === undefined ? undefined : code(commit.slice(0, 7));
  const at = repositoryUrl === undefined || sha === undefined ? sha : link(sha, `${repositoryUrl}/commit/${commit}`);
  const facts = [
    'ECS Muster drift',
    ...(at === undefined ? [] : [`commit ${at}`]),
    instant(new Date(endedAt).toISOString()),
    ...(runUrl === undefined ? [] : [link('run', runUrl)]),
  ];
  return `<sub>${facts.join(' · ')}</sub>`;
}
