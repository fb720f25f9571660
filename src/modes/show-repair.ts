import type { Aws } from '../aws/aws.ts';
import type { DeploymentRequest } from '../config/request.ts';
import type { EnvironmentDrift } from '../drift/model.ts';
import { heldAgainst } from '../drift/repair.ts';
import type { RepairPlan } from '../drift/repair-model.ts';
import { changeSetName } from '../stack/identity.ts';
import type { Stack } from '../stack/model.ts';
import { sweep } from '../stack/sweep.ts';
import { Failure, type Finding } from '../types.ts';
import type { World } from '../world.ts';
import type { Debt } from './debt.ts';
import { proposeRepair } from './repair.ts';
import { runIdentity } from './request-context.ts';
import type { Known } from './what-is-deployed.ts';

/** A stack that has drifted, as it was found. */
interface DriftedStack {
  readonly stack: Stack;
  readonly known: Known;
  readonly found: Pick<EnvironmentDrift, 'resources' | 'ignored'>;
}

export type ShowRepair = (request: DeploymentRequest, drifted: DriftedStack, aws: Aws) => Promise<RepairPlan>;

/**
 * Says what a repair would do: a change set is made, read and removed, and never executed. That it could not be made is
 * an answer too, since the drift is told either way. Throws Failure `cancelled` alone.
 */
export function showRepairWith(world: World, debt: Debt): ShowRepair {
  return async (request, { stack, known, found }, aws) => {
    const { clock } = world;
    const run = runIdentity(world);
    const name = changeSetName(run);
    const { findings: swept } = await sweep({ cfn: await aws.cloudFormation(), clock }, { stack, run });
    try {
      const { repair } = await proposeRepair(request, { stack, known, name }, { aws, world, debt });
      const left = await debt.settle(aws, name);
      return { ...heldAgainst(repair, found), findings: asWarnings([...repair.findings, ...swept, ...left]) };
    } catch (error) {
      const left = await debt.settle(aws, name);
      if (!(error instanceof Failure) || error.reason === 'cancelled') throw withWhatIsLeft(error, left);
      return { kind: 'impossible', findings: asWarnings([...error.findings, ...swept, ...left]) };
    }
  };
}

function withWhatIsLeft(error: unknown, left: readonly Finding[]): unknown {
  return error instanceof Failure ? new Failure(error.reason, [...error.findings, ...left], { cause: error }) : error;
}

/** What stands in the way of showing a repair changes nothing of what has drifted. */
function asWarnings(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => (finding.level === 'error' ? { ...finding, level: 'warning' } : finding));
}
