import { type Data, type DataRecord, isList, isRecord } from './data.ts';
import type { Values } from './resolve.ts';
import { subParts } from './sub-parts.ts';
import { parametersOf, resourcesOf, section, type Template } from './template.ts';

/** Names of the parameters whose values CloudFormation never shows. */
export function noEchoParameters(template: Template): ReadonlySet<string> {
  return new Set([...parametersOf(template).values()].filter(({ noEcho }) => noEcho).map(({ name }) => name));
}

/**
 * Why the value of a stack output must not be told; undefined when it may be. An output is withheld when its
 * expression reaches a NoEcho parameter or a dynamic reference, and when nobody can tell because a transform made it.
 */
export function outputSecrecy(template: Template, values?: Values): (outputKey: string) => string | undefined {
  const reach = new Reach(template, values);
  const outputs = section(template, 'Outputs');
  return (outputKey) => {
    const output = outputs[outputKey];
    if (isRecord(output)) return reach.secret(output.Value);
    return template.data.Transform !== undefined && reach.anySecret()
      ? 'a transform made this output, and the template has secrets'
      : undefined;
  };
}

/** Why what an expression stands for must not be told; undefined when it may be. */
export type Secrecy = (data: Data | undefined) => string | undefined;

/**
 * Tells of any expression of the template whether it reaches a NoEcho parameter or a dynamic reference. Parameters may be
 * secret for another reason than that this template says so: `secretParameters` are their names.
 */
export function expressionSecrecy(
  template: Template,
  values?: Values,
  secretParameters: ReadonlySet<string> = noEchoParameters(template),
): Secrecy {
  const reach = new Reach(template, values, secretParameters);
  return (data) => (data === undefined ? undefined : reach.secret(data));
}

/**
 * Names of the parameters that are secret in a nested stack: those that its template says to be, and those that its parent
 * gives something secret. `secrecy` is the parent's. Undefined where the parent's template does not tell: a transform
 * makes the stack or a part of it, or something secret reaches it another way, as its tags do, which all that is in it has.
 */
export function nestedSecretParameters(
  template: Template,
  parent: Template,
  secrecy: Secrecy,
  logicalId: string,
): ReadonlySet<string> | undefined {
  const stack = section(parent, 'Resources')[logicalId];
  if (!isRecord(stack) || isPartlyMade(stack)) return undefined;
  const properties = isRecord(stack.Properties) ? stack.Properties : {};
  if (isPartlyMade(properties)) return undefined;
  const { Parameters: given, ...others } = properties;
  if (secrecy(others) !== undefined) return undefined;
  const secret = isRecord(given) ? secretNames(given, template, secrecy) : [];
  return new Set([...noEchoParameters(template), ...secret]);
}

/** All of them where a function decides which are given. */
function secretNames(given: DataRecord, template: Template, secrecy: Secrecy): string[] {
  if (isPartlyMade(given)) return [...parametersOf(template).keys()];
  return Object.keys(given).filter((name) => secrecy(given[name]) !== undefined);
}

function isPartlyMade(data: DataRecord): boolean {
  return Object.keys(data).some((key) => key.startsWith('Fn::'));
}

/** What a secret parameter is called: it need not be this template that says that it is one. */
export function kindOfSecret(template: Template, name: string): string {
  return noEchoParameters(template).has(name) ? 'NoEcho parameter' : 'secret parameter';
}

/** Whether there is any secret in the template at all. */
export function hasSecrets(template: Template): boolean {
  return new Reach(template, undefined).anySecret();
}

/** Resource types that hand what they are given on as attributes: any secret they are given may come back. */
const PASSING_TYPES = /^(AWS::CloudFormation::(Stack|CustomResource|WaitCondition)|Custom::.*)$/;

class Reach {
  readonly #template: Template;
  readonly #secretParameters: ReadonlySet<string>;
  readonly #dynamicParameters: ReadonlySet<string>;
  readonly #resources: ReturnType<typeof resourcesOf>;
  /** By what was looked into; undefined while it is being looked into, and when nothing was found. */
  readonly #told = new Map<string, string | undefined>();

