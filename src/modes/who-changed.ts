import type { Aws, AwsTarget } from '../aws/aws.ts';
import type { EnvironmentDrift, ResourceDrift } from '../drift/model.ts';
import { hasDrifted } from '../drift/state.ts';
import { lookUpCalls, type TrailQuestion, type TrailRefusal } from '../stack/trail.ts';
import type { TrailedCall } from '../stack/trail-event.ts';
import { trailSubject } from '../stack/trail-subject.ts';
import { count } from '../text.ts';
import type { Finding } from '../types.ts';
import type { World } from '../world.ts';

/** How long CloudTrail is asked, for all environments together. The verdict is known before. Milliseconds. */
const TIME_LIMIT = 30_000;

/** How long CloudTrail keeps events for those who have no trail of their own (CloudTrail API, LookupEvents). */
const KEPT = 90 * 24 * 60 * 60 * 1_000;

/** What of the world is needed here. */
export interface TrailWorld extends Pick<World, 'clock' | 'signal'> {
  aws(target: AwsTarget): Pick<Aws, 'cloudTrail'>;
}

/** An environment that was looked at, and the role through which it was. */
export interface Looked {
  readonly drift: EnvironmentDrift;
  readonly role: string | undefined;
}

interface Question extends TrailQuestion {
  readonly resource: ResourceDrift;
  /** What shares CloudTrail's budget: an account and a region. */
  readonly budget: string;
}

/**
 * The calls that changed each resource that has drifted since CloudFormation last worked on it, and at most one finding,
 * a notice, that not all of it could be found out. Rejects only when the job is cancelled.
 */
export async function whoChanged(
  looked: readonly Looked[],
  world: TrailWorld,
): Promise<{
  readonly changedBy: ReadonlyMap<ResourceDrift, readonly TrailedCall[]>;
  readonly findings: readonly Finding[];
}> {
  const { clock, signal } = world;
  const deadline = clock.now() + TIME_LIMIT;
  const questions = (await Promise.all(looked.map((one) => questionsOf(one, world)))).flatMap(nth);
  // One of each environment before the second of any: none takes the time of all.
  const inTurn = questions.toSorted((a, b) => a.n - b.n).map(({ question }) => question);
  const answers = await Promise.all(
    [...Map.groupBy(inTurn, ({ budget }) => budget).values()].map((those) =>
      lookUpCalls(those, { clock, signal, deadline }),
    ),
  );
  const changedBy = new Map(
    answers.flatMap(({ calls }) => [...calls]).map(([{ resource }, calls]) => [resource, calls]),
  );
  const refusals = answers.flatMap((answer) => answer.refusals);
  return { changedBy, findings: refusals.length === 0 ? [] : [notTold(questions.length - changedBy.size, refusals)] };
}

function nth(questions: readonly Question[]) {
  return questions.map((question, n) => ({ question, n }));
}

async function questionsOf({ drift, role }: Looked, world: TrailWorld): Promise<readonly Question[]> {
  const { stackId = '', resources } = drift;
  const account = stackId.split(':')[4] ?? '';
  return Promise.all(
    resources.filter(hasDrifted).flatMap((resource) => {
      const { physicalId, resourceType, updatedAt } = resource;
      if (physicalId === undefined) return [];
      const { region, names } = trailSubject(resourceType, physicalId, stackId);
      // CloudTrail tells the second in which a call was made.
      const updated = Math.floor(Date.parse(updatedAt ?? '') / 1_000) * 1_000 || 0;
      const since = Math.max(updated, world.clock.now() - KEPT);
      const aws = world.aws({ region, ...(role !== undefined && { role }) });
      return [aws.cloudTrail().then((trail) => ({ resource, names, since, trail, budget: `${account} ${region}` }))];
    }),
  );
}

function notTold(n: number, refusals: readonly TrailRefusal[]): Finding {
  const reasons = [...new Set(refusals.map(({ why }) => why))].join('; ');
  return {
    level: 'notice',
    title: 'Who changed what has drifted is not told for all of it',
    message: `CloudTrail was asked about ${count(n, 'resource')} in vain: ${reasons}. The verdict does not rest on it.`,
    ...(refusals.some(({ denied }) => denied) && { remedy: 'To have it told, allow cloudtrail:LookupEvents.' }),
  };
}
