import type { Bench } from './main.ts';

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly aim?: string;
  /** Whether the aim is met; absent where there is none. */
  readonly met?: boolean;
}

/** The measurements beside their aims, as aligned text. */
export function table(bench: Bench): string {
  const rows = rowsOf(bench);
  const [whats, measured] = [rows.map(({ what }) => what.length), rows.map((row) => row.measured.length)];
  const [first, second] = [Math.max(...whats), Math.max(...measured)];
  return rows
    .map(({ what, measured, aim, met }) =>
      `${what.padEnd(first)}  ${measured.padEnd(second)}  ${aim === undefined ? '' : `aim: ${aim}${met ? '' : '  MISSED'}`}`.trimEnd(),
    )
    .join('\n');
}

function rowsOf({ startUp, bundle, unchanged, first, plan, drift, watching, memory }: Bench): Row[] {
  const { quiet, busy, delay } = watching;
  return [
    {
      what: 'first AWS request',
      measured: `${times(startUp.ratio)} the floor (${ms(startUp.firstRequestMs)} beside ${ms(startUp.floorMs)})`,
      ...aim('at most 2 × the floor', startUp.ratio <= 2),
    },
    {
      what: '  beside a Node that loads node:http alone',
      measured: `${times(startUp.barestRatio)} (${ms(startUp.barestMs)})`,
    },
    {
      what: 'bundle',
      measured: `${kilobytes(bundle.bytes)} in ${bundle.files} files, entry ${kilobytes(bundle.entryBytes)}`,
    },
    {
      what: 'unchanged deploy: AWS calls',
      measured: `${unchanged.calls}`,
      ...aim('at most 10', unchanged.calls <= 10),
    },
    {
      what: 'unchanged deploy: wall time',
      measured: `${seconds(unchanged.wallMs)}, ${times(unchanged.ratio)} a bare Node's requests (${seconds(unchanged.floorMs)}); answers took ${seconds(unchanged.answersMs)}`,
      ...aim('below 0.5 s', unchanged.wallMs < 500),
    },
    { what: 'first deploy: AWS calls', measured: `${first.calls}` },
    {
      what: 'first deploy with roll call: wall time',
      measured: `${seconds(first.wallMs)} beside ${seconds(first.readingsSpacingMs)} between readings; ${times(first.ratio)} a bare Node's requests (${seconds(first.floorMs)})`,
      ...aim('below 3 s', first.wallMs < 3_000),
    },
    ...planRows(plan),
    ...driftRows(drift),
    {
      what: 'calls a minute, quiet',
      measured: `${quiet.callsPerMinute.toFixed(1)}`,
      ...aim('at most 20', quiet.callsPerMinute <= 20),
    },
    {
      what: 'calls a minute, busy',
      measured: `${busy.callsPerMinute.toFixed(1)} at ${busy.eventsPerMinute.toFixed(0)} events a minute`,
    },
    {
      what: 'from event to log line, busy',
      measured: `median ${delay.median.toFixed(1)} s, longest ${delay.longest.toFixed(1)} s of ${delay.events}`,
      ...aim('within 3 s', delay.longest <= 3),
    },
    {
      what: `peak memory, ${memory.resources} resources, ${memory.events} events`,
      measured: megabytes(memory.peak),
      ...(memory.peak !== undefined && aim('below 150 MB', memory.peak < 150e6)),
    },
  ];
}

function planRows({ resources, renderMs, wallMs, calls, comment, summaryBytes, peak }: Bench['plan']): Row[] {
  return [
    {
      what: `plan of ${resources} resources: rendering`,
      measured: `${seconds(renderMs)} of ${seconds(wallMs)}, ${calls} AWS calls`,
      ...aim('below 1 s', renderMs < 1_000),
    },
    {
      what: '  its comment',
      measured: `${comment.toLocaleString('en-US')} characters; summary ${kilobytes(summaryBytes)}`,
      ...aim('at most 65,536', comment <= 65_536),
    },
    {
      what: '  peak memory',
      measured: megabytes(peak),
      ...(peak !== undefined && aim('below 150 MB', peak < 150e6)),
    },
  ];
}

function driftRows(drift: Bench['drift']): Row[] {
  const { environments, atOnce, drifted, issues, tables, wallMs, workMs, workAloneMs, calls, busiest, peak, live } =
    drift;
  const beside = (work: number) => wallMs / (work / atOnce);
  return [
    {
      what: `drift of ${environments} environments, ${drifted} drifted`,
      measured: `${issues} issues, ${tables} table, ${calls} AWS calls`,
      ...aim(`${drifted} issues, 1 table`, issues === drifted && tables === 1),
    },
    {
      what: '  wall time',
      measured: `${seconds(wallMs)}, ${times(beside(workMs))} (work of ${seconds(workMs)} ÷ ${atOnce} at once)`,
      ...aim('at most 1.5 ×', beside(workMs) <= 1.5),
    },
    {
      what: '  beside what each takes alone',
      measured: `${times(beside(workAloneMs))} (${seconds(workAloneMs)} ÷ ${atOnce})`,
    },
    {
      what: '  busiest second of one action in one region',
      measured: `${busiest.calls} calls of ${busiest.action}`,
      ...aim('at most 8', busiest.calls <= 8),
    },
    {
      what: '  peak memory',
      measured: `${megabytes(peak)}; in use ${megabytes(live.all)}, of 4 environments ${megabytes(live.few)}`,
      ...aim('flat: in use at most 1.25 × that of 4', live.all <= 1.25 * live.few),
    },
  ];
}

const aim = (text: string, met: boolean) => ({ aim: text, met });
const times = (ratio: number) => `${ratio.toFixed(2)} ×`;
const ms = (value: number) => `${value.toFixed(0)} ms`;
const seconds = (value: number) => `${(value / 1_000).toFixed(2)} s`;
const megabytes = (bytes: number | undefined) =>
  bytes === undefined ? 'not told by this system' : `${(bytes / 1e6).toFixed(0)} MB`;
const kilobytes = (bytes: number) => `${Math.round(bytes / 1_000)} kB`;
