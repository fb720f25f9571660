import { didYouMean, listOf } from '../did-you-mean.ts';
import { jsonSyntaxProblem } from '../template/json.ts';
import { MOST_FINDINGS } from '../template/most-findings.ts';
import { type SourceText, sourceText } from '../template/source.ts';
import { composeYaml, type YamlEntry, type YamlMapping, type YamlNode } from '../template/yaml.ts';
import type { Finding } from '../types.ts';
import {
  type Environment,
  emptyEnvironment,
  type ReadEnvironment,
  unreadEnvironment,
  type Written,
} from './environment.ts';
import { findingAt, inFile, type Place } from './place.ts';
import type { WrittenParameter } from './written.ts';
import { isUnset, joinedList, nodeValue } from './yaml-value.ts';

const KEYS = ['stack-name', 'region', 'account', 'role', 'parameters', 'tags', 'drift'];

/** The environment format that says more than parameters: YAML, or the same as JSON. */
export function readYamlFile(text: string, file: string): ReadEnvironment {
  const source = sourceText(file, text);
  const { root, problems } = composeYaml(text);
  const findings = problems
    .filter(({ kind }) => kind !== 'alias' && kind !== 'merge')
    .map((problem) => unreadable(inFile(source.at(problem.offset)), file, problem.message));
  if (root === undefined)
    return { environment: findings.length === 0 ? emptyEnvironment(file) : unreadEnvironment(file), findings };
  return withFindings(new YamlFile(source).environment(root), findings);
}

/** `.json`: the same keys as `.yml`, or one of the two parameter files of AWS's tools. */
export function readJsonFile(text: string, file: string): ReadEnvironment {
  const problem = jsonSyntaxProblem(text);
  if (problem !== undefined) {
    const place = inFile(sourceText(file, text).at(problem.offset));
    return { environment: unreadEnvironment(file), findings: [unreadable(place, file, problem.message)] };
  }
  return readYamlFile(text, file);
}

function unreadable(place: Place, file: string, problem: string): Finding {
  return findingAt(place, 'error', 'The environment file cannot be read', `${file} cannot be read here: ${problem}.`);
}

function withFindings(read: ReadEnvironment, before: readonly Finding[]): ReadEnvironment {
  return { environment: read.environment, findings: [...before, ...read.findings] };
}

class YamlFile {
  readonly #source: SourceText;
  readonly #findings: Finding[] = [];
  readonly #unread: string[] = [];

  constructor(source: SourceText) {
    this.#source = source;
  }

