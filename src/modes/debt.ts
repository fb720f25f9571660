import type { Aws } from '../aws/aws.ts';
import { type Owed, parseOwed, settle } from '../stack/clean-up.ts';
import type { Finding } from '../types.ts';
import type { World } from '../world.ts';

/** The name under which what is owed is saved for the `post` step. */
const STATE = 'owed';

/** The runner lets a cancelled job's process live for 7.5 seconds after SIGINT; reports are written after this. */
const SETTLE_WITHIN = 4_000;
/** A job that goes on has no such limit, nor has the `post` step: as long as CloudFormation may reasonably take. */
const FINISH_WITHIN = 60_000;
/** How long after a cancelled step a change set may still turn up whose creation was cut off. */
const LATE_WITHIN = 15_000;

/** What a run owes to AWS: saved before it is made, so that the `post` step knows of it whatever happens. */
export class Debt {
  readonly #world: World;
  readonly #owed = new Map<string, Owed>();

  constructor(world: World) {
    this.#world = world;
  }

  async owe(owed: Owed): Promise<void> {
    this.#owed.set(owed.changeSetName, owed);
    await this.#save();
  }

  /** A change set was executed or is kept: it is not owed any more. Without a name, none is. */
  async paid(changeSetName?: string): Promise<void> {
    for (const { changeSetName: name } of this.#chosen(changeSetName)) this.#owed.delete(name);
    await this.#save();
  }

  /**
   * Removes a change set that is owed, or without a name all of them: within seconds once the job is cancelled. What
   * could not be removed stays saved for the `post` step, as does what a cancellation interrupts.
   */
  async settle(aws: Aws, changeSetName?: string): Promise<readonly Finding[]> {
    const { signal } = this.#world;
    const settled = this.#chosen(changeSetName).map(async (owed) => {
      const findings = signal.aborted
        ? await pay(this.#world, aws, owed, { within: SETTLE_WITHIN })
        : await pay(this.#world, aws, owed, { within: FINISH_WITHIN, until: signal });
      // What CloudFormation was never heard to have made may yet turn up: the `post` step looks again.
      const mayComeLate = signal.aborted && owed.stackId === undefined;
      if (findings.length === 0 && !mayComeLate) await this.paid(owed.changeSetName);
      return findings;
    });
    return (await Promise.all(settled)).flat();
  }

  #chosen(changeSetName: string | undefined): Owed[] {
    return [...this.#owed.values()].filter(
      (owed) => changeSetName === undefined || owed.changeSetName === changeSetName,
    );
  }

  async #save(): Promise<void> {
    const all = [...this.#owed.values()];
    await this.#world.runner.saveState(STATE, all.length === 0 ? '' : JSON.stringify(all));
  }
}

/** The `post` step: removes what the main step could not. Never fails the job. */
export async function finish(world: World): Promise<void> {
  const { runner } = world;
  const all = parseOwed(runner.state(STATE));
  for (const { changeSetName, stackName } of all)
    runner.log.line(`Removing what the cancelled step left: change set ${changeSetName} of stack ${stackName}`);
  const findings = await Promise.all(
    all.map((owed) => {
      const { region, role } = owed;
      return pay(world, world.aws({ region, ...(role && { role }) }), owed, {
        within: FINISH_WITHIN,
        lateWithin: LATE_WITHIN,
      });
    }),
  );
  for (const { level, title, message, remedy } of findings.flat())
    runner.annotate({ level, title, message: remedy === undefined ? message : `${message}\n${remedy}` });
  if (all.length > 0 && findings.flat().length === 0) runner.log.line('Nothing is left behind.');
}

/** Milliseconds, and what ends it before. */
interface Patience {
  readonly within: number;
  readonly lateWithin?: number;
  readonly until?: AbortSignal;
}

async function pay(
  { clock }: World,
  aws: Aws,
  owed: Owed,
  { within, lateWithin, until }: Patience,
): Promise<readonly Finding[]> {
  const limit = AbortSignal.timeout(within);
  const signal = until === undefined ? limit : AbortSignal.any([limit, until]);
  const cfn = await aws.withSignal(signal).cloudFormation();
  const lateUntil = lateWithin === undefined ? {} : { lateUntil: clock.now() + lateWithin };
  return settle({ cfn, clock, signal, deadline: clock.now() + within, ...lateUntil }, owed);
}
