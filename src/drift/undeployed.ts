import type { RequestParameter } from '../config/parameters.ts';
import type { PlanContext } from '../plan/context.ts';
import type { ParameterChange } from '../plan/model.ts';
import { resourceDefinitionChanges, sectionChanges } from '../plan/sections.ts';
import { reasonInText } from '../plan/withhold.ts';
import type { Stack } from '../stack/model.ts';
import { asKept } from '../template/compare.ts';
import { isSameValue } from '../template/same-value.ts';
import { parametersOf } from '../template/template.ts';
import type { TagChange, Unchecked, Undeployed } from './model.ts';

/** What the repository would deploy, beside its template. */
export interface Wanted {
  readonly parameters: readonly RequestParameter[];
  /** What AWS told of parameters that are looked up there, by name. */
  readonly resolved: Readonly<Record<string, string>>;
  /** Absent: the repository says nothing about tags, and a deployment would leave them. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Comparison {
  /** Absent: the stack is what the repository says, as far as that can be told. */
  readonly undeployed?: Undeployed;
  readonly unchecked: readonly Unchecked[];
}

/** Compares what a stack was deployed from with what the repository says. `context` holds both templates. */
export function compareDeployed(stack: Stack, context: PlanContext, wanted: Wanted): Comparison {
  const resources = resourceDefinitionChanges(context);
  const sections = sectionChanges(context);
  const { parameters, unchecked } = compareParameters(stack, context, wanted);
  const tags = wanted.tags === undefined ? [] : compareTags(stack.tags, wanted.tags, context.withholdAfter.values);
  const differs = resources.length + sections.length + parameters.length + tags.length > 0;
  return { ...(differs && { undeployed: { isNew: false, resources, sections, parameters, tags } }), unchecked };
}

function compareParameters(
  { parameters: live }: Stack,
  { after, withholdAfter }: PlanContext,
  { parameters, resolved }: Wanted,
): { readonly parameters: ParameterChange[]; readonly unchecked: Unchecked[] } {
  const given = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const changes: ParameterChange[] = [];
  const unchecked: Unchecked[] = [];
  for (const declaration of parametersOf(after).values()) {
    const { name } = declaration;
    const parameter = given.get(name);
    const before = Object.hasOwn(live, name) ? live[name]?.value : undefined;
    if (declaration.noEcho) {
      unchecked.push({ what: `parameter ${name}`, why: 'CloudFormation never shows the value of a NoEcho parameter' });
      continue;
    }
    if (parameter?.kind === 'previous') continue;
    const looked = Object.hasOwn(resolved, name) ? resolved[name] : undefined;
    const wanted = parameter?.kind === 'value' ? parameter.value : (looked ?? declaration.default);
    const isSame = before !== undefined && wanted !== undefined && isSameValue(declaration, before, wanted);
    if (wanted === undefined || isSame) continue;
    const secret = [before ?? '', wanted].some((text) => reasonInText(text, withholdAfter.values) !== undefined);
    changes.push(secret ? { name, secret } : { name, secret, ...(before !== undefined && { before }), after: wanted });
  }
  return { parameters: changes, unchecked };
}

/** Tags that AWS puts on a stack itself begin with `aws:`; nobody else may use that. */
function compareTags(
  live: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  secrets: readonly string[],
): TagChange[] {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(live)])].filter((key) => !/^aws:/i.test(key));
  return keys.flatMap((key): TagChange[] => {
    const before = Object.hasOwn(live, key) ? live[key] : undefined;
    const after = Object.hasOwn(wanted, key) ? wanted[key] : undefined;
    if (before === after || (after !== undefined && before === asKept(after))) return [];
    if (reasonInText(`${before}${after}`, secrets) !== undefined) return [{ key }];
    return [{ key, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  });
}
