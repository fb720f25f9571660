import type { RepairPlan } from '../drift/repair-model.ts';
import type { Run } from '../outcome.ts';
import { count } from '../text.ts';
import { flat, whatHappens } from './plan-words.ts';

/** What would bring a stack back, in one sentence without its full stop. Plain text. */
export function repairHeadline(repair: RepairPlan): string {
  switch (repair.kind) {
    case 'planned': {
      if (repair.empty) return 'CloudFormation would change nothing back';
      const { certain, perhaps } = repairedCounts(repair.changes);
      if (certain === 0) return `a repair would perhaps change ${count(perhaps, 'resource')}`;
      const more = perhaps === 0 ? '' : `, and perhaps ${perhaps} more that ${perhaps === 1 ? 'follows' : 'follow'}`;
      return `a repair would change ${count(certain, 'resource')} back to what was deployed${more}`;
    }
    case 'impossible':
      return 'what a repair would do is not known';
    default:
      return repair satisfies never;
  }
}

/** How many resources change, and how many only the execution shows to; a nested stack is only where they are. */
function repairedCounts(changes: Parameters<typeof flat>[0]): { readonly certain: number; readonly perhaps: number } {
  const repaired = flat(changes).filter(({ change }) => change.nested === undefined || change.action !== 'Modify');
  const perhaps = repaired.filter(({ change }) => ['modify?', 'depends'].includes(whatHappens(change))).length;
  return { certain: repaired.length - perhaps, perhaps };
}

/**
 * A run of `mode: revert` in one sentence; `rollCall` is what is said of the roll call. Undefined where it ended as any
 * deployment may.
 */
export function revertVerdict({ outcome, ledger }: Run, stack: string, rollCall: string): string | undefined {
  const { repair, drifts } = ledger;
  const done = ledger.deployment?.succeeded === true && repair !== undefined;
  const words = done ? `${count(repairedCounts(repair.changes).certain, 'resource')} of ${stack} changed back` : '';
  switch (outcome.outcome) {
    case 'succeeded':
      return `${stack} is what was deployed again, ${done ? words.replace(` of ${stack}`, '') : 'nothing changed'}. ${rollCall}`;
    case 'unchanged':
      return `Nothing to change back in ${stack}. ${rollCall}`;
    case 'failed':
      break;
    default:
      return outcome satisfies never;
  }
  const before = done ? `${words}, but` : 'Nothing was changed back:';
  switch (outcome.reason) {
    case 'plan-changed':
      return `Nothing was changed back: the repair of ${stack} is not the one that was shown.`;
    case 'replacement-refused':
      return `Nothing was changed back: the repair of ${stack} does what revert-allow does not name.`;
    case 'drifted':
      return done
        ? `${before} not all of ${stack} is what was deployed.`
        : `${stack} has drifted, and CloudFormation would change nothing of it back.`;
    case 'drift-unknown':
      return `${before} whether ${stack} is what was deployed is not known.`;
    case 'capacity-short':
    case 'capacity-over':
      return drifts === undefined ? undefined : `${before} the roll call of ${stack} is not complete.`;
    default:
      return undefined;
  }
}
