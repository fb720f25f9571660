import { driftedFindings, undeployedFinding } from '../drift/findings.ts';
import type { DriftedProperty, EnvironmentDrift, ResourceDrift, SetAside, Undeployed } from '../drift/model.ts';
import { hasDrifted } from '../drift/state.ts';
import { count, oneLine } from '../text.ts';
import type { Finding } from '../types.ts';
import { type DiffLimits, type DiffLine, diffFence, diffLines } from './diff-lines.ts';
import { DRIFT_RISK_MARKS, driftedResources, driftHeadline, RESOURCE_WORDS, STATE_MARKS } from './drift-words.ts';
import { causeSection, findingsSection } from './findings.ts';
import type { Section } from './fit.ts';
import { instant } from './instant.ts';
import { fileLink, type Home } from './links.ts';
import { code, details, html, inline, table } from './markdown.ts';
import { parameterDetails, sectionDetails, templateDetails } from './plan-details.ts';
import { quote, sentence } from './prose.ts';
import { repairSections } from './repair-sections.ts';
import { rollCallSection } from './summary-roll-call.ts';

const LONG: DiffLimits = { lineLength: 500, lines: 200 };
const SHORT: DiffLimits = { lineLength: 160, lines: 20 };
/** Diffs up to this many lines altogether are shown unfolded. */
const OPEN_LINES = 60;
const LIST_ROWS = 100;
const SHORT_ROWS = 10;

/** One environment among several: under a heading of its own, or folded away where there is nothing to see. */
export function driftSections(home: Home, drift: EnvironmentDrift): readonly Section[] {
  const body = driftBody(home, drift);
  const { mark } = STATE_MARKS[drift.state];
  if (drift.state === 'in-sync') {
    const title = `${mark} <b>${html(drift.environment)}</b> · ${html(driftHeadline(drift))}`;
    const folded = details(title, body.map(({ renderings: [full] }) => full).join('\n\n'));
    return [{ name: 'an environment', renderings: [folded], importance: 5 }];
  }
  const heading = `### ${mark} ${inline(drift.environment)} · ${inline(driftHeadline(drift))}`;
  return [{ name: 'an environment', renderings: [heading], importance: 9 }, ...body];
}

/** What there is to say about an environment, below its heading. */
export function driftBody(home: Home, drift: EnvironmentDrift): readonly Section[] {
  const others = othersOf(drift);
  return [
    ...causeSection(home, others),
    ...resourceTable(home, drift),
    ...resourceDetails(drift),
    ...changedBySection(drift),
    ...repairSections(home, drift),
    ...(drift.rollCall === undefined ? [] : [rollCallSection(drift.rollCall, '####')]),
    ...(drift.undeployed === undefined ? [] : undeployedSections(home, drift.undeployed, drift)),
    ...setAsideSection('Moves by design', drift.byDesign),
    ...setAsideSection('Ignored', drift.ignored),
    ...findingsSection(home, others, 'warning', '#### Worth a look', 5),
    ...uncheckedSection(drift),
    ...comparedSection(drift),
  ];
}

/** Findings that the table of resources and the part of what is undeployed tell better. */
function othersOf(drift: EnvironmentDrift): readonly Finding[] {
  const { findings, resources, undeployed } = drift;
  const told = [
    ...resources.filter(hasDrifted).flatMap(driftedFindings),
    ...(undeployed === undefined ? [] : [undeployedFinding(undeployed, drift)]),
  ];
  const titles = new Set(told.map(({ title }) => title));
  return findings.filter(({ title }) => !titles.has(title));
}

function resourceTable(home: Home, drift: EnvironmentDrift): readonly Section[] {
  const drifted = driftedResources(drift);
  if (drifted.length === 0) return [];
  const rows = drifted.map((resource) => rowOf(home, resource));
  const first = (n: number) => {
    const rest = rows.length - n;
    return `${table(['Drift', 'Resource'], rows.slice(0, n), [])}${rest > 0 ? `\n\nand ${rest} more` : ''}`;
  };
  return [{ name: 'the table of resources', renderings: [first(LIST_ROWS), first(SHORT_ROWS)], importance: 8 }];
}

/** Two columns, because a phone has no room for more. */
function rowOf(home: Home, { path, resourceType, physicalId, state, risk, properties, location }: ResourceDrift) {
  const name = path.join(' / ');
  const place = properties.find((property) => property.location !== undefined)?.location ?? location;
  const resource = place === undefined ? code(name) : fileLink(home, place, name);
  const type = oneLine(resourceType).replace(/^AWS::/, '');
  const about = [properties.map((property) => property.path.join('.')).join(', '), physicalId ?? ''];
  const small = about.filter((text) => text !== '').map((text) => `<sub>${inline(text)}</sub>`);
  const words = risk === 'exposed' ? 'exposed' : RESOURCE_WORDS[state];
  return [`${DRIFT_RISK_MARKS[risk]}&nbsp;${words}`, [`${resource} ${inline(type)}`, ...small].join('<br>')];
}

