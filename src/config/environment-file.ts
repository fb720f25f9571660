import { basename, dirname, join } from 'node:path';
import { didYouMean, listOf } from '../did-you-mean.ts';
import { firstFindings } from '../template/most-findings.ts';
import type { Finding } from '../types.ts';
import { readCfgFile } from './cfg-file.ts';
import { type Environment, type ReadEnvironment, unreadEnvironment } from './environment.ts';
import { listWorkspaceFolder, pathInWorkspace, readWorkspaceFile } from './workspace.ts';
import { readJsonFile, readYamlFile } from './yaml-file.ts';

const READERS: Readonly<Record<string, (text: string, file: string) => ReadEnvironment>> = {
  cfg: readCfgFile,
  yml: readYamlFile,
  yaml: readYamlFile,
  json: readJsonFile,
};
const EXTENSIONS = Object.keys(READERS);

/** Parameters of at most 4,096 bytes each, 200 of them, fit in with room to spare. */
const LARGEST_FILE = 1_048_576;

export interface LoadedEnvironment {
  /** The file, relative to the workspace. Absent when there is none to be read. */
  readonly file?: string;
  readonly environment: Environment;
  readonly findings: readonly Finding[];
}

/** Reads `<directory>/<name>.cfg`, `.yml`, `.yaml` or `.json` of the workspace. Never throws for what a user did. */
export async function loadEnvironment(workspace: string, directory: string, name: string): Promise<LoadedEnvironment> {
  const failed = (title: string, message: string, remedy?: string): LoadedEnvironment => ({
    environment: unreadEnvironment(directory),
    findings: [{ level: 'error', title, message, ...(remedy === undefined ? {} : { remedy }) }],
  });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    const message = `'${name}' cannot be the name of an environment: letters, digits, dots, hyphens and underscores make one.`;
    return failed(
      'Input environment is wrong',
      message,
      `Give the name of a file in ${directory}/, without its ending.`,
    );
  }
  const folder = pathInWorkspace(directory);
  if ('problem' in folder) return failed('Input env-directory is wrong', `'${directory}' ${folder.problem}.`);
  const files = await environmentFiles(workspace, folder.path);
  const [only, ...others] = files.filter((file) => nameOf(file) === name);
  if (only === undefined) {
    const names = [...new Set(files.map(nameOf))].sort();
    const message = `There is no ${join(folder.path, name)}.cfg, .yml, .yaml or .json in the checked-out repository.`;
    const hint = didYouMean(name.replace(/\.(cfg|ya?ml|json)$/, ''), names) ?? exactStem(name, names);
    const there =
      names.length === 0 ? `${folder.path}/ holds no environment.` : `${folder.path}/ has ${listOf(names)}.`;
    return failed(`No environment '${name}'`, message, hint === undefined ? there : `${hint} ${there}`);
  }
  if (others.length > 0) {
    const message = `${listOf([only, ...others].map((file) => join(folder.path, file)))} all claim the name '${name}'.`;
    return failed(`Two files for the environment '${name}'`, message, 'Keep one of them.');
  }
  const file = join(folder.path, only);
  const content = await readWorkspaceFile(workspace, file, LARGEST_FILE);
  if ('problem' in content) return failed('The environment file cannot be read', `${file} ${content.problem}.`);
  const read = READERS[extensionOf(only)]?.(content.text, file);
  return read === undefined
    ? failed('The environment file cannot be read', `${file} has no known format.`)
    : { file, environment: read.environment, findings: firstFindings(read.findings) };
}

function exactStem(name: string, names: readonly string[]): string | undefined {
  const stem = name.replace(/\.(cfg|ya?ml|json)$/, '');
  return stem !== name && names.includes(stem) ? `Did you mean '${stem}'?` : undefined;
}

/** Names of all environments in a folder of the workspace, sorted; none where the folder is none. */
export async function environmentNamesIn(workspace: string, directory: string): Promise<string[]> {
  const folder = pathInWorkspace(directory);
  if ('problem' in folder) return [];
  return [...new Set((await environmentFiles(workspace, folder.path)).map(nameOf))].sort();
}

/** The environment that a path would be the file of, were it in that folder; undefined for any other path. */
export function environmentOfFile(path: string, folder: string): string | undefined {
  const file = basename(path);
  if (dirname(path) !== folder || !EXTENSIONS.includes(extensionOf(file))) return undefined;
  return nameOf(file) === '' ? undefined : nameOf(file);
}

async function environmentFiles(workspace: string, folder: string): Promise<string[]> {
  const names = await listWorkspaceFolder(workspace, folder);
  return names.filter((name) => EXTENSIONS.includes(extensionOf(name)) && nameOf(name) !== '').sort();
}

function extensionOf(file: string): string {
  return file.slice(file.lastIndexOf('.') + 1);
}

function nameOf(file: string): string {
  return file.slice(0, file.lastIndexOf('.'));
}
