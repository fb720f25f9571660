import type { Aws } from '../aws/aws.ts';
import { asFailure, classify } from '../aws/errors.ts';
import type { Clock } from '../time/clock.ts';
import { type Pace, poll, type Reading } from '../time/poll.ts';
import { Failure, type Finding } from '../types.ts';
import { expectation } from './expectation.ts';
import { rollCallFindings } from './findings.ts';
import { awaySince, type Facts, type Judgement, join, judge, oncePerInstance } from './judge.ts';
import type { Expectation, RollCall, RollCallReading } from './model.ts';
import { type LiveCluster, readCluster, readGroups, readHosts } from './read.ts';
import type { LiveGroup, RollCallRequest } from './request.ts';
import { liveScaling } from './scaling.ts';

/** Readings that have to agree after a change. */
const STABLE_READINGS = 3;
/** The longest wait while nothing moves: at four calls a reading that is twenty calls a minute. Milliseconds. */
const QUIET = 12_000;

export interface RollCallContext {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of every reading as it is made. */
  readonly onReading?: (reading: RollCallReading) => void;
}

/** A roll call with what there is to tell about it: why it did not complete first, then what is odd. */
export interface CalledRoll extends RollCall {
  readonly findings: readonly Finding[];
}

/**
 * Calls the roll until everybody has answered, nothing can change any more, or time is up. Never `complete` without a
 * full reading, made after the last change, that says so.
 *
 * Throws a Failure when AWS cannot be read, the cluster or a group does not exist, or the expected number cannot be
 * known; rejects with the signal's reason when that is aborted.
 */
export async function callRoll(request: RollCallRequest, context: RollCallContext): Promise<CalledRoll> {
  const { clock, signal } = context;
  const startedAt = clock.now();
  const caller = new Caller(request, context);
  const pace: Pace = { fastest: request.spacingMs, slowest: Math.max(request.spacingMs, QUIET) };
  const wait = { clock, signal, pace };
  let outage: unknown;
  const read = async (phase: Phase): Promise<Reading<'ended' | 'departures'>> => {
    try {
      const reading = await caller.read(phase);
      outage = undefined;
      return reading;
    } catch (error) {
      if (!caller.hasRead || !isPassing(error)) throw error;
      outage = error;
      return { done: false, busy: false, throttled: true };
    }
  };
  const answered = await poll(() => read('answers'), { ...wait, deadline: startedAt + request.rollCallTimeoutMs });
  if (answered === 'departures') {
    await poll(() => read('departures'), { ...wait, deadline: clock.now() + request.drainTimeoutMs });
  }
  // What was read before it is no verdict on now.
  if (outage !== undefined) throw outage;
  // Whoever was there in time gets the readings that prove it; the first that disagrees ends this.
  if (!caller.settled) await poll(() => caller.prove(), wait);
  return caller.result(startedAt);
}

/** Throttling or an outage: what the next reading may be spared. */
function isPassing(error: unknown): boolean {
  const { kind } = classify(error instanceof Failure ? error.cause : error);
  return kind === 'throttled' || kind === 'unreachable';
}

/** What a wait is for: hosts that are to come, hosts that are to go, or readings that agree. */
type Phase = 'answers' | 'departures' | 'proof';

/** Makes the readings of one roll call and keeps what they have shown so far. */
class Caller {
  readonly #request: RollCallRequest;
  readonly #context: RollCallContext;
  readonly #findings: Finding[] = [];
  #groups: RollCallRequest['groups'];
  #askedForScaling = false;
  #stable = 0;
  #live: readonly LiveGroup[] | undefined;
  #cluster: LiveCluster | undefined;
  #facts: Facts | undefined;
  #judgement: Judgement | undefined;
  #settled = false;
  #readAt = 0;
  #seen = '';

  constructor(request: RollCallRequest, context: RollCallContext) {
    this.#request = request;
    this.#groups = request.groups;
    this.#context = context;
  }

  /** AWS has been read at all. */
  get hasRead(): boolean {
    return this.#cluster !== undefined;
  }

  /** The last reading was a full one, and either ended the roll call or found somebody amiss. */
  get settled(): boolean {
    return this.#settled;
  }

