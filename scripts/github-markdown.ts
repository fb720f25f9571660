import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

export type Theme = 'light' | 'dark';

const SYNTAX = gfm();

const require = createRequire(import.meta.url);

/** GitHub Flavored Markdown as GitHub's renderer makes it, its alerts too: HTML of the body. */
export function githubHtml(markdown: string): string {
  const html = micromark(markdown, { allowDangerousHtml: true, extensions: [SYNTAX], htmlExtensions: [gfmHtml()] });
  return html
    .replace(/<blockquote>\n<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\n([\s\S]*?)<\/blockquote>/g, alert)
    .replace(/<pre><code class="language-diff">([\s\S]*?)<\/code><\/pre>/g, diff)
    .replace(/<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g, '<div class="diagram">$1</div>');
}

/** A page that shows Markdown as github.com does, all of it inline: it needs no network. */
export function githubPage(markdown: string, theme: Theme): string {
  const css = readFileSync(require.resolve(`github-markdown-css/github-markdown-${theme}.css`), 'utf8');
  const mermaid = readFileSync(require.resolve('@mermaid-js/tiny'), 'utf8').replaceAll('</script', '<\\/script');
  const background = theme === 'dark' ? '#0d1117' : '#ffffff';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>${css}
body { margin: 0; background: ${background}; }
.markdown-body { padding: 24px; max-width: 1012px; margin: 0 auto; }
@media (max-width: 600px) { .markdown-body { padding: 16px; } }
.diagram { margin-bottom: 16px; text-align: center; }
</style></head>
<body><article class="markdown-body">${githubHtml(markdown)}</article>
<script>${mermaid}</script>
<script>
  mermaid.initialize({ startOnLoad: false, theme: ${theme === 'dark' ? "'dark'" : "'default'"} });
  mermaid.run({ querySelector: '.diagram' })
    .catch((error) => { document.body.append(String(error)); })
    .then(() => document.documentElement.setAttribute('data-ready', ''));
</script></body></html>`;
}

function alert(_: string, kind: string, body: string): string {
  const name = kind.charAt(0) + kind.slice(1).toLowerCase();
  return `<div class="markdown-alert markdown-alert-${kind.toLowerCase()}"><p class="markdown-alert-title">${name}</p>\n<p>${body}</div>`;
}

/** The classes that GitHub gives the lines of a diff. */
const DIFF_CLASSES: Readonly<Record<string, string>> = { '+': 'pl-mi1', '-': 'pl-md', '@': 'pl-mdr' };

function diff(_: string, body: string): string {
  const lines = body.split('\n').map((line) => {
    const kind = DIFF_CLASSES[line.charAt(0)];
    return kind === undefined ? line : `<span class="${kind}">${line}</span>`;
  });
  return `<div class="highlight highlight-source-diff"><pre><code class="language-diff">${lines.join('\n')}</code></pre></div>`;
}
