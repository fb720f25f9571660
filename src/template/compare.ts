import type { SourceLocation } from '../types.ts';
import { type Data, type DataRecord, isList, isRecord, record } from './data.ts';
import type { Template } from './template.ts';

/** One named thing of a template that is not what it was. A side that is undefined has none. */
export interface TemplateDifference {
  readonly section: string;
  /** Empty for a section that is one value, such as Description. */
  readonly name: string;
  readonly before?: Data;
  readonly after?: Data;
  /** Where the new template has it. */
  readonly location?: SourceLocation;
}

/** Sections that hold one thing a name ("Template sections", CloudFormation User Guide). */
const NAMED_SECTIONS = [
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Metadata',
  'Hooks',
  'Resources',
  'Outputs',
] as const;
const SINGLE_SECTIONS = ['Description', 'Transform'] as const;

/**
 * Pairs up what two templates hold, as far as it is not written the same way in both: comments, the order of members
 * and short or long forms of functions say nothing. Sections are told in the order of a template.
 */
export function compareTemplates(before: Template, after: Template): TemplateDifference[] {
  const [old, now] = comparable(before, after);
  const single = SINGLE_SECTIONS.map((section) => ({
    section,
    name: '',
    path: [section],
    ...pairOf(old, now, section),
  }));
  const named = NAMED_SECTIONS.flatMap((section) => {
    const [oldPart, nowPart] = [sectionOf(old, section), sectionOf(now, section)];
    const names = new Set([...Object.keys(nowPart), ...Object.keys(oldPart)]);
    return [...names].map((name) => ({ section, name, path: [section, name], ...pairOf(oldPart, nowPart, name) }));
  });
  return [...single, ...named]
    .filter((pair) => JSON.stringify(sorted(pair.before)) !== JSON.stringify(sorted(pair.after)))
    .map(({ section, name, path, before: was, after: is }) => ({
      section,
      name,
      ...(was !== undefined && { before: was }),
      ...(is !== undefined && { after: is, location: after.locate(path) }),
    }));
}

/** Both as CloudFormation keeps them, so that they can be compared member by member. */
export function comparable(before: Template, after: Template): [Data, Data] {
  const plain = isAscii(before.text) && !isAscii(after.text);
  return [normalised(before.data, asIs), normalised(after.data, plain ? asKept : asIs)];
}

/** A template's data in the one form in which functions that can be written in several ways are compared. */
export function normalForm({ data }: Template): Data {
  return normalised(data, asIs);
}

/**
 * CloudFormation keeps a template with every character beyond ASCII as a question mark (GetTemplate gives it back so):
 * then the new one is compared as it would be kept. So it does with the value of a parameter.
 */
export function asKept(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, '?');
}

function asIs(text: string): string {
  return text;
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

/** One form for what has several: an attribute is `[logical id, attribute]`, also where it was written with a dot. */
function normalised(data: Data, text: (text: string) => string): Data {
  if (typeof data === 'string') return text(data);
  if (isList(data)) return data.map((item) => normalised(item, text));
  if (!isRecord(data)) return data;
  return record(
    Object.entries(data).map(([key, value]) => [
      text(key),
      key === 'Fn::GetAtt' ? attribute(value) : normalised(value, text),
    ]),
  );
}

function attribute(data: Data): Data {
  const parts = typeof data === 'string' ? data.split('.') : isList(data) ? data : [];
  const [logicalId, ...rest] = parts;
  return logicalId === undefined || !rest.every((part) => typeof part === 'string')
    ? data
    : [logicalId, rest.join('.')];
}

function sectionOf(data: Data, name: string): DataRecord {
  const part = isRecord(data) ? data[name] : undefined;
  return isRecord(part) ? part : record([]);
}

function pairOf(before: Data, after: Data, key: string): { before: Data | undefined; after: Data | undefined } {
  return { before: isRecord(before) ? before[key] : undefined, after: isRecord(after) ? after[key] : undefined };
}

/** With the members of every mapping in one order, and scalars as the texts that CloudFormation takes them for. */
function sorted(data: Data | undefined): Data | undefined {
  if (isList(data)) return data.map((item) => sorted(item) ?? null);
  if (isRecord(data))
    return Object.keys(data)
      .sort()
      .map((key) => [key, sorted(data[key]) ?? null]);
  return data === undefined || data === null ? data : String(data);
}