  /** One reading. It is full when the numbers disagree, while somebody is amiss, and when it may be the last. */
  async read(phase: Phase): Promise<Reading<'ended' | 'departures'>> {
    const { aws, clock } = this.#context;
    const enough = this.#request.afterChange ? STABLE_READINGS : 1;
    const amiss = this.#judgement !== undefined && this.#judgement.verdict !== 'complete';
    const full = this.#stable + 1 >= enough || phase === 'proof' || amiss;
    const names = this.#groups.map(({ name }) => name);
    const [cluster, live, early] = await Promise.all([
      readCluster(aws, this.#request.cluster),
      full || this.#live === undefined || this.#stable === 0 ? readGroups(aws, names) : this.#live,
      full ? readHosts(aws, this.#request.cluster) : undefined,
    ]);
    this.#readAt = clock.now();
    this.#cluster = cluster;
    this.#live = live;
    let expected = this.#expect(live);
    const agree = cluster.status === 'ACTIVE' && cluster.registeredCount === expected.count;
    if (agree && !full) {
      this.#stable += 1;
      this.#settled = false;
      this.#tell(cluster, expected);
      return again;
    }
    if (await this.#learnScaling(expected, live)) expected = this.#expect(live);
    const hosts = early ?? (await readHosts(aws, this.#request.cluster));
    const at = clock.now();
    const facts: Facts = {
      at,
      clusterStatus: cluster.status,
      registeredCount: cluster.registeredCount,
      expected,
      groups: live,
      hosts,
      awaySince: awaySince(this.#facts?.awaySince ?? new Map(), hosts, at),
    };
    const judgement = judge(facts, this.#request);
    this.#facts = facts;
    this.#judgement = judgement;
    this.#tell(cluster, expected, facts);
    const complete = judgement.verdict === 'complete';
    this.#stable = complete ? this.#stable + 1 : 0;
    this.#settled = !complete || this.#stable >= enough;
    if (complete) return this.#settled ? ended : again;
    if (judgement.final || phase === 'proof') return ended;
    if (phase === 'answers' && judgement.verdict === 'over') return { done: true, value: 'departures' };
    return { done: false, busy: this.#moved(facts) };
  }

  /** Another reading that has to agree, not before the last one is a few seconds old. */
  async prove(): Promise<Reading<'ended' | 'departures'>> {
    const age = this.#context.clock.now() - this.#readAt;
    return age < this.#request.spacingMs / 2 ? again : this.read('proof');
  }

  result(startedAt: number): CalledRoll {
    const [facts, judgement, cluster] = [this.#facts, this.#judgement, this.#cluster];
    if (facts === undefined || judgement === undefined || cluster === undefined) {
      throw new Error('The roll call ended without a full reading.');
    }
    const rollCall: RollCall = {
      verdict: judgement.verdict,
      clusterArn: cluster.arn,
      clusterName: cluster.name,
      clusterStatus: facts.clusterStatus,
      expected: facts.expected,
      registeredCount: facts.registeredCount,
      startedAt,
      endedAt: this.#context.clock.now(),
      stableReadings: this.#stable,
      ...judgement.roll,
    };
    const request = { ...this.#request, groups: this.#groups };
    const why = rollCallFindings({ rollCall, request, facts, region: this.#context.aws.region });
    return { ...rollCall, findings: [...why, ...this.#findings] };
  }

  #expect(live: readonly LiveGroup[]): Expectation {
    return expectation(this.#groups, new Map(live.map((group) => [group.name, group])), this.#request.desired);
  }

  /** A group that is not as large as its template says may be scaled by what no template shows. Asked once. */
  async #learnScaling(expected: Expectation, live: readonly LiveGroup[]): Promise<boolean> {
    const differs = this.#groups.filter(({ name, templateDesired, scaledBy }) => {
      const group = live.find((candidate) => candidate.name === name);
      return scaledBy.length === 0 && templateDesired !== undefined && group?.desired !== templateDesired;
    });
    if (this.#askedForScaling || this.#request.desired !== 'auto' || differs.length === 0) return false;
    this.#askedForScaling = true;
    const { aws } = this.#context;
    const learned = await Promise.all(
      differs.map(async (group) => {
        try {
          return { name: group.name, ...(await liveScaling(aws, group)) };
        } catch (error) {
          throw asFailure(error, `read what scales Auto Scaling group ${group.name}`);
        }
      }),
    );
    this.#findings.push(...learned.flatMap(({ findings }) => findings));
    this.#groups = this.#groups.map((group) => {
      const scaledBy = learned.find(({ name }) => name === group.name)?.scaledBy ?? [];
      return { ...group, scaledBy: [...group.scaledBy, ...scaledBy] };
    });
    return this.#expect(live).count !== expected.count;
  }

  #tell(cluster: LiveCluster, expected: Expectation, facts?: Facts): void {
    const { first, again } = oncePerInstance(facts === undefined ? [] : join(facts.groups, facts.hosts));
    this.#context.onReading?.({
      at: facts?.at ?? this.#context.clock.now(),
      clusterStatus: cluster.status,
      registeredCount: cluster.registeredCount,
      expected,
      ...(facts && { instances: first, again }),
    });
  }

  /** Whether anything but time has changed since the last full reading. */
  #moved({ at: _, awaySince: __, ...rest }: Facts): boolean {
    const seen = JSON.stringify(rest);
    const moved = seen !== this.#seen;
    this.#seen = seen;
    return moved;
  }
}

const ended = { done: true, value: 'ended' } as const;
const again = { done: false, busy: true } as const;