function resourceDetails(drift: EnvironmentDrift): readonly Section[] {
  const shown = driftedResources(drift)
    .filter(({ properties }) => properties.length > 0)
    .map((resource) => ({ resource, lines: resource.properties.flatMap(propertyLines) }));
  const isShort = shown.flatMap(({ lines }) => lines).length <= OPEN_LINES;
  return shown.map(({ resource: { path, resourceType, risk }, lines }) => {
    const type = oneLine(resourceType).replace(/^AWS::/, '');
    const title = `${DRIFT_RISK_MARKS[risk]} <b>${html(path.join(' / '))}</b> ${html(type)} · deployed → now`;
    return {
      name: 'the differences of resources',
      renderings: [details(title, diffFence(lines, LONG), isShort), details(title, diffFence(lines, SHORT), isShort)],
      importance: 6,
      shortened: 4,
    };
  });
}

function propertyLines({ path, diff, withheld }: DriftedProperty): readonly DiffLine[] {
  return [
    { sign: '@', text: path.map(oneLine).join('.') },
    ...(diff === undefined ? [] : diffLines(diff)),
    ...(withheld === undefined ? [] : [{ sign: ' ', text: `# withheld, because ${oneLine(withheld)}` } as const]),
  ];
}

/** A line for each call. What was asked for in vain is told too: nobody is to take silence for innocence. */
function changedBySection(drift: EnvironmentDrift): readonly Section[] {
  const asked = driftedResources(drift).filter(({ changedBy }) => changedBy !== undefined);
  const calls = asked.flatMap(({ path, changedBy = [] }) => changedBy.map((call) => ({ path, ...call })));
  const rows = calls.map(
    ({ path, action, by, at }) =>
      `- **${inline(path.join(' / '))}**: ${code(action)} by ${inline(by)}, ${inline(instant(at))}`,
  );
  const silent = asked.filter(({ changedBy = [] }) => changedBy.length === 0).map(({ path }) => code(path.join(' / ')));
  const note = `<sub>CloudTrail names no call that changed ${silent.join(', ')}: it tells them up to 15 minutes late and for 90 days, and not all of them by the resource's name.</sub>`;
  const first = (n: number) => {
    const rest = rows.length - n;
    const list = [...rows.slice(0, n), ...(rest > 0 ? [`- and ${count(rest, 'more call')}`] : [])].join('\n');
    const parts = ['#### Who changed it', list, ...(silent.length > 0 ? [note] : [])];
    return parts.filter((part) => part !== '').join('\n\n');
  };
  if (rows.length === 0)
    return silent.length === 0 ? [] : [{ name: 'who changed it', renderings: [note], importance: 2 }];
  return [{ name: 'who changed it', renderings: [first(LIST_ROWS), first(SHORT_ROWS)], importance: 7 }];
}

/** Shown as a plan is: from what is deployed to what the repository says. */
function undeployedSections(home: Home, undeployed: Undeployed, { stackName }: EnvironmentDrift): readonly Section[] {
  const { isNew, resources, sections, parameters, tags } = undeployed;
  const said = isNew
    ? `There is no stack ${code(stackName)}: it was not deployed yet, or it was deleted.`
    : `What runs was deployed from something else than what the repository says now. A deployment may be waiting; what follows is what it would change.`;
  const tagRows = tags.map(({ key, before, after }) => [code(key), tagCell(before), tagCell(after)]);
  const tagTable = table(['Tag', 'Deployed', 'Repository'], tagRows, []);
  return [
    { name: 'what is undeployed', renderings: [quote(`🟡 **Undeployed.** ${said}`)], importance: 7 },
    ...parameterDetails(parameters),
    ...(tags.length > 0 ? [{ name: 'the tags', renderings: [tagTable] as const, importance: 4 }] : []),
    ...templateDetails(home, resources),
    ...sectionDetails(sections),
  ];
}

function tagCell(value: string | undefined): string {
  return value === undefined ? '' : code(value);
}

function setAsideSection(title: string, items: readonly SetAside[]): readonly Section[] {
  if (items.length === 0) return [];
  const rows = items.map(
    ({ path, property, why }) => `- ${code([path.join('/'), ...property].join('.'))}: ${sentence(why)}`,
  );
  return [listSection(title, rows)];
}

function uncheckedSection({ unchecked }: EnvironmentDrift): readonly Section[] {
  if (unchecked.length === 0) return [];
  return [
    listSection(
      'Nobody can check',
      unchecked.map(({ what, why }) => `- ${code(what)}: ${sentence(why)}`),
    ),
  ];
}

function listSection(title: string, items: readonly string[]): Section {
  const first = (n: number) => {
    const rest = items.length - n;
    const list = [...items.slice(0, n), ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n');
    return details(`${html(title)}: ${count(items.length, 'item')}`, list);
  };
  return { name: `what is under "${title}"`, renderings: [first(LIST_ROWS), first(SHORT_ROWS)], importance: 2 };
}

function comparedSection({ resources }: EnvironmentDrift): readonly Section[] {
  if (resources.length === 0) return [];
  const inSync = resources.filter(({ state }) => state === 'in-sync').length;
  const text = `<sub>${count(inSync, 'resource')} of ${resources.length} in sync. CloudFormation compares only properties that the template sets.</sub>`;
  return [{ name: 'how much was compared', renderings: [text], importance: 3 }];
}
