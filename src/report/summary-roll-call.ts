import type { RollCall, RolledInstance } from '../cluster/model.ts';
import type { Run } from '../outcome.ts';
import { count } from '../text.ts';
import { formatDuration } from '../time/duration.ts';
import type { Section } from './fit.ts';
import { code, details, inline, table } from './markdown.ts';

/** A longer list of instances is folded away. */
const OPEN_ROWS = 8;
const ROWS = 500;

/** The roll call: the numbers, where the expected one came from, and who did not do as expected. */
export function rollCallSections({ ledger: { rollCall } }: Run): readonly Section[] {
  return rollCall === undefined ? [] : [rollCallSection(rollCall, '###')];
}

/** The same under a heading of another level. */
export function rollCallSection(rollCall: RollCall, level: '###' | '####'): Section {
  const { clusterName, clusterStatus, expected, registeredCount, answered, stableReadings } = rollCall;
  const { missing, draining, strangers, disconnected, unexpected = [] } = rollCall;
  const took = formatDuration(rollCall.endedAt - rollCall.startedAt);
  const status = clusterStatus === 'ACTIVE' ? '' : `, which is ${code(clusterStatus)}`;
  const registered =
    registeredCount > expected.count ? `${registeredCount}` : `${registeredCount} of ${expected.count}`;
  const instances = Math.max(registeredCount, expected.count) === 1 ? 'instance is' : 'instances are';
  const text = [
    `**${registered}** container ${instances} registered with ${code(clusterName)}${status}.`,
    `Expected ${expected.count}: ${inline(expected.source)}.`,
    `${stableReadings <= 1 ? 'Read once' : `The last ${stableReadings} readings agreed`}, after ${took}.`,
  ].join(' ');
  const odd = [
    ...rowsOf(missing, '❌ missing', lifecycle),
    ...rowsOf(disconnected, '❌ agent disconnected', lifecycle),
    ...rowsOf(strangers, '⚠️ stranger', () => 'in none of the groups'),
    ...rowsOf(unexpected, '⚠️ not in service', ({ lifecycleState }) => lifecycleState),
    ...rowsOf(draining, '⚠️ draining', ({ lifecycleState }) => lifecycleState),
  ];
  const good = rowsOf(answered, '✅ answered', () => undefined);
  const title = `${level} Roll call`;
  const short = [title, text, ...instanceTable(odd.slice(0, OPEN_ROWS))].join('\n\n');
  return {
    name: 'the roll call',
    renderings: [[title, text, ...foldable([...odd, ...good], odd.length)].join('\n\n'), short],
    importance: 7,
  };
}

function foldable(rows: readonly (readonly string[])[], odd: number): readonly string[] {
  if (rows.length <= OPEN_ROWS) return instanceTable(rows);
  const open = rows.slice(0, Math.min(odd, OPEN_ROWS));
  const rest = rows.slice(open.length, ROWS);
  const more = rows.length > ROWS ? [`and ${rows.length - ROWS} more`] : [];
  return [
    ...instanceTable(open),
    details(
      count(rows.length - open.length, open.length === 0 ? 'instance' : 'more instance'),
      [...instanceTable(rest), ...more].join('\n\n'),
    ),
  ];
}

/** The group is worth a column only where there are several. */
function instanceTable(rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const groups = new Set(rows.map((row) => row[2]).filter((group) => group !== ''));
  const columns = groups.size > 1 ? 3 : 2;
  const shown = rows.map((row) => row.slice(0, columns));
  return [table(['Instance', 'State', 'Group'].slice(0, columns), shown, [])];
}

function rowsOf(
  instances: readonly RolledInstance[],
  state: string,
  note: (instance: RolledInstance) => string | undefined,
): readonly (readonly string[])[] {
  return instances.map((instance) => {
    const why = note(instance);
    return [
      code(instance.instanceId),
      why === undefined ? state : `${state} (${inline(why)})`,
      instance.group === undefined ? '' : code(instance.group),
    ];
  });
}

function lifecycle({ status, statusReason, lifecycleState, containerInstanceArn }: RolledInstance): string | undefined {
  const registration = containerInstanceArn === undefined && status === undefined ? 'never registered' : status;
  const inGroup = lifecycleState === 'InService' ? undefined : lifecycleState;
  const known = [inGroup, registration, statusReason].filter((fact) => fact !== undefined && fact !== '');
  return known.length === 0 ? undefined : known.join(', ');
}
