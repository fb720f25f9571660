import { hasError } from '../findings.ts';
import { LIMITS } from '../template/limits.ts';
import { type ParsedTemplate, parseTemplate } from '../template/parse.ts';
import type { Template } from '../template/template.ts';
import type { Finding } from '../types.ts';
import { checkStack } from './check-stack.ts';
import { emptyEnvironment } from './environment.ts';
import { type LoadedEnvironment, loadEnvironment } from './environment-file.ts';
import type { DesiredCount, Inputs, OnFailure } from './inputs.ts';
import type { RequestParameter } from './parameters.ts';
import { stackNameOf, type Target, tagsOf, targetOf } from './target.ts';
import { isTemplateUrl, readTemplateFile, unreadable } from './template-source.ts';

/** What the roll call is held against. Time limits are milliseconds. */
export interface RollCallRequest {
  readonly desiredCount: DesiredCount;
  /** Logical id or name of the cluster, when the user gave one. */
  readonly cluster?: string;
  /** Absent: the groups' signal timeout, at least 15 minutes. */
  readonly rollCallTimeout?: number;
  readonly drainTimeout: number;
}

/** A stack of an environment: its template and what its parameters are given. */
export interface StackRequest {
  readonly stackName: string;
  readonly template: Template;
  readonly parameters: readonly RequestParameter[];
}

/** Everything that a deployment needs, checked without AWS. */
export interface DeploymentRequest extends Target, StackRequest, RollCallRequest {
  readonly environment?: string;
  /** Relative to the workspace. */
  readonly environmentFile?: string;
  /** Where the template came from, when it was no file of the workspace. */
  readonly templateUrl?: string;
  readonly templateBucket?: string;
  readonly capabilities: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** The role that CloudFormation itself works with. */
  readonly roleArn?: string;
  readonly notificationArns?: readonly string[];
  /** Absent: the stack keeps what it has. */
  readonly terminationProtection?: boolean;
  readonly acceptDefaults: boolean;
  readonly onFailure: OnFailure;
  readonly replaceFailedStack: boolean;
  /** Resource types, logical ids, or `any`. */
  readonly failOnReplacement: readonly string[];
  readonly busyTimeout: number;
  readonly stackTimeout: number;
  /** What the environment file says is no drift. */
  readonly driftIgnore: readonly string[];
}

/** The roll call alone. Without a stack the cluster is only known by its name. */
export interface VerifyRequest extends Target, RollCallRequest {
  readonly environment?: string;
  readonly environmentFile?: string;
  readonly stack?: StackRequest;
}

/** The surroundings of a request, as far as they are outside AWS. */
export interface RequestContext {
  /** The checked-out repository. */
  readonly workspace: string;
  env(name: string): string | undefined;
  /** Another job has the variables that `!Env` reads: parameters that come from them are left out. */
  readonly leavesVariables?: boolean;
  /** This job may not have them all: parameters that come from variables which are not set are left out. */
  readonly leavesUnset?: boolean;
  /** Reads a template that is an https URL of an S3 object. Absent: such templates are refused. */
  fetchTemplate?(url: string, target: Target): Promise<Uint8Array>;
}

export interface Loaded<Request> {
  /** Undefined when an error is among the findings. */
  readonly request?: Request;
  readonly findings: readonly Finding[];
}

/** Reads the environment file and the template for `deploy`, and checks all that can be checked without AWS. */
export async function loadRequest(inputs: Inputs, context: RequestContext): Promise<Loaded<DeploymentRequest>> {
  const { loaded, target, findings } = await prepare(inputs, context);
  const tags = tagsOf(inputs, loaded.environment, findings);
  const stack = await loadStack(inputs, context, loaded, target, findings);
  if (stack !== undefined) findings.push(...checkSize(stack.template, inputs));
  if (stack === undefined || target === undefined || hasError(findings)) return { findings };
  const request: DeploymentRequest = {
    ...told(inputs, loaded),
    ...target,
    ...stack,
    ...rollCall(inputs),
    ...(isTemplateUrl(inputs.template) ? { templateUrl: inputs.template } : {}),
    ...(inputs.templateBucket === undefined ? {} : { templateBucket: inputs.templateBucket }),
    capabilities: inputs.capabilities,
    ...(tags === undefined ? {} : { tags }),
    ...(inputs.roleArn === undefined ? {} : { roleArn: inputs.roleArn }),
    ...(inputs.notificationArns === undefined ? {} : { notificationArns: inputs.notificationArns }),
    ...(inputs.terminationProtection === undefined ? {} : { terminationProtection: inputs.terminationProtection }),
    acceptDefaults: inputs.acceptDefaults,
    onFailure: inputs.onFailure,
    replaceFailedStack: inputs.replaceFailedStack,
    failOnReplacement: inputs.failOnReplacement,
    busyTimeout: inputs.busyTimeout,
    stackTimeout: inputs.stackTimeout,
    driftIgnore: loaded.environment.driftIgnore,
  };
  return { request, findings };
}

