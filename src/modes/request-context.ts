import type { RequestContext } from '../config/request.ts';
import type { RunIdentity } from '../stack/identity.ts';
import { readTemplateObject } from '../stack/template-object.ts';
import type { World } from '../world.ts';

/** The surroundings that a request is read in. */
export function requestContext(world: World): RequestContext {
  return {
    workspace: world.workspace,
    env: world.runner.env,
    fetchTemplate: async (url, target) => readTemplateObject(await world.aws(target).s3(), url),
  };
}

/** The workflow run, as the runner tells it; outside of one, this moment. */
export function runIdentity({ runner, clock }: World): RunIdentity {
  return {
    id: runner.env('GITHUB_RUN_ID') || String(clock.now()),
    attempt: runner.env('GITHUB_RUN_ATTEMPT') || '1',
  };
}
