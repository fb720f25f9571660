import { didYouMean, listOf } from '../did-you-mean.ts';
import type { Runner } from '../runner/runner.ts';
import { LIMITS } from '../template/limits.ts';
import { parseDuration } from '../time/duration.ts';
import type { Finding } from '../types.ts';
import { listItems, readAssignments } from './lists.ts';
import { inInput } from './place.ts';
import { checkChangeSet, checkFingerprint, checkRegion, checkRoleArn, checkStackName, checkTags } from './shapes.ts';
import { lineValue, type WrittenParameter } from './written.ts';

export const MODES = ['deploy', 'plan', 'drift', 'revert', 'verify', 'environments'] as const;
export type Mode = (typeof MODES)[number];

export const ON_FAILURE = ['rollback', 'delete', 'keep'] as const;
export type OnFailure = (typeof ON_FAILURE)[number];

/** When a plan is told on the pull request: always, only when something would change, or never. */
export const COMMENT_WHEN = ['auto', 'changes-only', 'never'] as const;
export type CommentWhen = (typeof COMMENT_WHEN)[number];

/** Whether `drift` shows what a repair would do. */
export const DRIFT_REVERT = ['never', 'plan'] as const;
export type DriftRevert = (typeof DRIFT_REVERT)[number];

/** How many instances are expected to answer the roll call. */
export type DesiredCount =
  | { readonly kind: 'auto' | 'template' | 'live' }
  | { readonly kind: 'number'; readonly count: number };

/** The inputs of the step, checked one by one. Time limits are milliseconds. None of them is secret. */
export interface Inputs {
  readonly mode: Mode;
  readonly environment?: string;
  readonly environmentDirectory: string;
  readonly template: string;
  readonly stackName?: string;
  readonly region?: string;
  readonly parameterOverrides: readonly WrittenParameter[];
  readonly capabilities: readonly string[];
  readonly roleArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly notificationArns?: readonly string[];
  /** Absent: the stack keeps what it has. */
  readonly terminationProtection?: boolean;
  readonly templateBucket?: string;
  readonly acceptDefaults: boolean;
  readonly allowEnv: readonly string[];
  readonly onFailure: OnFailure;
  readonly replaceFailedStack: boolean;
  /** Resource types, logical ids, or `any`. */
  readonly failOnReplacement: readonly string[];
  readonly busyTimeout: number;
  readonly stackTimeout: number;
  /** Absent: the groups' signal timeout, at least 15 minutes. */
  readonly rollCallTimeout?: number;
  readonly drainTimeout: number;
  readonly desiredCount: DesiredCount;
  readonly cluster?: string;
  /** `deploy`: execute this reviewed change set, a name or an ARN. */
  readonly changeSet?: string;
  /** `plan`: leave the change set for a deployment to execute. */
  readonly keepChangeSet: boolean;
  /** `deploy`: refuse what no plan has shown. */
  readonly requirePlan: boolean;
  /** The pull request to comment on, or whose plan to compare with. Absent: the event's. */
  readonly pullRequest?: number;
  readonly comment: CommentWhen;
  /** `plan`: the folder with the report files of the jobs whose plans are told together. */
  readonly reports?: string;
  /** `environments`: only what the changed files touch. Absent: on pull requests. */
  readonly changedOnly?: boolean;
  /** `drift`: what is no drift, for every environment; what is in an environment's file comes on top. */
  readonly driftIgnore: readonly string[];
  readonly driftTimeout: number;
  /** `drift`: keep an issue for each environment. */
  readonly driftIssue: boolean;
  readonly driftRevert: DriftRevert;
  /** `revert`: the repair that was shown. */
  readonly fingerprint?: string;
  /** `revert`: resources that may be replaced, removed, made smaller or lose an item; `Nested/LogicalId` is in a nested stack. */
  readonly revertAllow: readonly string[];
}