/** Reads what `verify` needs: the environment and its template, or nothing but the name of a cluster. */
export async function loadVerifyRequest(inputs: Inputs, context: RequestContext): Promise<Loaded<VerifyRequest>> {
  const { loaded, target, findings } = await prepare(inputs, context);
  const byNameAlone = inputs.environment === undefined && inputs.stackName === undefined;
  const stack = byNameAlone ? undefined : await loadStack(inputs, context, loaded, target, findings);
  if (target === undefined || hasError(findings)) return { findings };
  const request: VerifyRequest = {
    ...told(inputs, loaded),
    ...target,
    ...rollCall(inputs),
    ...(stack === undefined ? {} : { stack }),
  };
  return { request, findings };
}

/**
 * Which stack an environment is about, for telling of one that cannot be looked at; undefined where its file cannot be
 * read, or does not say.
 */
export async function stackOfEnvironment(
  inputs: Inputs,
  context: RequestContext,
): Promise<Pick<DeploymentRequest, 'stackName' | 'region' | 'environmentFile'> | undefined> {
  const { loaded, target, findings } = await prepare(inputs, context);
  const stackName = stackNameOf(inputs, loaded.environment, context.env, findings);
  const isRead = loaded.environment.unread !== 'everything';
  if (!isRead || stackName === undefined || target === undefined) return undefined;
  return { stackName, region: target.region, ...(loaded.file !== undefined && { environmentFile: loaded.file }) };
}

interface Prepared {
  readonly loaded: LoadedEnvironment;
  readonly target: Target | undefined;
  readonly findings: Finding[];
}

async function prepare(inputs: Inputs, context: RequestContext): Promise<Prepared> {
  const loaded: LoadedEnvironment =
    inputs.environment === undefined
      ? { environment: emptyEnvironment(inputs.template), findings: [] }
      : await loadEnvironment(context.workspace, inputs.environmentDirectory, inputs.environment);
  const findings = [...loaded.findings];
  return { loaded, target: targetOf(inputs, loaded.environment, context.env, findings), findings };
}

async function loadStack(
  inputs: Inputs,
  context: RequestContext,
  { file, environment }: LoadedEnvironment,
  target: Target | undefined,
  findings: Finding[],
): Promise<StackRequest | undefined> {
  const stackName = stackNameOf(inputs, environment, context.env, findings);
  const { template, findings: parsed } = await readTemplate(inputs.template, context, target);
  findings.push(...parsed);
  if (template === undefined) return undefined;
  const env = context.leavesVariables === true ? undefined : context.env;
  const { leavesUnset = false } = context;
  const checked = checkStack({ template, parsed, file, environment, target, inputs, env, leavesUnset });
  findings.push(...checked.findings);
  return stackName === undefined ? undefined : { stackName, template, parameters: checked.parameters };
}

async function readTemplate(
  written: string,
  context: RequestContext,
  target: Target | undefined,
): Promise<ParsedTemplate> {
  if (!isTemplateUrl(written)) return readTemplateFile(context.workspace, written);
  if (context.fetchTemplate === undefined)
    return unreadable(`${written} is a URL; here the template has to be a file.`);
  return target === undefined ? { findings: [] } : parseTemplate(await context.fetchTemplate(written, target), written);
}

function checkSize(template: Template, inputs: Inputs): Finding[] {
  const fits = template.bytes <= LIMITS.inlineTemplateBytes;
  if (fits || isTemplateUrl(inputs.template) || inputs.templateBucket !== undefined) return [];
  const [bytes, limit] = [template.bytes, LIMITS.inlineTemplateBytes].map((size) => size.toLocaleString('en'));
  return [
    {
      level: 'error',
      title: 'The template is too large to be sent directly',
      message: `${template.file} has ${bytes} bytes; CloudFormation takes ${limit} directly, and more only through a bucket.`,
      remedy: "Name a bucket that the job's role may write to as the input 'template-bucket'.",
      location: { file: template.file, line: 1 },
    },
  ];
}

function told(inputs: Inputs, { file }: LoadedEnvironment): Pick<VerifyRequest, 'environment' | 'environmentFile'> {
  return {
    ...(inputs.environment === undefined ? {} : { environment: inputs.environment }),
    ...(file === undefined ? {} : { environmentFile: file }),
  };
}

function rollCall(inputs: Inputs): RollCallRequest {
  return {
    desiredCount: inputs.desiredCount,
    ...(inputs.cluster === undefined ? {} : { cluster: inputs.cluster }),
    ...(inputs.rollCallTimeout === undefined ? {} : { rollCallTimeout: inputs.rollCallTimeout }),
    drainTimeout: inputs.drainTimeout,
  };
}
