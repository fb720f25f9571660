import type { RepairPlan } from '../drift/repair-model.ts';
import type { StyledLine } from '../runner/runner.ts';
import { changeLines } from './log.ts';
import { changeOf } from './plan-lines.ts';
import { flat, RISK_MARKS } from './plan-words.ts';
import { repairHeadline } from './repair-words.ts';

/** What a repair would do as lines of the log: what it means, each resource, and what would be refused. */
export function repairLines(repair: RepairPlan): readonly StyledLine[] {
  const first: StyledLine = [{ text: repairHeadline(repair), style: 'bold' }];
  switch (repair.kind) {
    case 'planned':
      return [
        first,
        ...repair.impacts.map(({ risk, text }): StyledLine => [{ text: `  ${RISK_MARKS[risk].mark} ${text}` }]),
        ...changeLines(flat(repair.changes).map(({ change, path }) => changeOf(change, path))),
        ...repair.harms.map(
          ({ path, what }): StyledLine => [{ text: `  ⛔ refused without revert-allow: ${path.join('/')} ${what}` }],
        ),
        ...(repair.empty ? [] : [[{ text: `  fingerprint ${repair.fingerprint}` }]]),
      ];
    case 'impossible':
      return [first, ...repair.findings.slice(0, 1).map(({ title }): StyledLine => [{ text: `  ${title}` }])];
    default:
      return repair satisfies never;
  }
}
