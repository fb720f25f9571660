import type { Aws } from '../aws/aws.ts';
import { checkParameterValue } from '../config/parameter-value.ts';
import { findingAt } from '../config/place.ts';
import type { DeploymentRequest } from '../config/request.ts';
import { hasError } from '../findings.ts';
import type { ParameterArgument } from '../stack/change-set.ts';
import type { Stack } from '../stack/model.ts';
import { type ParameterSource, resolveParameterSources } from '../stack/parameter-sources.ts';
import { parametersOf } from '../template/template.ts';
import { Failure, type Finding } from '../types.ts';

export interface ParameterArguments {
  readonly arguments: readonly ParameterArgument[];
  /** What exports and SSM parameters turned out to hold, and what the stack already has, by parameter. */
  readonly resolved: Readonly<Record<string, string>>;
  /** What was looked up for NoEcho parameters: to be masked before anything else is written. */
  readonly secrets: readonly string[];
}

/**
 * The parameters as CloudFormation takes them: exports and SSM parameters looked up, previous values left to the stack.
 * Throws Failure `invalid-config` with everything that is wrong with what AWS told.
 */
export async function parameterArguments(
  aws: Aws,
  { parameters, template }: Pick<DeploymentRequest, 'parameters' | 'template'>,
  stack: Stack | undefined,
): Promise<ParameterArguments> {
  const sources: Record<string, ParameterSource> = {};
  for (const parameter of parameters) {
    if (parameter.kind === 'import') sources[parameter.name] = { kind: 'export', name: parameter.exportName };
    if (parameter.kind === 'ssm') sources[parameter.name] = { kind: 'ssm', name: parameter.parameterName };
  }
  const { values, misses } = await resolveParameterSources(sources, aws);
  const declarations = parametersOf(template);
  const live = stack?.status === 'REVIEW_IN_PROGRESS' ? {} : (stack?.parameters ?? {});
  const findings: Finding[] = [];
  const result: ParameterArgument[] = [];
  const resolved: Record<string, string> = {};
  const secrets: string[] = [];
  for (const parameter of parameters) {
    const { name, place } = parameter;
    if (parameter.kind === 'previous') {
      const previous = Object.hasOwn(live, name) ? live[name] : undefined;
      if (previous === undefined) findings.push(noPrevious(name, place));
      else if (!parameter.secret) resolved[name] = previous.value;
      result.push({ key: name, usePreviousValue: true });
      continue;
    }
    const told = Object.hasOwn(values, name) ? values[name] : undefined;
    const value = parameter.kind === 'value' ? parameter.value : told;
    if (value === undefined) {
      const why = misses.find((miss) => miss.parameter === name)?.why ?? 'AWS did not tell its value.';
      findings.push(findingAt(place, 'error', `Parameter ${name} has no value`, why));
      continue;
    }
    const declaration = declarations.get(name);
    if (parameter.kind !== 'value' && declaration !== undefined) {
      findings.push(...checkParameterValue(declaration, value, place));
      resolved[name] = value;
      if (parameter.secret) secrets.push(value);
    }
    result.push({ key: name, value });
  }
  if (hasError(findings)) throw new Failure('invalid-config', findings);
  return { arguments: result, resolved, secrets };
}

function noPrevious(name: string, place: Parameters<typeof findingAt>[0]): Finding {
  return findingAt(
    place,
    'error',
    `Parameter ${name} has no previous value`,
    '!PreviousValue keeps what the stack has, and there is no stack that has this parameter.',
    'Give the value itself for the first deployment.',
  );
}
