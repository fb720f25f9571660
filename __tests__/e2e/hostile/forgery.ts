import { expect } from '@jest/globals';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { githubHtml } from '../../../scripts/github-markdown.ts';
import type { ActionRun } from '../run-action.ts';

/** Text that tries to be a command of the runner, Markdown, HTML, and the end of whatever it stands in. */
export const HOSTILE = [
  'x',
  '::error file=stack.yml,line=1,title=forged::forged',
  '  ::warning::forged',
  '##[error]forged',
  'x ##[notice]forged',
  '::set-output name=outcome::forged',
  '::save-state name=owed::forged',
  '::add-mask::stack',
  '::add-path::/forged',
  '::set-env name=FORGED::forged',
  '::stop-commands::forged',
  'outcome=forged',
  'outcome<<forged',
  '# forged',
  '```',
  '~~~',
  '| forged | forged |',
  '</code></pre></td></tr></table></details>',
  '<h1>forged</h1><img src="https://forged.example/x.png"><script>forged()</script><a href="https://forged.example">forged</a>',
  '[forged](https://forged.example) ![forged](https://forged.example/x.png) <!-- forged',
  '@octo-org #1 \u202e\u001b[31mforged',
].join('\n');

const STATE = new Set(['owed', 'begun', 'isPost', 'main']);

/** Nothing of what a run leaves behind is made by the hostile text that it had to tell. */
export function expectNothingForged(run: ActionRun): void {
  const { annotations, outputs, state, exportedEnv, unmasked, log, post } = run;
  const forged = annotations.filter(({ message, title = '' }) => message.trim() === 'forged' || title === 'forged');
  expect(forged).toEqual([]);
  expect(Object.entries(outputs).filter(([name, value]) => name !== 'Hostile' && value === 'forged')).toEqual([]);
  expect(Object.values(state).filter((value) => value.includes('forged'))).toEqual([]);
  expect(Object.keys(state).filter((name) => !STATE.has(name))).toEqual([]);
  expect(exportedEnv).toEqual({});
  expect(log).toBe(unmasked); // nothing was masked
  expect(post?.annotations.filter(({ message }) => message === 'forged') ?? []).toEqual([]);
  expectHarmlessPage(run.summary);
}

/** Rendered as GitHub renders it, the document has only what is ours to write. */
function expectHarmlessPage(markdown: string): void {
  const seen = elementsOf(parseFragment(githubHtml(markdown)));
  const suspicious = seen.filter(({ tag, text, attributes }) => {
    if (/^h[1-6]$/.test(tag)) return text.trim() === 'forged';
    if (tag === 'td' || tag === 'th') return text.trim() === 'forged';
    return [...attributes.values()].some((value) => value.includes('forged'));
  });
  expect(suspicious).toEqual([]);
  for (const invisible of ['\u202e', '\u001b']) expect(markdown).not.toContain(invisible);
}

interface Seen {
  readonly tag: string;
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
}

function elementsOf(node: DefaultTreeAdapterTypes.Node): Seen[] {
  const children = 'childNodes' in node ? node.childNodes : [];
  const below = children.flatMap(elementsOf);
  if (!('tagName' in node)) return below;
  const attributes = new Map(node.attrs.map(({ name, value }) => [name, value]));
  return [{ tag: node.tagName, text: textOf(node), attributes }, ...below];
}

function textOf(node: DefaultTreeAdapterTypes.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}
