import { requireAccount } from '../aws/account.ts';
import type { Aws } from '../aws/aws.ts';
import type { Inputs } from '../config/inputs.ts';
import { type DeploymentRequest, loadRequest } from '../config/request.ts';
import { secretValues } from '../config/values.ts';
import type { GitHubTarget } from '../github/github.ts';
import type { Ledger } from '../outcome.ts';
import { setTerminationProtection } from '../stack/deployment.ts';
import type { Stack } from '../stack/model.ts';
import { findCluster } from '../template/cluster.ts';
import type { Values } from '../template/resolve.ts';
import { outputSecrecy } from '../template/secrets.ts';
import { resourceLocations } from '../template/template.ts';
import { Failure } from '../types.ts';
import type { World } from '../world.ts';
import { Debt } from './debt.ts';
import { prepareChangeSet } from './deployment-change-set.ts';
import { execute } from './execute.ts';
import { requestContext } from './request-context.ts';
import { answerRollCall, liveCluster } from './roll-call.ts';
import { whereAwsStands } from './where-aws-stands.ts';

/** From an environment file to a verified cluster. Fills in the ledger as it goes; throws Failure when it is not. */
export async function deploy(
  inputs: Inputs,
  world: World,
  ledger: Ledger,
  github?: GitHubTarget,
): Promise<'succeeded' | 'unchanged'> {
  const request = await load(inputs, world, ledger);
  const aws = world.aws(request);
  const debt = new Debt(world);
  try {
    if (request.account !== undefined) await requireAccount(aws, request.account);
    const { changeSet, stack, attached, values, onFailure } = await prepareChangeSet(inputs, request, {
      aws,
      world,
      ledger,
      debt,
      github,
    });
    // Conditions may depend on what only AWS could tell.
    const { cluster, findings } = findCluster(request.template, values, request.cluster);
    if (cluster === undefined) throw new Failure('invalid-config', findings);
    if (changeSet.empty) ledger.findings.push(...(await debt.settle(aws)));
    // The stack is what this run would have made of it, and that operation is what has made it so.
    if (changeSet.empty && attached?.succeeded) ledger.deployment = attached;
    const after = changeSet.empty
      ? stack
      : await execute({ ...request, onFailure }, { changeSet, stack }, { aws, world, ledger, debt });
    if (after === undefined) throw new Error(`The empty change set ${changeSet.id} has no stack`);
    await conclude(request, values, after, aws, ledger);
    const afterChange = !changeSet.empty || attached !== undefined;
    await answerRollCall(await liveCluster(aws, after, cluster), request, { aws, world, ledger, afterChange });
    return changeSet.empty ? 'unchanged' : 'succeeded';
  } catch (error) {
    ledger.findings.push(...(await debt.settle(aws)));
    throw await whereAwsStands(error, request, aws);
  }
}

async function load(inputs: Inputs, world: World, ledger: Ledger): Promise<DeploymentRequest> {
  const { request, findings } = await loadRequest(inputs, requestContext(world));
  if (request === undefined) throw new Failure('invalid-config', findings);
  ledger.findings.push(...findings);
  ledger.stackName = request.stackName;
  ledger.region = request.region;
  ledger.templateFile = request.template.file;
  ledger.resourceLocations = resourceLocations(request.template);
  for (const value of secretValues(request.parameters)) world.runner.mask(value);
  return request;
}

/** What is done and told once the stack is as it should be. */
async function conclude(
  { terminationProtection, template }: DeploymentRequest,
  values: Values,
  stack: Stack,
  aws: Aws,
  ledger: Ledger,
): Promise<void> {
  if (terminationProtection !== undefined)
    await setTerminationProtection(await aws.cloudFormation(), stack, terminationProtection);
  const secrecy = outputSecrecy(template, values);
  ledger.outputs = stack.outputs.map((output) => {
    const withheld = secrecy(output.key);
    return withheld === undefined ? output : { ...output, withheld };
  });
}
