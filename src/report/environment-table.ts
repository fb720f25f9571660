import { type EnvironmentList, type KnownEnvironment, matrixJobs } from '../config/environment-list.ts';
import type { Run } from '../outcome.ts';
import type { StyledLine } from '../runner/runner.ts';
import { count } from '../text.ts';
import type { Section } from './fit.ts';
import { code, inline } from './markdown.ts';
import { tableSection } from './table-section.ts';

const COLUMNS = [
  { key: 'name', title: 'Environment' },
  { key: 'stack', title: 'Stack' },
  { key: 'region', title: 'Region' },
  { key: 'account', title: 'Account' },
  { key: 'role', title: 'Role' },
] as const;
const WIDTH_LIMIT = 64;

/** How many environments, and why these, in one sentence. */
export function environmentVerdict({ all, chosen, because }: EnvironmentList): string {
  const environments = count(all.length, 'environment');
  if (because === undefined) return `${environments}, checked as far as that goes without AWS.`;
  if (all.length === 1) return `The one environment is ${chosen.length === 1 ? '' : 'not '}touched: ${because}.`;
  const touched = chosen.length === 0 ? 'None' : chosen.length === all.length ? 'All' : String(chosen.length);
  const are = chosen.length < 2 ? 'is' : 'are';
  return `${touched} of ${environments} ${are} touched: ${because}.`.replace(/^All of/, 'All');
}

/** What the environments' jobs are, where they are more than one job each. */
function batches({ chosen }: EnvironmentList): string | undefined {
  const jobs = matrixJobs(chosen).length;
  if (jobs === chosen.length) return undefined;
  return `GitHub starts at most 256 jobs of a matrix: ${count(chosen.length, 'environment')} are ${count(jobs, 'job')}.`;
}

/** One aligned line an environment, those that are left out dimmed. */
export function environmentLines(list: EnvironmentList): readonly StyledLine[] {
  const columns = COLUMNS.filter(({ key }) => list.all.some((environment) => environment[key] !== undefined));
  const rows = list.all.map((environment) => columns.map(({ key }) => environment[key] ?? ''));
  const widths = columns.map(({ title }, column) =>
    Math.min(WIDTH_LIMIT, Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const chosen = new Set(list.chosen);
  const more = batches(list);
  return [
    [{ text: `  ${line(columns.map(({ title }) => title))}`, style: 'bold' }],
    ...list.all.map((environment, n): StyledLine => {
      const text = `  ${line(rows[n] ?? [])}`;
      return chosen.has(environment) ? [{ text }] : [{ text: `${text}  (not touched)`, style: 'dim' }];
    }),
    ...(more === undefined ? [] : [[{ text: `  ${more}` }]]),
  ];
}

/** The table of environments; those that no changed file touches are below it. */
export function environmentSections({ ledger: { environments } }: Run): readonly Section[] {
  if (environments === undefined) return [];
  const { all, chosen } = environments;
  const more = batches(environments);
  const others = all.filter((environment) => !chosen.includes(environment));
  return [
    ...section('the environments', environments.because === undefined ? 'Environments' : 'Touched', chosen, 9),
    ...(more === undefined ? [] : [{ name: 'the jobs', renderings: [inline(more)], importance: 8.5 } as const]),
    ...section('the other environments', 'Not touched', others, 4),
  ];
}

function section(
  name: string,
  title: string,
  environments: readonly KnownEnvironment[],
  importance: number,
): readonly Section[] {
  if (environments.length === 0) return [];
  const rows = environments.map(({ name: environment, stack, region, account, role }) => {
    const where = [region, account, role].flatMap((part) => (part === undefined ? [] : [inline(part)])).join(' · ');
    return [`**${inline(environment)}**`, `${code(stack)}${where === '' ? '' : `<br><sub>${where}</sub>`}`];
  });
  const folded = count(environments.length, 'environment');
  return [tableSection({ name, title, folded, header: ['Environment', 'Stack'], rows, importance })];
}
