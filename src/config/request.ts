import { checkTemplate } from '../template/checks.ts';
import { findCluster } from '../template/cluster.ts';
import { LIMITS } from '../template/limits.ts';
import { parseTemplate } from '../template/parse.ts';
import { isListType, type ParameterValue, type Values } from '../template/resolve.ts';
import { parametersOf, type Template } from '../template/template.ts';
import type { Finding } from '../types.ts';
import type { Environment, Written } from './environment.ts';
import { emptyEnvironment } from './environment.ts';
import { loadEnvironment } from './environment-file.ts';
import type { DesiredCount, Inputs, OnFailure } from './inputs.ts';
import { checkParameters, type RequestParameter } from './parameters.ts';
import { findingAt, inFile } from './place.ts';
import { checkAccount, checkRegion, checkRoleArn, checkStackName, checkTags } from './shapes.ts';
import { pathInWorkspace, readWorkspaceBytes } from './workspace.ts';

/** Which stack of which account, and what the roll call is held against: what `deploy` and `verify` both need. */
export interface ClusterRequest {
  readonly environment?: string;
  readonly environmentFile?: string;
  readonly stackName: string;
  readonly region: string;
  /** Refuse to run with credentials of another account. */
  readonly account?: string;
  /** Assumed from the job's credentials. */
  readonly role?: string;
  readonly template: Template;
  readonly parameters: readonly RequestParameter[];
  readonly desiredCount: DesiredCount;
  /** Logical id or name of the cluster, when the user gave one. */
  readonly cluster?: string;
  /** Time limits are milliseconds. Absent: the groups' signal timeout, at least 15 minutes. */
  readonly rollCallTimeout?: number;
  readonly drainTimeout: number;
}

/** Everything that a deployment needs, checked without AWS. */
export interface DeploymentRequest extends ClusterRequest {
  /** Where the template came from, when it was no file of the workspace. */
  readonly templateUrl?: string;
  readonly templateBucket?: string;
  readonly capabilities: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** The role that CloudFormation itself works with. */
  readonly roleArn?: string;
  readonly notificationArns?: readonly string[];
  readonly terminationProtection?: boolean;
  readonly acceptDefaults: boolean;
  readonly onFailure: OnFailure;
  readonly replaceFailedStack: boolean;
  readonly failOnReplacement: readonly string[];
  readonly busyTimeout: number;
  readonly stackTimeout: number;
}

/** The surroundings of a request, as far as they are outside AWS. */
export interface RequestContext {
  /** The checked-out repository. */
  readonly workspace: string;
  env(name: string): string | undefined;
  /** Reads a template that is an https URL of an S3 object. Absent: such templates are refused. */
  fetchTemplate?(url: string, target: { readonly region: string; readonly role?: string }): Promise<Uint8Array>;
}

export interface LoadedRequest {
  /** Undefined when an error is among the findings. */
  readonly request?: DeploymentRequest;
  readonly findings: readonly Finding[];
}

/** Reads the environment file and the template, and checks all that can be checked without AWS. */
export async function loadRequest(inputs: Inputs, context: RequestContext): Promise<LoadedRequest> {
  const findings: Finding[] = [];
  const loaded =
    inputs.environment === undefined
      ? undefined
      : await loadEnvironment(context.workspace, inputs.environmentDirectory, inputs.environment);
  findings.push(...(loaded?.findings ?? []));
  const environment = loaded?.environment ?? emptyEnvironment(inputs.template);
  const stackName = stackNameOf(inputs, environment, context, findings);
  const region = regionOf(inputs, environment, context, findings);
  checkWritten(environment.account, checkAccount, findings);
  checkWritten(environment.role, checkRoleArn, findings);
  const tags = tagsOf(inputs, environment, findings);

  const target = { region: region ?? '', ...(environment.role === undefined ? {} : { role: environment.role.value }) };
  const template = await loadTemplate(inputs, context, target, findings);
  if (template === undefined) return { findings };

  const environmentUnread = loaded !== undefined && loaded.file === undefined;
  const { parameters, findings: parameterFindings } = environmentUnread
    ? { parameters: [], findings: [] }
    : checkParameters({
        template,
        fromFile: environment.parameters,
        overrides: inputs.parameterOverrides,
        end: loaded?.file === undefined ? inFile(template.locate(['Parameters'])) : environment.end,
        allowEnv: inputs.allowEnv,
        env: context.env,
      });
  findings.push(...parameterFindings);
  const values = valuesOf(parameters, { region });
  findings.push(...checkTemplate(template, values), ...findCluster(template, values, inputs.cluster).findings);
  if (stackName === undefined || region === undefined || findings.some(({ level }) => level === 'error'))
    return { findings };

  const request: DeploymentRequest = {
    ...(inputs.environment === undefined ? {} : { environment: inputs.environment }),
    ...(loaded?.file === undefined ? {} : { environmentFile: loaded.file }),
    stackName,
    region,
    ...(environment.account === undefined ? {} : { account: environment.account.value }),
    ...(environment.role === undefined ? {} : { role: environment.role.value }),
    template,
    ...(isUrl(inputs.template) ? { templateUrl: inputs.template } : {}),
    ...(inputs.templateBucket === undefined ? {} : { templateBucket: inputs.templateBucket }),
    parameters,
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
    ...(inputs.rollCallTimeout === undefined ? {} : { rollCallTimeout: inputs.rollCallTimeout }),
    drainTimeout: inputs.drainTimeout,
    desiredCount: inputs.desiredCount,
    ...(inputs.cluster === undefined ? {} : { cluster: inputs.cluster }),
  };
  return { request, findings };
}

