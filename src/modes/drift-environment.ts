import { requireAccount } from '../aws/account.ts';
import type { Aws } from '../aws/aws.ts';
import type { CalledRoll } from '../cluster/roll-call.ts';
import type { Inputs } from '../config/inputs.ts';
import { type DeploymentRequest, loadRequest, stackOfEnvironment } from '../config/request.ts';
import { secretValues } from '../config/values.ts';
import { driftFindings } from '../drift/findings.ts';
import { ignoreRules, problemWithRule } from '../drift/ignore.ts';
import type { EnvironmentDrift, IgnoreRule } from '../drift/model.ts';
import { readDrift } from '../drift/resources.ts';
import { hasDrifted, stateOf } from '../drift/state.ts';
import { uncheckedOf } from '../drift/unchecked.ts';
import { stackAtRest } from '../stack/at-rest.ts';
import { asRefusal, detectDrift, undetected } from '../stack/drift.ts';
import type { Stack } from '../stack/model.ts';
import { findCluster } from '../template/cluster.ts';
import { Failure, type Finding } from '../types.ts';
import type { World } from '../world.ts';
import { requestContext } from './request-context.ts';
import { liveCluster, theRollCall } from './roll-call.ts';
import { scaledGroups } from './scaled-groups.ts';
import type { ShowRepair } from './show-repair.ts';
import { deployedOf, type Known, whatIsDeployed } from './what-is-deployed.ts';

type Subject = Pick<
  EnvironmentDrift,
  'environment' | 'stackName' | 'region' | 'templateFile' | 'environmentFile' | 'stackId'
>;

/** Nothing was found out. */
const NOTHING = { detections: [], resources: [], ignored: [], byDesign: [], unchecked: [], stale: [], findings: [] };

/** What an environment file and the inputs say, checked without AWS. Throws Failure `invalid-config`. */
export async function loadForDrift(inputs: Inputs, world: World) {
  const context = { ...requestContext(world), leavesVariables: true };
  const { request, findings } = await loadRequest(inputs, context);
  if (request === undefined) throw new Failure('invalid-config', findings);
  const rules: IgnoreRule[] = [
    ...inputs.driftIgnore.map((text) => ({ text, from: 'input' }) as const),
    ...request.driftIgnore.map((text) => ({ text, from: 'file' }) as const),
  ];
  const wrong = rules.flatMap((rule) => wrongRule(rule, request));
  if (wrong.length > 0) throw new Failure('invalid-config', [...wrong, ...findings]);
  for (const value of secretValues(request.parameters)) world.runner.mask(value);
  return { request, rules, findings };
}

function wrongRule({ text, from }: IgnoreRule, { environmentFile }: DeploymentRequest): Finding[] {
  const problem = problemWithRule(text);
  if (problem === undefined) return [];
  const inFile = from === 'file' && environmentFile !== undefined;
  return [
    {
      level: 'error',
      title: inFile ? 'A rule of drift: ignore is wrong' : 'Input drift-ignore is wrong',
      message: `${problem}.`,
      ...(inFile && { location: { file: environmentFile, line: 1 } }),
    },
  ];
}

interface Looking {
  /** Something was just deployed: the roll call takes its time. */
  readonly afterChange?: boolean;
  /** Asks what a repair would do; absent: it is not asked. */
  readonly showRepair?: ShowRepair;
}

/**
 * Whether what runs of an environment is what was deployed, and what was deployed what the repository says. Changes
 * nothing. Throws Failure for what makes that impossible to tell.
 */
