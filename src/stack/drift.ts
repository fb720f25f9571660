import type {
  DescribeStackDriftDetectionStatusCommandOutput,
  StackResourceDrift,
  StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { asFailure, classify, orFailure } from '../aws/errors.ts';
import { count } from '../text.ts';
import { type Pace, poll } from '../time/poll.ts';
import { Failure } from '../types.ts';
import type { StackContext } from './context.ts';
import { detectedResource } from './detected-resource.ts';
import type { DetectedResource, StackDrift } from './drift-model.ts';

type DriftContext = StackContext<
  'detectStackDrift' | 'describeStackDriftDetectionStatus' | 'describeStackResourceDrifts' | 'listStackResources'
>;

/** A detection "can take up to several minutes" (CloudFormation User Guide, drift); there is nothing to see meanwhile. */
const PACE: Pace = { first: 1_000, fastest: 5_000, slowest: 5_000, jitter: 0.2 };
/** It has never ended when it has just begun. */
const PACE_OF_DETECTION: Pace = { ...PACE, lead: 1_000 };

/** A guard against a service that tells of nested stacks without an end. */
const DEEPEST = 16;

const STACK_TYPE = 'AWS::CloudFormation::Stack';

/** Instants are kept to the second in some answers, and to the millisecond in others. */
const INSTANT_SLACK = 1_000;

/**
 * Has CloudFormation detect the drift of a stack and of all its nested stacks, each by a detection of its own since it
 * does not descend by itself. The stack comes first, then its nested stacks in its order. What a detection that failed or
 * did not end in time has found out until then is kept. `deadline` is an instant. Throws Failure with the reasons of any
 * AWS call.
 */
export async function detectDrift(context: DriftContext, stackId: string, deadline: number): Promise<StackDrift[]> {
  return detectWithin(context, { path: [], stackId }, deadline);
}

async function detectWithin(
  context: DriftContext,
  stack: Pick<StackDrift, 'path' | 'stackId'>,
  deadline: number,
): Promise<StackDrift[]> {
  const summaries = await resourcesOf(context, stack.stackId);
  const nested = summaries.flatMap(({ ResourceType, LogicalResourceId: id = '', PhysicalResourceId: stackId }) =>
    ResourceType === STACK_TYPE && stackId !== undefined && stack.path.length < DEEPEST
      ? [{ path: [...stack.path, id], stackId }]
      : [],
  );
  const [own, ...below] = await Promise.all([
    detectOne(context, stack, summaries, deadline).catch(asRefusal),
    ...nested.map((one) => detectNested(context, one, deadline)),
  ]);
  if (!(own instanceof Failure)) return [own, ...below].flat();
  if (below.flat().some(({ resources }) => resources.some(isNotAsDeployed)))
    return [undetected(stack, own), ...below.flat()];
  throw own;
}

function isNotAsDeployed({ state }: DetectedResource): boolean {
  return state === 'modified' || state === 'deleted';
}

/** Why drift could not be detected, to be told beside what else was found out. Throws what ends the run. */
export function asRefusal(error: unknown): Failure {
  if (!(error instanceof Failure) || error.reason === 'cancelled') throw error;
  return error;
}

/**
 * A nested stack that cannot be looked at hides nothing of the others. That it was deleted by hand is drift of its
 * parent, which tells of it.
 */
async function detectNested(
  context: DriftContext,
  stack: Pick<StackDrift, 'path' | 'stackId'>,
  deadline: number,
): Promise<StackDrift[]> {
  const found = await detectWithin(context, stack, deadline).catch(asRefusal);
  return found instanceof Failure ? [undetected(stack, found)] : found;
}

/** A stack whose drift could not be detected at all. */
export function undetected(
  stack: Pick<StackDrift, 'path' | 'stackId'>,
  { reason, findings: [why] }: Failure,
): StackDrift {
  const words = why === undefined ? reason : `${why.title}. ${why.message}`;
  return { ...stack, detection: 'failed', reason: words, resources: [] };
}

async function detectOne(
  context: DriftContext,
  stack: Pick<StackDrift, 'path' | 'stackId'>,
  summaries: readonly StackResourceSummary[],
  deadline: number,
): Promise<StackDrift> {
  const started = await start(context, stack.stackId, deadline);
  const ended = typeof started === 'string' ? await end(context, started, deadline) : undefined;
  // A detection that never began has no results; those of an earlier one say nothing about today.
  const since = ended?.since ?? (typeof started === 'string' ? await sinceOf(context, started) : undefined);
  const drifts = since === undefined ? [] : await driftsOf(context, stack.stackId);
  const fresh = drifts.filter(({ Timestamp }) => (Timestamp?.getTime() ?? 0) >= (since ?? 0) - INSTANT_SLACK);
  const { detection, ...why } = conclusionOf(ended, fresh);
  const byId = new Map(fresh.map((drift) => [drift.LogicalResourceId ?? '', drift]));
  const checked = new Set(drifts.flatMap((drift) => (wasChecked(drift) ? [drift.LogicalResourceId ?? ''] : [])));
  return {
    ...stack,
    detection,
    ...why,
    resources: summaries.map((summary) => {
      const id = summary.LogicalResourceId ?? '';
      const resource = detectedResource(summary, byId.get(id), detection);
      // What was checked once can be checked: that this detection has no result of it does not make it unsupported.
      return resource.state === 'unsupported' && !byId.has(id) && checked.has(id)
        ? { ...resource, state: 'unknown', reason: 'this detection has no result of it, an earlier one had' }
        : resource;
    }),
  };
}

/** How a detection ended. One that counts more drift than it tells of has not told all that it found. */
function conclusionOf(
  ended: Ended | undefined,
  found: readonly StackResourceDrift[],
): Pick<StackDrift, 'detection' | 'reason'> {
  if (ended === undefined) return { detection: 'timed-out' };
  const { failed, drifted, reason } = ended;
  const told = found.filter(({ StackResourceDriftStatus: status }) => status === 'MODIFIED' || status === 'DELETED');
  if (failed || told.length >= drifted)
    return { detection: failed ? 'failed' : 'complete', ...(reason !== undefined && { reason }) };
  const counted = `${count(drifted, 'resource')} that ${drifted === 1 ? 'has' : 'have'} drifted`;
  return { detection: 'failed', reason: `CloudFormation counts ${counted}, and tells of ${told.length}.` };
}

function wasChecked({ StackResourceDriftStatus: status }: StackResourceDrift): boolean {
  return status === 'IN_SYNC' || status === 'MODIFIED' || status === 'DELETED';
}

/** The id of a detection; undefined when another one was under way until the deadline. */
async function start({ cfn, clock, signal }: DriftContext, stackId: string, deadline: number) {
  return poll(
    async () => {
      try {
        const { StackDriftDetectionId: id } = await cfn.detectStackDrift({ StackName: stackId });
        if (id === undefined) throw new Error('CloudFormation began a drift detection and told no id');
        return { done: true, value: id } as const;
      } catch (error) {
        const fact = classify(error);
        if (fact.kind === 'other' && /already in progress/i.test(fact.message))
          return { done: false, busy: false } as const;
        throw asFailure(error, 'detect drift', 'drift-unknown');
      }
    },
    { clock, signal, deadline, pace: PACE },
  );
}

interface Ended {
  readonly failed: boolean;
  /** How many resources have drifted, as CloudFormation counts them. */
  readonly drifted: number;
  readonly reason?: string;
  readonly since: number;
}

/** Undefined when the detection had not ended by the deadline. */
async function end({ cfn, clock, signal }: DriftContext, id: string, deadline: number): Promise<Ended | undefined> {
  return poll(
    async () => {
      const status = await statusOf(cfn, id);
      switch (status.DetectionStatus) {
        case 'DETECTION_COMPLETE':
        case 'DETECTION_FAILED':
          return { done: true, value: endedOf(status) } as const;
        default:
          return { done: false, busy: false } as const;
      }
    },
    { clock, signal, deadline, pace: PACE_OF_DETECTION },
  );
}

function endedOf(status: DescribeStackDriftDetectionStatusCommandOutput): Ended {
  const { DetectionStatus, DetectionStatusReason: reason, DriftedStackResourceCount: drifted = 0, Timestamp } = status;
  return {
    failed: DetectionStatus !== 'DETECTION_COMPLETE',
    drifted,
    since: Timestamp?.getTime() ?? 0,
    ...(reason !== undefined && reason !== '' && { reason }),
  };
}

async function sinceOf({ cfn }: DriftContext, id: string): Promise<number> {
  const { Timestamp } = await statusOf(cfn, id);
  return Timestamp?.getTime() ?? 0;
}

function statusOf(cfn: DriftContext['cfn'], id: string) {
  return orFailure(
    'read how the drift detection stands',
    cfn.describeStackDriftDetectionStatus({ StackDriftDetectionId: id }),
  );
}

async function resourcesOf({ cfn }: DriftContext, stackId: string): Promise<StackResourceSummary[]> {
  const summaries: StackResourceSummary[] = [];
  let token: string | undefined;
  do {
    const page = await orFailure(
      'read the resources of the stack',
      cfn.listStackResources({ StackName: stackId, ...(token && { NextToken: token }) }),
    );
    summaries.push(...(page.StackResourceSummaries ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return summaries.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
}

async function driftsOf({ cfn }: DriftContext, stackId: string): Promise<StackResourceDrift[]> {
  const drifts: StackResourceDrift[] = [];
  let token: string | undefined;
  do {
    const page = await orFailure(
      'read what the drift detection found',
      cfn.describeStackResourceDrifts({ StackName: stackId, MaxResults: 100, ...(token && { NextToken: token }) }),
    );
    drifts.push(...(page.StackResourceDrifts ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return drifts;
}
