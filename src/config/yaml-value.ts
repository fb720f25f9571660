import { didYouMean, listOf } from '../did-you-mean.ts';
import type { YamlMapping, YamlNode, YamlScalar } from '../template/yaml.ts';
import type { WrittenValue } from './written.ts';

export type NodeValue = { readonly written: WrittenValue } | { readonly problem: string; readonly remedy?: string };

/** Where a value comes from instead of the file. In JSON, which has no tags: `{ "ImportValue": "name" }`. */
const SOURCES: Readonly<Record<string, (argument: string) => WrittenValue>> = {
  ImportValue: (exportName) => ({ kind: 'import', exportName }),
  Ssm: (parameterName) => ({ kind: 'ssm', parameterName }),
  Env: (variable) => ({ kind: 'env', variable }),
  PreviousValue: () => ({ kind: 'previous' }),
};
const SOURCE_NAMES = Object.keys(SOURCES);
const TAGS = SOURCE_NAMES.map((name) => `!${name}`);

/** Tags that only say what a value's text says already (YAML 1.2.2, chapter 10.2), and `!`. */
const PLAIN_TAGS = /^(!|tag:yaml\.org,2002:(str|int|float|bool|seq))$/;

/** A parameter's value as it was written: `007`, `1e3` and `yes` stay what they are, a list is joined by commas. */
export function nodeValue(node: YamlNode): NodeValue {
  if (node.tag !== undefined && !PLAIN_TAGS.test(node.tag)) return fromTag(node, node.tag);
  switch (node.kind) {
    case 'scalar':
      if (isUnset(node))
        return { problem: 'it has no value', remedy: "Write '' for the empty text, or !PreviousValue." };
      return { written: { kind: 'value', value: node.text } };
    case 'sequence':
      return fromList(node);
    case 'mapping':
      return fromMapping(node);
    default:
      return node satisfies never;
  }
}

function fromTag(node: YamlNode, tag: string): NodeValue {
  const name = TAGS.includes(tag) ? tag.slice(1) : undefined;
  if (name === undefined) {
    const remedy = didYouMean(tag, TAGS) ?? `There are ${listOf(TAGS)}.`;
    return { problem: `an environment file has no tag ${tag.replace(/^tag:yaml\.org,2002:/, '!!')}`, remedy };
  }
  if (node.kind !== 'scalar') return { problem: `${tag} takes one name, not a ${node.kind}` };
  return fromSource(name, node);
}

function fromMapping(node: YamlMapping): NodeValue {
  const [only, ...others] = node.entries.values();
  if (only === undefined || others.length > 0 || !SOURCE_NAMES.includes(only.key) || only.value.kind !== 'scalar') {
    return {
      problem: `its value is a mapping; a parameter is text, a number, a list, or comes from one of ${listOf(TAGS)}`,
    };
  }
  return fromSource(only.key, only.value);
}

function fromSource(name: string, argument: YamlScalar): NodeValue {
  const source = SOURCES[name];
  if (source === undefined) return { problem: `there is no source '${name}'` };
  if (name !== 'PreviousValue' && argument.text.trim() === '') return { problem: `!${name} needs a name after it` };
  if (name === 'PreviousValue' && argument.text !== '' && argument.text !== 'true') {
    return { problem: '!PreviousValue takes nothing after it', remedy: `Delete '${argument.text}', or the tag.` };
  }
  return { written: source(argument.text.trim()) };
}

function fromList(node: YamlNode): NodeValue {
  const items = joinedList(node);
  if (items === undefined) return { problem: 'an item of its list is no plain text; tags cannot stand inside a list' };
  const withComma = items.find((item) => item.includes(','));
  if (withComma !== undefined) {
    return {
      problem: 'an item of its list holds a comma, where CloudFormation would split it',
      remedy: 'Make it two items.',
    };
  }
  return { written: { kind: 'value', value: items.join(',') } };
}

/** The texts of a list of plain scalars; undefined when it is none. */
export function joinedList(node: YamlNode): string[] | undefined {
  if (node.kind !== 'sequence') return undefined;
  const texts = node.items.map((item) =>
    item.kind === 'scalar' && !item.tag?.startsWith('!') ? item.text : undefined,
  );
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** Nothing was written, or YAML's null. */
export function isUnset(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.plain && node.tag === undefined && /^(~|null)?$/i.test(node.text);
}
