import { requireAccount } from '../aws/account.ts';
import type { Aws } from '../aws/aws.ts';
import { classify } from '../aws/errors.ts';
import type { Inputs } from '../config/inputs.ts';
import { type DeploymentRequest, loadRequest, type RequestContext } from '../config/request.ts';
import { undeclaredDefaults } from '../config/undeclared-defaults.ts';
import { lookedUp, secretValues, valuesOf } from '../config/values.ts';
import type { EnvironmentPlan } from '../plan/model.ts';
import { changeSetPlan, type PlanSubject } from '../plan/plan.ts';
import { findingsUnderRealName, underRealName } from '../plan/real-name.ts';
import { type CreatedChangeSet, createChangeSet } from '../stack/change-set.ts';
import { becomeDeployable } from '../stack/deployable.ts';
import { deployedTemplate } from '../stack/deployed-template.ts';
import { changeSetName, planStackName } from '../stack/identity.ts';
import type { Stack } from '../stack/model.ts';
import { readPlannedChanges } from '../stack/planned-changes.ts';
import { flatChanges } from '../stack/planned-resource.ts';
import { refusedReplacements } from '../stack/protection.ts';
import { sweep } from '../stack/sweep.ts';
import { sweepThrowAway } from '../stack/sweep-throw-away.ts';
import { templateArgument } from '../stack/upload.ts';
import { parseTemplate } from '../template/parse.ts';
import { hasNestedStacks, type Template } from '../template/template.ts';
import { Failure, type Finding } from '../types.ts';
import type { World } from '../world.ts';
import type { Debt } from './debt.ts';
import { deployedAndProposed, nestedTemplates } from './nested-templates.ts';
import { type ParameterArguments, parameterArguments } from './parameter-arguments.ts';
import { requestContext, runIdentity } from './request-context.ts';

/** What the plans of one run have in common. */
export interface Planning {
  readonly world: World;
  readonly debt: Debt;
  /** The commit that is planned. */
  readonly commit?: string;
  /** The plan without AWS, for a run that cannot have credentials; undefined where it should have had them. */
  readonly offline?: (request: DeploymentRequest, subject: PlanSubject, inputs: Inputs) => Promise<EnvironmentPlan>;
  /** Lines about one environment, told together. */
  readonly tell: (line: string) => void;
}

/**
 * What a deployment of one environment would change: a change set is made, read and removed, and never executed. Throws
 * Failure for whatever a deployment would fail with before it changes anything.
 */
export async function planEnvironment(inputs: Inputs, planning: Planning): Promise<EnvironmentPlan> {
  const { world, debt } = planning;
  const { request, findings } = await loadRequest(inputs, contextOf(planning));
  if (request === undefined) throw new Failure('invalid-config', findings);
  for (const value of secretValues(request.parameters)) world.runner.mask(value);
  const aws = world.aws(request);
  const run = runIdentity(world);
  const name = changeSetName(run, { kept: inputs.keepChangeSet });
  const subject = subjectOf(request);
  try {
    const plan = await planStack(request, name, inputs.keepChangeSet, aws, planning);
    if (inputs.keepChangeSet && plan.kind === 'change-set' && !plan.empty) await debt.paid(name);
    const left = await debt.settle(aws, name);
    return { ...plan, findings: [...findings, ...plan.findings, ...left] };
  } catch (error) {
    const left = await debt.settle(aws, name);
    if (isWithoutCredentials(error) && planning.offline !== undefined) {
      const plan = await planning.offline(request, subject, inputs);
      return { ...plan, findings: [...findings, ...plan.findings] };
    }
    throw error instanceof Failure ? new Failure(error.reason, [...error.findings, ...left], { cause: error }) : error;
  }
}

/** Stands in where nothing names a region, and is told to nobody. */
const NO_REGION = 'unknown';

/** Without credentials there is no region either unless it is written down, nor are there secrets of the repository. */
function contextOf({ world, offline }: Planning): RequestContext {
  const context = requestContext(world);
  if (offline === undefined) return context;
  return {
    ...context,
    env: (name) => context.env(name) ?? (name === 'AWS_REGION' ? NO_REGION : undefined),
    leavesUnset: true,
  };
}

function subjectOf(request: DeploymentRequest): PlanSubject {
  const { environment, environmentFile, stackName, region, template } = request;
  return {
    environment: environment ?? stackName,
    stackName,
    region: region === NO_REGION ? '' : region,
    templateFile: template.file,
    ...(environmentFile && { environmentFile }),
  };
}

function isWithoutCredentials(error: unknown): boolean {
  return error instanceof Failure && error.reason === 'credentials' && classify(error.cause).kind === 'no-credentials';
}