  constructor(
    template: Template,
    values: Values | undefined,
    secretParameters: ReadonlySet<string> = noEchoParameters(template),
  ) {
    this.#template = template;
    this.#secretParameters = secretParameters;
    this.#resources = resourcesOf(template);
    const dynamic = [...parametersOf(template).values()].filter(({ name, default: fallback }) =>
      (values?.parameters.get(name)?.value ?? fallback)?.includes('{{resolve:'),
    );
    this.#dynamicParameters = new Set(dynamic.map(({ name }) => name));
  }

  anySecret(): boolean {
    return this.#secretParameters.size > 0 || this.#template.text.includes('{{resolve:');
  }

  secret(data: Data | undefined): string | undefined {
    if (typeof data === 'string') return data.includes('{{resolve:') ? 'it holds a dynamic reference' : undefined;
    if (isList(data)) return this.#first(data);
    if (!isRecord(data)) return undefined;
    for (const [name, argument] of Object.entries(data)) {
      const reason = this.#member(name, argument);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  #member(name: string, argument: Data): string | undefined {
    switch (name) {
      case 'Ref':
        return typeof argument === 'string' ? this.#reference(argument) : undefined;
      case 'Fn::GetAtt':
        if (isList(argument)) return this.#attribute(String(argument[0]), argument.slice(1).join('.'));
        return typeof argument === 'string' ? this.#dotted(argument) : undefined;
      case 'Fn::Sub': {
        const [text, variables] = isList(argument) ? argument : [argument];
        if (typeof text !== 'string') return this.secret(argument);
        const named = subParts(text).flatMap((part) => ('name' in part ? [part.name] : []));
        const own = isRecord(variables) ? variables : undefined;
        return (
          this.secret(text) ??
          this.secret(variables) ??
          firstReason(
            named.filter((part) => own?.[part] === undefined),
            (part) => this.#dotted(part),
          )
        );
      }
      case 'Fn::FindInMap': {
        const map = isList(argument) ? argument[0] : undefined;
        return this.secret(argument) ?? (typeof map === 'string' ? this.#mapping(map) : undefined);
      }
      default:
        return this.secret(argument);
    }
  }

  #first(items: readonly Data[]): string | undefined {
    return firstReason(items, (item) => this.secret(item));
  }

  #dotted(name: string): string | undefined {
    const dot = name.indexOf('.');
    return dot === -1 ? this.#reference(name) : this.#attribute(name.slice(0, dot), name.slice(dot + 1));
  }

  #reference(name: string): string | undefined {
    if (this.#secretParameters.has(name)) return `it holds the ${kindOfSecret(this.#template, name)} ${name}`;
    if (this.#dynamicParameters.has(name)) return `it holds the parameter ${name}, which is a dynamic reference`;
    // Ref gives a resource's physical id, which is its name where it was given one.
    const named = Object.entries(this.#resources.get(name)?.properties ?? {}).filter(([key]) => key.endsWith('Name'));
    return this.#within(
      name,
      'Ref',
      named.map(([, value]) => value),
    );
  }

  /** An attribute is secret when the property of the same name is (an SSM parameter's Value), or its type passes secrets on. */
  #attribute(logicalId: string, attribute: string): string | undefined {
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) return undefined;
    if (PASSING_TYPES.test(resource.type)) return this.#within(logicalId, 'Properties', [resource.properties]);
    const property = resource.properties[attribute.split('.')[0] ?? ''];
    return property === undefined ? undefined : this.#within(logicalId, attribute, [property]);
  }

  #mapping(name: string): string | undefined {
    return this.#once(`mapping ${name}`, () => this.secret(section(this.#template, 'Mappings')[name]));
  }

  #within(logicalId: string, part: string, data: readonly Data[]): string | undefined {
    const reason = this.#once(`${logicalId} ${part}`, () => this.#first(data));
    return reason === undefined ? undefined : `${reason}, by way of ${logicalId}`;
  }

  #once(subject: string, look: () => string | undefined): string | undefined {
    if (this.#told.has(subject)) return this.#told.get(subject);
    this.#told.set(subject, undefined);
    const reason = look();
    this.#told.set(subject, reason);
    return reason;
  }
}

function firstReason<Item>(items: readonly Item[], reasonOf: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const reason = reasonOf(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