/** What the template is evaluated with; `resolved` are values that AWS has told since, by parameter name. */
export function valuesOf(
  parameters: readonly RequestParameter[],
  known: { readonly region?: string | undefined; readonly account?: string; readonly stackName?: string } = {},
  resolved: Readonly<Record<string, string>> = {},
): Values {
  const values = new Map<string, ParameterValue>();
  for (const parameter of parameters) {
    const told = Object.hasOwn(resolved, parameter.name) ? resolved[parameter.name] : undefined;
    const value = parameter.kind === 'value' ? parameter.value : told;
    values.set(parameter.name, {
      ...(value === undefined ? {} : { value }),
      ...(parameter.place.location === undefined ? {} : { location: parameter.place.location }),
    });
  }
  const pseudo = { 'AWS::Region': known.region, 'AWS::AccountId': known.account, 'AWS::StackName': known.stackName };
  const given = Object.entries(pseudo).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { parameters: values, pseudo: Object.fromEntries(given) };
}

/** Values that must never be told, for masking before anything else is written. */
export function secretValues(parameters: readonly RequestParameter[]): string[] {
  return parameters.flatMap((parameter) =>
    parameter.secret && parameter.kind === 'value' && parameter.value !== '' ? [parameter.value] : [],
  );
}

/**
 * The environment is the whole truth: a parameter that it omits goes to the template's default. Where the live stack
 * holds something else that is an error until the file says so, or accept-defaults does. `live` are the stack's
 * parameters as CloudFormation shows them.
 */
export function undeclaredDefaults(
  {
    template,
    parameters,
    environmentFile,
    acceptDefaults,
  }: Pick<DeploymentRequest, 'template' | 'parameters' | 'environmentFile' | 'acceptDefaults'>,
  live: Readonly<Record<string, string>>,
): Finding[] {
  if (acceptDefaults) return [];
  const given = new Set(parameters.map(({ name }) => name));
  return [...parametersOf(template).values()].flatMap((declaration): Finding[] => {
    const { name, type, noEcho, default: fallback } = declaration;
    const current = Object.hasOwn(live, name) ? live[name] : undefined;
    if (current === undefined || fallback === undefined || given.has(name) || noEcho) return [];
    if (current === fallback || (isListType(type) && sameItems(current, fallback))) return [];
    const where = environmentFile ?? 'the environment';
    const message = `The stack has ${name}=${current}, ${where} does not name it, and the template's default is '${fallback}': this deployment would change it.`;
    const remedy = `Add ${name} to ${where} with the value that is meant (!PreviousValue keeps what the stack has), or set accept-defaults: true.`;
    const location =
      environmentFile === undefined ? template.locate(['Parameters', name]) : { file: environmentFile, line: 1 };
    return [{ level: 'error', title: `Parameter ${name} would fall back to its default`, message, remedy, location }];
  });
}

function sameItems(a: string, b: string): boolean {
  const items = (list: string) =>
    list
      .split(',')
      .map((item) => item.trim())
      .join(',');
  return items(a) === items(b);
}

