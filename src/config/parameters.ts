import { didYouMean, listOf } from '../did-you-mean.ts';
import { firstFindings, MOST_FINDINGS } from '../template/most-findings.ts';
import type { ParameterDeclaration, Template } from '../template/template.ts';
import { parametersOf } from '../template/template.ts';
import type { Finding } from '../types.ts';
import type { Environment } from './environment.ts';
import { checkParameterValue } from './parameter-value.ts';
import { findingAt, inFile, type Place } from './place.ts';
import type { WrittenParameter, WrittenValue } from './written.ts';

/** A parameter that the deployment gives, checked as far as that is possible without AWS. */
export type RequestParameter = {
  readonly name: string;
  /** NoEcho in the template: its value is never told. */
  readonly secret: boolean;
  readonly place: Place;
} & Exclude<WrittenValue, { readonly kind: 'env' }>;

export interface ParameterSources {
  readonly template: Template;
  readonly fromFile: readonly WrittenParameter[];
  readonly overrides: readonly WrittenParameter[];
  /** Where a parameter that is missing has to be written. */
  readonly end: Place;
  readonly unread: Environment['unread'];
  readonly allowEnv: readonly string[];
  /** Absent: another job has the variables, so only what may read them is looked at. */
  readonly env?: ((name: string) => string | undefined) | undefined;
  /** A variable that is not set is no mistake here: its parameter is left out. */
  readonly leavesUnset: boolean;
}

export interface CheckedParameters {
  readonly parameters: readonly RequestParameter[];
  readonly findings: readonly Finding[];
}

/** Checks what the environment file and the overrides give against what the template declares. */
export function checkParameters(sources: ParameterSources): CheckedParameters {
  const declared = parametersOf(sources.template);
  const fromFile = withoutRepeats(sources.fromFile);
  const overrides = withoutRepeats(sources.overrides);
  const written = new Map([...fromFile.first, ...overrides.first]);
  const findings: Finding[] = [...fromFile.findings, ...overrides.findings];
  const parameters: RequestParameter[] = [];

  const missing = [...declared.values()].filter(
    ({ name, default: fallback }) => fallback === undefined && !written.has(name),
  );
  const excused = new Set(sources.unread === 'everything' ? declared.keys() : sources.unread);
  let unknowns = 0;
  for (const parameter of written.values()) {
    const declaration = declared.get(parameter.name);
    if (declaration === undefined) {
      if (++unknowns > MOST_FINDINGS) continue;
      const { finding, meant } = unknown(parameter, [...declared.keys()], missing);
      findings.push(finding);
      if (meant !== undefined) excused.add(meant);
      continue;
    }
    if (parameter.line) findings.push(...shellSplit(parameter, declared));
    const resolved = resolveEnv(parameter, declaration, sources);
    if ('finding' in resolved) {
      findings.push(resolved.finding);
      continue;
    }
    const { written: value } = resolved;
    if (value === undefined) continue;
    if (value.kind === 'value') findings.push(...checkParameterValue(declaration, value.value, parameter.place));
    parameters.push({ name: parameter.name, secret: declaration.noEcho, place: parameter.place, ...value });
  }
  for (const declaration of missing) {
    if (!excused.has(declaration.name)) findings.push(missingFinding(declaration, sources));
  }
  findings.push(...defaults(declared, written, sources.template));
  return { parameters, findings: firstFindings(findings) };
}

function withoutRepeats(written: readonly WrittenParameter[]): {
  first: Map<string, WrittenParameter>;
  findings: Finding[];
} {
  const first = new Map<string, WrittenParameter>();
  const findings: Finding[] = [];
  for (const parameter of written) {
    const earlier = first.get(parameter.name);
    if (earlier === undefined) {
      first.set(parameter.name, parameter);
      continue;
    }
    const message = `The parameter ${parameter.name} is already given at ${earlier.place.where}.`;
    findings.push(
      findingAt(
        parameter.place,
        'error',
        `Parameter ${parameter.name} is given twice`,
        message,
        'Keep one of the two.',
      ),
    );
  }
  return { first, findings };
}

