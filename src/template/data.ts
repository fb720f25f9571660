import type { YamlNode, YamlScalar } from './yaml.ts';

/** A mapping of the template. It has no prototype, so `__proto__` and `constructor` are keys like any other. */
export type DataRecord = { readonly [key: string]: Data };
export type Data = string | number | boolean | null | readonly Data[] | DataRecord;

/** The long form of a short-form tag: `!Ref` is Ref, `!Sub` is Fn::Sub. Undefined: the tag is YAML's own. */
export function longForm(tag: string | undefined): string | undefined {
  if (tag === undefined || tag === '!' || !tag.startsWith('!')) return undefined;
  const name = tag.slice(1);
  return name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
}

/** The plain data that a document stands for, with every intrinsic function in its long form. */
export function toData(root: YamlNode): Data {
  const done = new Map<YamlNode, Data>();
  const convert = (node: YamlNode): Data => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const data = tagged(node, convert);
    done.set(node, data);
    return data;
  };
  return convert(root);
}

function tagged(node: YamlNode, convert: (node: YamlNode) => Data): Data {
  const name = longForm(node.tag);
  if (name === undefined) return node.kind === 'scalar' ? scalar(node) : collection(node, convert);
  if (node.kind !== 'scalar') return record([[name, collection(node, convert)]]);
  if (name !== 'Fn::GetAtt') return record([[name, node.text]]);
  const dot = node.text.indexOf('.');
  return record([[name, dot === -1 ? [node.text] : [node.text.slice(0, dot), node.text.slice(dot + 1)]]]);
}

function collection(node: Exclude<YamlNode, YamlScalar>, convert: (node: YamlNode) => Data): Data {
  if (node.kind === 'sequence') return node.items.map(convert);
  const result: Record<string, Data> = Object.create(null);
  for (const { key, value } of node.entries.values()) result[key] = convert(value);
  return result;
}

export function record(entries: Iterable<readonly [string, Data]>): DataRecord {
  const result: Record<string, Data> = Object.create(null);
  for (const [key, value] of entries) result[key] = value;
  return result;
}

const YAML = 'tag:yaml.org,2002:';

/**
 * YAML 1.2's core schema, with one caution: a number that would not be written the same way again (`007`, `1.10`,
 * `1e3`, an account id of 20 digits) stays the text that it is.
 */
function scalar({ text, plain, tag }: YamlScalar): Data {
  if (tag === `${YAML}str` || tag === '!' || (!plain && tag === undefined)) return text;
  if (text === '' || text === '~' || /^null$/i.test(text)) return null;
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  const number = Number(text);
  return /^-?[0-9]/.test(text) && String(number) === text ? number : text;
}

export function isRecord(data: Data | undefined): data is DataRecord {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

export function isList(data: Data | undefined): data is readonly Data[] {
  return Array.isArray(data);
}

/** A scalar as the text that CloudFormation would take it for; undefined for lists, mappings and null. */
export function scalarText(data: Data | undefined): string | undefined {
  return typeof data === 'string'
    ? data
    : typeof data === 'number' || typeof data === 'boolean'
      ? String(data)
      : undefined;
}