async function planStack(
  request: DeploymentRequest,
  name: string,
  keep: boolean,
  aws: Aws,
  planning: Planning,
): Promise<EnvironmentPlan> {
  const { world, commit, tell } = planning;
  if (request.account !== undefined) await requireAccount(aws, request.account);
  const { stack, warnings } = await stackAtRest(request, aws, world, tell);
  const live = stack?.status === 'REVIEW_IN_PROGRESS' ? undefined : stack;
  const parameters = await parameterArguments(aws, request, live);
  for (const value of parameters.secrets) world.runner.mask(value);
  const deployed = Object.entries(live?.parameters ?? {}).map(([key, { value }]) => [key, value] as const);
  const undeclared = undeclaredDefaults(request, Object.fromEntries(deployed));
  if (undeclared.length > 0) throw new Failure('invalid-config', undeclared);

  const cfn = await aws.cloudFormation();
  const stackName = live === undefined && !keep ? planStackName(request.stackName, name) : request.stackName;
  const { changeSet, findings } = await propose(request, { name, stackName, stack, parameters }, aws, planning);
  const planned = await readPlannedChanges({ cfn, clock: world.clock, signal: world.signal }, changeSet);
  const [before, nested] = await Promise.all([
    live === undefined || planned.empty ? undefined : deployedTemplate(cfn, live.id),
    nestedTemplates(planned.resources, deployedAndProposed(cfn)),
  ]);
  return changeSetPlan({
    subject: subjectOf(request),
    stack: live,
    planned: underRealName(planned, stackName, request.stackName),
    before: before?.text === undefined ? undefined : readDeployed(before.text),
    after: request.template,
    nested,
    values: valuesOf(request.parameters, request, parameters.resolved),
    secrets: [...secretValues(request.parameters), ...parameters.secrets],
    lookedUp: lookedUp(request.parameters),
    findings: [...warnings, ...findings, ...(before?.findings ?? [])],
    refused: refusedReplacements(flatChanges(planned.resources), request.failOnReplacement, request.template.locate),
    ...(commit && { commit }),
    ...(keep && !changeSet.empty && { keptChangeSet: name }),
  });
}

/** The stack once nothing is under way on it, without what finished runs of ours left there. */
async function stackAtRest(request: DeploymentRequest, aws: Aws, world: World, tell: Planning['tell']) {
  const { clock, signal } = world;
  const cfn = await aws.cloudFormation();
  const run = runIdentity(world);
  const sweeping = sweepThrowAway({ cfn, clock }, { stackName: request.stackName, run });
  const { stack, findings } = await becomeDeployable(
    { cfn, clock, signal },
    {
      ...request,
      replaceFailed: false,
      locate: request.template.locate,
      tell: () => undefined,
      onBusy: ({ status }) => tell(`${status}: waiting for the operation that is under way`),
    },
  );
  const mayBeSwept = stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS';
  const swept = mayBeSwept ? await sweep({ cfn, clock }, { stack, run }) : undefined;
  return { stack, warnings: [...findings, ...(swept?.findings ?? []), ...(await sweeping)] };
}

interface Proposal {
  readonly name: string;
  /** The stack's own, or a throw-away one. */
  readonly stackName: string;
  readonly stack: Stack | undefined;
  readonly parameters: ParameterArguments;
}

/** Makes the change set, and tells what CloudFormation says of it as if it had its stack's own name. */
async function propose(
  request: DeploymentRequest,
  proposal: Proposal,
  aws: Aws,
  planning: Planning,
): Promise<CreatedChangeSet> {
  const named = (findings: readonly Finding[]) =>
    findingsUnderRealName(findings, proposal.stackName, request.stackName);
  try {
    const { changeSet, findings } = await make(request, proposal, aws, planning);
    return { changeSet, findings: named(findings) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.reason, named(error.findings), { cause: error.cause });
  }
}

/** Makes the change set, which is owed from before it is made. */
async function make(
  request: DeploymentRequest,
  { name, stackName, stack, parameters }: Proposal,
  aws: Aws,
  { world, debt }: Planning,
): Promise<CreatedChangeSet> {
  const { clock, signal } = world;
  const { region, role, template } = request;
  const isThrowAway = stackName !== request.stackName;
  const shellIsOurs = isThrowAway || stack === undefined;
  const nested = hasNestedStacks(template);
  const owed = { region, ...(role && { role }), stackName, changeSetName: name, shellIsOurs, nested };
  await debt.owe(owed);
  return createChangeSet(
    { cfn: await aws.cloudFormation(), clock, signal },
    {
      ...request,
      name,
      stackName,
      stack: isThrowAway ? undefined : stack,
      locate: template.locate,
      includeNested: nested,
      template: request.templateUrl
        ? { TemplateURL: request.templateUrl }
        : await templateArgument(template.text, request.templateBucket, aws.s3),
      parameters: parameters.arguments,
      onMade: (stackId) => debt.owe({ ...owed, stackId }),
    },
  );
}

/** What CloudFormation took once is a template; if it cannot be read here, nothing is compared with it. */
function readDeployed(text: string): Template | undefined {
  return parseTemplate(text, 'the deployed template').template;
}

/**
 * The plan of an environment that could not be planned. A cancelled job, and a fault of ours, end the run instead: they
 * are thrown again.
 */
export function failedPlan(error: unknown, inputs: Inputs, { runner }: World): EnvironmentPlan {
  if (!(error instanceof Failure) || error.reason === 'cancelled') throw error;
  const { environment, stackName, region, template } = inputs;
  const repository = runner.env('GITHUB_REPOSITORY')?.split('/').at(-1) ?? '';
  return {
    kind: 'failed',
    environment: environment ?? stackName ?? '',
    stackName: stackName ?? `${repository}-${environment}`,
    region: region ?? runner.env('AWS_REGION') ?? '',
    templateFile: template,
    reason: error.reason,
    findings: error.findings,
  };
}
