import type { EnvironmentDrift, ResourceDrift } from '../drift/model.ts';
import type { StyledLine } from '../runner/runner.ts';
import { count, oneLine } from '../text.ts';
import { diffLines } from './diff-lines.ts';
import { driftedResources, driftHeadline, RESOURCE_WORDS, STATE_MARKS } from './drift-words.ts';
import { instant } from './instant.ts';
import { repairLines } from './repair-lines.ts';
import { rollCallNumbers } from './roll-call-numbers.ts';

/** More lines of one property are in the summary only. */
const LINES = 12;

/** The drift of one environment as lines of the log: the state, what differs, and what was set aside. */
export function driftLines(drift: EnvironmentDrift): readonly StyledLine[] {
  const { state, resources, ignored, byDesign, unchecked, rollCall, repair } = drift;
  const note = (text: string): StyledLine => [{ text: `  ${text}`, style: 'dim' }];
  const unknown = resources.filter((resource) => resource.state === 'unknown');
  const inSync = resources.filter((resource) => resource.state === 'in-sync').length;
  return [
    [{ text: `${STATE_MARKS[state].mark} ${driftHeadline(drift)}`, style: 'bold' }],
    ...driftedResources(drift).flatMap(resourceLines),
    ...unknown.map(({ path, reason = '' }): StyledLine => [{ text: `  ? ${path.join('/')}  ${reason}` }]),
    ...byDesign.map(({ path, property, why }) =>
      note(`${[path.join('/'), ...property].join('.')} moves by design: ${why}`),
    ),
    ...ignored.map(({ path, property, why }) =>
      note(`${[path.join('/'), ...property].join('.')} is ignored by ${why}`),
    ),
    ...(resources.length > 0 ? [note(`${count(inSync, 'resource')} of ${resources.length} in sync`)] : []),
    ...(unchecked.length > 0 ? [note(`nobody can check: ${unchecked.map(({ what }) => what).join(', ')}`)] : []),
    ...(rollCall === undefined ? [] : [note(`roll call: ${rollCallNumbers(rollCall)}`)]),
    ...(repair === undefined ? [] : repairLines(repair)),
  ];
}

function resourceLines({ path, resourceType, state, properties, changedBy = [] }: ResourceDrift): StyledLine[] {
  const heading: StyledLine = [{ text: `  ! ${path.join('/')}  ${resourceType}  ${RESOURCE_WORDS[state]}` }];
  const details = properties.flatMap(({ path: property, diff, withheld }): StyledLine[] => {
    const lines = diff === undefined ? [] : diffLines(diff);
    return [
      [{ text: `      ${property.join('.')}${withheld === undefined ? '' : `  (withheld: ${withheld})`}` }],
      ...lines.slice(0, LINES).map(({ sign, text }): StyledLine => [{ text: `      ${sign} ${text}`, style: 'dim' }]),
      ...(lines.length > LINES
        ? [[{ text: `        and ${lines.length - LINES} more lines`, style: 'dim' } as const]]
        : []),
    ];
  });
  const calls = changedBy.map(
    ({ action, by, at }): StyledLine => [{ text: `      ${action} by ${oneLine(by)}, ${instant(at)}` }],
  );
  return [heading, ...details, ...calls];
}
