export type TextStyle = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta';

/** A piece of a log line in a style of ours. */
export interface Span {
  readonly text: string;
  readonly style?: TextStyle;
}

/** A log line made of styled pieces. Style is data: no text carries escape sequences of its own. */
export type StyledLine = readonly Span[];

/** The log of a run. All text is foreign: it is made visible, neutralised and masked here, in the one place. */
export interface Log {
  /** Writes a line, or several when the text holds line breaks. Escape sequences in text are removed. */
  line(text: string | StyledLine): void;
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
  /** The text with every value hidden that was masked so far, also where it is quoted, escaped or encoded. */
  masked(text: string): string;
  annotate(annotation: Annotation): void;
  setOutput(name: string, value: string): Promise<void>;
  /** Appends Markdown to the job summary. */
  summary(markdown: string): Promise<void>;
  /** What the `post` step will read back. A later value of a name replaces an earlier one. */
  saveState(name: string, value: string): Promise<void>;
  state(name: string): string;
}
