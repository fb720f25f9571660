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
  const before = base === undefined ? undefined : await requestAt(base, request, inputs, world);
  return planFromFiles({
    subject,
    before,
    after: request,
    values: valuesOf(request.parameters, request),
    secrets: [...secretValues(request.parameters), ...secretValues(before?.parameters ?? [])],
    ...(base !== undefined && before !== undefined && { comparedWith: `${base.ref} at ${base.commit.slice(0, 7)}` }),
  });
}

/** The same environment as the base branch has it; undefined where it has none, or where it cannot be read. */
async function requestAt(
  { commit, github }: Base,
  { template, environmentFile, region }: DeploymentRequest,
  inputs: Inputs,
  world: World,
): Promise<DeploymentRequest | undefined> {
  if (isTemplateUrl(inputs.template)) return undefined;
  const paths = [template.file, ...(environmentFile === undefined ? [] : [environmentFile])];
  const found = await Promise.all(
    paths.map(async (path) => {
      const file = await readFileAt(github, { path, commit }, world);
      return file.outcome === 'found' ? [{ path, text: file.text }] : [];
    }),
  );
  const files = found.flat();
  if (files.length < paths.length) return undefined;
  return withFiles(files, async (workspace) => {
    const { request } = await loadRequest(
      { ...inputs, region },
      { ...requestContext(world), workspace, leavesVariables: true },
    );
    return request;
  });
}
