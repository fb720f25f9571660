import { requireAccount } from '../aws/account.ts';
import type { Aws } from '../aws/aws.ts';
import { clusterMembers } from '../cluster/members.ts';
import type { Inputs } from '../config/inputs.ts';
import { loadVerifyRequest, type StackRequest, type VerifyRequest } from '../config/request.ts';
import { secretValues, valuesOf } from '../config/values.ts';
import type { Ledger } from '../outcome.ts';
import { describeStack } from '../stack/describe.ts';
import { findCluster } from '../template/cluster.ts';
import { resourceLocations } from '../template/template.ts';
import { Failure } from '../types.ts';
import type { World } from '../world.ts';
import { requestContext } from './request-context.ts';
import { answerRollCall, type LiveCluster, liveCluster } from './roll-call.ts';

/** The roll call alone, of an environment's cluster or of one that something else made. Changes nothing. */
export async function verify(inputs: Inputs, world: World, ledger: Ledger): Promise<'succeeded'> {
  // A secret that only deployments are given says nothing about how many instances there are.
  const context = { ...requestContext(world), leavesVariables: true };
  const { request, findings } = await loadVerifyRequest(inputs, context);
  if (request === undefined) throw new Failure('invalid-config', findings);
  ledger.findings.push(...findings);
  ledger.region = request.region;
  const aws = world.aws(request);
  if (request.account !== undefined) await requireAccount(aws, request.account);
  const cluster =
    request.stack === undefined
      ? await namedCluster(request, aws, ledger)
      : await clusterOfStack(request, request.stack, aws, world, ledger);
  await answerRollCall(cluster, request, { aws, world, ledger, afterChange: false });
  return 'succeeded';
}

async function namedCluster(request: VerifyRequest, aws: Aws, ledger: Ledger): Promise<LiveCluster> {
  const { cluster, desiredCount } = request;
  if (cluster === undefined) throw new Error('Neither an environment nor a cluster was asked for');
  const desired = desiredCount.kind === 'number' ? desiredCount.count : desiredCount.kind;
  const { groups, findings } = await clusterMembers(aws, cluster, desired);
  ledger.findings.push(...findings);
  return { cluster, groups };
}

async function clusterOfStack(
  request: VerifyRequest,
  { stackName, template, parameters }: StackRequest,
  aws: Aws,
  world: World,
  ledger: Ledger,
): Promise<LiveCluster> {
  for (const value of secretValues(parameters)) world.runner.mask(value);
  ledger.stackName = stackName;
  ledger.templateFile = template.file;
  ledger.resourceLocations = resourceLocations(template);
  const stack = await describeStack(await aws.cloudFormation(), stackName);
  if (stack === undefined)
    throw new Failure('invalid-config', [
      {
        level: 'error',
        title: `There is no stack ${stackName} in ${request.region}`,
        message: 'The roll call of an environment is that of its stack, and CloudFormation does not know the stack.',
        remedy: 'Deploy the environment first, or check the region, the account and `stack-name`.',
      },
    ]);
  ledger.stack = stack;
  const { cluster, findings } = findCluster(template, valuesOf(parameters, request), request.cluster);
  if (cluster === undefined) throw new Failure('invalid-config', findings);
  return liveCluster(aws, stack, cluster);
}
