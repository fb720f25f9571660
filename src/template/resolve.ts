import type { SourceLocation } from '../types.ts';
import { type Data, type DataRecord, isList, isRecord, scalarText } from './data.ts';
import { subParts } from './sub-parts.ts';
import { isListType, parametersOf, section, type Template } from './template.ts';

/** What is known of a parameter before AWS is asked: no `value` when only AWS can tell it. */
export interface ParameterValue {
  readonly value?: string;
  /** Where the user wrote it, when not in the template. */
  readonly location?: SourceLocation;
}

/** What a template is evaluated with. A parameter that is absent here takes the template's default. */
export interface Values {
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  /** By name, `AWS::Region` and so on; absent: unknown. */
  readonly pseudo?: Readonly<Record<string, string>>;
}

/** `absent` is AWS::NoValue: the property is not there. `unknown` is what only AWS can tell. */
export type Resolved =
  | { readonly kind: 'known'; readonly value: Data }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' };

/** A text longer than any that CloudFormation would take is not put together: Fn::Sub can double it at every level. */
const LONGEST_TEXT = 1_048_576;

const UNKNOWN: Resolved = { kind: 'unknown' };
const ABSENT: Resolved = { kind: 'absent' };

export interface Evaluator {
  /** What an expression resolves to. Never a guess: what depends on anything unknown is unknown. */
  resolve(data: Data | undefined): Resolved;
  text(data: Data | undefined): string | undefined;
  number(data: Data | undefined): number | undefined;
  /** What a named condition is; undefined: unknown. */
  condition(name: string): boolean | undefined;
}

export function evaluator(template: Template, values: Values): Evaluator {
  const evaluation = new Evaluation(template, values);
  const text = (data: Data | undefined) => {
    const resolved = evaluation.resolve(data);
    return resolved.kind === 'known' ? scalarText(resolved.value) : undefined;
  };
  return {
    resolve: (data) => evaluation.resolve(data),
    text,
    number: (data) => {
      const written = text(data)?.trim();
      return written !== undefined && /^[+-]?\d+(\.\d+)?$/.test(written) ? Number(written) : undefined;
    },
    condition: (name) => evaluation.condition(name),
  };
}

class Evaluation {
  readonly #template: Template;
  readonly #values: Values;
  readonly #conditions = new Map<string, boolean | undefined>();
  readonly #mappings: DataRecord;
  readonly #declared: ReturnType<typeof parametersOf>;

  constructor(template: Template, values: Values) {
    this.#template = template;
    this.#values = values;
    this.#mappings = section(template, 'Mappings');
    this.#declared = parametersOf(template);
  }

  resolve(data: Data | undefined): Resolved {
    if (data === undefined) return ABSENT;
    if (isList(data)) return this.#list(data);
    if (!isRecord(data)) return known(data);
    const [only, ...others] = Object.entries(data);
    if (only !== undefined && others.length === 0) {
      const [name, argument] = only;
      if (name === 'Ref') return this.#ref(argument);
      if (name.startsWith('Fn::')) return this.#call(name, argument);
    }
    return this.#record(data);
  }

  condition(name: string): boolean | undefined {
    if (this.#conditions.has(name)) return this.#conditions.get(name);
    this.#conditions.set(name, undefined);
    const result = this.#truth(section(this.#template, 'Conditions')[name]);
    this.#conditions.set(name, result);
    return result;
  }

  #list(items: readonly Data[]): Resolved {
    const values: Data[] = [];
    for (const item of items) {
      const resolved = this.resolve(item);
      if (resolved.kind === 'unknown') return UNKNOWN;
      if (resolved.kind === 'known') values.push(resolved.value);
    }
    return known(values);
  }

