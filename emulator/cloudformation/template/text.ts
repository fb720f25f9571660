import {
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  EVENT_ID,
  load,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import { validationError } from '../protocol/errors.ts';
import { jsonErrorOffset } from './json-error.ts';
import { isObject, type Json, type JsonObject } from './model.ts';

const functionName = (tag: string) => (tag === '!Ref' || tag === '!Condition' ? tag.slice(1) : `Fn::${tag.slice(1)}`);

function longForm(tag: string, value: Json): JsonObject {
  if (tag === '!GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [functionName(tag)]: value };
}

const never = { identify: () => false };

/** YAML with every `!Name` read as the function of that name, in whatever shape its argument has. */
const SCHEMA = CORE_SCHEMA.withTags([
  defineScalarTag('!', { matchByTagPrefix: true, ...never, resolve: (text, _explicit, tag) => longForm(tag, text) }),
  defineSequenceTag('!', {
    matchByTagPrefix: true,
    ...never,
    create: (tag) => ({ tag, items: [] as Json[] }),
    addItem: (list, item) => {
      list.items.push(item as Json);
    },
    finalize: (list) => longForm(list.tag, list.items),
  }),
  defineMappingTag('!', {
    matchByTagPrefix: true,
    ...never,
    create: (tag) => ({ tag, members: {} as JsonObject }),
    addPair: (map, key, value) => {
      map.members[String(key)] = value as Json;
      return '';
    },
    has: (map, key) => Object.hasOwn(map.members, String(key)),
    keys: (map) => Object.keys(map.members),
    get: (map, key) => map.members[String(key)],
    finalize: (map) => longForm(map.tag, map.members),
  }),
]);

/** CloudFormation User Guide, template formats: YAML aliases are not supported. */
function refuseAliases(text: string): void {
  if (!/[*]/.test(text)) return;
  if (parseEvents(text, {}).some((event) => event.type === EVENT_ID.ALIAS))
    throw validationError('Template error: YAML aliases are not allowed in CloudFormation templates');
}

function parseYaml(text: string): Json {
  try {
    refuseAliases(text);
    return load(text, { schema: SCHEMA }) as Json;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark } = error;
    const where = mark ? ` (line ${mark.line + 1}, column ${mark.column + 1})` : '';
    throw validationError(`Template format error: YAML not well-formed.${where}`);
  }
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const before = text.slice(0, jsonErrorOffset(text)).split('\n');
    throw validationError(
      `Template format error: JSON not well-formed. (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`,
    );
  }
}

function refuseNulls(value: Json, path: string): void {
  if (value === null) throw validationError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) refuseNulls(item, `${path}/${key}`);
}

/**
 * A template's text as a document, intrinsic functions in their long form.
 *
 * Errors: `Template format error: …` with the line, in CloudFormation's words.
 */
export function parseTemplateText(text: string): { format: 'json' | 'yaml'; document: JsonObject } {
  const format = text.trimStart().startsWith('{') ? 'json' : 'yaml';
  const document = format === 'json' ? parseJson(text) : parseYaml(text);
  if (!isObject(document)) throw validationError('Template format error: unsupported structure.');
  refuseNulls(document, '');
  return { format, document };
}
