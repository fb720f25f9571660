import type { Aws } from '../aws/aws.ts';
import type { DeploymentRequest } from '../config/request.ts';
import type { Ledger } from '../outcome.ts';
import { executeChangeSet } from '../stack/deployment.ts';
import { describeStack } from '../stack/describe.ts';
import type { ChangeSet, Deployment, Stack } from '../stack/model.ts';
import { neededBeforeNext } from '../stack/status.ts';
import { failedResources } from '../stack/stuck.ts';
import { deploymentFailure } from '../stack/verdict.ts';
import type { World } from '../world.ts';
import type { Debt } from './debt.ts';
import { eventTeller } from './progress.ts';

export interface Execution {
  readonly aws: Aws;
  readonly world: World;
  readonly ledger: Ledger;
  readonly debt: Debt;
}

/** Executes the change set and follows it to its end. Returns the stack as it is then; throws the Failure of it. */
export async function execute(
  { stackName, region, onFailure, stackTimeout, template }: DeploymentRequest,
  { changeSet, stack }: { readonly changeSet: ChangeSet; readonly stack: Stack | undefined },
  { aws, world: { clock, signal, runner }, ledger, debt }: Execution,
): Promise<Stack> {
  const cfn = await aws.cloudFormation();
  runner.log.group('Deployment');
  const logicalIds = changeSet.changes.map(({ logicalId }) => logicalId);
  const deployment = await executeChangeSet(
    { cfn, clock, signal },
    {
      changeSet,
      stackName,
      before: stack,
      onFailure,
      timeout: stackTimeout,
      tell: eventTeller(ledger, runner.log, clock, logicalIds),
      onBegun: () => debt.paid(),
    },
  );
  runner.log.endGroup();
  ledger.deployment = deployment;
  const after = await stackAfter(cfn, deployment);
  if (after === undefined) delete ledger.stack;
  else ledger.stack = after;
  if (!deployment.succeeded || after === undefined) {
    const next = after && neededBeforeNext(after, { region, failedResources: await skippable(cfn, after) });
    throw deploymentFailure(deployment, stackName, template.locate, next);
  }
  ledger.findings.push(...deployment.findings);
  return after;
}

/** The stack as it came to rest. After a failure nothing stands in the way of its cause, which is known already. */
async function stackAfter(
  cfn: Parameters<typeof describeStack>[0],
  { stack, stackId, succeeded }: Deployment,
): Promise<Stack | undefined> {
  if (stack !== undefined) return stack;
  try {
    return await describeStack(cfn, stackId);
  } catch (error) {
    if (succeeded) throw error;
    return undefined;
  }
}

/** What could be skipped to end a rollback that failed; nothing stands in the way of the cause of that. */
async function skippable(cfn: Parameters<typeof failedResources>[0], stack: Stack): Promise<string[]> {
  try {
    return await failedResources(cfn, stack);
  } catch {
    return [];
  }
}
