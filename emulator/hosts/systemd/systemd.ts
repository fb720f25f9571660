import type { EmulatorClock } from '../../types.ts';
import { rest } from '../commands/time.ts';
import type { Job } from '../machine/machine.ts';
import { unitScript } from './command-line.ts';
import { parseUnit, type Unit } from './unit-file.ts';

type Result = 'done' | 'failed' | 'dependency' | 'canceled';
export type ActiveState = 'inactive' | 'activating' | 'active' | 'failed';

interface Loaded {
  unit: Unit;
  state: ActiveState;
  /** The start under way, if one is. */
  starting: Promise<Result> | undefined;
  process: Job | undefined;
  exitCode: number | undefined;
  /** Counts starts and stops, so that what belongs to an earlier start is not taken for the present one. */
  run: number;
}

export interface SystemdParts {
  readonly builtIn: ReadonlyMap<string, string>;
  readonly enabled: readonly string[];
  readonly clock: EmulatorClock;
  readonly signal: AbortSignal;
  run(script: string): Job;
  /** Writes to the console. */
  print(text: string): void;
}

/** Service units with their order, as systemd keeps it: a start waits for every start under way that it comes after. */
export class Systemd {
  readonly #parts: SystemdParts;
  readonly #loaded = new Map<string, Loaded>();
  readonly #enabled: Set<string>;
  #files: ReadonlyMap<string, string> = new Map();

  constructor(parts: SystemdParts) {
    this.#parts = parts;
    this.#enabled = new Set(parts.enabled);
  }

  /** What lies in /etc/systemd/system and /run/systemd/system, by path; read again with each systemctl. */
  reload(files: ReadonlyMap<string, string>): void {
    this.#files = files;
    for (const [name, loaded] of this.#loaded) {
      const unit = this.#read(name);
      if (unit !== undefined) loaded.unit = unit;
    }
  }

