import { requireAccount } from '../aws/account.ts';
import type { Aws } from '../aws/aws.ts';
import type { Inputs } from '../config/inputs.ts';
import { type DeploymentRequest, loadRequest } from '../config/request.ts';
import { undeclaredDefaults } from '../config/undeclared-defaults.ts';
import { secretValues, valuesOf } from '../config/values.ts';
import type { Ledger } from '../outcome.ts';
import { changeLines } from '../report/log.ts';
import { createChangeSet } from '../stack/change-set.ts';
import { becomeDeployable } from '../stack/deployable.ts';
import { executeChangeSet, setTerminationProtection } from '../stack/deployment.ts';
import { describeStack } from '../stack/describe.ts';
import { changeSetName } from '../stack/identity.ts';
import type { ChangeSet, Stack } from '../stack/model.ts';
import { refuseReplacement } from '../stack/protection.ts';
import { sweep } from '../stack/sweep.ts';
import { templateArgument } from '../stack/upload.ts';
import { deploymentFailure } from '../stack/verdict.ts';
import { findCluster } from '../template/cluster.ts';
import type { Values } from '../template/resolve.ts';
import { outputSecrecy } from '../template/secrets.ts';
import { resourceLocations } from '../template/template.ts';
import { Failure } from '../types.ts';
import type { World } from '../world.ts';
import { Debt } from './debt.ts';
import { parameterArguments } from './parameter-arguments.ts';
import { eventTeller } from './progress.ts';
import { requestContext, runIdentity } from './request-context.ts';
import { answerRollCall, liveCluster } from './roll-call.ts';
import { whereAwsStands } from './where-aws-stands.ts';

/** From an environment file to a verified cluster. Fills in the ledger as it goes; throws Failure when it is not. */
export async function deploy(inputs: Inputs, world: World, ledger: Ledger): Promise<'succeeded' | 'unchanged'> {
  const request = await load(inputs, world, ledger);
  const aws = world.aws(request);
  const debt = new Debt(world);
  try {
    if (request.account !== undefined) await requireAccount(aws, request.account);
    const { changeSet, stack, attached, values } = await prepare(request, aws, world, ledger, debt);
    if (changeSet.empty) ledger.findings.push(...(await debt.settle(aws)));
    const after = changeSet.empty ? stack : await execute(request, changeSet, stack, aws, world, ledger, debt);
    if (after === undefined) throw new Error(`The empty change set ${changeSet.id} has no stack`);
    await conclude(request, values, after, aws, ledger);
    const { cluster } = findCluster(request.template, values, request.cluster);
    if (cluster === undefined) throw new Error('The template was checked to have a cluster, and has none');
    const afterChange = !changeSet.empty || attached;
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

interface Prepared {
  readonly changeSet: ChangeSet;
  readonly stack: Stack | undefined;
  /** An operation was under way, and was followed to its end. */
  readonly attached: boolean;
  /** What the template is evaluated with, now that AWS has told what it looked up. */
  readonly values: Values;
}

/** Brings the stack to rest and makes the change set, which is owed until it is executed. */
async function prepare(
  request: DeploymentRequest,
  aws: Aws,
  world: World,
  ledger: Ledger,
  debt: Debt,
): Promise<Prepared> {
  const { clock, signal, runner } = world;
  const { region, role, stackName, template } = request;
  const locate = template.locate;
  const cfn = await aws.cloudFormation();
  const run = runIdentity(world);
  runner.log.group(`Stack ${stackName}`);
  const { stack, attached, findings } = await becomeDeployable(
    { cfn, clock, signal },
    {
      ...request,
      replaceFailed: request.replaceFailedStack,
      locate,
      tell: eventTeller(ledger, runner.log, clock),
      onBusy: ({ status }) => runner.log.line(`${status}: waiting for the operation that is under way`),
    },
  );
  ledger.findings.push(...findings);
  if (stack !== undefined) ledger.stack = stack;
  const swept = stack === undefined ? undefined : await sweep({ cfn, clock }, { stack, run });
  ledger.findings.push(...(swept?.findings ?? []));
  const parameters = await parameterArguments(aws, request, stack);
  const live = Object.entries(stack?.parameters ?? {}).map(([name, { value }]) => [name, value] as const);
  const undeclared = undeclaredDefaults(request, Object.fromEntries(live));
  if (undeclared.length > 0) throw new Failure('invalid-config', undeclared);

  const name = changeSetName(run);
  const shellIsOurs = stack === undefined || (swept?.shellIsOurs ?? false);
  await debt.owe({ region, ...(role && { role }), stackName, changeSetName: name, shellIsOurs });
  const created = await createChangeSet(
    { cfn, clock, signal },
    {
      ...request,
      name,
      stack,
      locate,
      template: request.templateUrl
        ? { TemplateURL: request.templateUrl }
        : await templateArgument(template.text, request.templateBucket, aws.s3),
      parameters: parameters.arguments,
    },
  );
  const { changeSet } = created;
  ledger.findings.push(...created.findings);
  ledger.changeSet = changeSet;
  ledger.changes = changeSet.changes;
  runner.log.line(changeSet.empty ? 'Nothing would change.' : `Change set ${changeSet.name}:`);
  for (const line of changeLines(changeSet.changes)) runner.log.line(line);
  runner.log.endGroup();
  refuseReplacement(changeSet.changes, request.failOnReplacement, locate);
  const values = valuesOf(request.parameters, request, parameters.resolved);
  return { changeSet, stack, attached: attached !== undefined, values };
}

/** Executes the change set and follows it to its end. Returns the stack as it is then. */
async function execute(
  request: DeploymentRequest,
  changeSet: ChangeSet,
  stack: Stack | undefined,
  aws: Aws,
  world: World,
  ledger: Ledger,
  debt: Debt,
): Promise<Stack> {
  const { clock, signal, runner } = world;
  const { stackName, onFailure, stackTimeout, template } = request;
  const cfn = await aws.cloudFormation();
  runner.log.group('Deployment');
  const logicalIds = changeSet.changes.map(({ logicalId }) => logicalId);
  const deployment = await executeChangeSet(
    { cfn, clock, signal },
    {
      changeSet,
      stackName,
      statusBefore: stack?.status ?? 'REVIEW_IN_PROGRESS',
      onFailure,
      timeout: stackTimeout,
      tell: eventTeller(ledger, runner.log, clock, logicalIds),
      onBegun: () => debt.paid(),
    },
  );
  runner.log.endGroup();
  ledger.deployment = deployment;
  const after = await describeStack(cfn, deployment.stackId);
  if (after !== undefined) ledger.stack = after;
  if (!deployment.succeeded || after === undefined) throw deploymentFailure(deployment, stackName, template.locate);
  ledger.findings.push(...deployment.findings);
  return after;
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
