import { requireAccount } from '../aws/account.ts';
import type { Inputs } from '../config/inputs.ts';
import type { DeploymentRequest } from '../config/request.ts';
import { isTemplateUrl } from '../config/template-source.ts';
import { issueKey, type ShownRepair } from '../drift/issue-marker.ts';
import type { EnvironmentDrift } from '../drift/model.ts';
import { needlessAllowances, notAsShown, refusedHarms, unprovedRepairs } from '../drift/repair-findings.ts';
import type { Repair } from '../drift/repair-model.ts';
import { hasDrifted } from '../drift/state.ts';
import { markerOfIssue } from '../github/drift-issue.ts';
import type { GitHubTarget } from '../github/github.ts';
import { readEvent } from '../github/pull-request.ts';
import type { Ledger } from '../outcome.ts';
import { repairLines } from '../report/repair-lines.ts';
import { becomeDeployable } from '../stack/deployable.ts';
import { changeSetName } from '../stack/identity.ts';
import type { Stack } from '../stack/model.ts';
import { sweep } from '../stack/sweep.ts';
import { resourceLocations } from '../template/template.ts';
import { Failure, type FailureReason, type Finding } from '../types.ts';
import type { World } from '../world.ts';
import { Debt } from './debt.ts';
import { driftOf, loadForDrift } from './drift-environment.ts';
import { type Execution, execute } from './execute.ts';
import { eventTeller } from './progress.ts';
import { proposeRepair } from './repair.ts';
import { runIdentity } from './request-context.ts';
import { refuseForeignCheckout } from './trust.ts';
import { whatIsDeployed } from './what-is-deployed.ts';
import { whereAwsStands } from './where-aws-stands.ts';

/**
 * Brings a stack back to what was deployed: exactly the repair that was shown, and then the evidence that it is. Fills in
 * the ledger as it goes. Throws Failure `plan-changed` for another repair, `replacement-refused` for one that does what
 * `revert-allow` does not name, and those of a deployment and of a look for drift.
 */
export async function revert(
  inputs: Inputs,
  world: World,
  ledger: Ledger,
  github?: GitHubTarget,
): Promise<'succeeded' | 'unchanged'> {
  const written = [inputs.template, inputs.environmentDirectory].filter((path) => !isTemplateUrl(path));
  await refuseForeignCheckout(await readEvent(world.runner.env), written, world);
  const loaded = await loadForDrift(inputs, world);
  const { request } = loaded;
  ledger.stackName = request.stackName;
  ledger.region = request.region;
  ledger.templateFile = request.template.file;
  ledger.resourceLocations = resourceLocations(request.template);
  const aws = world.aws(request);
  const debt = new Debt(world);
  try {
    if (request.account !== undefined) await requireAccount(aws, request.account);
    const { repair, changed, attached } = await bringBack(inputs, request, { aws, world, ledger, debt, github });
    const drift = await driftOf(loaded, inputs, world, { afterChange: changed || attached });
    ledger.drifts = [drift];
    if (drift.rollCall !== undefined) ledger.rollCall = drift.rollCall;
    conclude(repair, drift, ledger);
    return changed ? 'succeeded' : 'unchanged';
  } catch (error) {
    ledger.findings.push(...(await debt.settle(aws)));
    throw await whereAwsStands(error, request, aws);
  }
}

interface BroughtBack {
  readonly repair: Repair;
  /** There was something to repair, and it was. */
  readonly changed: boolean;
  /** An operation was under way, and was followed to its end. */
  readonly attached: boolean;
}

async function bringBack(
  inputs: Inputs,
  request: DeploymentRequest,
  { github, ...execution }: Execution & { readonly github: GitHubTarget | undefined },
): Promise<BroughtBack> {
  const { aws, world, ledger, debt } = execution;
  const { log } = world.runner;
  log.group(`Stack ${request.stackName}`);
  const { stack, attached } = await stackAtRest(request, execution);
  const known = await whatIsDeployed(request, stack, aws);
  for (const value of known.secrets) world.runner.mask(value);
  const name = changeSetName(runIdentity(world));
  const { changeSet, repair } = await proposeRepair(request, { stack, known, name }, { aws, world, debt });
  ledger.changeSet = changeSet;
  ledger.changes = changeSet.changes;
  ledger.repair = repair;
  ledger.findings.push(...repair.findings);
  for (const line of repairLines(repair)) log.line(line);
  log.endGroup();
  if (changeSet.empty) {
    ledger.findings.push(...(await debt.settle(aws)));
    return { repair, changed: false, attached };
  }
  await requireShown(repair, inputs, request, () => shownRepair(request, world, github));
  ledger.findings.push(...needlessAllowances(repair, inputs.revertAllow));
  await execute(request, { changeSet, stack }, execution);
  return { repair, changed: true, attached };
}

