/**
 * What the GitHub runner makes of an action's output, by the rules of actions/runner 2.336.0 (Common/ActionCommand.cs,
 * Runner.Worker/ActionCommandManager.cs, Handlers/OutputManager.cs, ExecutionContext.cs).
 */

export type AnnotationLevel = 'error' | 'warning' | 'notice';

/** An annotation as it would appear on the job's check run. */
export interface SeenAnnotation {
  readonly level: AnnotationLevel;
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

interface Command {
  readonly name: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

const PER_LEVEL = 10;
const MESSAGE_LIMIT = 4096;
const ISSUES: readonly string[] = ['error', 'warning', 'notice'] satisfies AnnotationLevel[];
const BUILT_IN: readonly string[] = [
  ...ISSUES,
  'debug',
  'group',
  'endgroup',
  'echo',
  'add-mask',
  'add-matcher',
  'remove-matcher',
  'set-output',
  'save-state',
  'set-env',
  'add-path',
  'stop-commands',
];

const unescapeData = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
const unescapeProperty = (text: string) => unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
const unescapeLegacy = (text: string) =>
  text
    .replaceAll('%3B', ';')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%5D', ']')
    .replaceAll('%25', '%');

function parse(
  head: string,
  data: string,
  separator: string,
  known: ReadonlySet<string>,
  decode: (t: string) => string,
) {
  const space = head.indexOf(' ');
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase();
  if (!known.has(name)) return undefined;
  const pairs = space < 0 ? [] : head.slice(space + 1).split(separator);
  const properties = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals > 0) properties.set(pair.slice(0, equals).trim().toLowerCase(), decode(pair.slice(equals + 1)));
  }
  return { name, properties, data } satisfies Command;
}

/** `::name k=v,k=v::data` at the start of a line, or `##[name k=v;k=v]data` anywhere in it. */
export function parseCommand(line: string, known: ReadonlySet<string>): Command | undefined {
  const start = line.trimStart();
  const end = start.startsWith('::') ? start.indexOf('::', 2) : -1;
  if (end > 0) {
    const command = parse(start.slice(2, end), unescapeData(start.slice(end + 2)), ',', known, unescapeProperty);
    if (command !== undefined) return command;
  }
  const open = line.indexOf('##[');
  const close = open < 0 ? -1 : line.indexOf(']', open);
  if (close < 0) return undefined;
  return parse(line.slice(open + 3, close), unescapeLegacy(line.slice(close + 1)), ';', known, unescapeLegacy);
}

/** Reads one step's lines, from both of its streams, and keeps what a user would see of them. */
export class StepOutput {
  readonly annotations: SeenAnnotation[] = [];
  /** How many annotations the runner dropped without a word, beyond ten of a level. */
  annotationsDropped = 0;
  /** Why the runner fails the step whatever its exit code says. */
  readonly failures: string[] = [];
  readonly outputs: [name: string, value: string][] = [];
  readonly states: [name: string, value: string][] = [];
  readonly #lines: { text: string; masked: string }[] = [];
  readonly #known = new Set(BUILT_IN);
  readonly #masks: Set<string>;
  readonly #workspace: string;
  readonly #counts = new Map<string, number>();
  #stopToken: string | undefined;

  /** `masks` is shared by the steps of a job, as the runner's secret masker is. */
  constructor(workspace: string, masks: Set<string>) {
    this.#workspace = workspace;
    this.#masks = masks;
  }

  /** The log as a user reads it. */
  get log(): string {
    return this.#lines.map((line) => line.masked).join('\n');
  }

  /** The log without masks, to see what only the runner's masking hides. */
  get unmasked(): string {
    return this.#lines.map((line) => line.text).join('\n');
  }

