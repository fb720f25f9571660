import type { Inputs } from '../config/inputs.ts';
import { listWorkspaceFolder, pathInWorkspace, readWorkspaceFile } from '../config/workspace.ts';
import type { EnvironmentPlan, FailedPlan } from '../plan/model.ts';
import { plansInReport } from '../plan/reports.ts';
import { Failure, type Finding } from '../types.ts';

/** Bytes of one report: that of a change of 500 resources has two million. */
const LIMIT = 32 * 1024 * 1024;

/**
 * The plans of other jobs, from the report files in a folder and in the folders in it, which is how
 * actions/download-artifact leaves them. In the order of the environments' names; one of the `expected` that nobody has
 * planned is a plan that failed. Throws Failure `invalid-config` when there is no report, or when one cannot be read: a
 * plan that is missing would look like one that changes nothing.
 */
export async function gatherPlans(
  folder: string,
  workspace: string,
  expected: readonly Pick<Inputs, 'environment' | 'template'>[] = [],
): Promise<readonly EnvironmentPlan[]> {
  const files = await reportFiles(folder, workspace);
  const read = await Promise.all(files.map((file) => readReport(file, workspace)));
  const problems = read.flatMap((one) => ('problem' in one ? [one.problem] : []));
  const plans = read.flatMap((one) => ('plans' in one ? one.plans : []));
  if (files.length === 0) problems.push(nothingIn(folder));
  if (problems.length > 0) throw new Failure('invalid-config', problems);
  const planned = new Set(plans.map(({ environment }) => environment));
  const missing = expected.flatMap(({ environment, template }) =>
    environment === undefined || planned.has(environment) ? [] : [withoutReport(environment, template, folder)],
  );
  return [...plans, ...missing].toSorted((a, b) => a.environment.localeCompare(b.environment, 'en'));
}

function withoutReport(environment: string, templateFile: string, folder: string): FailedPlan {
  return {
    kind: 'failed',
    environment,
    stackName: environment,
    region: '',
    templateFile,
    reason: 'invalid-config',
    findings: [
      {
        level: 'error',
        title: `There is no plan of ${environment}`,
        message: `This job expects one, and no report in ${folder}/ has it. The job that was to make it was skipped, ended before it, or did not upload its report.`,
        remedy: 'Look at that job, and run it again.',
      },
    ],
  };
}

async function reportFiles(written: string, workspace: string): Promise<readonly string[]> {
  const found = pathInWorkspace(written);
  if ('problem' in found) throw new Failure('invalid-config', [wrong(written, found.problem)]);
  const isReport = (name: string) => name.endsWith('.json');
  const names = (await listWorkspaceFolder(workspace, found.path)).toSorted();
  const inner = await Promise.all(
    names
      .filter((name) => !isReport(name))
      .map(async (name) => {
        const files = await listWorkspaceFolder(workspace, `${found.path}/${name}`);
        return files.filter(isReport).map((file) => `${name}/${file}`);
      }),
  );
  return [...names.filter(isReport), ...inner.flat()].map((name) => `${found.path}/${name}`);
}

type Read = { readonly plans: readonly EnvironmentPlan[] } | { readonly problem: Finding };

async function readReport(file: string, workspace: string): Promise<Read> {
  const content = await readWorkspaceFile(workspace, file, LIMIT);
  if ('problem' in content) return { problem: wrong(file, content.problem) };
  const plans = plansInReport(content.text);
  return plans === undefined ? { problem: wrong(file, 'is no report of a plan of this version') } : { plans };
}

function wrong(file: string, problem: string): Finding {
  return {
    level: 'error',
    title: `The report ${file} cannot be used`,
    message: `It ${problem}.`,
    remedy:
      'Let every job upload the file that its output `report` names, and use one version of ECS Muster in all of them.',
  };
}

function nothingIn(folder: string): Finding {
  return {
    level: 'error',
    title: `There is no report in ${folder}/`,
    message: 'Input `reports` names a folder with the report files of the jobs that planned.',
    remedy: 'Download their artifacts into it before this step: examples/workflows/plan-fan-in.yml shows how.',
  };
}
