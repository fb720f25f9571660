import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EquipmentError, pythonWith } from '../emulator/python.ts';
import { problemsOf } from './run.ts';

const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
/** What this action is called in the examples. */
export const OUR_ACTION = 'OWNER/ecs-muster@v1';

const folder = join('examples', 'workflows');

/** The example workflows by name, without those of other kinds. */
export async function exampleWorkflows(root: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith('.yml')).sort();
  const read = names.map(async (name) => [name, await readFile(join(root, folder, name), 'utf8')] as const);
  return new Map(await Promise.all(read));
}

/** What actionlint and zizmor find in the example workflows, as they will be once they are copied. */
export async function workflowProblems(root: string): Promise<readonly string[]> {
  const requirements = join(import.meta.dirname, 'workflows', 'requirements.txt');
  const tools = dirname(await pythonWith({ name: 'workflows', requirements }));
  const repository = await mkdtemp(join(tmpdir(), 'ecs-muster-workflows-'));
  try {
    const copied = await layOut(root, repository);
    // What else is on the PATH would make actionlint find more on one machine than on another.
    const alone = ['-no-color', '-oneline', '-shellcheck=', '-pyflakes='];
    const actionlint = await problemsOf(await installActionlint(tools), alone, { cwd: repository });
    const config = join(import.meta.dirname, 'workflows', 'zizmor.yml');
    const zizmor = ['--offline', '--quiet', '--color=never', '--config', config];
    return [...actionlint, ...(await problemsOf(join(tools, 'zizmor'), [...zizmor, ...copied], { cwd: root }))];
  } finally {
    await rm(repository, { recursive: true, force: true });
  }
}

/**
 * A repository with the workflows in it, and this action as one of its own: actionlint knows the inputs and outputs of
 * such alone. Returns the workflows that zizmor is to read, as they are.
 */
async function layOut(root: string, repository: string): Promise<readonly string[]> {
  const [workflows, action] = [join(repository, '.github', 'workflows'), join(repository, 'ecs-muster')];
  for (const path of [workflows, join(repository, '.git'), action]) await mkdir(path, { recursive: true });
  const metadata = await readFile(join(root, 'action.yml'), 'utf8');
  await writeFile(join(action, 'action.yml'), metadata);
  for (const [, script = ''] of metadata.matchAll(/^ {2}(?:main|pre|post): (\S+)$/gm)) {
    await mkdir(dirname(join(action, script)), { recursive: true });
    await writeFile(join(action, script), ''); // actionlint looks whether they exist
  }
  const examples = await exampleWorkflows(root);
  for (const [name, text] of examples)
    await writeFile(join(workflows, name), text.replaceAll(OUR_ACTION, './ecs-muster'));
  return [...examples.keys()].map((name) => join(folder, name));
}

/** Builds actionlint into the virtual environment, once; what Go needs for it is removed again. */
async function installActionlint(tools: string): Promise<string> {
  const actionlint = join(tools, 'actionlint');
  if (existsSync(actionlint)) return actionlint;
  const building = await mkdtemp(join(tools, 'building-'));
  try {
    const env = {
      ...process.env,
      GOBIN: tools,
      GOPATH: join(building, 'path'),
      GOCACHE: join(building, 'cache'),
      GOENV: 'off',
      GOFLAGS: '-modcacherw',
      GOTOOLCHAIN: 'local',
    };
    const problems = await problemsOf(join(tools, 'go'), ['install', ACTIONLINT], { cwd: building, env });
    if (problems.length > 0) throw new EquipmentError(`actionlint could not be built:\n${problems.join('\n')}`);
    return actionlint;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** Whether the README's quick start is the example to deploy with, so that it has passed the same checks. */
export async function quickStartProblems(root: string): Promise<readonly string[]> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const section = readme.split(/^## /m).find((one) => one.startsWith('Quick start\n')) ?? '';
  const [, quickStart = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(section) ?? [];
  const example = (await exampleWorkflows(root)).get('deploy.yml');
  return quickStart === example ? [] : [`README.md: the quick start is not ${join(folder, 'deploy.yml')}`];
}
