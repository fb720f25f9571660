import { hasError } from '../findings.ts';
import type { Runner } from '../runner/runner.ts';
import type { Finding } from '../types.ts';
import { checkCombination } from './input-combinations.ts';
import { InputReader } from './input-reader.ts';
import {
  readAllowEnv,
  readBucket,
  readCapabilities,
  readDesiredCount,
  readNotificationArns,
  readOverrides,
  readPullRequest,
  readRevertAllow,
  readTags,
} from './input-values.ts';
import { listItems } from './lists.ts';
import { checkChangeSet, checkFingerprint, checkRegion, checkRoleArn, checkStackName } from './shapes.ts';
import type { WrittenParameter } from './written.ts';

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
    parameterOverrides: readOverrides(reader),
    capabilities: readCapabilities(reader),
    acceptDefaults: reader.boolean('accept-defaults') ?? false,
    allowEnv: readAllowEnv(reader),
    onFailure: reader.choice('on-failure', ON_FAILURE, 'rollback'),
    replaceFailedStack: reader.boolean('replace-failed-stack') ?? false,
    failOnReplacement: listItems(reader.text('fail-on-replacement')),
    busyTimeout: reader.duration('busy-timeout') ?? 0,
    stackTimeout: reader.duration('stack-timeout') ?? 0,
    drainTimeout: reader.duration('drain-timeout') ?? 0,
    desiredCount: readDesiredCount(reader),
    keepChangeSet: reader.boolean('keep-change-set') ?? false,
    requirePlan: reader.boolean('require-plan') ?? false,
    comment: reader.choice('comment', COMMENT_WHEN, 'auto'),
    driftIgnore: listItems(reader.text('drift-ignore')),
    driftTimeout: reader.duration('drift-timeout') ?? 0,
    driftIssue: reader.boolean('drift-issue') ?? true,
    driftRevert: reader.choice('drift-revert', DRIFT_REVERT, 'never'),
    revertAllow: readRevertAllow(reader),
    ...optional('environment', reader.text('environment')),
    ...optional('stackName', reader.checked('stack-name', checkStackName)),
    ...optional('region', reader.checked('region', checkRegion)),
    ...optional('roleArn', reader.checked('role-arn', checkRoleArn)),
    ...optional('tags', readTags(reader)),
    ...optional('notificationArns', readNotificationArns(reader)),
    ...optional('terminationProtection', reader.boolean('termination-protection')),
    ...optional('templateBucket', readBucket(reader)),
    ...optional('rollCallTimeout', reader.duration('roll-call-timeout')),
    ...optional('cluster', reader.text('cluster')),
    ...optional('changeSet', reader.checked('change-set', checkChangeSet)),
    ...optional('pullRequest', readPullRequest(reader)),
    ...optional('fingerprint', reader.checked('fingerprint', checkFingerprint)?.toLowerCase()),
    ...optional('reports', reader.text('reports')),
    ...optional('changedOnly', reader.boolean('changed-only')),
  };
  const findings = [...reader.findings, ...checkCombination(inputs)];
  const githubToken = runner.input('github-token');
  return {
    ...(hasError(findings) ? {} : { inputs }),
    ...optional('githubToken', githubToken),
    findings,
  };
}

/** A property that is absent when its value is undefined or empty. */
function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  const result: { [K in Key]?: Value } = {};
  if (value !== undefined && value !== '') result[key] = value;
  return result;
}