function unknown(
  { name, place }: WrittenParameter,
  declared: readonly string[],
  missing: readonly ParameterDeclaration[],
): { finding: Finding; meant: string | undefined } {
  const candidates = missing.length > 0 ? missing.map((declaration) => declaration.name) : declared;
  const suggestion = didYouMean(name, candidates) ?? didYouMean(name, declared);
  const meant = missing.find((declaration) => suggestion === `Did you mean '${declaration.name}'?`)?.name;
  const listed = declared.length === 0 ? 'It declares none.' : `It declares ${listOf(declared)}.`;
  const also = meant === undefined ? '' : ` ${meant} is missing, and has no default.`;
  const message = `The template declares no parameter '${name}'.${also}`;
  return { finding: findingAt(place, 'error', `Unknown parameter ${name}`, message, suggestion ?? listed), meant };
}

function missingFinding({ name, type }: ParameterDeclaration, { template, end }: ParameterSources): Finding {
  const at = template.locate(['Parameters', name]);
  const message = `The parameter ${name} (${type}) has no default in the template (${at.file}:${at.line}) and is not given.`;
  return findingAt(end, 'error', `Parameter ${name} is missing`, message, `Add ${name} here.`);
}

function shellSplit({ name, written, place }: WrittenParameter, declared: ReadonlyMap<string, unknown>): Finding[] {
  if (written.kind !== 'value') return [];
  const others = [...written.value.matchAll(/\s(\w+)=/g)]
    .map(([, other = '']) => other)
    .filter((other) => declared.has(other));
  if (others.length === 0) return [];
  const message = `The value of ${name} holds ' ${others[0]}='. It is taken as part of the value; a shell's $(cat …) would have made it a parameter of its own.`;
  return [
    findingAt(place, 'warning', 'Two parameters in one line?', message, `Give ${listOf(others)} a line of its own.`),
  ];
}

function resolveEnv(
  { name, written, place }: WrittenParameter,
  declaration: ParameterDeclaration,
  { allowEnv, env, leavesUnset }: ParameterSources,
): { written: Exclude<WrittenValue, { kind: 'env' }> | undefined } | { finding: Finding } {
  if (written.kind !== 'env') return { written };
  const { variable } = written;
  const refuse = (message: string, remedy: string) => ({
    finding: findingAt(place, 'error', `Parameter ${name} is wrong`, message, remedy),
  });
  if (env !== undefined && !allowEnv.includes(variable)) {
    const message = `${name} would be read from the environment variable ${variable}, which the input 'allow-env' does not name.`;
    return refuse(
      message,
      `Add ${variable} to 'allow-env' in the workflow. Names of AWS, GitHub and the runner are never allowed.`,
    );
  }
  if (!declaration.noEcho) {
    const message = `${name} would be read from the environment variable ${variable}, but it is not NoEcho in the template, so AWS would show it to everyone who may look at the stack.`;
    return refuse(message, `Declare ${name} with NoEcho: true.`);
  }
  if (env === undefined) return { written: undefined };
  const value = env(variable);
  if (value === undefined || value === '') {
    if (leavesUnset) return { written: undefined };
    const message = `${name} is to be read from the environment variable ${variable}, which is ${value === '' ? 'empty' : 'not set'}.`;
    return refuse(message, `Set ${variable} in env: of the step. A secret that does not exist is empty.`);
  }
  return { written: { kind: 'value', value } };
}

/** CloudFormation holds defaults to the same constraints. */
function defaults(
  declared: ReadonlyMap<string, ParameterDeclaration>,
  written: ReadonlyMap<string, WrittenParameter>,
  template: Template,
): Finding[] {
  return [...declared.values()].flatMap((declaration) => {
    if (declaration.default === undefined || written.has(declaration.name)) return [];
    return checkParameterValue(
      declaration,
      declaration.default,
      inFile(template.locate(['Parameters', declaration.name, 'Default'])),
    );
  });
}
