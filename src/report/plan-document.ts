import type { Run } from '../outcome.ts';
import type { EnvironmentPlan } from '../plan/model.ts';
import { clip, oneLine } from '../text.ts';
import { causeSection, findingsSection } from './findings.ts';
import type { Section } from './fit.ts';
import { code, inline, link, table } from './markdown.ts';
import { bodyOf, environmentSections } from './plan-environment.ts';
import { capitalised, countOf, headline, markOf, RISK_MARKS } from './plan-words.ts';
import { sentence } from './prose.ts';
import { verdict } from './verdict.ts';

/** More environments than this are only counted in the table. */
const TABLE_ROWS = 60;
const CELL_LENGTH = 300;

/** A plan as a document: what it means first, then one part an environment. */
export function planSections(run: Run): readonly Section[] {
  const { plans = [] } = run.ledger;
  const [only, ...more] = plans;
  return [
    { name: 'the verdict', renderings: [heading(run, plans)], importance: 12 },
    ...ownFindings(run, plans),
    ...(only === undefined
      ? []
      : more.length === 0
        ? bodyOf(run, only)
        : [overview(plans), ...plans.flatMap((plan) => environmentSections(run, plan))]),
    { name: 'the footer', renderings: [footer(run)], importance: 11 },
  ];
}

function heading(run: Run, plans: readonly EnvironmentPlan[]): string {
  const [only, ...more] = plans;
  if (only === undefined) return `### ❌ ${inline(verdict(run))}`;
  if (more.length > 0) return `### ${worstMark(plans)} Plan: ${inline(countOf(plans))}`;
  const facts = [
    `environment ${code(only.environment)}`,
    ...placeOf(only),
    code(only.templateFile),
    ...(only.environmentFile === undefined ? [] : [code(only.environmentFile)]),
  ];
  return `### ${markOf(only)} ${inline(capitalised(headline(only)))}\n\n${facts.join(' · ')}`;
}

/** The region, where one is known: a plan from files alone needs none. */
function placeOf({ region }: EnvironmentPlan): readonly string[] {
  return region === '' ? [] : [inline(region)];
}

/** The mark that a whole plan is known by: the worst there is in it. */
function worstMark(plans: readonly EnvironmentPlan[]): string {
  const marks = new Set(plans.map(markOf));
  const order = ['❌', '⛔', ...Object.values(RISK_MARKS).map(({ mark }) => mark), '📄', '✅'];
  return order.find((mark) => marks.has(mark)) ?? '✅';
}

function overview(plans: readonly EnvironmentPlan[]): Section {
  const rows = plans.map((plan) => {
    const first = plan.kind === 'change-set' ? plan.impacts[0]?.text : undefined;
    const meaning = first === undefined ? '' : `<br><sub>${sentence(clip(oneLine(first), CELL_LENGTH))}</sub>`;
    const about = `<sub>${[inline(plan.stackName), ...placeOf(plan)].join(' · ')}</sub>`;
    return [`${markOf(plan)} **${inline(plan.environment)}**<br>${about}`, `${inline(headline(plan))}${meaning}`];
  });
  const rest = rows.length - TABLE_ROWS;
  const shown = table(['Environment', 'What would happen'], rows.slice(0, TABLE_ROWS), []);
  const markdown = `${shown}${rest > 0 ? `\n\nand ${rest} more environments` : ''}`;
  return { name: 'the table of environments', renderings: [markdown], importance: 9.5 };
}

/** What the run found out beside the plans; what a plan tells already is told there. */
function ownFindings(run: Run, plans: readonly EnvironmentPlan[]): readonly Section[] {
  const told = new Set(
    plans.flatMap((plan) => [...plan.findings, ...(plan.kind === 'change-set' ? plan.refused : [])]).map(idOf),
  );
  const findings = run.outcome.findings.filter((finding) => !told.has(idOf(finding)));
  return [
    ...causeSection(run, findings),
    ...findingsSection(run, findings, 'warning', '#### Worth a look', 5),
    ...findingsSection(run, findings, 'notice', '#### Also of note', 1),
  ];
}

function idOf({ title, message }: { readonly title: string; readonly message: string }): string {
  return JSON.stringify([title, message]);
}

/** The commit that was planned, as the pull request knows it; the run's own may be a merge that GitHub made of it. */
export function plannedCommit({ commit, ledger: { plans = [] } }: Run): string | undefined {
  const planned = plans.find((plan) => plan.kind === 'change-set' && plan.record.commit !== undefined);
  return planned?.kind === 'change-set' ? planned.record.commit : commit;
}

function footer(run: Run): string {
  const { endedAt, repositoryUrl, runUrl } = run;
  const commit = plannedCommit(run);
  const sha = commit === undefined ? undefined : code(commit.slice(0, 7));
  const at = repositoryUrl === undefined || sha === undefined ? sha : link(sha, `${repositoryUrl}/commit/${commit}`);
  const time = new Date(endedAt).toISOString().replace('T', ' ').slice(0, 16);
  const facts = [
    'ECS Muster plan',
    ...(at === undefined ? [] : [`commit ${at}`]),
    `${time} UTC`,
    ...(runUrl === undefined ? [] : [link('run', runUrl)]),
  ];
  return `<sub>${facts.join(' · ')}</sub>`;
}
