import { type DefaultTreeAdapterMap, parseFragment } from 'parse5';
import { githubHtml } from '../../scripts/github-markdown.ts';

/** What a browser makes of Markdown that GitHub rendered: the elements, the text, the addresses. */
export interface Seen {
  readonly elements: ReadonlySet<string>;
  /** All text, white space collapsed. */
  readonly text: string;
  /** Text nodes outside of code and of diagrams, where GitHub looks for mentions, issues, emoji and mathematics. */
  readonly plainTexts: readonly string[];
  readonly addresses: readonly string[];
  readonly comments: number;
}

type Node = DefaultTreeAdapterMap['node'];

export function seen(markdown: string): Seen {
  const elements = new Set<string>();
  const texts: string[] = [];
  const plainTexts: string[] = [];
  const addresses: string[] = [];
  let comments = 0;
  const visit = (node: Node, inCode: boolean) => {
    if (node.nodeName === '#comment') comments += 1;
    if ('value' in node) {
      texts.push(node.value);
      if (!inCode) plainTexts.push(node.value);
    }
    if ('tagName' in node) {
      elements.add(node.tagName);
      addresses.push(...node.attrs.filter(({ name }) => name === 'href' || name === 'src').map(({ value }) => value));
    }
    if ('childNodes' in node) {
      const code = inCode || ['code', 'pre'].includes(node.nodeName) || isDiagram(node);
      for (const child of node.childNodes) visit(child, code);
    }
  };
  visit(parseFragment(githubHtml(markdown)), false);
  return { elements, text: texts.join('').replace(/\s+/g, ' ').trim(), plainTexts, addresses, comments };
}

function isDiagram(node: Node): boolean {
  return 'attrs' in node && node.attrs.some(({ name, value }) => name === 'class' && value === 'diagram');
}

/**
 * How the page is built: each element with those in it. Elements that only keep a sign apart from its neighbours are left
 * out, and what is in a line of code.
 */
export function outline(markdown: string): readonly string[] {
  const of = (node: Node): readonly string[] => {
    const inside = 'childNodes' in node ? node.childNodes.flatMap(of) : [];
    if (!('tagName' in node) || node.tagName === 'span') return inside;
    return [`<${node.tagName}>`, ...(node.tagName === 'code' ? [] : inside), `</${node.tagName}>`];
  };
  return of(parseFragment(githubHtml(markdown)));
}

/** What GitHub would turn into something else after Markdown: mentions, issues, emoji, mathematics. */
export function extrasIn({ plainTexts }: Seen): readonly string[] {
  const patterns = [/(?:^|[^\w])@\w/, /#\d/, /\bGH-\d/i, /:[\w+-]+:/, /\$[^$]+\$/];
  return plainTexts.filter((text) => patterns.some((pattern) => pattern.test(text)));
}
