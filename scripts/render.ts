import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBrowser } from './browser.ts';
import { githubPage, type Theme } from './github-markdown.ts';

// Takes pictures of Markdown files as GitHub shows them:
//   node scripts/render.ts [--out FOLDER] [--open] FILE.md …
// writes FILE-light.png, FILE-dark.png, FILE-phone-light.png and FILE-phone-dark.png. `--open` unfolds what is folded.

const VIEWS = [
  { suffix: '', width: 1012, scale: 2 },
  { suffix: '-phone', width: 390, scale: 2 },
] as const;

const THEMES: readonly Theme[] = ['light', 'dark'];

/** Renders each Markdown file in both themes and widths. Returns the paths of the pictures. */
export async function renderFiles(files: readonly string[], out?: string, open = false): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-muster-render-'));
  const pictures: string[] = [];
  try {
    await using browser = await startBrowser();
    for (const file of files) {
      const source = await readFile(file, 'utf8');
      const markdown = open ? source.replaceAll('<details>', '<details open>') : source;
      for (const theme of THEMES) {
        const page = join(folder, `${theme}.html`);
        await writeFile(page, githubPage(markdown, theme));
        for (const { suffix, width, scale } of VIEWS) {
          const picture = join(out ?? dirname(file), `${basename(file, extname(file))}${suffix}-${theme}.png`);
          await writeFile(picture, await browser.screenshot(pathToFileURL(page).href, { width, scale }));
          pictures.push(picture);
        }
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return pictures;
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const outAt = args.indexOf('--out');
  const out = outAt === -1 ? undefined : args.splice(outAt, 2)[1];
  const files = args.filter((arg) => arg !== '--open');
  for (const picture of await renderFiles(files, out, args.includes('--open'))) console.log(picture);
}
