import { didYouMean, listOf } from '../did-you-mean.ts';
import type { Runner } from '../runner/runner.ts';
import { parseDuration } from '../time/duration.ts';
import type { Finding } from '../types.ts';
import { INPUT_DEFAULTS, INPUT_NAMES, type InputName } from './input-defaults.ts';

/** Reads inputs by their kind. What is wrong with one is among the findings, and stands for nothing. */
export class InputReader {
  readonly findings: Finding[] = [];
  readonly #runner: Pick<Runner, 'input' | 'inputNames'>;

  constructor(runner: Pick<Runner, 'input' | 'inputNames'>) {
    this.#runner = runner;
  }

  text(name: InputName): string {
    return this.#runner.input(name) || INPUT_DEFAULTS[name];
  }

  unknownNames(): void {
    for (const name of this.#runner.inputNames()) {
      if (INPUT_NAMES.includes(name)) continue;
      const known = `There are ${listOf(INPUT_NAMES, INPUT_NAMES.length)}.`;
      // An action cannot tell its inputs from a variable of the job that is called like one.
      const variable = `If the job sets a variable INPUT_${name.toUpperCase()} for something else, call it otherwise.`;
      const remedy = didYouMean(name, INPUT_NAMES) ?? `${known} ${variable}`;
      this.error('Unknown input', `There is no input '${name}'.`, remedy);
    }
  }

  choice<Choice extends string>(name: InputName, choices: readonly Choice[], fallback: Choice): Choice {
    const written = this.text(name);
    const chosen = choices.find((choice) => choice === written);
    if (chosen === undefined) {
      const remedy = didYouMean(written, choices) ?? `It takes ${listOf(choices)}.`;
      this.wrong(name, `'${written}' is nothing that the input '${name}' takes.`, remedy);
    }
    return chosen ?? fallback;
  }

  boolean(name: InputName): boolean | undefined {
    const written = this.text(name);
    if (written === '') return undefined;
    const lower = written.toLowerCase();
    if (lower === 'true' || lower === 'false') return lower === 'true';
    this.wrong(name, `'${written}' is neither true nor false.`, `Write ${name}: true or ${name}: false.`);
    return undefined;
  }

  duration(name: InputName): number | undefined {
    const written = this.text(name);
    if (written === '') return undefined;
    const milliseconds = parseDuration(written);
    if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
    const remedy = 'Write it as 45s, 10m or 2h; a bare number is minutes.';
    this.wrong(name, `'${written}' is no length of time.`, remedy);
    return undefined;
  }

  checked(name: InputName, check: (value: string) => string | undefined): string | undefined {
    const written = this.text(name);
    if (written === '') return undefined;
    const problem = check(written);
    if (problem !== undefined) this.wrong(name, problem);
    return written;
  }

  wrong(name: InputName, problem: string, remedy?: string): void {
    this.error(`Input ${name} is wrong`, problem, remedy);
  }

  error(title: string, message: string, remedy?: string): void {
    this.findings.push({ level: 'error', title, message, ...(remedy === undefined ? {} : { remedy }) });
  }
}