  environment(root: YamlNode): ReadEnvironment {
    return { environment: { ...this.#read(root), unread: this.#unread }, findings: this.#findings };
  }

  #read(root: YamlNode): Omit<Environment, 'unread'> {
    if (root.kind === 'sequence') {
      return { ...emptyEnvironment(this.#source.file), parameters: this.#parameterList(root.items) };
    }
    if (root.kind !== 'mapping') {
      if (!isUnset(root)) this.#error(this.#at(root.offset), 'an environment is a mapping with parameters and more');
      return emptyEnvironment(this.#source.file);
    }
    if (entry(root, 'Parameters') !== undefined) return this.#codePipelineFile(root);
    for (const { key, keyOffset } of root.entries.values()) {
      if (KEYS.includes(key)) continue;
      if (this.#findings.length > MOST_FINDINGS) break;
      const place = this.#at(keyOffset);
      const remedy =
        didYouMean(key, KEYS) ?? `There are ${listOf(KEYS)}; parameters of the template go under 'parameters'.`;
      const message = `'${key}' is nothing that an environment file says.`;
      this.#findings.push(findingAt(place, 'error', 'Unknown key in the environment file', message, remedy));
    }
    const parameters = entry(root, 'parameters');
    return {
      ...this.#written('stackName', entry(root, 'stack-name')),
      ...this.#written('region', entry(root, 'region')),
      ...this.#written('account', entry(root, 'account')),
      ...this.#written('role', entry(root, 'role')),
      ...this.#tags(entry(root, 'tags')),
      parameters: this.#parameters(parameters),
      driftIgnore: this.#driftIgnore(entry(root, 'drift')),
      end: this.#at(parameters?.keyOffset ?? root.offset),
    };
  }

  /** "Template configuration file", AWS CodePipeline: `{ "Parameters": {…}, "Tags": {…}, "StackPolicy": {…} }`. */
  #codePipelineFile(root: YamlMapping): Omit<Environment, 'unread'> {
    const keys = ['Parameters', 'Tags', 'StackPolicy'];
    for (const { key, keyOffset } of root.entries.values()) {
      if (keys.includes(key)) continue;
      this.#error(this.#at(keyOffset), `'${key}' does not belong beside 'Parameters'; there are ${listOf(keys)}`);
    }
    const parameters = entry(root, 'Parameters');
    return {
      ...this.#tags(entry(root, 'Tags')),
      parameters: this.#parameters(parameters),
      driftIgnore: [],
      end: this.#at(parameters?.keyOffset ?? root.offset),
    };
  }

  /** "Parameter", CloudFormation API: `[{ "ParameterKey", "ParameterValue", "UsePreviousValue" }]`. */
  #parameterList(items: readonly YamlNode[]): WrittenParameter[] {
    return items.flatMap((item) => {
      const name = item.kind === 'mapping' ? entry(item, 'ParameterKey')?.value : undefined;
      if (item.kind !== 'mapping' || name?.kind !== 'scalar') {
        this.#error(
          this.#at(item.offset),
          'each item of a list of parameters needs a ParameterKey and a ParameterValue',
        );
        return [];
      }
      const place = this.#at(entry(item, 'ParameterKey')?.keyOffset ?? item.offset);
      const previous = entry(item, 'UsePreviousValue')?.value;
      if (previous?.kind === 'scalar' && previous.text === 'true') {
        return [{ name: name.text, written: { kind: 'previous' }, place, line: false }];
      }
      return this.#parameter(name.text, entry(item, 'ParameterValue')?.value, place);
    });
  }

  #parameters(section: YamlEntry | undefined): WrittenParameter[] {
    if (section === undefined || isUnset(section.value)) return [];
    if (section.value.kind !== 'mapping') {
      this.#error(this.#at(section.keyOffset), `'${section.key}' has to be a mapping of parameter names to values`);
      return [];
    }
    return [...section.value.entries.values()].flatMap(({ key, keyOffset, value }) =>
      this.#parameter(key, value, this.#at(keyOffset)),
    );
  }

  #parameter(name: string, node: YamlNode | undefined, place: Place): WrittenParameter[] {
    const result = node === undefined ? { problem: 'it has no value' } : nodeValue(node);
    if ('written' in result) return [{ name, written: result.written, place, line: false }];
    const message = `The parameter ${name} cannot be used: ${result.problem}.`;
    this.#unread.push(name);
    this.#findings.push(findingAt(place, 'error', `Parameter ${name} is wrong`, message, result.remedy));
    return [];
  }

  #written<Key extends string>(key: Key, found: YamlEntry | undefined): { [K in Key]?: Written } {
    const result: { [K in Key]?: Written } = {};
    if (found === undefined) return result;
    const place = this.#at(found.keyOffset);
    if (found.value.kind !== 'scalar' || found.value.tag !== undefined || isUnset(found.value)) {
      this.#error(place, `'${found.key}' has to be plain text`);
    } else {
      result[key] = { value: found.value.text, place };
    }
    return result;
  }

  #tags(found: YamlEntry | undefined): Pick<Environment, 'tags'> {
    if (found === undefined || isUnset(found.value)) return {};
    const place = this.#at(found.keyOffset);
    const values: Record<string, string> = Object.create(null);
    if (found.value.kind !== 'mapping') {
      this.#error(place, `'${found.key}' has to be a mapping of names to values`);
      return {};
    }
    for (const { key, keyOffset, value } of found.value.entries.values()) {
      if (value.kind === 'scalar' && value.tag === undefined) values[key] = isUnset(value) ? '' : value.text;
      else this.#error(this.#at(keyOffset), `the tag '${key}' has to be plain text`);
    }
    return { tags: { values, place } };
  }

  #driftIgnore(found: YamlEntry | undefined): string[] {
    if (found === undefined || isUnset(found.value)) return [];
    const place = this.#at(found.keyOffset);
    const ignore = found.value.kind === 'mapping' ? entry(found.value, 'ignore') : undefined;
    const others =
      found.value.kind === 'mapping' ? [...found.value.entries.keys()].filter((key) => key !== 'ignore') : [];
    if (found.value.kind !== 'mapping' || others.length > 0) {
      this.#error(place, "'drift' holds 'ignore', a list such as [Group.DesiredCapacity], and nothing else");
    }
    if (ignore === undefined || isUnset(ignore.value)) return [];
    const list = joinedList(ignore.value);
    if (list !== undefined) return list;
    this.#error(this.#at(ignore.keyOffset), "'drift: ignore' has to be a list of Resource.Property");
    return [];
  }

  #at(offset: number): Place {
    return inFile(this.#source.at(offset));
  }

  #error(place: Place, problem: string): void {
    this.#findings.push(unreadable(place, this.#source.file, problem));
  }
}

function entry(mapping: YamlMapping, key: string): YamlEntry | undefined {
  return mapping.entries.get(key);
}
