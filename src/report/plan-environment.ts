import {
  type ChangeSetPlan,
  type EnvironmentPlan,
  type FailedPlan,
  type Impact,
  type OfflinePlan,
  type PlannedChange,
  RISKS,
  type Risk,
} from '../plan/model.ts';
import { clip, count, oneLine } from '../text.ts';
import type { Finding } from '../types.ts';
import { causeSection, findingItem, findingsSection } from './findings.ts';
import type { Section } from './fit.ts';
import { fileLink, type Home } from './links.ts';
import { code, details, html, inline, table } from './markdown.ts';
import { parameterDetails, resourceDetails, sectionDetails, templateDetails } from './plan-details.ts';
import { fateOf, flat, headline, markOf, type PlacedChange, RISK_MARKS, whatHappens } from './plan-words.ts';
import { quote, sentence } from './prose.ts';

const CELL_LENGTH = 300;
const IMPACT_LENGTH = 1_000;
/** A longer table is folded away. */
const OPEN_ROWS = 15;
const LONG_ROWS = 250;
const SHORT_ROWS = 60;
const OPEN_IMPACTS = 8;

/** One environment among several: under a heading of its own, or folded away where there is nothing to see. */
export function environmentSections(home: Home, plan: EnvironmentPlan): readonly Section[] {
  const body = bodyOf(home, plan);
  if (plan.kind === 'change-set' && plan.empty && plan.findings.length === 0) {
    const title = `${markOf(plan)} <b>${html(plan.environment)}</b> · ${html(headline(plan))}`;
    const folded = details(title, body.map(({ renderings: [full] }) => full).join('\n\n'));
    return [{ name: 'an environment', renderings: [folded], importance: 7 }];
  }
  const heading = `### ${markOf(plan)} ${inline(plan.environment)} · ${inline(headline(plan))}`;
  return [{ name: 'an environment', renderings: [heading], importance: 9 }, ...body];
}

/** What there is to say about an environment, below its heading. */
export function bodyOf(home: Home, plan: EnvironmentPlan): readonly Section[] {
  switch (plan.kind) {
    case 'change-set':
      return plannedBody(home, plan);
    case 'offline':
      return offlineBody(home, plan);
    case 'failed':
      return failedBody(home, plan);
    default:
      return plan satisfies never;
  }
}

function plannedBody(home: Home, plan: ChangeSetPlan): readonly Section[] {
  const changes = riskiestFirst(plan);
  return [
    ...refusedSection(home, plan.refused),
    ...(plan.empty ? [{ name: 'a word of cheer', renderings: [nothing(plan)], importance: 8 } as const] : []),
    ...impactSection(plan.impacts),
    ...changeTable(home, changes),
    ...parameterDetails(plan.parameters, plan.isNew),
    ...findingsSection(home, plan.findings, 'warning', '#### Worth a look', 5),
    ...resourceDetails(changes),
    ...sectionDetails(plan.sections),
    ...keptSection(plan),
    ...findingsSection(home, plan.findings, 'notice', '#### Also of note', 1),
  ];
}

/** Each change with the highest risk of all that it means; of equal ones, what is certain first. */
export function riskiestFirst({
  changes,
  impacts,
}: Pick<ChangeSetPlan, 'changes' | 'impacts'>): readonly PlacedChange[] {
  const rank = (risk: Risk) => RISKS.indexOf(risk);
  const maybe = ({ change }: PlacedChange) => (whatHappens(change) === 'modify?' ? 1 : 0);
  return flat(changes)
    .map(({ change, path }) => {
      const meant = impacts.filter(({ logicalId }) => logicalId === path.join('/'));
      const risk = meant.reduce((worst, one) => (rank(one.risk) < rank(worst) ? one.risk : worst), change.risk);
      return { path, change: { ...change, risk } };
    })
    .toSorted((a, b) => rank(a.change.risk) - rank(b.change.risk) || maybe(a) - maybe(b));
}

function nothing({ stackName, templateFile, environmentFile }: ChangeSetPlan): string {
  const files = [templateFile, ...(environmentFile === undefined ? [] : [environmentFile])].map(code).join(' and ');
  const verb = environmentFile === undefined ? 'says' : 'say';
  return `${code(stackName)} already is what ${files} ${verb}. Nothing to do, nothing to worry about. 🎉`;
}

/** What it means for the cluster, in words. */
export function impactSection(impacts: readonly Impact[]): readonly Section[] {
  if (impacts.length === 0) return [];
  const items = impacts.map(impactItem);
  const first = items.slice(0, OPEN_IMPACTS).join('\n');
  const rest = items.slice(OPEN_IMPACTS);
  const folded = [first, details(`and ${rest.length} more`, rest.join('\n'))].join('\n\n');
  const renderings =
    rest.length === 0 ? ([first] as const) : ([folded, `${first}\n- and ${rest.length} more`] as const);
  return [{ name: 'what it means', renderings, importance: 8 }];
}

function impactItem({ risk, text }: Impact): string {
  const { mark, words } = RISK_MARKS[risk];
  const said = clip(oneLine(text), IMPACT_LENGTH);
  if (risk === 'safe') return `- ${mark} ${sentence(said)}`;
  // `removed: removes the cluster` would say it twice.
  const [verb = ''] = said.split(' ', 1);
  if (words === verb.replace(/s$/, 'd')) return `- ${mark} **${verb}** ${sentence(said.slice(verb.length + 1))}`;
  return `- ${mark} **${words}**: ${sentence(said)}`;
}

