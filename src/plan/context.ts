import { comparable } from '../template/compare.ts';
import { type Data, isRecord } from '../template/data.ts';
import type { Values } from '../template/resolve.ts';
import { expressionSecrecy, hasSecrets, noEchoParameters } from '../template/secrets.ts';
import { section, type Template } from '../template/template.ts';
import type { Withholding } from './withhold.ts';

/** What a plan is made against. */
export interface PlanContext {
  /** The template that is deployed; undefined for a new stack, and where it could not be read. */
  readonly before: Template | undefined;
  readonly after: Template;
  /** Both as data that can be compared. */
  readonly data: { readonly before: Data | undefined; readonly after: Data };
  readonly values: Values;
  /** How secrets of the deployed and of the new template are kept. */
  readonly withholdBefore: Withholding;
  readonly withholdAfter: Withholding;
  /** Names of the parameters that are secret in either template. */
  readonly secretParameters: ReadonlySet<string>;
  /** Secrets were deployed, and where is written in a template that could not be read. */
  readonly hidesBefore: boolean;
  /** The new template has secrets, and a transform that may take them anywhere. */
  readonly hidesSecrets: boolean;
}

/**
 * `secrets` are the values of secret parameters that this run knows; `masked` are parameters that are secret although
 * neither template may say so, as when the deployed one cannot be read.
 */
export function planContext(
  before: Template | undefined,
  after: Template,
  values: Values,
  secrets: readonly string[],
  masked: readonly string[] = [],
): PlanContext {
  // A parameter that one of the templates keeps secret is so in the other: its value is the same.
  const templates = [after, ...(before === undefined ? [] : [before])];
  const secretParameters = new Set([...templates.flatMap(noEchoNames), ...masked]);
  const withholding = (template: Template): Withholding => ({
    expression: expressionSecrecy(template, values, secretParameters),
    values: secrets,
  });
  const [was, is] = before === undefined ? [undefined, after.data] : comparable(before, after);
  return {
    before,
    after,
    data: { before: was, after: is },
    values,
    withholdBefore: withholding(before ?? after),
    withholdAfter: withholding(after),
    secretParameters,
    hidesBefore: before === undefined && masked.length > 0,
    hidesSecrets: after.data.Transform !== undefined && (secretParameters.size > 0 || hasSecrets(after)),
  };
}

function noEchoNames(template: Template): string[] {
  return [...noEchoParameters(template)];
}

/** Whether a transform made this resource of a template that has secrets: nobody can tell then where they went. */
export function isOpaque({ after, hidesSecrets }: PlanContext, logicalId: string): boolean {
  return hidesSecrets && !isRecord(section(after, 'Resources')[logicalId]);
}
