import {
  type Cause,
  type ParameterChange,
  type PropertyChange,
  RISKS,
  type SectionChange,
  type TemplateResourceChange,
} from '../plan/model.ts';
import { clip, count, oneLine } from '../text.ts';
import { type DiffLimits, type DiffLine, diffFence, diffLines, memberLines } from './diff-lines.ts';
import type { Section } from './fit.ts';
import { fileLink, type Home } from './links.ts';
import { code, details, html, inline, table } from './markdown.ts';
import { type PlacedChange, RISK_MARKS, whatHappens } from './plan-words.ts';

/** What exactly would change: the diffs, each in a part of its own, so that the least important can give way. */

/** How much of one resource is shown: all that anybody reads, and a little of it. */
const LONG: DiffLimits = { lineLength: 500, lines: 400 };
const SHORT: DiffLimits = { lineLength: 160, lines: 30 };
/** Diffs up to this many lines altogether are shown unfolded. */
const OPEN_LINES = 60;
const CELL_LENGTH = 300;
const PARAMETER_ROWS = 15;

/**
 * The properties of each resource that changes, the riskiest longest; those of new ones together, since all is new.
 * `isKnown`: what is told elsewhere already, and is folded away here.
 */
export function resourceDetails(
  changes: readonly PlacedChange[],
  isKnown: (placed: PlacedChange) => boolean = () => false,
): readonly Section[] {
  const shown = changes.filter(({ change }) => change.properties.length > 0);
  const isNew = ({ change }: PlacedChange) => change.action === 'Add';
  const old = shown
    .filter((placed) => !isNew(placed))
    .map((placed) => ({
      placed,
      lines: placed.change.properties.flatMap(propertyLines),
      isFolded: isKnown(placed),
    }));
  const isShort = old.flatMap(({ lines, isFolded }) => (isFolded ? [] : lines)).length <= OPEN_LINES;
  return [
    ...old.map(({ placed: { change, path }, lines, isFolded }): Section => {
      const isOpen = isShort && !isFolded;
      const { mark } = RISK_MARKS[change.risk];
      const title = `${mark} <b>${html(path.join(' / '))}</b> ${html(typeOf(change))} · ${whatHappens(change)}`;
      return {
        name: 'the details of resources',
        renderings: [details(title, diffFence(lines, LONG), isOpen), details(title, diffFence(lines, SHORT), isOpen)],
        importance: 4 - RISKS.indexOf(change.risk) / RISKS.length,
        shortened: 2,
      };
    }),
    ...newDetails(shown.filter(isNew)),
  ];
}

function newDetails(added: readonly PlacedChange[]): readonly Section[] {
  if (added.length === 0) return [];
  const title = `What ${added.length === 1 ? 'the new resource is' : `the ${added.length} new resources are`} made of`;
  const lines = added.flatMap(({ change, path }): readonly DiffLine[] => [
    { sign: '@', text: `${path.map(oneLine).join(' / ')} (${typeOf(change)})` },
    ...change.properties.flatMap(newLines),
  ]);
  const shorter = (limits: DiffLimits) => details(title, diffFence(lines, limits));
  const whole = { ...LONG, lines: LONG.lines * added.length };
  const renderings = [shorter(whole), shorter(LONG), shorter(SHORT)] as const;
  return [{ name: 'what new resources are made of', renderings, importance: 1.5 }];
}

/** A property of a new resource, with its name before its value as in the template. */
function newLines({ path, diff, withheld }: PropertyChange): readonly DiffLine[] {
  const lines = diff === undefined ? [] : memberLines(nameOf(path), diff);
  const remark = withheld === undefined ? [] : [note(`${nameOf(path)}: withheld, because ${oneLine(withheld)}`)];
  return [...lines, ...remark];
}

const note = (text: string): DiffLine => ({ sign: ' ', text: `# ${text}` });

function nameOf(path: readonly string[]): string {
  return path
    .map(oneLine)
    .join('.')
    .replace(/^Properties\./, '');
}

function typeOf({ resourceType }: { readonly resourceType: string }): string {
  return oneLine(resourceType).replace(/^AWS::/, '');
}

function propertyLines(property: PropertyChange): readonly DiffLine[] {
  const { path, diff, requiresRecreation, certain, causes, drifted, unresolved } = property;
  const notes = [
    ...(certain ? [] : ['perhaps']),
    ...(requiresRecreation === 'Always' ? ['replaces'] : []),
    ...(requiresRecreation === 'Conditionally' ? ['may replace'] : []),
    ...causes.flatMap(causeWords),
    ...(drifted === true ? ['changed by hand since it was deployed'] : []),
    ...(unresolved === true && diff !== undefined ? ['as the template says it'] : []),
  ];
  const heading: DiffLine = { sign: '@', text: [nameOf(path), ...notes].join(' · ') };
  const lines = diff === undefined ? [] : diffLines(diff);
  const remark = remarkOn(property, lines.length > 0);
  return [heading, ...lines, ...(remark === undefined ? [] : [note(remark)])];
}

