import type { StackParameter } from '../stack/model.ts';
import type { ParameterChange } from './model.ts';
import { reasonInText } from './withhold.ts';

type Parameters = Readonly<Record<string, StackParameter>>;

export interface ParameterContext {
  readonly secretParameters: ReadonlySet<string>;
  readonly secrets: readonly string[];
  /** SSM parameters whose values this run looked up, by the stack parameter that they are for. */
  readonly lookedUp: Readonly<Record<string, string>>;
}

/**
 * The parameters whose values would be others, of which a secret one only shows when it comes or goes: nobody can tell
 * whether its value changes.
 */
export function parameterChanges(before: Parameters, after: Parameters, context: ParameterContext): ParameterChange[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name) => {
    const [was, is] = [own(before, name), own(after, name)];
    const secret = context.secretParameters.has(name) || isSecret(was, context) || isSecret(is, context);
    if (secret) return (was === undefined) === (is === undefined) ? [] : [{ name, secret }];
    const change = changeOf(name, was, is, own(context.lookedUp, name));
    return change === undefined ? [] : [change];
  });
}

function changeOf(
  name: string,
  was: StackParameter | undefined,
  is: StackParameter | undefined,
  lookedUp: string | undefined,
): ParameterChange | undefined {
  const sameValue = was?.value === is?.value;
  const sameResolved = was?.resolvedValue === is?.resolvedValue;
  if (sameValue && (sameResolved || was === undefined || is === undefined)) return undefined;
  const sides = {
    ...(was !== undefined && { before: was.value }),
    ...(is !== undefined && { after: is.value }),
  };
  if (lookedUp !== undefined) return { name, ...sides, secret: false, ssm: { name: lookedUp, ...sides } };
  const resolved = {
    ...(was?.resolvedValue !== undefined && { before: was.resolvedValue }),
    ...(is?.resolvedValue !== undefined && { after: is.resolvedValue }),
  };
  return {
    name,
    ...sides,
    secret: false,
    ...(is?.resolvedValue !== undefined && !sameResolved && { ssm: { name: is.value, ...resolved } }),
  };
}

function isSecret(parameter: StackParameter | undefined, { secrets }: ParameterContext): boolean {
  const { value = '', resolvedValue = '' } = parameter ?? {};
  return [value, resolvedValue].some((text) => reasonInText(text, secrets) !== undefined);
}

function own<Item>(items: Readonly<Record<string, Item>>, name: string): Item | undefined {
  return Object.hasOwn(items, name) ? items[name] : undefined;
}
