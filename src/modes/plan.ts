import { chosenEnvironments } from '../config/environments.ts';
import type { Inputs } from '../config/inputs.ts';
import { distinct } from '../findings.ts';
import type { GitHubTarget } from '../github/github.ts';
import { readEvent } from '../github/pull-request.ts';
import type { Ledger } from '../outcome.ts';
import type { EnvironmentPlan } from '../plan/model.ts';
import { planLines } from '../report/plan-lines.ts';
import { Failure } from '../types.ts';
import type { World } from '../world.ts';
import { Debt } from './debt.ts';
import { gatherPlans } from './gather-plans.ts';
import { failedPlan, planEnvironment } from './plan-environment.ts';
import { planningOf } from './planning.ts';
import { refuseForeignReports } from './trust.ts';

/**
 * What a deployment of each chosen environment would change. Changes nothing but the change sets that it makes and
 * removes. Throws Failure when an environment could not be planned, or would replace what is protected; the ledger has
 * the plans all the same. With `reports` the plans are those that other jobs have made of the environments, where they
 * are named, and AWS is not asked.
 */
export async function plan(
  inputs: Inputs,
  world: World,
  ledger: Ledger,
  github?: GitHubTarget,
): Promise<'succeeded' | 'unchanged'> {
  if (inputs.reports !== undefined) {
    refuseForeignReports(await readEvent(world.runner.env));
    const expected = inputs.environment === undefined ? [] : await chosen(inputs, world, Number.POSITIVE_INFINITY);
    ledger.plans = await gatherPlans(inputs.reports, world.workspace, expected);
    return conclude(ledger.plans, ledger);
  }
  const all = await chosen(inputs, world);
  const shared = await planningOf(inputs, world, new Debt(world), github);
  const attempts = await Promise.allSettled(
    all.map(async (one) => {
      const prefix = all.length > 1 ? `${one.environment}: ` : '';
      const tell = (line: string) => world.runner.log.line(`${prefix}${line}`);
      try {
        return await planEnvironment(one, { ...shared, tell });
      } catch (error) {
        return failedPlan(error, one, world);
      }
    }),
  );
  const plans = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  ledger.plans = plans;
  for (const one of plans) tellPlan(one, world);
  const broken = attempts.find((attempt) => attempt.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return conclude(plans, ledger);
}

/** The inputs of each environment that is named. Throws Failure `invalid-config` where that cannot be. */
async function chosen(inputs: Inputs, { workspace }: World, most?: number): Promise<readonly Inputs[]> {
  const { inputs: each, findings } = await chosenEnvironments(inputs, workspace, most);
  if (each.length === 0) throw new Failure('invalid-config', findings);
  return each;
}

function tellPlan(one: EnvironmentPlan, { runner: { log } }: World): void {
  log.group(`Plan of ${one.environment}`);
  for (const line of planLines(one)) log.line(line);
  log.endGroup();
}

/** Red when any environment could not be planned, or would lose what is protected. */
function conclude(plans: readonly EnvironmentPlan[], ledger: Ledger): 'succeeded' | 'unchanged' {
  const failed = plans.filter((one) => one.kind === 'failed');
  const refused = plans.flatMap((one) => (one.kind === 'change-set' ? one.refused : []));
  const others = plans.filter((one) => one.kind !== 'failed').flatMap((one) => one.findings);
  ledger.findings.push(...distinct(others));
  const [first] = failed;
  if (first !== undefined)
    throw new Failure(first.reason, distinct([...failed.flatMap((one) => one.findings), ...refused]));
  if (refused.length > 0) throw new Failure('replacement-refused', distinct(refused));
  return plans.every((one) => one.kind === 'change-set' && one.empty) ? 'unchanged' : 'succeeded';
}