/** Every input, with the default that action.yml gives it. */
export const INPUT_DEFAULTS = {
  mode: 'deploy',
  environment: '',
  'env-directory': 'env',
  template: 'stack.yml',
  'stack-name': '',
  region: '',
  'parameter-overrides': '',
  capabilities: 'CAPABILITY_NAMED_IAM',
  'role-arn': '',
  tags: '',
  'notification-arns': '',
  'termination-protection': '',
  'template-bucket': '',
  'accept-defaults': 'false',
  'allow-env': '',
  'on-failure': 'rollback',
  'replace-failed-stack': 'false',
  'fail-on-replacement': '',
  'busy-timeout': '30m',
  'stack-timeout': '60m',
  'roll-call-timeout': '',
  'drain-timeout': '10m',
  'desired-count': 'auto',
  cluster: '',
  'change-set': '',
  'keep-change-set': 'false',
  'require-plan': 'false',
  'pull-request': '',
  comment: 'auto',
  reports: '',
  'changed-only': '',
  'drift-ignore': '',
  'drift-timeout': '15m',
  'drift-issue': 'true',
  'drift-revert': 'never',
  fingerprint: '',
  'revert-allow': '',
  'github-token': '',
} as const;

export type InputName = keyof typeof INPUT_DEFAULTS;

const INPUT_NAMES: readonly string[] = Object.keys(INPUT_DEFAULTS);

export interface ReadInputs {
  /** Undefined when an error is among the findings. */
  readonly inputs?: Inputs;
  /** Apart from the inputs, which may be printed. */
  readonly githubToken?: string;
  readonly findings: readonly Finding[];
}

/** Reads and checks the inputs of the step. All that is wrong with them is told at once. */
export function readInputs(runner: Pick<Runner, 'input' | 'inputNames'>): ReadInputs {
  const reader = new InputReader(runner);
  reader.unknownNames();
  const inputs: Inputs = {
    mode: reader.choice('mode', MODES, 'deploy'),
    environmentDirectory: reader.text('env-directory'),
    template: reader.text('template'),
    parameterOverrides: reader.overrides(),
    capabilities: reader.capabilities(),
    acceptDefaults: reader.boolean('accept-defaults') ?? false,
    allowEnv: reader.allowEnv(),
    onFailure: reader.choice('on-failure', ON_FAILURE, 'rollback'),
    replaceFailedStack: reader.boolean('replace-failed-stack') ?? false,
    failOnReplacement: listItems(reader.text('fail-on-replacement')),
    busyTimeout: reader.duration('busy-timeout') ?? 0,
    stackTimeout: reader.duration('stack-timeout') ?? 0,
    drainTimeout: reader.duration('drain-timeout') ?? 0,
    desiredCount: reader.desiredCount(),
    keepChangeSet: reader.boolean('keep-change-set') ?? false,
    requirePlan: reader.boolean('require-plan') ?? false,
    comment: reader.choice('comment', COMMENT_WHEN, 'auto'),
    driftIgnore: listItems(reader.text('drift-ignore')),
    driftTimeout: reader.duration('drift-timeout') ?? 0,
    driftIssue: reader.boolean('drift-issue') ?? true,
    driftRevert: reader.choice('drift-revert', DRIFT_REVERT, 'never'),
    revertAllow: reader.revertAllow(),
    ...optional('environment', reader.text('environment')),
    ...optional('stackName', reader.checked('stack-name', checkStackName)),
    ...optional('region', reader.checked('region', checkRegion)),
    ...optional('roleArn', reader.checked('role-arn', checkRoleArn)),
    ...optional('tags', reader.tags()),
    ...optional('notificationArns', reader.notificationArns()),
    ...optional('terminationProtection', reader.boolean('termination-protection')),
    ...optional('templateBucket', reader.bucket()),
    ...optional('rollCallTimeout', reader.duration('roll-call-timeout')),
    ...optional('cluster', reader.text('cluster')),
    ...optional('changeSet', reader.checked('change-set', checkChangeSet)),
    ...optional('pullRequest', reader.pullRequest()),
    ...optional('fingerprint', reader.checked('fingerprint', checkFingerprint)?.toLowerCase()),
    ...optional('reports', reader.text('reports')),
    ...optional('changedOnly', reader.boolean('changed-only')),
  };
  reader.combination(inputs);
  const githubToken = runner.input('github-token');
  return {
    ...(reader.findings.some(({ level }) => level === 'error') ? {} : { inputs }),
    ...optional('githubToken', githubToken),
    findings: reader.findings,
  };
}

/** A property that is absent when its value is undefined or empty. */
function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  const result: { [K in Key]?: Value } = {};
  if (value !== undefined && value !== '') result[key] = value;
  return result;
}

const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];
const DESIRED_COUNT_WORDS = ['auto', 'template', 'live'] as const;

/** What the runner, GitHub and AWS put into the environment is not a user's to hand to a template. */
const GUARDED_VARIABLES = /^(AWS|GITHUB|ACTIONS|INPUT|RUNNER)_/i;

