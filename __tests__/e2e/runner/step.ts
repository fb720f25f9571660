import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild } from './child.ts';
import { intoRecord, readKeyValueFile } from './file-commands.ts';
import { StepOutput } from './workflow-commands.ts';

/** FileCommandManager.cs: a summary over 1 MiB is not shown, an error says so, and the step stays as it was. */
const SUMMARY_LIMIT = 1024 * 1024;

const FILE_COMMANDS = ['OUTPUT', 'STATE', 'ENV', 'PATH', 'STEP_SUMMARY'] as const;

export interface StepRun {
  readonly script: string;
  readonly workspace: string;
  /** Where the step's command files are made. */
  readonly runnerTemp: string;
  readonly env: Readonly<Record<string, string>>;
  /** Secrets that the runner hides, shared by the steps of the job. */
  readonly masks: Set<string>;
  readonly cancel: AbortSignal;
  readonly cut: AbortSignal;
  /** Each line of the log as it is added. */
  onLine(line: string): void;
}

export interface StepResult {
  readonly exitCode: number;
  readonly step: StepOutput;
  readonly summary: string;
  readonly outputs: Record<string, string>;
  readonly state: Record<string, string>;
  readonly exportedEnv: Record<string, string>;
}

/** Runs one script of an action (main or post) with command files of its own, and reads them as the runner does. */
export async function runStep(run: StepRun): Promise<StepResult> {
  await mkdir(run.runnerTemp, { recursive: true });
  const folder = await mkdtemp(join(run.runnerTemp, 'file-commands-'));
  const fileOf = (name: (typeof FILE_COMMANDS)[number]) => join(folder, name.toLowerCase());
  for (const name of FILE_COMMANDS) await writeFile(fileOf(name), '');
  const step = new StepOutput(run.workspace, run.masks);
  const exitCode = await runChild({
    script: run.script,
    cwd: run.workspace,
    env: { ...run.env, ...Object.fromEntries(FILE_COMMANDS.map((name) => [`GITHUB_${name}`, fileOf(name)])) },
    cancel: run.cancel,
    cut: run.cut,
    onLine: (line) => step.feed(line).forEach(run.onLine),
  });
  const pairsOf = async (name: 'OUTPUT' | 'STATE' | 'ENV') => {
    const result = await readKeyValueFile(fileOf(name));
    if ('pairs' in result) return result.pairs;
    step.fail(`Unable to process file command '${name.toLowerCase()}' successfully. ${result.error}`);
    return [];
  };
  const outputs = intoRecord([...step.outputs, ...(await pairsOf('OUTPUT'))]);
  const state = Object.fromEntries([...step.states, ...(await pairsOf('STATE'))]);
  const exportedEnv = Object.fromEntries(await pairsOf('ENV'));
  if ('NODE_OPTIONS' in exportedEnv)
    step.fail("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
  const summary = await readSummary(fileOf('STEP_SUMMARY'), step);
  await rm(folder, { recursive: true });
  return { exitCode, step, summary, outputs, state, exportedEnv };
}

async function readSummary(file: string, step: StepOutput): Promise<string> {
  const { size } = await stat(file);
  if (size > SUMMARY_LIMIT) {
    const [limit, got] = [SUMMARY_LIMIT / 1024, Math.floor(size / 1024)];
    step.annotate({
      level: 'error',
      message: `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${limit}k, got ${got}k.`,
    });
    return '';
  }
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.map((line) => step.mask(line)).join('\n');
}
