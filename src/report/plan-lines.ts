import type { EnvironmentPlan, PlannedChange } from '../plan/model.ts';
import type { StyledLine } from '../runner/runner.ts';
import { changeLines } from './log.ts';
import { flat, headline, RISK_MARKS } from './plan-words.ts';

/** A plan as lines of the log: what it means, then each resource. */
export function planLines(plan: EnvironmentPlan): readonly StyledLine[] {
  const first: StyledLine = [{ text: headline(plan), style: 'bold' }];
  switch (plan.kind) {
    case 'change-set': {
      const impacts = plan.impacts.map(({ risk, text }): StyledLine => [{ text: `${RISK_MARKS[risk].mark} ${text}` }]);
      return [first, ...impacts, ...changeLines(flat(plan.changes).map(({ change, path }) => changeOf(change, path)))];
    }
    case 'offline':
      return [first, [{ text: plan.why }]];
    case 'failed':
      return [first];
    default:
      return plan satisfies never;
  }
}

/** A planned change as one of a change set, without its values. */
export function changeOf(change: PlannedChange, path: readonly string[]) {
  const properties = change.action === 'Add' ? [] : change.properties;
  const changed = [...new Set(properties.map(({ path: [attribute = '', name] }) => name ?? attribute))];
  return { ...change, logicalId: path.join('/'), changed };
}
