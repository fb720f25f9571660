import type { Aws } from '../aws/aws.ts';
import { type Owed, parseOwed, settle } from '../stack/clean-up.ts';
import type { Finding } from '../types.ts';
import type { World } from '../world.ts';

/** The name under which what is owed is saved for the `post` step. */
const STATE = 'owed';

/** The runner lets a cancelled job's process live for 7.5 seconds after SIGINT; reports are written after this. */
const SETTLE_WITHIN = 5_000;
/** The `post` step has no such limit: as long as CloudFormation may reasonably take. */
const FINISH_WITHIN = 60_000;

/** What a run owes to AWS: saved before it is made, so that the `post` step knows of it whatever happens. */
export class Debt {
  readonly #world: World;
  #owed: Owed | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  async owe(owed: Owed): Promise<void> {
    this.#owed = owed;
    await this.#world.runner.saveState(STATE, JSON.stringify(owed));
  }

  /** The change set was executed or is kept: nothing is owed any more. */
  async paid(): Promise<void> {
    this.#owed = undefined;
    await this.#world.runner.saveState(STATE, '');
  }

  /** Removes what is owed, under a signal of its own. What could not be removed stays saved for the `post` step. */
  async settle(aws: Aws): Promise<readonly Finding[]> {
    if (this.#owed === undefined) return [];
    const findings = await pay(this.#world, aws, this.#owed, SETTLE_WITHIN);
    if (findings.length === 0) await this.paid();
    return findings;
  }
}

/** The `post` step: removes what the main step could not. Never fails the job. */
export async function finish(world: World): Promise<void> {
  const owed = parseOwed(world.runner.state(STATE));
  if (owed === undefined) return;
  const { runner } = world;
  runner.log.line(`Removing what the cancelled step left: change set ${owed.changeSetName} of stack ${owed.stackName}`);
  const { region, role } = owed;
  const findings = await pay(world, world.aws({ region, ...(role && { role }) }), owed, FINISH_WITHIN);
  for (const { level, title, message, remedy } of findings)
    runner.annotate({ level, title, message: remedy === undefined ? message : `${message}\n${remedy}` });
  if (findings.length === 0) runner.log.line('Nothing is left behind.');
}

async function pay(world: World, aws: Aws, owed: Owed, within: number): Promise<readonly Finding[]> {
  const signal = AbortSignal.timeout(within);
  const { clock } = world;
  const cfn = await aws.withSignal(signal).cloudFormation();
  return settle({ cfn, clock, signal, deadline: clock.now() + within }, owed);
}