function remarkOn({ withheld, certain, action }: PropertyChange, hasLines: boolean): string | undefined {
  if (withheld !== undefined) return `withheld, because ${oneLine(withheld)}`;
  if (hasLines) return undefined;
  if (!certain) return 'only the execution shows whether it changes';
  return `${action === undefined ? 'changes' : ACTIONS[action]}; CloudFormation does not tell the values`;
}

const ACTIONS: Readonly<Record<NonNullable<PropertyChange['action']>, string>> = {
  Add: 'is added',
  Modify: 'changes',
  Remove: 'is removed',
  SyncWithActual: 'is synchronised',
};

function causeWords({ kind, entity }: Cause): readonly string[] {
  const name = entity === undefined ? '' : ` ${oneLine(entity)}`;
  switch (kind) {
    case 'parameter':
      return [`from parameter${name}`];
    case 'resource':
    case 'attribute':
      return entity === undefined ? [] : [`follows${name}`];
    case 'direct':
    case 'automatic':
    case 'none':
      return [];
    default:
      return kind satisfies never;
  }
}

/** Outputs, conditions, mappings and whatever else is no resource. */
export function sectionDetails(sections: readonly SectionChange[]): readonly Section[] {
  if (sections.length === 0) return [];
  const lines = sections.flatMap(({ section, name, diff }): readonly DiffLine[] => [
    {
      sign: '@',
      text: [section, name]
        .filter((part) => part !== '')
        .map(oneLine)
        .join('.'),
    },
    ...diffLines(diff),
  ]);
  const title = `${count(sections.length, 'change')} beside the resources: ${html(kindsOf(sections))}`;
  const isOpen = lines.length <= OPEN_LINES / 2;
  return [
    {
      name: 'what changes beside the resources',
      renderings: [details(title, diffFence(lines, LONG), isOpen), details(title, diffFence(lines, SHORT), isOpen)],
      importance: 3.5,
    },
  ];
}

function kindsOf(sections: readonly SectionChange[]): string {
  return clip([...new Set(sections.map(({ section }) => section.toLowerCase()))].join(', '), CELL_LENGTH);
}

/** Definitions that differ, where no change set says what becomes of them. */
export function templateDetails(home: Home, resources: readonly TemplateResourceChange[]): readonly Section[] {
  return resources.map(({ logicalId, resourceType, diff, withheld, location }) => {
    const remark = withheld === undefined ? [] : [note(`withheld, because ${oneLine(withheld)}`)];
    const lines = [...diffLines(diff), ...remark];
    const title = `${SIGNS[diff.kind] ?? '✏️'} <b>${html(logicalId)}</b> ${html(typeOf({ resourceType }))}`;
    const place = location === undefined ? '' : `${fileLink(home, location)}\n\n`;
    const isOpen = resources.length <= 5 && lines.length <= OPEN_LINES / 3;
    return {
      name: 'the definitions of resources',
      renderings: [
        details(title, `${place}${diffFence(lines, LONG)}`, isOpen),
        details(title, diffFence(lines, SHORT), isOpen),
      ],
      importance: 3,
    };
  });
}

const SIGNS: Readonly<Record<string, string>> = { added: '➕', removed: '➖' };

/** Parameters whose values would be others; those of a new stack all are, and are folded away. */
export function parameterDetails(parameters: readonly ParameterChange[], isNew = false): readonly Section[] {
  if (parameters.length === 0) return [];
  const rows = parameters.map((parameter) => [code(parameter.name), parameterCell(parameter, isNew)]);
  const first = (n: number) => {
    const rest = rows.length - n;
    const shown = table(['Parameter', 'Value'], rows.slice(0, n), []);
    const whole = `${shown}${rest > 0 ? `\n\nand ${rest} more` : ''}`;
    return isNew ? details(count(rows.length, 'parameter'), whole) : whole;
  };
  return [{ name: 'the parameters', renderings: [first(rows.length), first(PARAMETER_ROWS)], importance: 6 }];
}

function parameterCell({ before, after, secret, ssm }: ParameterChange, isNew: boolean): string {
  if (secret) return isNew ? '_secret_' : '_secret: nobody can tell whether it changes_';
  if (ssm === undefined) return fromTo(before, after, isNew);
  const value = ssm.before === undefined ? 'the value of' : 'a newer value of';
  return `${fromTo(ssm.before, ssm.after, isNew)}<br><sub>${value} ${inline(ssm.name)}</sub>`;
}

function fromTo(before: string | undefined, after: string | undefined, isNew: boolean): string {
  if (after === undefined) return before === undefined ? 'changes' : `~~${shownValue(before)}~~ <sub>goes</sub>`;
  if (before === undefined) return `${shownValue(after)}${isNew ? '' : ' <sub>new</sub>'}`;
  return `${shownValue(before)} → ${shownValue(after)}`;
}

function shownValue(text: string): string {
  return text === '' ? '_empty_' : code(clip(text, CELL_LENGTH));
}
