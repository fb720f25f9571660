import { chosenEnvironments } from '../config/environments.ts';
import type { Inputs } from '../config/inputs.ts';
import { isTemplateUrl } from '../config/template-source.ts';
import type { EnvironmentDrift } from '../drift/model.ts';
import { distinct } from '../findings.ts';
import { isOfDefaultBranch, readEvent } from '../github/pull-request.ts';
import type { Ledger } from '../outcome.ts';
import { driftLines } from '../report/drift-lines.ts';
import { Failure, type FailureReason, type Finding } from '../types.ts';
import type { World } from '../world.ts';
import { Debt } from './debt.ts';
import { driftOf, loadForDrift, unknownDrift } from './drift-environment.ts';
import { showRepairWith } from './show-repair.ts';
import { limit, limitEach } from './side-by-side.ts';
import { refuseForeignCheckout } from './trust.ts';
import { whoChanged } from './who-changed.ts';

/** How many environments are looked at at once, and how many of one account and region, which share its API budget. */
const AT_ONCE = 12;
const AT_ONCE_IN_ACCOUNT = 4;

/** Far more than of plans: of an environment that is in sync there is little to tell. */
const MOST = 200;

/**
 * Whether what runs of each chosen environment is what was deployed. Changes nothing but the change sets that show a
 * repair, which it makes and removes. Throws Failure `drifted` or `drift-unknown`; the ledger has every environment all
 * the same, whatever befell the others.
 */
export async function drift(inputs: Inputs, world: World, ledger: Ledger): Promise<'succeeded'> {
  const written = [inputs.template, inputs.environmentDirectory].filter((path) => !isTemplateUrl(path));
  const event = await readEvent(world.runner.env);
  await refuseForeignCheckout(event, written, world);
  const { inputs: chosen, findings } = await chosenEnvironments(inputs, world.workspace, MOST);
  if (chosen.length === 0) throw new Failure('invalid-config', findings);
  // Another branch may lack an environment that the repository has.
  if (inputs.environment === 'all' && isOfDefaultBranch(event, world.runner.env('GITHUB_REF')))
    ledger.everyEnvironment = chosen.flatMap(({ environment = [] }) => environment);
  const roles = new Map<Inputs, string>();
  const [inJob, inAccount] = [limit(AT_ONCE), limitEach(AT_ONCE_IN_ACCOUNT)];
  const looking = inputs.driftRevert === 'plan' ? { showRepair: showRepairWith(world, new Debt(world)) } : {};
  const attempts = await Promise.allSettled(
    chosen.map(async (one) => {
      try {
        const loaded = await loadForDrift(one, world);
        const { region, role } = loaded.request;
        if (role !== undefined) roles.set(one, role);
        const ofAccount = inAccount(JSON.stringify([region, role?.split(':')[4]]));
        return await ofAccount(() => inJob(() => driftOf(loaded, one, world, looking)));
      } catch (error) {
        return await unknownDrift(error, one, world);
      }
    }),
  );
  ledger.drifts = withoutSharedRules(
    attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : [])),
  );
  const broken = attempts.find((attempt) => attempt.status === 'rejected');
  if (broken === undefined)
    await nameWhoChanged(
      ledger,
      chosen.map((one) => roles.get(one)),
      world,
    );
  for (const one of ledger.drifts) tellDrift(one, world);
  if (broken !== undefined) throw broken.reason;
  return conclude(ledger.drifts, ledger);
}

/** Who changed what has drifted, where CloudTrail tells. The verdict is known by then, and does not wait for long. */
async function nameWhoChanged(ledger: Ledger, roles: readonly (string | undefined)[], world: World): Promise<void> {
  const { drifts = [] } = ledger;
  const { changedBy, findings } = await whoChanged(
    drifts.map((drift, n) => ({ drift, role: roles[n] })),
    world,
  );
  ledger.drifts = drifts.map((drift) => ({
    ...drift,
    resources: drift.resources.map((resource) => {
      const calls = changedBy.get(resource);
      return calls === undefined ? resource : { ...resource, changedBy: calls };
    }),
  }));
  ledger.findings.push(...findings);
}

/** A rule of the input is for all environments: it is stale only where it is stale in each that could be looked at. */
function withoutSharedRules(drifts: readonly EnvironmentDrift[]): EnvironmentDrift[] {
  const looked = drifts.filter(({ detections }) => detections.length > 0);
  return drifts.map((one) => {
    const stale = one.stale.filter(
      ({ from, text }) =>
        from === 'file' ||
        looked.every((other) => other.stale.some((rule) => rule.from === 'input' && rule.text === text)),
    );
    return { ...one, stale, findings: [...one.findings, ...stale.map((rule) => staleRule(rule, one))] };
  });
}

function staleRule({ text, from }: EnvironmentDrift['stale'][number], { environmentFile }: EnvironmentDrift): Finding {
  const file = from === 'file' ? environmentFile : undefined;
  return {
    level: 'warning',
    title: `The drift rule ${text} matches nothing any more`,
    message: 'No resource and no property that is compared has this name: it was renamed or removed, or mistyped.',
    remedy: `Delete it from ${file ?? '`drift-ignore`'}, or write what is meant now.`,
    ...(file !== undefined && { location: { file, line: 1 } }),
  };
}

function tellDrift(one: EnvironmentDrift, { runner: { log } }: World): void {
  log.group(`Drift of ${one.environment}`);
  for (const line of driftLines(one)) log.line(line);
  log.endGroup();
}

/** Red when anything has drifted, and when for anything that is not known. */
function conclude(drifts: readonly EnvironmentDrift[], ledger: Ledger): 'succeeded' {
  const told = drifts.flatMap((one) =>
    one.findings.map((finding) => (drifts.length > 1 ? ofEnvironment(finding, one) : finding)),
  );
  const findings = bySeverity(distinct(told));
  const reason = reasonOf(drifts);
  if (reason !== undefined) throw new Failure(reason, findings);
  ledger.findings.push(...findings);
  return 'succeeded';
}

function reasonOf(drifts: readonly EnvironmentDrift[]): FailureReason | undefined {
  if (drifts.some(({ state }) => state === 'drifted')) return 'drifted';
  const [only, ...more] = drifts;
  if (only !== undefined && more.length === 0 && only.reason !== undefined) return only.reason;
  return drifts.some(({ state }) => state === 'drift-unknown' || state === 'not-checked') ? 'drift-unknown' : undefined;
}

/** What is said of one environment among several names it. */
function ofEnvironment(finding: Finding, { environment }: EnvironmentDrift): Finding {
  return { ...finding, title: `${environment}: ${finding.title}` };
}

function bySeverity(findings: readonly Finding[]): Finding[] {
  const order = ['error', 'warning', 'notice'];
  return findings.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}
