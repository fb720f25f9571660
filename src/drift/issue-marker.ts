import { createHash } from 'node:crypto';
import { fieldsOf, hiddenLine } from '../plan/hidden-line.ts';
import { DRIFT_STATES, type DriftState, type EnvironmentDrift } from './model.ts';
import { hasDrifted } from './state.ts';

/** What an environment's issue says about itself in its first line, which nobody sees. */
export interface IssueMarker {
  /** From `issueKey`. */
  readonly key: string;
  /** The folder of its environment file, in the workspace; absent where that was not known. */
  readonly directory?: string;
  /** From `driftFingerprint`: as long as it is the same there is nothing new to write. */
  readonly fingerprint: string;
  /** The changes of state, oldest first. */
  readonly history: readonly StateChange[];
  /** The repair that it shows; absent where it shows none, or one that is too long to be carried. */
  readonly repair?: ShownRepair;
}

/** A repair as it was shown. */
export interface ShownRepair {
  readonly fingerprint: string;
  /** From `changeSentences`. */
  readonly does: readonly string[];
}

export interface StateChange {
  /** ISO 8601, in UTC. */
  readonly at: string;
  readonly state: DriftState;
  /** What it was, in a sentence of plain text. */
  readonly words: string;
}

const LINE = hiddenLine('drift:1', 1_000_000);

/** More changes than these are forgotten, the oldest first. */
export const MOST_HISTORY = 50;
/** A repair of more text than this is not carried along. Characters. */
const MOST_CARRIED = 4_000;

/** One issue for each stack of each environment. */
export function issueKey({
  environment,
  stackName,
  region,
}: Pick<EnvironmentDrift, 'environment' | 'stackName' | 'region'>): string {
  return JSON.stringify([environment, stackName, region]);
}

/** The environment of an issue, from its key; undefined for a stack that no environment file is about. */
export function environmentOf(key: string): string | undefined {
  try {
    const [environment, stackName]: unknown[] = JSON.parse(key);
    return typeof environment === 'string' && environment !== stackName ? environment : undefined;
  } catch {
    return undefined; // not ours
  }
}

/** The folder that an environment's file is in. */
export function directoryOf({ environmentFile }: Pick<EnvironmentDrift, 'environmentFile'>): string | undefined {
  return environmentFile?.replace(/[^/]*$/, '');
}

/**
 * One text for all that an issue is about. What changes every night, such as a roll call's times, is not in it, and
 * neither is who changed a resource, which CloudTrail tells late and forgets.
 */
export function driftFingerprint({
  state,
  resources,
  detections,
  rollCall,
  undeployed,
  why,
  repair,
}: EnvironmentDrift): string {
  const told = resources.filter((resource) => hasDrifted(resource) || resource.state === 'unknown');
  const about = {
    state,
    why,
    detections: detections.filter((detection) => detection.state !== 'complete'),
    resources: told.map(({ location: _, updatedAt: __, changedBy: ___, properties, ...resource }) => ({
      ...resource,
      properties: properties.map(({ location: ____, ...property }) => property),
    })),
    roll: rollCall && rollCall.verdict !== 'complete' ? [rollCall.registeredCount, rollCall.expected.count] : [],
    undeployed: undeployed !== undefined,
    repair: repair?.kind === 'planned' ? repair.fingerprint : repair?.kind,
  };
  return createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 32);
}

/** The hidden line, without its line end. */
export function writeIssueMarker(marker: IssueMarker): string {
  const { repair, ...rest } = marker;
  const isCarried = repair !== undefined && repair.does.join('').length <= MOST_CARRIED;
  return LINE.write({ ...rest, history: marker.history.slice(-MOST_HISTORY), ...(isCarried && { repair }) });
}

/** What an issue's first line says; undefined for any other. Whether it is to be believed, its author decides. */
export function readIssueMarker(body: string): IssueMarker | undefined {
  return markerOf(LINE.read(body));
}

function markerOf(value: unknown): IssueMarker | undefined {
  const { key, directory, fingerprint, history, repair } = fieldsOf(value);
  if (typeof key !== 'string' || typeof fingerprint !== 'string' || !Array.isArray(history)) return undefined;
  return {
    key,
    ...(typeof directory === 'string' && { directory }),
    fingerprint,
    history: history.flatMap(changeOf),
    ...shownRepairOf(repair),
  };
}

function shownRepairOf(value: unknown): Pick<IssueMarker, 'repair'> {
  const { fingerprint, does } = fieldsOf(value);
  if (typeof fingerprint !== 'string' || !Array.isArray(does)) return {};
  return { repair: { fingerprint, does: does.filter((line) => typeof line === 'string') } };
}

function changeOf(value: unknown): StateChange[] {
  const { at, state, words } = fieldsOf(value);
  const known = DRIFT_STATES.find((one) => one === state);
  if (typeof at !== 'string' || typeof words !== 'string' || known === undefined) return [];
  return Number.isNaN(Date.parse(at)) ? [] : [{ at, state: known, words }];
}
