import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import { githubPage } from '../github-markdown.ts';
import { renderFiles } from '../render.ts';

const folder = join(import.meta.dirname, '..', '..', '.local', 'demo');

/** Brings up the local AWS, and says where it is. */
export async function bringUpAws(speed: number): Promise<LocalAws> {
  console.log('Bringing up the local AWS …');
  const aws = await startLocalAws({ speed, tell: (line) => console.log(`  ${line}`) });
  const hosts = aws.hosts.kind === 'namespace' ? 'boot with their own user data' : `boot scripted: ${aws.hosts.why}`;
  console.log(`It answers at ${aws.endpoint}; its hosts ${hosts}.\n`);
  return aws;
}

/** Leaves Markdown as a file and as pages to open, light and dark. Returns the path of the file. */
export function leave(name: string, what: string, markdown: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.md`);
  writeFileSync(file, markdown);
  for (const theme of ['light', 'dark'] as const) {
    writeFileSync(join(folder, `${name}-${theme}.html`), githubPage(markdown, theme));
  }
  console.log(`${what}: ${relative(process.cwd(), join(folder, `${name}-light.html`))} (and -dark)`);
  return file;
}

/** Takes pictures of what was left, where there is a Chromium. */
export async function takePictures(...files: readonly string[]): Promise<void> {
  try {
    for (const picture of await renderFiles(files)) console.log(`  ${relative(process.cwd(), picture)}`);
  } catch (error) {
    console.log(`  No pictures: ${error instanceof Error ? error.message : String(error)}`);
  }
}
