/** The log of a run. Text is foreign until proven otherwise: it is neutralised and masked here, in the one place. */
export interface Log {
  /** Writes text as it is to be read; it may hold ANSI colours and line breaks. */
  line(text: string): void;
  debug(text: string): void;
  /** Lines until the next `group` or `endGroup` fold under this title. */
  group(title: string): void;
  endGroup(): void;
}

/** One annotation as the runner takes it. Title and message are plain text. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

/** The GitHub runner: where inputs come from and where all that is told goes to. */
export interface Runner {
  readonly log: Log;
  /** The value of an input, trimmed; '' when it is absent or empty. */
  input(name: string): string;
  /** Names of every input that the step was given, as `INPUT_*` shows them: lower case, with hyphens. */
  inputNames(): readonly string[];
  env(name: string): string | undefined;
  /** Hides a value from everything that is written from now on, each of its lines too. */
  mask(value: string): void;
  annotate(annotation: Annotation): void;
  setOutput(name: string, value: string): Promise<void>;
  /** Appends Markdown to the job summary. */
  summary(markdown: string): Promise<void>;
  /** What the `post` step will read back. A later value of a name replaces an earlier one. */
  saveState(name: string, value: string): Promise<void>;
  state(name: string): string;
}
