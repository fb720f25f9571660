import { hasError } from '../findings.ts';
import { checkLimits } from '../template/check-limits.ts';
import { checkTemplate } from '../template/checks.ts';
import { findCluster } from '../template/cluster.ts';
import type { Values } from '../template/resolve.ts';
import type { Template } from '../template/template.ts';
import type { Finding, SourceLocation } from '../types.ts';
import { checkExpectation } from './check-expectation.ts';
import type { Environment } from './environment.ts';
import type { Inputs } from './inputs.ts';
import { type CheckedParameters, checkParameters } from './parameters.ts';
import { inFile } from './place.ts';
import { valuesOf } from './values.ts';

/** A template together with what an environment gives it. */
export interface StackToCheck {
  readonly template: Template;
  /** What reading the template has found already; it is told elsewhere. */
  readonly parsed: readonly Finding[];
  readonly environment: Environment;
  /** Absent: there is none, and what is missing is told at the template. */
  readonly file: string | undefined;
  /** As far as it is known. */
  readonly target: { readonly region?: string; readonly account?: string } | undefined;
  readonly inputs: Pick<Inputs, 'parameterOverrides' | 'allowEnv' | 'cluster' | 'desiredCount'>;
  /** Absent: variables of the job are not read, so values that come from them are not checked. */
  readonly env?: ((name: string) => string | undefined) | undefined;
  /** Nor are values checked that come from variables which are not set. */
  readonly leavesUnset?: boolean;
}

/** Checks an environment's values against the template, and the template with these values. */
export function checkStack({
  template,
  parsed,
  environment,
  file,
  target,
  inputs,
  env,
  leavesUnset = false,
}: StackToCheck): CheckedParameters {
  const { parameters, findings } = checkParameters({
    template,
    fromFile: environment.parameters,
    overrides: inputs.parameterOverrides,
    end: file === undefined ? inFile(template.locate(['Parameters'])) : environment.end,
    unread: environment.unread,
    allowEnv: inputs.allowEnv,
    env,
    leavesUnset,
  });
  const values = valuesOf(parameters, target);
  const found = checkWithValues(template, values);
  // A template that is not whole may well hold a cluster that cannot be seen.
  const cluster =
    hasError(parsed) || hasError(found)
      ? []
      : checkExpectation(findCluster(template, values, inputs.cluster), inputs.desiredCount);
  return { parameters, findings: [...findings, ...news(found, findings), ...cluster] };
}

/** A template over CloudFormation's limits is looked at no further: it may be of any size. */
function checkWithValues(template: Template, values: Values): Finding[] {
  const limits = checkLimits(template);
  return limits.length > 0 ? limits : checkTemplate(template, values);
}

/** A value that is wrong in itself is told once, not again for what it leads to. */
function news(found: readonly Finding[], told: readonly Finding[]): Finding[] {
  const lines = new Set(
    told.flatMap(({ level, location }) => (level === 'error' && location ? [lineOf(location)] : [])),
  );
  return found.filter(({ location }) => location === undefined || !lines.has(lineOf(location)));
}

function lineOf({ file, line }: SourceLocation): string {
  return `${file}:${line}`;
}