  #record(data: DataRecord): Resolved {
    const values: Record<string, Data> = Object.create(null);
    for (const [key, item] of Object.entries(data)) {
      const resolved = this.resolve(item);
      if (resolved.kind === 'unknown') return UNKNOWN;
      if (resolved.kind === 'known') values[key] = resolved.value;
    }
    return known(values);
  }

  #ref(argument: Data): Resolved {
    if (typeof argument !== 'string') return UNKNOWN;
    if (argument === 'AWS::NoValue') return ABSENT;
    const pseudo = this.#values.pseudo;
    if (argument.startsWith('AWS::')) {
      const value = pseudo !== undefined && Object.hasOwn(pseudo, argument) ? pseudo[argument] : undefined;
      return value === undefined ? UNKNOWN : known(value);
    }
    return this.#parameter(argument);
  }

  #parameter(name: string): Resolved {
    const declared = this.#declared.get(name);
    if (declared === undefined) return UNKNOWN;
    const given = this.#values.parameters.get(name);
    const value = given === undefined ? declared.default : given.value;
    // The value of an SSM parameter type is the name of the parameter that CloudFormation reads; a dynamic reference
    // is replaced when it is used.
    if (value === undefined || declared.type.startsWith('AWS::SSM::Parameter::Value<')) return UNKNOWN;
    if (isListType(declared.type)) return known(value === '' ? [] : value.split(',').map((item) => item.trim()));
    return value.includes('{{resolve:') ? UNKNOWN : known(value);
  }

  #call(name: string, argument: Data): Resolved {
    switch (name) {
      case 'Fn::If':
        return this.#if(argument);
      case 'Fn::FindInMap':
        return this.#findInMap(argument);
      case 'Fn::Sub':
        return this.#sub(argument);
      case 'Fn::Join':
        return this.#join(argument);
      case 'Fn::Select':
        return this.#select(argument);
      case 'Fn::Split':
        return this.#split(argument);
      case 'Fn::Equals':
      case 'Fn::And':
      case 'Fn::Or':
      case 'Fn::Not': {
        const truth = this.#truth({ [name]: argument });
        return truth === undefined ? UNKNOWN : known(truth);
      }
      default:
        return UNKNOWN;
    }
  }

  #if(argument: Data): Resolved {
    if (!isList(argument) || typeof argument[0] !== 'string') return UNKNOWN;
    const truth = this.condition(argument[0]);
    if (truth === undefined) {
      const both = [this.resolve(argument[1]), this.resolve(argument[2])] as const;
      return sameKnown(...both) ? both[0] : UNKNOWN;
    }
    return this.resolve(argument[truth ? 1 : 2]);
  }

  #findInMap(argument: Data): Resolved {
    if (!isList(argument)) return UNKNOWN;
    const [map, top, second] = argument.slice(0, 3).map((key) => this.#text(key));
    if (map === undefined || top === undefined || second === undefined) return UNKNOWN;
    const found = [map, top, second].reduce<Data | undefined>(
      (data, key) => (isRecord(data) ? data[key] : undefined),
      this.#mappings,
    );
    if (found !== undefined) return known(found);
    const fallback = argument[3];
    return isRecord(fallback) && fallback.DefaultValue !== undefined ? this.resolve(fallback.DefaultValue) : UNKNOWN;
  }

  #sub(argument: Data): Resolved {
    const [template, variables] = isList(argument) ? argument : [argument];
    if (typeof template !== 'string') return UNKNOWN;
    const told = new Map<string, string | undefined>();
    let result = '';
    for (const part of subParts(template)) {
      if ('name' in part && !told.has(part.name)) told.set(part.name, this.#subVariable(part.name, variables));
      const text = 'literal' in part ? part.literal : told.get(part.name);
      if (text === undefined || result.length + text.length > LONGEST_TEXT) return UNKNOWN;
      result += text;
    }
    return known(result);
  }

  #subVariable(name: string, variables: Data | undefined): string | undefined {
    if (isRecord(variables) && variables[name] !== undefined) return this.#text(variables[name]);
    return name.includes('.') ? undefined : this.#text({ Ref: name });
  }

  #join(argument: Data): Resolved {
    if (!isList(argument) || typeof argument[0] !== 'string') return UNKNOWN;
    const items = this.resolve(argument[1]);
    if (items.kind !== 'known' || !isList(items.value)) return UNKNOWN;
    const texts = items.value.map(scalarText);
    if (!texts.every((text) => text !== undefined)) return UNKNOWN;
    const separators = argument[0].length * texts.length;
    const tooLong = texts.reduce((length, text) => length + text.length, separators) > LONGEST_TEXT;
    return tooLong ? UNKNOWN : known(texts.join(argument[0]));
  }

  #select(argument: Data): Resolved {
    if (!isList(argument)) return UNKNOWN;
    const index = this.#text(argument[0]);
    if (index === undefined || !/^\d+$/.test(index)) return UNKNOWN;
    const list = argument[1];
    // The other items of a list that is written out may be unknown.
    const written = isList(list) ? list.map((item) => this.resolve(item)) : undefined;
    if (written !== undefined) return written.filter(({ kind }) => kind !== 'absent')[Number(index)] ?? UNKNOWN;
    const items = this.resolve(list);
    const item = items.kind === 'known' && isList(items.value) ? items.value[Number(index)] : undefined;
    return item === undefined ? UNKNOWN : known(item);
  }

  #split(argument: Data): Resolved {
    if (!isList(argument) || typeof argument[0] !== 'string' || argument[0] === '') return UNKNOWN;
    const text = this.#text(argument[1]);
    return text === undefined ? UNKNOWN : known(text.split(argument[0]));
  }

  #text(data: Data | undefined): string | undefined {
    const resolved = this.resolve(data);
    return resolved.kind === 'known' ? scalarText(resolved.value) : undefined;
  }

  #truth(data: Data | undefined): boolean | undefined {
    if (!isRecord(data)) return undefined;
    const [name, argument] = Object.entries(data)[0] ?? [];
    if (name === 'Condition') return typeof argument === 'string' ? this.condition(argument) : undefined;
    if (!isList(argument)) return undefined;
    const truths = () => argument.map((item) => this.#truth(item));
    switch (name) {
      case 'Fn::Equals':
        return this.#equals(argument[0], argument[1]);
      case 'Fn::Not':
        return negate(this.#truth(argument[0]));
      case 'Fn::And':
        return every(truths());
      case 'Fn::Or':
        return negate(every(truths().map(negate)));
      default:
        return undefined;
    }
  }

  #equals(left: Data | undefined, right: Data | undefined): boolean | undefined {
    const [a, b] = [this.resolve(left), this.resolve(right)];
    return a.kind === 'known' && b.kind === 'known' ? comparable(a.value) === comparable(b.value) : undefined;
  }
}

function known(value: Data): Resolved {
  return { kind: 'known', value };
}

function sameKnown(a: Resolved, b: Resolved): boolean {
  return a.kind === 'known' && b.kind === 'known' && comparable(a.value) === comparable(b.value);
}

function negate(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}

/** False as soon as one is false, however many are unknown. */
function every(truths: readonly (boolean | undefined)[]): boolean | undefined {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

function comparable(value: Data): string {
  return scalarText(value) ?? JSON.stringify(value);
}
