import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Folders whose documents are not this repository's own. */
const FOREIGN = /(^|\/)(node_modules|dist|\.local|\.git|build|coverage)(\/|$)/;

/** Every Markdown file of the repository, as absolute paths. */
export async function markdownFiles(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const look = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (FOREIGN.test(relative(root, path))) continue;
      if (entry.isDirectory()) await look(path);
      else if (entry.name.endsWith('.md')) found.push(path);
    }
  };
  await look(root);
  return found.sort();
}

/** The id that GitHub gives a heading: lower case, without punctuation, spaces as hyphens. */
export function headingId(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** Ids of all headings of a document; the second of the same name gets `-1`. */
export function headingIds(markdown: string): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [, heading = ''] of withoutFences(markdown).matchAll(/^#{1,6} (.+)$/gm)) {
    const id = headingId(heading);
    let unique = id;
    for (let count = 1; ids.has(unique); count += 1) unique = `${id}-${count}`;
    ids.add(unique);
  }
  return ids;
}

/** Where a document's links and pictures lead to, each as it is written. */
export function linksOf(markdown: string): readonly string[] {
  const text = withoutFences(markdown).replace(/`[^`\n]*`/g, '');
  const written = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/(?:src|srcset|href)="([^"]+)"/g)];
  return written.map(([, target = '']) => target);
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^(```|~~~)[^\n]*\n[\s\S]*?^\1\s*$/gm, '');
}

/** Links of documents to files and headings that do not exist, as `file: link`. Addresses on the web are not asked for. */
export async function brokenLinks(root: string): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const file of await markdownFiles(root)) {
    const markdown = await readFile(file, 'utf8');
    for (const link of linksOf(markdown)) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(link)) continue;
      const [path = '', id] = link.split('#', 2);
      const target = path === '' ? file : join(dirname(file), decodeURIComponent(path));
      const resolves =
        existsSync(target) &&
        (id === undefined || !target.endsWith('.md') || headingIds(await readFile(target, 'utf8')).has(id));
      if (!resolves) broken.push(`${relative(root, file)}: ${link} leads nowhere`);
    }
  }
  return broken;
}

/** The two commands for whoever tries the project, which .ci/run proves. */
const COMMANDS = ['npm run demo', 'npm test'];

/** Commands that .ci/run runs and the README does not name, or the other way round. */
export async function commandsNotNamed(root: string): Promise<readonly string[]> {
  const [readme, ci] = await Promise.all(['README.md', '.ci/run'].map((name) => readFile(join(root, name), 'utf8')));
  return COMMANDS.flatMap((command) => [
    ...(readme?.includes(`npm ci && ${command}`) ? [] : [`README.md does not name \`npm ci && ${command}\``]),
    ...(ci?.split('\n').some((line) => line.trim().split(' || ')[0] === command)
      ? []
      : [`.ci/run does not run \`${command}\``]),
  ]);
}