class InputReader {
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
      this.#error('Unknown input', `There is no input '${name}'.`, remedy);
    }
  }

  choice<Choice extends string>(name: InputName, choices: readonly Choice[], fallback: Choice): Choice {
    const written = this.text(name);
    const chosen = choices.find((choice) => choice === written);
    if (chosen === undefined) {
      const remedy = didYouMean(written, choices) ?? `It takes ${listOf(choices)}.`;
      this.#error(`Input ${name} is wrong`, `'${written}' is nothing that the input '${name}' takes.`, remedy);
    }
    return chosen ?? fallback;
  }

  boolean(name: InputName): boolean | undefined {
    const written = this.text(name);
    if (written === '') return undefined;
    const lower = written.toLowerCase();
    if (lower === 'true' || lower === 'false') return lower === 'true';
    this.#error(
      `Input ${name} is wrong`,
      `'${written}' is neither true nor false.`,
      `Write ${name}: true or ${name}: false.`,
    );
    return undefined;
  }

  duration(name: InputName): number | undefined {
    const written = this.text(name);
    if (written === '') return undefined;
    const milliseconds = parseDuration(written);
    if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
    const remedy = 'Write it as 45s, 10m or 2h; a bare number is minutes.';
    this.#error(`Input ${name} is wrong`, `'${written}' is no length of time.`, remedy);
    return undefined;
  }

  checked(name: InputName, check: (value: string) => string | undefined): string | undefined {
    const written = this.text(name);
    if (written === '') return undefined;
    const problem = check(written);
    if (problem !== undefined) this.#error(`Input ${name} is wrong`, problem);
    return written;
  }

  desiredCount(): DesiredCount {
    const written = this.text('desired-count');
    if (/^\d{1,6}$/.test(written)) return { kind: 'number', count: Number(written) };
    return { kind: this.choice('desired-count', DESIRED_COUNT_WORDS, 'auto') };
  }

  pullRequest(): number | undefined {
    const written = this.text('pull-request');
    if (written === '') return undefined;
    if (/^[1-9]\d{0,9}$/.test(written)) return Number(written);
    this.#error('Input pull-request is wrong', `'${written}' is no number of a pull request.`);
    return undefined;
  }

  capabilities(): string[] {
    const names = listItems(this.text('capabilities'));
    for (const name of names) {
      if (CAPABILITIES.includes(name)) continue;
      const remedy = didYouMean(name, CAPABILITIES) ?? `CloudFormation has ${listOf(CAPABILITIES)}.`;
      this.#error('Input capabilities is wrong', `'${name}' is no capability.`, remedy);
    }
    return names;
  }

  overrides(): WrittenParameter[] {
    const { assignments, unreadable } = readAssignments(this.text('parameter-overrides'));
    for (const { line, problem } of unreadable) {
      const message = `Line ${line} of the input 'parameter-overrides' cannot be read: ${problem}.`;
      this.#error('Input parameter-overrides is wrong', message, 'Write one Key=Value a line.');
    }
    return assignments.map(({ key, value, line }) => ({
      name: key,
      written: lineValue(value),
      place: inInput('parameter-overrides', line),
      line: true,
    }));
  }

  tags(): Record<string, string> | undefined {
    const { assignments, unreadable } = readAssignments(this.text('tags'));
    for (const { line, problem } of unreadable) {
      this.#error(
        'Input tags is wrong',
        `Line ${line} of the input 'tags' cannot be read: ${problem}.`,
        'Write one Key=Value a line.',
      );
    }
    if (assignments.length === 0) return undefined;
    const tags: Record<string, string> = Object.create(null);
    for (const { key, value } of assignments) tags[key] = value;
    for (const problem of checkTags(tags)) this.#error('Input tags is wrong', problem);
    return tags;
  }

  notificationArns(): string[] | undefined {
    const arns = listItems(this.text('notification-arns'));
    for (const arn of arns) {
      if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:.+$/.test(arn)) {
        this.#error('Input notification-arns is wrong', `'${arn}' is not the ARN of an SNS topic.`);
      }
    }
    if (arns.length > LIMITS.notificationArns) {
      const message = `There are ${arns.length} topics, and CloudFormation notifies at most ${LIMITS.notificationArns}.`;
      this.#error('Input notification-arns is wrong', message);
    }
    return arns.length === 0 ? undefined : arns;
  }

  bucket(): string | undefined {
    const written = this.text('template-bucket');
    if (written !== '' && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(written)) {
      const remedy = 'Give the name of the bucket alone, without s3:// or a path.';
      this.#error('Input template-bucket is wrong', `'${written}' is no name of an S3 bucket.`, remedy);
    }
    return written;
  }

  allowEnv(): string[] {
    const names = listItems(this.text('allow-env'));
    for (const name of names) {
      if (!GUARDED_VARIABLES.test(name)) continue;
      const message = `${name} belongs to the runner, GitHub or AWS; such variables hold credentials and are never given to a template.`;
      this.#error('Input allow-env is wrong', message, 'Set the value under a name of your own in env: of the step.');
    }
    return names.filter((name) => !GUARDED_VARIABLES.test(name));
  }

  revertAllow(): string[] {
    const names = listItems(this.text('revert-allow'));
    for (const name of names) {
      if (/^[a-zA-Z0-9]+(\/[a-zA-Z0-9]+)*$/.test(name)) continue;
      const remedy = 'Write LogicalId, or Nested/LogicalId for a resource of a nested stack.';
      this.#error('Input revert-allow is wrong', `'${name}' names no resource.`, remedy);
    }
    return names;
  }

  combination(inputs: Inputs): void {
    if (inputs.mode === 'verify' && inputs.environment === undefined && inputs.cluster === undefined) {
      const message = 'mode: verify calls the roll of one cluster, and was not told which.';
      this.#error('Which cluster?', message, "Give 'environment', or the name of a cluster as 'cluster'.");
    }
    const needsStack =
      inputs.mode === 'deploy' || inputs.mode === 'revert' || (inputs.mode === 'plan' && inputs.reports === undefined);
    if (needsStack && inputs.environment === undefined && inputs.stackName === undefined) {
      const message = `mode: ${inputs.mode} was told neither an environment nor the name of a stack.`;
      this.#error('Which environment?', message, "Give 'environment' (dev for env/dev.cfg), or 'stack-name'.");
    }
    if (inputs.changeSet !== undefined && inputs.mode !== 'deploy') {
      const message = `'change-set' names what mode: deploy executes; mode: ${inputs.mode} executes nothing.`;
      this.#error('Input change-set is wrong', message);
    }
    if (inputs.keepChangeSet && inputs.mode !== 'plan') {
      const message = `'keep-change-set' is for mode: plan; mode: ${inputs.mode} makes no change set that could be kept.`;
      this.#error('Input keep-change-set is wrong', message);
    }
    if (inputs.changedOnly !== undefined && inputs.mode !== 'environments') {
      const message = `'changed-only' is for mode: environments, and this is mode: ${inputs.mode}.`;
      this.#error('Input changed-only is wrong', message);
    }
    if (inputs.driftRevert !== 'never' && inputs.mode !== 'drift') {
      const message = `'drift-revert' is for mode: drift, and this is mode: ${inputs.mode}.`;
      this.#error('Input drift-revert is wrong', message);
    }
    this.#revertCombination(inputs);
    if (inputs.requirePlan && inputs.mode !== 'deploy') {
      this.#error(
        'Input require-plan is wrong',
        `'require-plan' is for mode: deploy, and this is mode: ${inputs.mode}.`,
      );
    }
  }

  #revertCombination({ mode, environment, fingerprint, revertAllow }: Inputs): void {
    if (mode !== 'revert') {
      const given = [
        ...(fingerprint === undefined ? [] : (['fingerprint'] as const)),
        ...(revertAllow.length === 0 ? [] : (['revert-allow'] as const)),
      ];
      for (const name of given)
        this.#error(`Input ${name} is wrong`, `'${name}' is for mode: revert, and this is mode: ${mode}.`);
      return;
    }
    if (fingerprint === undefined && this.text('fingerprint') === '') {
      const message = 'mode: revert does the repair that was shown, and nothing else; it was not told which.';
      const remedy =
        "Give its 'fingerprint': mode: drift with drift-revert: plan shows it, in the summary and the issue.";
      this.#error('Which repair?', message, remedy);
    }
    if (environment === 'all' || listItems(environment ?? '').length > 1) {
      const message = `mode: revert repairs one environment, and '${environment}' are several.`;
      this.#error('Input environment is wrong', message, 'Run it once for each, with the fingerprint of each.');
    }
  }

  #error(title: string, message: string, remedy?: string): void {
    this.findings.push({ level: 'error', title, message, ...(remedy === undefined ? {} : { remedy }) });
  }
}
