import { setTimeout } from 'node:timers/promises';
import type { EmulatorClock } from '../../types.ts';
import { result } from '../machine/shell.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** However fast AWS's time runs, a sleep takes this long, so that a loop which polls does not take a processor. */
const SHORTEST_MS = 20;

/** Waits on a host, in AWS's time. */
export const rest = (clock: EmulatorClock, ms: number, signal: AbortSignal) =>
  Promise.all([clock.sleep(ms, signal), setTimeout(SHORTEST_MS, undefined, { signal })]);

/** sleep(1), in AWS's time. */
export async function sleep(clock: EmulatorClock, args: readonly string[], gone: AbortSignal): Promise<string> {
  const spans = args.map(milliseconds);
  const wrong = args.find((_, at) => spans[at] === undefined);
  if (wrong !== undefined || args.length === 0) {
    return result({ stderr: `sleep: invalid time interval '${wrong ?? ''}'\n`, code: 1 });
  }
  const total = spans.reduce((sum: number, span) => sum + (span ?? 0), 0);
  if (total > 0) await rest(clock, total, gone);
  return result({});
}

/** timeout(1): the machine's own, with its limit in AWS's time. */
export function timeout(clock: EmulatorClock, args: readonly string[]): string {
  const at = args.findIndex((arg) => !arg.startsWith('-') && milliseconds(arg) !== undefined);
  const span = milliseconds(args[at] ?? '');
  if (span === undefined) return result({ stderr: 'timeout: no time interval given\n', code: 125 });
  const seconds = Math.max(span / clock.speed, SHORTEST_MS) / 1_000;
  // "$@" is what the stand-in was called with.
  return `exec /.machine/usr/bin/timeout "\${@:1:${at}}" ${seconds.toFixed(3)} "\${@:${at + 2}}"`;
}

function milliseconds(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit || 's'] ?? 1_000);
}
