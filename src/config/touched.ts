import { listOf } from '../did-you-mean.ts';
import { environmentOfFile } from './environment-file.ts';
import { isTemplateUrl } from './template-source.ts';
import { pathInWorkspace } from './workspace.ts';

/** A file that a change touches; paths are relative to the root of the repository. */
export interface TouchedFile {
  readonly path: string;
  readonly removed: boolean;
}

export interface Touched {
  readonly names: readonly string[];
  /** Why these, as the end of a sentence. */
  readonly because: string;
  /** Environment files that are gone while no other file has their name. */
  readonly removed: readonly string[];
}

/**
 * Which environments a change touches: all of them where the template or a workflow changed, since a workflow holds the
 * inputs; else those whose own files did.
 */
export function touchedEnvironments(
  files: readonly TouchedFile[],
  names: readonly string[],
  { template, environmentDirectory }: { readonly template: string; readonly environmentDirectory: string },
): Touched {
  const paths = new Set(files.map(({ path }) => path));
  const folder = pathOf(environmentDirectory);
  const inFolder = files.flatMap(({ path, removed }) => {
    const name = environmentOfFile(path, folder);
    return name === undefined ? [] : [{ name, path, removed }];
  });
  const removed = inFolder.filter((one) => one.removed && !names.includes(one.name)).map(({ path }) => path);
  const templatePath = isTemplateUrl(template) ? undefined : pathOf(template);
  const shared =
    templatePath !== undefined && paths.has(templatePath)
      ? templatePath
      : [...paths].find((path) => /^\.github\/(workflows|actions)\//.test(path));
  if (shared !== undefined) return { names, because: `${shared} changed`, removed };
  const touched = new Set(inFolder.map(({ name }) => name));
  const chosen = names.filter((name) => touched.has(name));
  const changed = inFolder.filter(({ name }) => chosen.includes(name)).map(({ path }) => path);
  const because =
    chosen.length === 0
      ? `${templatePath === undefined ? 'nothing' : `neither ${templatePath} nor anything`} in ${folder}/ changed`
      : `${listOf([...new Set(changed)], 5)} changed`;
  return { names: chosen, because, removed };
}

/** As GitHub writes it. */
function pathOf(written: string): string {
  const inside = pathInWorkspace(written);
  return 'path' in inside ? inside.path : written;
}