  /** Starts what is enabled, as one transaction. */
  boot(): void {
    void Promise.all(this.#begin([...this.#enabled]));
  }

  exists(name: string): boolean {
    return this.#load(name) !== undefined;
  }

  unit(name: string): Unit | undefined {
    return this.#load(name)?.unit;
  }

  state(name: string): ActiveState {
    return this.#load(name)?.state ?? 'inactive';
  }

  isEnabled(name: string): boolean {
    return this.#enabled.has(name);
  }

  enable(name: string): void {
    this.#enabled.add(name);
  }

  disable(name: string): void {
    this.#enabled.delete(name);
  }

  /** Resolves when the starts have come to an end, each with its result. */
  async start(names: readonly string[]): Promise<ReadonlyMap<string, Result>> {
    const results = this.#begin(names);
    return new Map(await Promise.all(names.map(async (name, at) => [name, (await results[at]) ?? 'failed'] as const)));
  }

  async stop(name: string): Promise<void> {
    const loaded = this.#load(name);
    if (loaded === undefined) return;
    loaded.run += 1;
    loaded.process?.kill();
    loaded.process = undefined;
    loaded.starting = undefined;
    if (loaded.state !== 'failed') loaded.state = 'inactive';
  }

  async restart(names: readonly string[]): Promise<ReadonlyMap<string, Result>> {
    for (const name of names) await this.stop(name);
    return this.start(names);
  }

  /** All starts of one call enter the queue before the first of them looks which it comes after. */
  #begin(names: readonly string[]): Promise<Result>[] {
    const queue: (() => void)[] = [];
    const results = names.map((name) => this.#enqueue(name, queue));
    for (const begin of queue) begin();
    return results;
  }

  #enqueue(name: string, queue: (() => void)[]): Promise<Result> {
    const loaded = this.#load(name);
    // What a host has no unit for, such as network-online.target, counts as reached.
    if (loaded === undefined) return Promise.resolve(name.endsWith('.service') ? 'failed' : 'done');
    if (loaded.starting !== undefined) return loaded.starting;
    if (loaded.state === 'active') return Promise.resolve('done');
    const entered = Promise.withResolvers<void>();
    queue.push(entered.resolve);
    loaded.run += 1;
    const run = loaded.run;
    const starting = entered.promise.then(() => this.#carryOut(loaded, run, required));
    loaded.starting = starting;
    const required = loaded.unit.requires.map((other) => this.#enqueue(other, queue));
    for (const other of loaded.unit.wants) void this.#enqueue(other, queue);
    return starting;
  }

  async #carryOut(loaded: Loaded, run: number, required: readonly Promise<Result>[]): Promise<Result> {
    const { unit } = loaded;
    const earlier = [...this.#loaded.values()].filter(
      (other) => other !== loaded && (unit.after.includes(other.unit.name) || other.unit.before.includes(unit.name)),
    );
    await Promise.all(earlier.map((other) => other.starting));
    const failed = (await Promise.all(required)).some((result) => result !== 'done');
    if (run !== loaded.run) return 'canceled';
    const result = failed ? 'dependency' : await this.#activate(loaded, run);
    if (run !== loaded.run) return 'canceled';
    loaded.starting = undefined;
    const { print } = this.#parts;
    if (result === 'done') print(`[  OK  ] ${unit.type === 'oneshot' ? 'Finished' : 'Started'} ${unit.description}.\n`);
    else if (result === 'dependency') print(`[DEPEND] Dependency failed for ${unit.description}.\n`);
    else print(`[FAILED] Failed to start ${unit.description}.\nSee 'systemctl status ${unit.name}' for details.\n`);
    return result;
  }

  async #activate(loaded: Loaded, run: number): Promise<Result> {
    const { unit } = loaded;
    for (const ignored of unit.ignored) this.#parts.print(`${unit.name}: the local AWS ignores ${ignored}=\n`);
    loaded.state = 'activating';
    const lines = unit.type === 'oneshot' ? [...unit.commandsBefore, ...unit.commands] : unit.commandsBefore;
    const prepared = await this.#toTheEnd(loaded, lines, unit.startLimitMs);
    if (run !== loaded.run) return 'canceled';
    if (prepared !== 0) return this.#failedToStart(loaded, run, prepared);
    if (unit.type === 'oneshot') {
      const after = await this.#toTheEnd(loaded, unit.commandsAfter, unit.startLimitMs);
      if (run !== loaded.run) return 'canceled';
      loaded.state = after !== 0 ? 'failed' : unit.remainAfterExit ? 'active' : 'inactive';
      return after === 0 ? 'done' : 'failed';
    }
    const process = this.#parts.run(unitScript(unit, unit.commands));
    loaded.process = process;
    loaded.state = 'active';
    void process.ended.then((code) => this.#ended(loaded, run, code));
    return 'done';
  }

  async #toTheEnd(loaded: Loaded, lines: readonly string[], limitMs: number | undefined): Promise<number> {
    if (lines.length === 0) return 0;
    const process = this.#parts.run(unitScript(loaded.unit, lines));
    loaded.process = process;
    const limit = new AbortController();
    if (limitMs !== undefined) {
      const signal = AbortSignal.any([limit.signal, this.#parts.signal]);
      this.#parts.clock.sleep(limitMs, signal).then(
        () => process.kill(),
        () => undefined,
      );
    }
    const code = await process.ended;
    limit.abort();
    loaded.exitCode = code;
    return code;
  }

  #failedToStart(loaded: Loaded, run: number, code: number): Result {
    loaded.state = 'failed';
    this.#again(loaded, run, code);
    return 'failed';
  }

  #ended(loaded: Loaded, run: number, code: number): void {
    if (run !== loaded.run) return;
    loaded.exitCode = code;
    loaded.process = undefined;
    loaded.state = code === 0 ? 'inactive' : 'failed';
    this.#again(loaded, run, code);
  }

  /** Restart=, after RestartSec= of AWS's time. */
  #again(loaded: Loaded, run: number, code: number): void {
    const { unit } = loaded;
    const wanted = unit.restart === 'always' || (unit.restart === 'on-failure' && code !== 0);
    if (!wanted || unit.finalExitCodes.includes(code)) return;
    rest(this.#parts.clock, unit.restartDelayMs, this.#parts.signal).then(
      () => {
        if (run === loaded.run && loaded.starting === undefined) void Promise.all(this.#begin([unit.name]));
      },
      () => undefined,
    );
  }

  exitCode(name: string): number | undefined {
    return this.#load(name)?.exitCode;
  }

  #load(name: string): Loaded | undefined {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    const unit = this.#read(name);
    if (unit === undefined) return undefined;
    const loaded: Loaded = {
      unit,
      state: 'inactive',
      starting: undefined,
      process: undefined,
      exitCode: undefined,
      run: 0,
    };
    this.#loaded.set(name, loaded);
    return loaded;
  }

  #read(name: string): Unit | undefined {
    const text =
      this.#files.get(`/etc/systemd/system/${name}`) ??
      this.#files.get(`/run/systemd/system/${name}`) ??
      this.#parts.builtIn.get(name);
    if (text === undefined) return undefined;
    const dropIns = [...this.#files].filter(([path]) => path.startsWith(`/etc/systemd/system/${name}.d/`));
    return parseUnit(name, [text, ...dropIns.sort().map(([, dropIn]) => dropIn)]);
  }
}
