import { clip, count } from '../text.ts';
import type { Finding } from '../types.ts';
import type { Section } from './fit.ts';
import { fileLink, type Home } from './links.ts';
import { prose, proseOnOneLine, quote, sentence } from './prose.ts';

const OPEN_ROWS = 15;
const SHORT_ROWS = 100;
const PROSE_LENGTH = 8_000;

/** The root cause, with where and what to do; the further errors after it, one after another. */
export function causeSection(home: Home, findings: readonly Finding[]): readonly Section[] {
  const [cause, ...more] = findings.filter((finding) => finding.level === 'error');
  if (cause === undefined) return [];
  const first = quote(`[!CAUTION]\n${findingBlock(home, cause)}`);
  const rest = more.map((finding) => findingItem(home, finding));
  const errors: readonly Section[] =
    rest.length === 0 ? [] : [listSection('further errors', `### ${count(rest.length, 'further error')}`, rest, 7)];
  return [{ name: 'the cause', renderings: [first], importance: 9 }, ...errors];
}

/** The findings of one level as a list under a heading. */
export function findingsSection(
  home: Home,
  findings: readonly Finding[],
  level: 'warning' | 'notice',
  heading: string,
  importance: number,
): readonly Section[] {
  const items = findings.filter((one) => one.level === level).map((finding) => findingItem(home, finding));
  return items.length === 0 ? [] : [listSection(`${level}s`, heading, items, importance)];
}

function listSection(name: string, title: string, items: readonly string[], importance: number): Section {
  const shown = (limit: number) => {
    const rest = items.length - limit;
    return [title, [...items.slice(0, limit), ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n')].join('\n\n');
  };
  return { name, renderings: [shown(SHORT_ROWS), shown(OPEN_ROWS)], importance };
}

/** A finding with all of its text: where, what happened, what to do. */
export function findingBlock(home: Home, finding: Finding): string {
  const { title, message, remedy, location } = finding;
  const place = location === undefined ? '' : `<br>\n${fileLink(home, location)}`;
  return [
    `**${sentence(title)}**${place}`,
    prose(clip(message, PROSE_LENGTH)),
    ...(remedy === undefined ? [] : [whatToDo(prose(clip(remedy, PROSE_LENGTH)))]),
  ].join('\n\n');
}

function whatToDo(markdown: string): string {
  const startsWithBlock = markdown.startsWith('```');
  return `**What to do:**${startsWithBlock ? '\n\n' : ' '}${markdown}`;
}

/** A finding as an item of a list. */
export function findingItem(home: Home, finding: Finding): string {
  const { title, message, remedy, location } = finding;
  const place = location === undefined ? '' : ` ${fileLink(home, location)}`;
  const text = [message, ...(remedy === undefined ? [] : [remedy])].map((one) => clip(one, PROSE_LENGTH));
  return `- **${sentence(title)}**${place}<br>${text.map(proseOnOneLine).join('<br>')}`;
}
