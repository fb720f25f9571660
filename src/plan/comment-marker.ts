import { fieldsOf, hiddenLine } from './hidden-line.ts';
import type { PlanRecord } from './record.ts';

/**
 * What a plan's comment says about itself in its first line, which nobody sees: whose comment it is, which run wrote it,
 * and what was planned.
 */
export interface CommentMarker {
  /** From `commentKey`: jobs with different keys have comments of their own. */
  readonly key: string;
  readonly commit?: string;
  /** GITHUB_RUN_ID and GITHUB_RUN_ATTEMPT. A later run has a higher id, a re-run a higher attempt. */
  readonly run?: CommentRun;
  readonly records: readonly PlanRecord[];
}

export interface CommentRun {
  readonly id: number;
  readonly attempt: number;
}

const LINE = hiddenLine('plan:1', 4_000_000);
/** Characters that the line may have. What each change was is left out, then the parameters, before it grows longer. */
const MAX_LENGTH = 16_000;

/** Tells the comments of a pull request's jobs apart. `environments` as the job names them; `all` is a name as well. */
export function commentKey(template: string, environments: readonly string[]): string {
  return [template, ...[...new Set(environments)].sort()].join('\n');
}

/** The hidden line, without its line end. */
export function writeMarker(marker: CommentMarker): string {
  const brief = (record: PlanRecord): PlanRecord => {
    const { changes: _, ...rest } = record;
    return rest;
  };
  const briefest = (record: PlanRecord): PlanRecord => ({ ...brief(record), parameters: {} });
  const lines = [marker.records, marker.records.map(brief), marker.records.map(briefest), []].map((records) =>
    LINE.write({ ...marker, records }),
  );
  return lines.find((line) => line.length <= MAX_LENGTH) ?? lines.at(-1) ?? '';
}

/** What a comment's first line says; undefined for any other comment. Whether it is to be believed, its author decides. */
export function readMarker(body: string): CommentMarker | undefined {
  return markerOf(LINE.read(body));
}

/** Whether a comment is of a later run than this one, which then leaves it alone. */
export function isOfLaterRun(body: string, run: CommentRun): boolean {
  const theirs = readMarker(body)?.run;
  if (theirs === undefined) return false;
  return theirs.id > run.id || (theirs.id === run.id && theirs.attempt > run.attempt);
}

function markerOf(value: unknown): CommentMarker | undefined {
  const { key, commit, run, records } = fieldsOf(value);
  if (typeof key !== 'string' || !Array.isArray(records)) return undefined;
  const { id, attempt } = fieldsOf(run);
  return {
    key,
    records: records.map(recordOf).filter((record) => record !== undefined),
    ...(typeof commit === 'string' && { commit }),
    ...(typeof id === 'number' && typeof attempt === 'number' && { run: { id, attempt } }),
  };
}

function recordOf(value: unknown): PlanRecord | undefined {
  const { environment, stackName, region, commit, fingerprint, template, parameters, changes, changeSet } =
    fieldsOf(value);
  const isText = (one: unknown) => typeof one === 'string';
  if (typeof environment !== 'string' || typeof stackName !== 'string' || typeof region !== 'string') return undefined;
  if (typeof fingerprint !== 'string' || typeof template !== 'string') return undefined;
  const entries = Object.entries(fieldsOf(parameters)).filter((entry): entry is [string, string] => isText(entry[1]));
  return {
    environment,
    stackName,
    region,
    fingerprint,
    template,
    parameters: Object.fromEntries(entries),
    ...(typeof commit === 'string' && { commit }),
    ...(Array.isArray(changes) && changes.every(isText) && { changes }),
    ...(typeof changeSet === 'string' && { changeSet }),
  };
}
