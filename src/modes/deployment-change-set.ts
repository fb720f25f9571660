import type { Aws } from '../aws/aws.ts';
import type { Inputs } from '../config/inputs.ts';
import { differencesFrom } from '../config/made-with.ts';
import type { DeploymentRequest } from '../config/request.ts';
import { undeclaredDefaults } from '../config/undeclared-defaults.ts';
import { valuesOf } from '../config/values.ts';
import type { GitHubTarget } from '../github/github.ts';
import type { Ledger } from '../outcome.ts';
import { changeLines } from '../report/log.ts';
import { changeSetType, createChangeSet, type OnFailure } from '../stack/change-set.ts';
import { becomeDeployable } from '../stack/deployable.ts';
import { changeSetName } from '../stack/identity.ts';
import { keptChangeSet } from '../stack/kept-change-set.ts';
import type { ChangeSet, Deployment, Stack } from '../stack/model.ts';
import { readPlannedChanges } from '../stack/planned-changes.ts';
import { flatChanges } from '../stack/planned-resource.ts';
import { refuseReplacement } from '../stack/protection.ts';
import { sweep } from '../stack/sweep.ts';
import { templateArgument } from '../stack/upload.ts';
import { parseTemplate } from '../template/parse.ts';
import type { Values } from '../template/resolve.ts';
import { hasNestedStacks } from '../template/template.ts';
import { Failure } from '../types.ts';
import type { World } from '../world.ts';
import type { Debt } from './debt.ts';
import { parameterArguments } from './parameter-arguments.ts';
import { eventTeller } from './progress.ts';
import { runIdentity } from './request-context.ts';
import { compareWithPlan, type Reviewed, requireItsPlan, requirePlan, reviewedPlan } from './reviewed-plan.ts';

/** What the change set of a deployment is made with. */
export interface Preparation {
  readonly aws: Aws;
  readonly world: World;
  readonly ledger: Ledger;
  readonly debt: Debt;
  /** Where a plan of it may be found. */
  readonly github: GitHubTarget | undefined;
}

export interface Prepared {
  readonly changeSet: ChangeSet;
  readonly stack: Stack | undefined;
  /** The operation that was under way, and was followed to its end. */
  readonly attached: Deployment | undefined;
  /** What the template is evaluated with, now that AWS has told what it looked up. */
  readonly values: Values;
  /** As the change set was made for it. */
  readonly onFailure: OnFailure;
}

/**
 * Brings the stack to rest and makes the change set, which is owed until it is executed, or takes the one that a plan
 * kept. Throws Failure when it is not what was reviewed, or replaces what is protected.
 */
export async function prepareChangeSet(
  inputs: Inputs,
  request: DeploymentRequest,
  preparation: Preparation,
): Promise<Prepared> {
  const { aws, world, ledger, github } = preparation;
  const { log } = world.runner;
  log.group(`Stack ${request.stackName}`);
  // GitHub is asked meanwhile; this never throws, so that nobody has to wait for it when the stack cannot be used.
  const reviewed = reviewedPlan(inputs, request, world, github);
  const { stack, attached, shellIsOurs } = await stackAtRest(request, preparation);
  const [parameters, plan] = await Promise.all([parameterArguments(aws, request, stack), reviewed]);
  for (const value of parameters.secrets) world.runner.mask(value);
  // A stack that is new changes for certain: then nothing is made that would have to be removed again.
  if (inputs.requirePlan && changeSetType(stack) === 'CREATE') requirePlan(plan, request);
  const found =
    inputs.changeSet === undefined
      ? await newChangeSet(request, { stack, shellIsOurs, parameters: parameters.arguments, plan }, preparation)
      : await takeChangeSet(inputs.changeSet, request, { stack, plan, requirePlan: inputs.requirePlan }, preparation);
  const { changeSet } = found;
  ledger.changeSet = changeSet;
  ledger.changes = changeSet.changes;
  log.line(changeSet.empty ? 'Nothing would change.' : `Change set ${changeSet.name}:`);
  for (const line of changeLines(changeSet.changes)) log.line(line);
  if (inputs.requirePlan && !changeSet.empty) requirePlan(plan, request);
  if (!changeSet.empty) await compare(plan, changeSet, stack, request, preparation);
  log.endGroup();
  const values = valuesOf(request.parameters, request, parameters.resolved);
  return { ...found, stack, attached, values };
}

async function stackAtRest(request: DeploymentRequest, { aws, world, ledger }: Preparation) {
  const { clock, signal, runner } = world;
  const cfn = await aws.cloudFormation();
  const { stack, attached, findings } = await becomeDeployable(
    { cfn, clock, signal },
    {
      ...request,
      replaceFailed: request.replaceFailedStack,
      locate: request.template.locate,
      tell: eventTeller(ledger, runner.log, clock),
      onBusy: ({ status }) => runner.log.line(`${status}: waiting for the operation that is under way`),
    },
  );
  ledger.findings.push(...findings);
  // What was waited for is another operation than the one that this run is about.
  delete ledger.deployment;
  if (stack !== undefined) ledger.stack = stack;
  const swept = stack === undefined ? undefined : await sweep({ cfn, clock }, { stack, run: runIdentity(world) });
  ledger.findings.push(...(swept?.findings ?? []));
  const shellIsOurs = stack === undefined || (swept?.shellIsOurs ?? false);
  return { stack, attached, shellIsOurs };
}

