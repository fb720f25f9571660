import type { ParameterValue, Values } from '../template/resolve.ts';
import type { RequestParameter } from './parameters.ts';

/** What is known of a stack beside its parameters. */
export interface KnownStack {
  readonly region?: string;
  readonly account?: string;
  readonly stackName?: string;
}

/** What the template is evaluated with; `resolved` are values that AWS has told since, by parameter name. */
export function valuesOf(
  parameters: readonly RequestParameter[],
  known: KnownStack = {},
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

/** The SSM parameters that values are looked up in, by the stack parameter that they are for. */
export function lookedUp(parameters: readonly RequestParameter[]): Record<string, string> {
  return Object.fromEntries(
    parameters.flatMap((parameter) => (parameter.kind === 'ssm' ? [[parameter.name, parameter.parameterName]] : [])),
  );
}
