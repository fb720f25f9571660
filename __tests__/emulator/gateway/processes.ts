import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The kernel's clock ticks a second (sysconf _SC_CLK_TCK), 100 wherever Node runs on Linux. */
const TICKS = 100;

export interface ProcessRow {
  readonly pid: number;
  readonly command: string;
  /** Processor time so far, seconds. */
  readonly cpu: number;
}

/**
 * Every process whose environment holds this text, and every one of the same session: a run's and all it has
 * started. None where the kernel has no /proc.
 */
export function processesOf(session: number, mark: string): ProcessRow[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The command is in parentheses and may hold anything; the fields after it begin with the state (proc(5)).
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const ours = Number(fields[3]) === session || readFileSync(`/proc/${name}/environ`, 'utf8').includes(mark);
        const cpu = (Number(fields[11]) + Number(fields[12])) / TICKS;
        return ours ? [{ pid: Number(name), command: stat.slice(0, stat.lastIndexOf(')') + 1), cpu }] : [];
      } catch {
        return [];
      }
    });
}

export const cpuOf = (rows: readonly ProcessRow[]) => rows.reduce((sum, { cpu }) => sum + cpu, 0);