interface NewChangeSet {
  readonly stack: Stack | undefined;
  readonly shellIsOurs: boolean;
  readonly parameters: Parameters<typeof createChangeSet>[1]['parameters'];
  readonly plan: Reviewed;
}

async function newChangeSet(
  request: DeploymentRequest,
  { stack, shellIsOurs, parameters, plan }: NewChangeSet,
  { aws, world, ledger, debt }: Preparation,
): Promise<Pick<Prepared, 'changeSet' | 'onFailure'>> {
  const { clock, signal } = world;
  const { region, role, stackName, template, onFailure } = request;
  const deployed = stack?.status === 'REVIEW_IN_PROGRESS' ? {} : (stack?.parameters ?? {});
  const live = Object.entries(deployed).map(([name, { value }]) => [name, value] as const);
  const undeclared = undeclaredDefaults(request, Object.fromEntries(live));
  if (undeclared.length > 0) throw new Failure('invalid-config', undeclared);
  const name = changeSetName(runIdentity(world));
  // A plan looks into nested stacks, and so does what is compared with it; what is protected may be in one.
  const looksInside = plan.kind === 'found' || request.failOnReplacement.length > 0;
  const nested = looksInside && hasNestedStacks(template);
  const owed = { region, ...(role && { role }), stackName, changeSetName: name, shellIsOurs, nested };
  await debt.owe(owed);
  const creating = createChangeSet(
    { cfn: await aws.cloudFormation(), clock, signal },
    {
      ...request,
      name,
      stack,
      locate: template.locate,
      includeNested: nested,
      template: request.templateUrl
        ? { TemplateURL: request.templateUrl }
        : await templateArgument(template.text, request.templateBucket, aws.s3),
      parameters,
      onMade: (stackId) => debt.owe({ ...owed, stackId }),
    },
  );
  // What the roll call needs is loaded while CloudFormation works; what fails here fails again when it is used.
  void Promise.allSettled([aws.ecs(), aws.autoScaling()]);
  const { changeSet, findings } = await creating;
  ledger.findings.push(...findings);
  return { changeSet, onFailure };
}

interface Taking {
  readonly stack: Stack | undefined;
  readonly plan: Reviewed;
  readonly requirePlan: boolean;
}

/** The change set that a plan kept, which has to have been made with what is checked out. */
async function takeChangeSet(
  name: string,
  request: DeploymentRequest,
  { stack, plan, requirePlan: isRequired }: Taking,
  { aws, ledger }: Preparation,
): Promise<Pick<Prepared, 'changeSet' | 'onFailure'>> {
  const { stackName, template, onFailure } = request;
  const kept = await keptChangeSet(await aws.cloudFormation(), { name, stack, stackName });
  const brought = kept.template === undefined ? undefined : parseTemplate(kept.template, name).template;
  const differences = differencesFrom(request, { ...kept, template: brought });
  if (differences.length > 0)
    throw new Failure('plan-changed', [
      {
        level: 'error',
        title: `Change set ${name} was made with something else than is checked out`,
        message: [
          `What was reviewed differs from ${template.file} and what this job gives:`,
          ...differences.map((sentence) => `- ${sentence}`),
          'Nothing was changed.',
        ].join('\n'),
        remedy: 'Check out the commit that was planned, or make the plan again.',
        location: { file: template.file, line: 1 },
      },
    ]);
  const { changeSet } = kept;
  if (isRequired && brought === undefined && !changeSet.empty) requireItsPlan(plan, changeSet.name, kept.findings);
  ledger.findings.push(...kept.findings);
  if (kept.deletesOnFailure) return { changeSet, onFailure: 'delete' };
  // It was not asked for when the change set was made, and cannot be any more.
  return { changeSet, onFailure: onFailure === 'delete' ? 'rollback' : onFailure };
}

/** Refuses what is not what was reviewed, where anything was, and what replaces what is protected. */
async function compare(
  plan: Reviewed,
  changeSet: ChangeSet,
  stack: Stack | undefined,
  request: DeploymentRequest,
  { aws, world }: Preparation,
): Promise<void> {
  const { clock, signal, runner } = world;
  const { log } = runner;
  const { failOnReplacement, template } = request;
  if (plan.kind === 'none') log.line(`Not compared with a plan: ${plan.why}.`);
  const mayBeInside = failOnReplacement.length > 0 && hasNestedStacks(template);
  if (plan.kind === 'none' && !mayBeInside)
    return refuseReplacement(changeSet.changes, failOnReplacement, template.locate);
  const planned = await readPlannedChanges({ cfn: await aws.cloudFormation(), clock, signal }, changeSet, {
    values: false,
  });
  if (plan.kind === 'found') {
    compareWithPlan(plan, request, planned, stack);
    log.line(`This is what was reviewed: ${plan.url}`);
  }
  refuseReplacement(flatChanges(planned.resources), failOnReplacement, template.locate);
}
