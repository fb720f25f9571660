import { ssmParameter } from './fingerprint.ts';
import type { PlanRecord } from './record.ts';

/** Why a deployment is not what was reviewed. */
export interface PlanDifference {
  /** What is written is the same: newer values of SSM parameters, and what changes with them, are all of it. */
  readonly onlySsm: boolean;
  /** One sentence each, without its full stop. */
  readonly sentences: readonly string[];
}

type Compared = Pick<PlanRecord, 'fingerprint' | 'template' | 'parameters' | 'changes'>;

/** More changes than this are only counted. */
const MOST_CHANGES = 12;

/** What would happen now and was not reviewed, and the other way round; undefined where the two are the same. */
export function planDifference(reviewed: Compared, now: Compared): PlanDifference | undefined {
  if (reviewed.fingerprint === now.fingerprint) return undefined;
  const template = reviewed.template === now.template ? [] : ['the template is another than the one that was reviewed'];
  const parameters = parameterDifferences(reviewed.parameters, now.parameters);
  const own = parameters.filter(({ ssm }) => !ssm);
  const sentences = [...template, ...parameters.map(({ sentence }) => sentence), ...changeDifferences(reviewed, now)];
  return {
    onlySsm: template.length === 0 && own.length === 0 && parameters.length > 0,
    sentences: sentences.length > 0 ? sentences : [untold(reviewed, now)],
  };
}

function untold(reviewed: Compared, now: Compared): string {
  const live = 'the live stack is not what it was when the plan was made';
  const isLeftOut = hasNone(reviewed.parameters) && !hasNone(now.parameters);
  return isLeftOut ? `a parameter has another value, for which the comment had no room, or ${live}` : live;
}

function hasNone(parameters: PlanRecord['parameters']): boolean {
  return Object.keys(parameters).length === 0;
}

function parameterDifferences(
  reviewed: PlanRecord['parameters'],
  now: PlanRecord['parameters'],
): { readonly ssm: boolean; readonly sentence: string }[] {
  // A comment that is short of room leaves them out.
  if (hasNone(reviewed)) return [];
  const keys = [...new Set([...Object.keys(reviewed), ...Object.keys(now)])].sort();
  return keys.flatMap((key): { readonly ssm: boolean; readonly sentence: string }[] => {
    const [was, is] = [own(reviewed, key), own(now, key)];
    if (was === is) return [];
    const name = ssmParameter(key);
    if (name !== undefined && was !== undefined && is !== undefined)
      return [{ ssm: true, sentence: `the SSM parameter that ${name} names has a newer value` }];
    if (was === undefined) return [{ ssm: false, sentence: `parameter ${key} was not there` }];
    if (is === undefined) return [{ ssm: false, sentence: `parameter ${key} is not there any more` }];
    return [{ ssm: false, sentence: `parameter ${key} has another value` }];
  });
}

function changeDifferences({ changes: reviewed }: Compared, { changes: now }: Compared): string[] {
  if (reviewed === undefined || now === undefined) return [];
  const added = now.filter((line) => !reviewed.includes(line)).map((line) => `now, and not in the plan: ${line}`);
  const gone = reviewed.filter((line) => !now.includes(line)).map((line) => `in the plan, and not now: ${line}`);
  const all = [...added, ...gone];
  const more = all.length - MOST_CHANGES;
  return more > 0 ? [...all.slice(0, MOST_CHANGES), `and ${more} more differences`] : all;
}

function own(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
