import type { Inputs } from '../config/inputs.ts';
import { type DeploymentRequest, loadRequest } from '../config/request.ts';
import { isTemplateUrl } from '../config/template-source.ts';
import { secretValues, valuesOf } from '../config/values.ts';
import { readFileAt } from '../github/file.ts';
import type { GitHubTarget } from '../github/github.ts';
import type { OfflinePlan } from '../plan/model.ts';
import { offlinePlan as planFromFiles } from '../plan/offline.ts';
import type { PlanSubject } from '../plan/plan.ts';
import { withFiles } from '../runner/temporary-files.ts';
import type { World } from '../world.ts';
import { requestContext } from './request-context.ts';

/** The branch that a pull request would be merged into, at a commit. */
export interface Base {
  readonly ref: string;
  readonly commit: string;
  readonly github: GitHubTarget;
}

/**
 * What can be known of an environment without AWS: its files were checked already, and here they are compared with those
 * of the base branch, as far as GitHub tells them.
 */
export async function offlinePlan(
  request: DeploymentRequest,
  subject: PlanSubject,
  { inputs, world, base }: { readonly inputs: Inputs; readonly world: World; readonly base: Base | undefined },
): Promise<OfflinePlan> {
  const before = await requestAt(base, request, inputs, world);
  const found = 'request' in before ? before.request : undefined;
  return planFromFiles({
    subject,
    before: found,
    after: request,
    values: valuesOf(request.parameters, request),
    secrets: [...secretValues(request.parameters), ...secretValues(found?.parameters ?? [])],
    ...('request' in before ? { comparedWith: before.of } : { notCompared: before.why }),
  });
}

/** The same environment as the base branch has it, and what that is in words; or in a sentence why it is not known. */
async function requestAt(
  base: Base | undefined,
  { template, environmentFile, region }: DeploymentRequest,
  inputs: Inputs,
  world: World,
): Promise<{ readonly request: DeploymentRequest; readonly of: string } | { readonly why: string }> {
  if (isTemplateUrl(inputs.template)) return { why: 'The template is no file of the repository.' };
  if (base === undefined) return { why: 'The event names no base branch, or there is no token to read it with.' };
  const { github, commit, ref } = base;
  const of = `${ref} at ${commit.slice(0, 7)}`;
  const paths = [template.file, ...(environmentFile === undefined ? [] : [environmentFile])];
  const read = await Promise.all(paths.map((path) => readFileAt(github, { path, commit }, world)));
  const files: { readonly path: string; readonly text: string }[] = [];
  for (const [index, file] of read.entries()) {
    const path = paths[index] ?? '';
    if (file.outcome === 'none') return { why: `${of} does not have ${path}.` };
    if (file.outcome !== 'found') return { why: `GitHub did not tell ${path} of ${of}: ${file.why}` };
    files.push({ path, text: file.text });
  }
  const { request } = await withFiles(files, (workspace) =>
    loadRequest({ ...inputs, region }, { ...requestContext(world), workspace, leavesVariables: true }),
  );
  return request === undefined ? { why: `The files of ${of} are not valid.` } : { request, of };
}