function refusedSection(home: Home, refused: readonly Finding[]): readonly Section[] {
  if (refused.length === 0) return [];
  const items = refused.slice(0, OPEN_ROWS).map((finding) => findingItem(home, finding));
  const rest = refused.length > OPEN_ROWS ? [`- and ${refused.length - OPEN_ROWS} more`] : [];
  const list = [...items, ...rest].join('\n');
  const told = quote(`⛔ **\`fail-on-replacement\` refuses this:**\n\n${list}`);
  return [{ name: 'what is refused', renderings: [told], importance: 9 }];
}

/** One row for each resource; a long table is folded away. */
export function changeTable(home: Home, changes: readonly PlacedChange[]): readonly Section[] {
  if (changes.length === 0) return [];
  const rows = changes.map((placed) => rowOf(home, placed));
  const first = (n: number) => {
    const rest = rows.length - n;
    const shown = `${table(['Change', 'Resource'], rows.slice(0, n), [])}${rest > 0 ? `\n\nand ${rest} more` : ''}`;
    const title = `${count(rows.length, 'resource')}${rest > 0 ? `, the first ${n} of them` : ''}`;
    return Math.min(n, rows.length) > OPEN_ROWS ? details(title, shown) : shown;
  };
  const renderings = [first(rows.length), first(LONG_ROWS), first(SHORT_ROWS), first(OPEN_ROWS)] as const;
  return [{ name: 'the table of resources', renderings, importance: 6, shortened: 3.2 }];
}

/** Two columns, because a phone has no room for more. */
function rowOf(home: Home, { change, path }: PlacedChange): readonly string[] {
  const { mark } = RISK_MARKS[change.risk];
  const name = path.join(' / ');
  const resource = change.location === undefined ? code(name) : fileLink(home, change.location, name);
  const type = oneLine(change.resourceType).replace(/^AWS::/, '');
  const about = [touchedBy(change), fateOf(change)].filter((part) => part !== undefined && part !== '');
  return [
    `${mark}&nbsp;${whatHappens(change)}`,
    [`${resource} ${inline(type)}`, ...about.map((part) => `<sub>${inline(clip(part ?? '', CELL_LENGTH))}</sub>`)].join(
      '<br>',
    ),
  ];
}

/** The properties that change, or the attributes; of a resource that comes or goes all do. */
function touchedBy({ action, properties, scope }: PlannedChange): string {
  if (action === 'Add' || action === 'Remove' || action === 'Import') return '';
  const names = properties.map(({ path }) => oneLine(path.join('.')).replace(/^Properties\./, ''));
  return [...new Set(names.length > 0 ? names : scope)].join(', ');
}

function keptSection({ keptChangeSet }: ChangeSetPlan): readonly Section[] {
  if (keptChangeSet === undefined) return [];
  const text = `The change set is kept: deploy exactly this with \`change-set:\` ${code(keptChangeSet)}.`;
  return [{ name: 'the change set', renderings: [text], importance: 7 }];
}

function offlineBody(home: Home, plan: OfflinePlan): readonly Section[] {
  const { resources, sections, parameters } = plan;
  const why = `${oneLine(plan.why).replace(/[.!]?$/, '')}.`;
  const note = quote(`📄 **No change set was made.** ${sentence(why)} ${FROM_FILES}`);
  const errors = plan.findings.filter(({ level }) => level === 'error');
  return [
    { name: 'why there is no change set', renderings: [note], importance: 9 },
    ...causeSection(home, errors),
    { name: 'what was compared', renderings: [compared(plan)], importance: 8 },
    ...findingsSection(home, plan.findings, 'warning', '#### Worth a look', 5),
    ...parameterDetails(parameters),
    ...templateDetails(home, resources),
    ...sectionDetails(sections),
    ...findingsSection(home, plan.findings, 'notice', '#### Also of note', 1),
  ];
}

const FROM_FILES =
  'What follows is what the files alone tell: how they differ, not what would happen to the resources.';

function compared({ comparedWith, notCompared, resources, sections, parameters }: OfflinePlan): string {
  if (comparedWith === undefined)
    return `There was nothing to compare the files with.${notCompared === undefined ? '' : ` ${sentence(notCompared)}`}`;
  const parts = [
    ...(resources.length > 0 ? [count(resources.length, 'resource')] : []),
    ...(parameters.length > 0 ? [count(parameters.length, 'parameter')] : []),
    ...(sections.length > 0 ? [count(sections.length, 'other part')] : []),
  ];
  const against = `Compared with ${code(comparedWith)}`;
  return parts.length === 0 ? `${against}, nothing differs.` : `${against}, what differs: ${parts.join(', ')}.`;
}

function failedBody(home: Home, { findings, reason }: FailedPlan): readonly Section[] {
  const cause = causeSection(home, findings);
  return [
    ...(cause.length > 0 ? cause : [{ name: 'the cause', renderings: [code(reason)], importance: 9 } as const]),
    ...findingsSection(home, findings, 'warning', '#### Worth a look', 5),
    ...findingsSection(home, findings, 'notice', '#### Also of note', 1),
  ];
}
