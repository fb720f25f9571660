import type { DriftState, EnvironmentDrift, ResourceDrift } from '../drift/model.ts';
import { hasDrifted, worstOf } from '../drift/state.ts';
import type { Risk } from '../plan/model.ts';
import { count } from '../text.ts';
import { rollCallNumbers } from './roll-call-numbers.ts';

/** The mark and the word by which a state is known in every report of drift. */
export const STATE_MARKS: Readonly<Record<DriftState, { readonly mark: string; readonly words: string }>> = {
  drifted: { mark: '🔴', words: 'drifted' },
  'drift-unknown': { mark: '❓', words: 'not known' },
  'not-checked': { mark: '🚫', words: 'not checked' },
  undeployed: { mark: '🟡', words: 'undeployed' },
  'in-sync': { mark: '✅', words: 'in sync' },
};

export const RESOURCE_WORDS: Readonly<Record<ResourceDrift['state'], string>> = {
  'in-sync': 'in sync',
  modified: 'changed',
  deleted: 'gone',
  unknown: 'unknown',
  'not-checked': 'not checked',
  unsupported: 'unsupported',
};

/** Of a drifted resource: what somebody has to look at first. */
export const DRIFT_RISK_MARKS: Readonly<Record<Risk, string>> = {
  'data-lost': '🛑',
  replaced: '🔴',
  removed: '🔴',
  exposed: '🔓',
  'maybe-replaced': '🟠',
  rolled: '🟡',
  safe: '✏️',
};

/** What is the matter with an environment, in one sentence without its full stop. Plain text. */
export function driftHeadline(drift: EnvironmentDrift): string {
  const { stackName, state, why, undeployed } = drift;
  switch (state) {
    case 'drifted':
      return `${stackName} has drifted: ${driftedWords(drift)}`;
    case 'drift-unknown':
      return `whether ${stackName} has drifted is not known${unknownWords(drift)}`;
    case 'not-checked':
      return `${stackName} was not checked${why === undefined ? '' : `: ${why}`}`;
    case 'undeployed':
      return undeployed?.isNew === true
        ? `${stackName} is not deployed`
        : `${stackName} runs as it was deployed, and the repository says something else`;
    case 'in-sync':
      return `${stackName} is what was deployed`;
    default:
      return state satisfies never;
  }
}

/** `2 resources changed, 1 gone, registered 2 of 3`. */
function driftedWords({ resources, rollCall }: EnvironmentDrift): string {
  const changed = resources.filter(({ state }) => state === 'modified').length;
  const gone = resources.filter(({ state }) => state === 'deleted').length;
  const parts = [
    ...(changed > 0 ? [`${count(changed, 'resource')} changed`] : []),
    ...(gone > 0 ? [`${count(gone, 'resource')} gone`] : []),
    ...(rollCall !== undefined && rollCall.verdict !== 'complete' ? [rollCallNumbers(rollCall)] : []),
  ];
  return parts.join(', ');
}

function unknownWords({ why, detections, resources }: EnvironmentDrift): string {
  if (why !== undefined) return `: ${why}`;
  if (detections.some(({ state }) => state === 'timed-out')) return ': the detection did not end in time';
  if (detections.some(({ state }) => state === 'failed')) return ': the detection failed';
  const unknown = resources.filter(({ state }) => state === 'unknown').length;
  if (unknown > 0) return `: ${count(unknown, 'resource')} could not be checked`;
  return '';
}

/** Several environments in one statement, without its full stop. */
export function driftCounts(drifts: readonly EnvironmentDrift[]): string {
  const of = `of ${drifts.length} environments`;
  const states = drifts.map(({ state }) => state);
  const worst = worstOf(states);
  if (worst === undefined || worst === 'in-sync') return `nothing has drifted in any ${of}`;
  const told = (Object.keys(STATE_MARKS) as DriftState[]).filter((state) => state !== 'in-sync');
  const parts = told.flatMap((state) => {
    const n = states.filter((one) => one === state).length;
    return n === 0 ? [] : [`${n} ${STATE_MARKS[state].words}`];
  });
  return `${of.replace(/^of /, '')}: ${parts.join(', ')}, ${states.filter((one) => one === 'in-sync').length} in sync`;
}

/** A run of `mode: drift` in one sentence. */
export function driftVerdict(drifts: readonly EnvironmentDrift[]): string {
  const [only, ...more] = drifts;
  const words = only === undefined || more.length > 0 ? driftCounts(drifts) : driftHeadline(only);
  return `${words.replace(/^(?:whether|nothing)\b/, (word) => word.charAt(0).toUpperCase() + word.slice(1))}.`;
}

/** The resources that have drifted, riskiest first. */
export function driftedResources({ resources }: EnvironmentDrift): ResourceDrift[] {
  const order = Object.keys(DRIFT_RISK_MARKS);
  return resources.filter(hasDrifted).toSorted((a, b) => order.indexOf(a.risk) - order.indexOf(b.risk));
}
