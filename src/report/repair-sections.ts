import type { EnvironmentDrift } from '../drift/model.ts';
import type { Harm, NoRepair, Repair } from '../drift/repair-model.ts';
import type { Run } from '../outcome.ts';
import { shellWord } from '../stack/command.ts';
import { findingBlock } from './findings.ts';
import type { Section } from './fit.ts';
import { fileLink, type Home } from './links.ts';
import { code, fence, inline } from './markdown.ts';
import { resourceDetails } from './plan-details.ts';
import { changeTable, impactSection, riskiestFirst } from './plan-environment.ts';
import type { PlacedChange } from './plan-words.ts';
import { quote, sentence } from './prose.ts';
import { repairHeadline } from './repair-words.ts';

/** More of a list than this is only counted. */
const LIST_ROWS = 15;

/** What would bring a stack that has drifted back to what was deployed, and how to have it done. */
export function repairSections(home: Home, drift: EnvironmentDrift): readonly Section[] {
  const { repair } = drift;
  switch (repair?.kind) {
    case undefined:
      return [];
    case 'planned':
      return [
        title('#### What a repair would do', repair),
        ...refusedSection(home, repair, 'Refused unless `revert-allow` names it:'),
        ...repairBody(home, repair, { isKnown: (change) => isTurnedRound(change, drift) }),
        ...(repair.empty ? [] : [howToRun(drift, repair)]),
      ];
    case 'impossible':
      return [impossible(home, repair)];
    default:
      return repair satisfies never;
  }
}

/** What a run of `mode: revert` has done, or would have. */
export function revertSections(run: Run): readonly Section[] {
  const { repair, deployment } = run.ledger;
  if (repair === undefined || repair.empty) return [];
  const isDone = deployment?.succeeded === true;
  const heading = isDone ? '### What the repair did' : '### What the repair would do';
  return [
    { name: 'the repair', renderings: [`${heading}\n\n${fingerprintLine(repair)}`], importance: 7.5 },
    ...refusedSection(run, repair, isDone ? 'Allowed by `revert-allow`:' : 'Refused unless `revert-allow` names it:'),
    ...repairBody(run, repair, { table: false }),
  ];
}

function title(heading: string, repair: Repair): Section {
  const words = repairHeadline(repair);
  const markdown = `${heading}\n\n${inline(`${words.charAt(0).toUpperCase()}${words.slice(1)}.`)}`;
  return { name: 'the repair', renderings: [markdown], importance: 7.5 };
}

interface Body {
  readonly table?: boolean;
  readonly isKnown?: (placed: PlacedChange) => boolean;
}

function repairBody(home: Home, repair: Repair, { table = true, isKnown }: Body = {}): readonly Section[] {
  const changes = riskiestFirst(repair);
  return [
    ...impactSection(repair.impacts),
    ...(table ? changeTable(home, changes) : []),
    ...resourceDetails(changes, isKnown),
    ...listSection('It leaves as it is, since CloudFormation does not change it back:', repair.left),
    ...listSection('It changes back as well what `drift-ignore` passes over:', repair.alsoIgnored),
  ];
}

/** Whether a change is no more than the resource's own drift the other way round, which is shown above. */
function isTurnedRound({ change, path }: PlacedChange, { resources }: EnvironmentDrift): boolean {
  const found = resources.find((resource) => resource.path.join('/') === path.join('/'));
  const names = new Set(found?.properties.map((property) => property.path[0]));
  return change.properties.every(({ path: [, name], drifted }) => drifted === true && names.has(name));
}

function refusedSection(home: Home, { harms }: Repair, words: string): readonly Section[] {
  if (harms.length === 0) return [];
  const items = harms.map((harm) => harmItem(home, harm));
  const rest = items.length - LIST_ROWS;
  const list = [...items.slice(0, LIST_ROWS), ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n');
  return [{ name: 'what is refused', renderings: [quote(`⛔ **${sentence(words)}**\n\n${list}`)], importance: 7.4 }];
}

function harmItem(home: Home, { path, what, location }: Harm): string {
  const name = path.join('/');
  return `- ${location === undefined ? code(name) : fileLink(home, location, name)} ${sentence(what)}`;
}

function listSection(words: string, places: readonly string[]): readonly Section[] {
  if (places.length === 0) return [];
  const rest = places.length - LIST_ROWS;
  const names = [...places.slice(0, LIST_ROWS).map(code), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
  return [{ name: 'what a repair leaves', renderings: [`${sentence(words)} ${names}`], importance: 6.5 }];
}

function fingerprintLine({ fingerprint }: Repair): string {
  return `Fingerprint ${code(fingerprint)}`;
}

/** The command that asks for this repair, with the workflow of the examples. */
function howToRun({ environment }: EnvironmentDrift, repair: Repair): Section {
  const words = ['gh', 'workflow', 'run', 'revert.yml'];
  const inputs = [`environment=${environment}`, `fingerprint=${repair.fingerprint}`].flatMap((input) => ['-f', input]);
  const command = fence([...words, ...inputs].map(shellWord).join(' '), 'sh');
  const allow = repair.harms.length > 0 ? ', and `-f revert-allow=…` for what is refused' : '';
  const how = `To have this done, and nothing else, with a workflow such as \`examples/workflows/revert.yml\`${allow}:`;
  const text = `${fingerprintLine(repair)}. ${sentence(how)}`;
  return { name: 'how to have it done', renderings: [`${text}\n\n${command}`], importance: 7.3 };
}

function impossible(home: Home, { findings: [why] }: NoRepair): Section {
  const block = why === undefined ? '' : `\n\n${findingBlock(home, why)}`;
  const markdown = `#### What a repair would do\n\n${quote(`Nobody knows.${block}`)}`;
  return { name: 'the repair', renderings: [markdown], importance: 7.5 };
}
