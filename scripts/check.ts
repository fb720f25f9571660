/**
 * What has to hold between the files of this repository, beside types, lint and tests: one line a check, all problems
 * at once.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EquipmentError, pythonWith } from '../emulator/python.ts';
import { brokenLinks, commandsNotNamed } from './documents.ts';
import { problemsOf } from './run.ts';
import { quickStartProblems, workflowProblems } from './workflows.ts';

const root = join(import.meta.dirname, '..');

interface Check {
  readonly what: string;
  /** Resolves with its problems, one a line. */
  readonly problems: () => Promise<readonly string[]>;
}

const CHECKS: readonly Check[] = [
  { what: 'dist/ is what src/ builds to', problems: () => script('build.ts', '--check') },
  { what: "the README's tables match action.yml", problems: () => script('readme.ts', '--check') },
  { what: 'the lock file is whole for every platform', problems: () => script('lock.ts') },
  { what: 'the templates pass cfn-lint without errors', problems: lintTemplates },
  { what: 'the example workflows pass actionlint and zizmor', problems: () => workflowProblems(root) },
  { what: "the README's quick start is the example", problems: () => quickStartProblems(root) },
  { what: 'the links between the documents resolve', problems: () => brokenLinks(root) },
  { what: 'the README names the commands that .ci/run runs', problems: () => commandsNotNamed(root) },
];

/** Runs a check that is a script of its own; what it prints are its problems. */
async function script(name: string, ...args: string[]): Promise<readonly string[]> {
  return problemsOf(process.execPath, [join(import.meta.dirname, name), ...args], { cwd: root });
}

/** cfn-lint comes with the local AWS, at the version that its requirements pin. */
async function lintTemplates(): Promise<readonly string[]> {
  const requirements = fileURLToPath(new URL('../emulator/moto/requirements.txt', import.meta.url));
  const python = await pythonWith({ name: 'moto', requirements });
  const options = ['--format', 'parseable', '--non-zero-exit-code', 'error'];
  return problemsOf(join(python, '..', 'cfn-lint'), [...options, ...(await templates())], { cwd: root });
}

async function templates(): Promise<readonly string[]> {
  const names = await readdir(join(root, 'examples'), { recursive: true });
  return ['stack.yml', ...names.filter((name) => name.endsWith('stack.yml')).map((name) => join('examples', name))];
}

async function outcomeOf({ problems }: Check): Promise<readonly string[]> {
  try {
    return await problems();
  } catch (error) {
    if (error instanceof EquipmentError) return [error.message];
    throw error;
  }
}

for (const check of CHECKS) {
  const problems = await outcomeOf(check);
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${check.what}`);
  for (const problem of problems) console.log(`     ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}