function stackNameOf(
  inputs: Inputs,
  environment: Environment,
  context: RequestContext,
  findings: Finding[],
): string | undefined {
  checkWritten(environment.stackName, checkStackName, findings);
  const given = inputs.stackName ?? environment.stackName?.value;
  if (given !== undefined) return given;
  const repository = context.env('GITHUB_REPOSITORY')?.split('/').at(-1);
  if (repository === undefined || repository === '') {
    const message =
      "The stack's name is <repository>-<environment> unless it is given, and GITHUB_REPOSITORY is not set.";
    findings.push({ level: 'error', title: 'Which stack?', message, remedy: "Give the input 'stack-name'." });
    return undefined;
  }
  const name = `${repository}-${inputs.environment}`;
  const problem = checkStackName(name);
  if (problem !== undefined) {
    const fit = name
      .replace(/[^a-zA-Z0-9]+/g, '-')
      .replace(/^[^a-zA-Z]+/, '')
      .slice(0, 128);
    const message = `No stack name is given, and <repository>-<environment> makes none: ${problem}`;
    findings.push({ level: 'error', title: 'Which stack?', message, remedy: `Give one, such as stack-name: ${fit}` });
  }
  return name;
}

function regionOf(
  inputs: Inputs,
  environment: Environment,
  context: RequestContext,
  findings: Finding[],
): string | undefined {
  checkWritten(environment.region, checkRegion, findings);
  const region =
    inputs.region ??
    environment.region?.value ??
    (context.env('AWS_REGION') || context.env('AWS_DEFAULT_REGION') || undefined);
  if (region === undefined) {
    const message = 'No region is given, and AWS_REGION is not set.';
    const remedy = "Give the input 'region', or run aws-actions/configure-aws-credentials before this step.";
    findings.push({ level: 'error', title: 'Which region?', message, remedy });
  }
  return region;
}

/** Tags of the input win over those of the environment file. */
function tagsOf(inputs: Inputs, environment: Environment, findings: Finding[]): Record<string, string> | undefined {
  const { tags } = environment;
  if (tags !== undefined) {
    for (const problem of checkTags(tags.values))
      findings.push(findingAt(tags.place, 'error', 'A tag is wrong', problem));
  }
  if (tags === undefined && inputs.tags === undefined) return undefined;
  return Object.assign(Object.create(null), tags?.values, inputs.tags);
}

function checkWritten(
  written: Written | undefined,
  check: (value: string) => string | undefined,
  findings: Finding[],
): void {
  const problem = written === undefined ? undefined : check(written.value);
  if (written !== undefined && problem !== undefined) {
    findings.push(findingAt(written.place, 'error', 'The environment file is wrong', problem));
  }
}

function isUrl(template: string): boolean {
  return /^https?:\/\//i.test(template);
}

async function loadTemplate(
  inputs: Inputs,
  context: RequestContext,
  target: { readonly region: string; readonly role?: string },
  findings: Finding[],
): Promise<Template | undefined> {
  const fail = (message: string, remedy?: string) => {
    findings.push({
      level: 'error',
      title: 'The template cannot be read',
      message,
      ...(remedy === undefined ? {} : { remedy }),
    });
    return undefined;
  };
  const remedy =
    "Give its path from the root of the repository as the input 'template', and check the repository out before this step.";
  let bytes: Uint8Array;
  let file = inputs.template;
  if (isUrl(inputs.template)) {
    if (context.fetchTemplate === undefined)
      return fail(`${inputs.template} is a URL; here the template has to be a file.`, remedy);
    if (target.region === '') return undefined;
    bytes = await context.fetchTemplate(inputs.template, target);
  } else {
    const path = pathInWorkspace(inputs.template);
    if ('problem' in path) return fail(`The template ${inputs.template} ${path.problem}.`, remedy);
    file = path.path;
    const content = await readWorkspaceBytes(context.workspace, file, LIMITS.templateBytes);
    if ('problem' in content) return fail(`The template ${file} ${content.problem}.`, remedy);
    bytes = content.bytes;
  }
  const { template, findings: parsed } = parseTemplate(bytes, file);
  findings.push(...parsed);
  if (
    template !== undefined &&
    template.bytes > LIMITS.inlineTemplateBytes &&
    !isUrl(inputs.template) &&
    inputs.templateBucket === undefined
  ) {
    const message = `${file} has ${template.bytes.toLocaleString('en')} bytes; CloudFormation takes ${LIMITS.inlineTemplateBytes.toLocaleString('en')} directly, and more only through a bucket.`;
    findings.push({
      level: 'error',
      title: 'The template is too large to be sent directly',
      message,
      remedy: "Name a bucket that the job's role may write to as the input 'template-bucket'.",
      location: { file, line: 1 },
    });
  }
  return template;
}
