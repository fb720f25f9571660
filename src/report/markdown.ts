import { clip, oneLine, visible } from '../text.ts';

/**
 * GitHub's Markdown, so that foreign text stays text. Structure is broken by escaping. What GitHub adds after Markdown
 * (mentions, issue links, emoji, mathematics, bare links) is broken by putting the sign in an element of its own, which
 * shows the text unchanged.
 */

const ALONE = (sign: string) => `<span>${sign}</span>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const STRUCTURE = /[\\`*_[\]~|!{}^]/;

// `@user`, `#1`, `GH-1`, `$x$`, `:tada:`, `https://`, `www.`
const EXTRAS = /[@#$]|(?<=GH)-(?=\d)|:(?=\/\/|[\w+-]+:)|(?<=www)\./gi;

/** One line of text for a paragraph, a heading, a list item, a table cell or a link's text. */
export function inline(text: string): string {
  const line = oneLine(text);
  const escaped = withExtras(line, (plain) =>
    Array.from(plain, (sign) => (STRUCTURE.test(sign) ? `\\${sign}` : (ENTITIES[sign] ?? sign))).join(''),
  );
  // What opens a block at the start of a line: lists, rules, setext headings. Quotes and headings are escaped already.
  return escaped.replace(/^([-+=])/, '\\$1').replace(/^(\d+)([.)])/, '$1\\$2');
}

/** Inline code, also in a table cell or a link: backticks where they suffice, else the element. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  return /^[^`|$]+$/.test(line) ? `\`${line}\`` : `<code>${inline(line)}</code>`;
}

/** Text for a place where Markdown is not read: inside a block of HTML. */
export function html(text: string): string {
  return withExtras(oneLine(text), (plain) => plain.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign));
}

/** A fenced block. The fence is longer than any run of backticks inside. */
export function fence(text: string, language = ''): string {
  const runs = text.match(/`+/g) ?? [];
  const ticks = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${ticks}${language}\n${visible(text)}\n${ticks}`;
}

/** A link with Markdown (made by one of the above) as its text; only the text when the address is not https. */
export function link(markdown: string, url: string): string {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') return markdown;
  const target = new URL(url).href.replace(
    /[^\w\-.~:/?#@!$&+,;=%]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return `[${markdown}](${target.replaceAll('&', '&amp;')})`;
}

export type Align = 'left' | 'right' | 'center';

/** A table of cells that are Markdown already. `align` is one entry a column. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
): string {
  const rule = header.map((_, column) => RULES[align[column] ?? 'left']);
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const RULES: Readonly<Record<Align, string>> = { left: ':---', right: '---:', center: ':---:' };

/** A part that is folded away, or can be. `title` is HTML, `body` Markdown. */
export function details(title: string, body: string, isOpen = false): string {
  return `<details${isOpen ? ' open' : ''}>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/**
 * A name for a Mermaid diagram: only letters, digits and blanks of its grammar's kind of text. Everything else could be
 * read as syntax.
 */
export function mermaidText(text: string, length: number): string {
  return clip(
    oneLine(text)
      .replace(/[^\p{L}\p{N}._/-]+/gu, ' ')
      .trim(),
    length,
  );
}

function withExtras(line: string, escaped: (plain: string) => string): string {
  let result = '';
  let from = 0;
  for (const match of line.matchAll(EXTRAS)) {
    result += escaped(line.slice(from, match.index)) + ALONE(match[0]);
    from = match.index + match[0].length;
  }
  return result + escaped(line.slice(from));
}