export async function driftOf(
  { request, rules, findings }: Awaited<ReturnType<typeof loadForDrift>>,
  { driftTimeout }: Inputs,
  world: World,
  { afterChange = false, showRepair }: Looking = {},
): Promise<EnvironmentDrift> {
  const { clock, signal } = world;
  const aws = world.aws(request);
  const subject = subjectOf(request);
  const elsewhere = await inAnotherAccount(request, aws);
  if (elsewhere !== undefined) return { ...subject, ...NOTHING, state: 'not-checked', ...elsewhere };
  const cfn = await aws.cloudFormation();
  const stack = await stackAtRest({ cfn, clock, signal }, request.stackName, clock.now() + request.busyTimeout);
  if (stack === undefined) return withoutStack(subject, findings);
  const known = await whatIsDeployed(request, stack, aws);
  for (const value of known.secrets) world.runner.mask(value);
  const [detected, roll] = await Promise.all([
    detectDrift({ cfn, clock, signal }, stack.id, clock.now() + driftTimeout).catch(asRefusal),
    rollOf(request, stack, known, { aws, world, afterChange }),
  ]);
  const rollShowsDrift = roll.rollCall !== undefined && roll.rollCall.verdict !== 'complete';
  if (detected instanceof Failure && !rollShowsDrift) throw detected;
  const stacks = detected instanceof Failure ? [undetected({ path: [], stackId: stack.id }, detected)] : detected;
  const deployed = await deployedOf(stacks, known, aws);
  const scaling = await scaledGroups(stacks, known, aws);
  const { places, unread, unseen, ...read } = readDrift(stacks, {
    deployed,
    rules: ignoreRules(rules),
    scaled: scaling.groups,
    locate: ([id = '', ...nested], property) => {
      const within = nested.length === 0 ? ['Properties', ...property] : [];
      return request.template.locate(['Resources', id, ...(property.length > 0 ? within : [])]);
    },
  });
  const detections = stacks.map(({ path, detection, reason }) => ({
    path,
    state: detection,
    ...(reason !== undefined && { reason }),
  }));
  const found = {
    ...subject,
    stackId: stack.id,
    detections,
    ...read,
    unchecked: [...uncheckedOf(read.resources, known.before, known.values), ...known.comparison.unchecked],
    stale: ignoreRules(rules).staleAmong(places, unread, unseen),
    ...(known.comparison.undeployed && { undeployed: known.comparison.undeployed }),
    ...(roll.rollCall && { rollCall: roll.rollCall }),
  };
  const isUnread = known.before === undefined;
  const repair = found.resources.some(hasDrifted)
    ? await showRepair?.(request, { stack, known, found }, aws)
    : undefined;
  return {
    ...found,
    state: stateOf({ ...found, rollCallFailed: roll.failed || isUnread }),
    ...(repair && { repair }),
    findings: [
      ...driftFindings(found),
      ...roll.findings,
      ...known.findings,
      ...scaling.findings,
      ...(repair?.findings ?? []),
      ...findings,
    ],
  };
}

function subjectOf({ environment, environmentFile, stackName, region, template }: DeploymentRequest): Subject {
  return {
    environment: environment ?? stackName,
    stackName,
    region,
    templateFile: template.file,
    ...(environmentFile && { environmentFile }),
  };
}

/** Credentials of another account, and no role to come into this one: nobody looks, and says so. */
async function inAnotherAccount({ account, role, environmentFile }: DeploymentRequest, aws: Aws) {
  if (account === undefined) return undefined;
  try {
    await requireAccount(aws, account);
    return undefined;
  } catch (error) {
    if (role !== undefined || !(error instanceof Failure) || error.reason !== 'wrong-account') throw error;
    const finding: Finding = {
      level: 'error',
      title: 'An environment of another account was not checked',
      message: `It is in account ${account}, the job's credentials are not, and the environment file names no role.`,
      remedy: 'Name a role of that account as `role` in the environment file, or check it in a job of its own.',
      ...(environmentFile && { location: { file: environmentFile, line: 1 } }),
    };
    return { why: `it is in account ${account}, and no role is named`, findings: [finding] };
  }
}

function withoutStack(subject: Subject, findings: readonly Finding[]): EnvironmentDrift {
  const undeployed = { isNew: true, resources: [], sections: [], parameters: [], tags: [] };
  const drift = { ...subject, ...NOTHING, undeployed };
  return { ...drift, state: 'undeployed', findings: [...driftFindings(drift), ...findings] };
}

interface Roll {
  readonly rollCall?: EnvironmentDrift['rollCall'];
  /** It could not be called. */
  readonly failed: boolean;
  readonly findings: readonly Finding[];
}

/** The roll call, by the same rule as after a deployment. A cluster that cannot be asked is not known to be well. */
async function rollOf(
  request: DeploymentRequest,
  stack: Stack,
  { before, values }: Known,
  calling: Parameters<typeof theRollCall>[2],
): Promise<Roll> {
  try {
    const { cluster, findings } = findCluster(before ?? request.template, values, request.cluster);
    if (cluster === undefined) return { failed: true, findings };
    const live = await liveCluster(calling.aws, stack, cluster);
    const { findings: told, ...rollCall }: CalledRoll = await theRollCall(live, request, calling);
    return { rollCall, failed: false, findings: told };
  } catch (error) {
    if (!(error instanceof Failure) || error.reason === 'cancelled') throw error;
    return { failed: true, findings: error.findings };
  }
}

/** An environment of which nothing could be found out. A cancelled job, and a fault of ours, end the run instead. */
export async function unknownDrift(error: unknown, inputs: Inputs, world: World): Promise<EnvironmentDrift> {
  if (!(error instanceof Failure) || error.reason === 'cancelled') throw error;
  const { environment, stackName, region, template } = inputs;
  const { env } = world.runner;
  const stack = await stackOfEnvironment(inputs, requestContext(world));
  const guess = {
    stackName: stackName ?? `${env('GITHUB_REPOSITORY')?.split('/').at(-1) ?? ''}-${environment}`,
    region: region ?? env('AWS_REGION') ?? '',
    isGuessed: true,
  };
  return {
    ...NOTHING,
    environment: environment ?? stackName ?? '',
    ...(stack ?? guess),
    templateFile: template,
    state: 'drift-unknown',
    why: error.findings[0]?.title ?? error.reason,
    reason: error.reason,
    findings: error.findings,
  };
}