  mask(text: string): string {
    const longestFirst = [...this.#masks].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
  }

  /** Takes one line; returns the lines that it added to the log. */
  feed(line: string): readonly string[] {
    const before = this.#lines.length;
    const command = parseCommand(line, this.#known);
    if (command === undefined) this.#print(line);
    else if (this.#stopToken !== undefined) {
      this.#print(line);
      if (command.name === this.#stopToken) {
        this.#known.delete(this.#stopToken);
        this.#stopToken = undefined;
      }
    } else this.#obey(command, line);
    return this.#lines.slice(before).map((added) => added.masked);
  }

  /** An annotation, or one that the runner itself makes; beyond ten of a level it is only a line of the log. */
  annotate(annotation: SeenAnnotation): void {
    const masked = { ...annotation, message: this.mask(annotation.message).slice(0, MESSAGE_LIMIT) };
    const count = (this.#counts.get(annotation.level) ?? 0) + 1;
    this.#counts.set(annotation.level, count);
    if (count <= PER_LEVEL) this.annotations.push(masked);
    else this.annotationsDropped += 1;
    this.#print(`##[${annotation.level}]${annotation.message}`);
  }

  fail(why: string): void {
    this.failures.push(why);
    this.annotate({ level: 'error', message: why });
  }

  #print(text: string): void {
    this.#lines.push({ text, masked: this.mask(text) });
  }

  #obey(command: Command, line: string): void {
    switch (command.name) {
      case 'error':
      case 'warning':
      case 'notice':
        this.annotate({ level: command.name, message: command.data, ...this.#place(command.properties) });
        break;
      case 'group':
        this.#print(`##[group]${command.data}`);
        break;
      case 'endgroup':
        this.#print('##[endgroup]');
        break;
      case 'add-mask':
        this.#addMask(command.data);
        break;
      case 'set-output':
        this.outputs.push([command.properties.get('name') ?? '', command.data]);
        break;
      case 'save-state':
        this.states.push([command.properties.get('name') ?? '', command.data]);
        break;
      case 'set-env':
      case 'add-path':
        this.fail(`The \`${command.name}\` command is disabled. Please upgrade to using Environment Files.`);
        break;
      case 'stop-commands':
        this.#stop(command.data, line);
        break;
      default: // debug is shown only where debug logging is on; echo and matchers change nothing that is kept here
    }
  }

  #addMask(value: string): void {
    if (value.trim() === '') {
      this.annotate({
        level: 'warning',
        message: "Can't add secret mask for empty string in ##[add-mask] command.",
      });
      return;
    }
    for (const part of [value, ...value.split(/[\r\n]+/)]) if (part !== '') this.#masks.add(part);
  }

  #stop(token: string, line: string): void {
    const name = token.toLowerCase();
    if (name === '' || name === 'pause-logging' || this.#known.has(name)) {
      this.fail('Invalid stop token: it must be neither empty nor the name of a command.');
      return;
    }
    this.#stopToken = name;
    this.#known.add(name);
    if (token.length > 6) this.#masks.add(token);
    this.#print(line);
  }

  /** ActionCommandManager.ValidateLinesAndColumns: what makes no sense is dropped rather than told. */
  #place(properties: ReadonlyMap<string, string>): Omit<SeenAnnotation, 'level' | 'message'> {
    const number = (name: string) => {
      const value = Number(properties.get(name) ?? Number.NaN);
      return Number.isInteger(value) ? value : undefined;
    };
    let endLine = number('endline');
    let line = number('line') ?? endLine;
    let endColumn = number('endcolumn');
    let column = number('col') ?? endColumn;
    if (line === undefined || (endLine !== undefined && endLine !== line)) column = endColumn = undefined;
    if (endColumn !== undefined && column !== undefined && endColumn < column) column = endColumn = undefined;
    if (endLine !== undefined && line !== undefined && endLine < line) line = endLine = undefined;
    const title = properties.get('title');
    const file = properties.get('file');
    return {
      ...(title === undefined ? {} : { title: this.mask(title) }),
      ...(file === undefined ? {} : { file: this.#relative(file) }),
      ...(line === undefined ? {} : { line }),
      ...(endLine === undefined ? {} : { endLine }),
      ...(column === undefined ? {} : { column }),
      ...(endColumn === undefined ? {} : { endColumn }),
    };
  }

  #relative(file: string): string {
    return file.startsWith(`${this.#workspace}/`) ? file.slice(this.#workspace.length + 1) : file;
  }
}