/** Refuses another repair than the one that was shown, and one that does what nobody has allowed; all of it at once. */
async function requireShown(
  repair: Repair,
  { fingerprint = '', revertAllow }: Inputs,
  { template }: DeploymentRequest,
  lookUp: () => Promise<ShownRepair | undefined>,
): Promise<void> {
  const refused = refusedHarms(repair, revertAllow);
  if (repair.fingerprint !== fingerprint) {
    const shown = await lookUp();
    const does = shown?.fingerprint === fingerprint ? shown.does : undefined;
    const asked = { given: fingerprint, file: template.file, ...(does && { does }) };
    throw new Failure('plan-changed', [notAsShown(repair, asked), ...refused]);
  }
  if (refused.length > 0) throw new Failure('replacement-refused', refused);
}

/** The repair that the environment's issue shows, where the token may read issues. */
async function shownRepair(
  { environment, stackName, region }: DeploymentRequest,
  { clock, signal }: World,
  github: GitHubTarget | undefined,
): Promise<ShownRepair | undefined> {
  if (github === undefined) return undefined;
  const key = issueKey({ environment: environment ?? stackName, stackName, region });
  return (await markerOfIssue(github, key, { clock, signal }))?.repair;
}

async function stackAtRest(
  request: DeploymentRequest,
  { aws, world, ledger }: Execution,
): Promise<{ readonly stack: Stack; readonly attached: boolean }> {
  const { clock, signal, runner } = world;
  const cfn = await aws.cloudFormation();
  const { stack, attached, findings } = await becomeDeployable(
    { cfn, clock, signal },
    {
      ...request,
      replaceFailed: false,
      locate: request.template.locate,
      tell: eventTeller(ledger, runner.log, clock),
      onBusy: ({ status }) => runner.log.line(`${status}: waiting for the operation that is under way`),
    },
  );
  ledger.findings.push(...findings);
  // What was waited for is another operation than the one that this run is about.
  delete ledger.deployment;
  if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') throw noStack(request);
  ledger.stack = stack;
  const swept = await sweep({ cfn, clock }, { stack, run: runIdentity(world) });
  ledger.findings.push(...swept.findings);
  return { stack, attached: attached !== undefined };
}

function noStack({ stackName, region }: DeploymentRequest): Failure {
  return new Failure('invalid-config', [
    {
      level: 'error',
      title: `There is no stack ${stackName} in ${region}`,
      message: 'A repair brings back what was deployed, and nothing is deployed.',
      remedy: 'Deploy the environment, or check the region, the account and `stack-name`.',
    },
  ]);
}

/** Green only when all of it is in sync, by evidence, and the roll call is complete. */
function conclude(repair: Repair, drift: EnvironmentDrift, ledger: Ledger): void {
  const unproved = unprovedRepairs(repair, drift);
  const reason = reasonOf(drift, unproved);
  if (reason !== undefined) throw new Failure(reason, bySeverity([...unproved, ...drift.findings]));
  ledger.findings.push(...drift.findings);
}

function reasonOf({ state, resources, rollCall, reason }: EnvironmentDrift, unproved: readonly Finding[]) {
  switch (state) {
    case 'drifted':
      return resources.some(hasDrifted) ? 'drifted' : rollReason(rollCall?.verdict);
    case 'drift-unknown':
    case 'not-checked':
      return reason ?? 'drift-unknown';
    case 'undeployed':
    case 'in-sync':
      return unproved.length > 0 ? 'drift-unknown' : undefined;
    default:
      return state satisfies never;
  }
}

function rollReason(verdict: 'complete' | 'short' | 'over' | undefined): FailureReason {
  return verdict === 'over' ? 'capacity-over' : 'capacity-short';
}

function bySeverity(findings: readonly Finding[]): Finding[] {
  const order = ['error', 'warning', 'notice'];
  return findings.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}
