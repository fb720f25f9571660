import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The kernel's clock ticks a second (sysconf _SC_CLK_TCK), 100 wherever Node runs on Linux. */
const TICKS = 100;

export interface ProcessRow {
  readonly pid: number;
  readonly command: string;
  /** Processor time so far, seconds. */
  readonly cpu: number;
}

interface Found extends ProcessRow {
  readonly parent: number;
  readonly session: number;
}

/** None where the kernel has no /proc. */
function everyProcess(): Found[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = read(`/proc/${name}/stat`);
      // The command is in parentheses and may hold anything; the fields after it begin with the state (proc(5)).
      const end = stat.lastIndexOf(')') + 1;
      const fields = stat
        .slice(end + 1)
        .split(' ')
        .map(Number);
      const [, parent, , session, , , , , , , , user, system] = fields;
      if (parent === undefined || session === undefined || user === undefined || system === undefined) return [];
      return [{ pid: Number(name), command: stat.slice(0, end), parent, session, cpu: (user + system) / TICKS }];
    });
}

/** '' for a process that has ended in the meantime. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Every process of a session, and every one whose environment holds the mark: a run's and all that it has started. */
export const processesOf = (session: number, mark: string): ProcessRow[] =>
  everyProcess()
    .filter((found) => found.session === session || read(`/proc/${found.pid}/environ`).includes(mark))
    .map(({ pid, command, cpu }) => ({ pid, command, cpu }));

/** This process and what it has started. */
export const ownProcesses = (): ProcessRow[] =>
  everyProcess().filter(({ pid, parent }) => pid === process.pid || parent === process.pid);

export const cpuOf = (rows: readonly ProcessRow[]) => rows.reduce((sum, { cpu }) => sum + cpu, 0);
