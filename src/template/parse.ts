import { didYouMean, listOf } from '../did-you-mean.ts';
import type { Finding, SourceLocation } from '../types.ts';
import { type DataRecord, isRecord, longForm, toData } from './data.ts';
import { jsonSyntaxProblem } from './json.ts';
import { LIMITS } from './limits.ts';
import { firstFindings, MOST_FINDINGS } from './most-findings.ts';
import { decodeText, type SourceText, sourceText } from './source.ts';
import type { Template, TemplatePath } from './template.ts';
import { composeYaml, type YamlNode, type YamlProblem } from './yaml.ts';

export interface ParsedTemplate {
  /** Undefined when a finding says why the file is no template at all. */
  readonly template?: Template;
  readonly findings: readonly Finding[];
}

/**
 * Reads a CloudFormation template, YAML or JSON. Never throws: whatever is wrong with the file is a finding at its
 * line. `file` is the path to tell, relative to the workspace.
 */
export function parseTemplate(content: Uint8Array | string, file: string): ParsedTemplate {
  const whole: SourceLocation = { file, line: 1 };
  const decoded = decodeText(content, LIMITS.templateBytes);
  if ('problem' in decoded) return unreadable(`The template ${file} cannot be read: ${decoded.problem}.`, whole);
  const { text } = decoded;
  if (last?.file !== file || last.text !== text) last = { file, text, parsed: parseText(text, file) };
  return last.parsed;
}

/**
 * Environments share a template, and what is deployed of each is mostly the same again: parsed once, it is kept once.
 * Nobody changes what was parsed.
 */
let last: { readonly file: string; readonly text: string; readonly parsed: ParsedTemplate } | undefined;

function parseText(text: string, file: string): ParsedTemplate {
  const whole: SourceLocation = { file, line: 1 };
  const source = sourceText(file, text);
  const { root, problems } = composeYaml(text);
  const findings = onePerKind(problems)
    .slice(0, MOST_FINDINGS + 1)
    .map((problem) => problemFinding(problem, source));
  const json = findings.length === 0 && text.trimStart().startsWith('{') ? jsonFinding(source) : undefined;
  if (json !== undefined) findings.push(json);
  if (root === undefined) {
    if (findings.length === 0) return unreadable(`The template ${file} is empty.`, whole);
    return { findings: firstFindings(findings) };
  }
  const data = root.kind === 'mapping' ? toData(root) : undefined;
  if (!isRecord(data)) {
    const what = 'A CloudFormation template is a mapping with a Resources section';
    findings.push(error(`${file} is no CloudFormation template`, `${what}; this file holds something else.`, whole));
    return { findings: firstFindings(findings) };
  }
  const template: Template = {
    file,
    text,
    bytes: Buffer.byteLength(text),
    data,
    locate: (path) => locate(root, path, source),
  };
  return { template, findings: firstFindings([...findings, ...structure(template)]) };
}

function unreadable(message: string, location: SourceLocation): ParsedTemplate {
  const remedy = "Give the path of a CloudFormation template in YAML or JSON as the input 'template'.";
  return { findings: [{ ...error('The template cannot be read', message, location), remedy }] };
}

function error(title: string, message: string, location: SourceLocation): Finding {
  return { level: 'error', title, message, location };
}

/** One word about aliases and one about merge keys is enough, however many there are. */
function onePerKind(problems: readonly YamlProblem[]): YamlProblem[] {
  const told = new Set<YamlProblem['kind']>();
  return problems.filter(({ kind }) => {
    if (kind !== 'alias' && kind !== 'merge') return true;
    const first = !told.has(kind);
    told.add(kind);
    return first;
  });
}

function problemFinding(problem: YamlProblem, source: SourceText): Finding {
  const location = source.at(problem.offset);
  switch (problem.kind) {
    case 'syntax':
      return error(
        'The template is not well-formed',
        `${source.file} cannot be parsed here: ${problem.message}.`,
        location,
      );
    case 'duplicate-key':
    case 'complex-key':
      return error('The template is not well-formed', `In a template ${problem.message}.`, location);
    case 'too-much':
      return error('The template is too large', `${source.file} is refused: ${problem.message}.`, location);
    case 'alias':
    case 'merge':
      return {
        level: 'warning',
        title: 'YAML that CloudFormation does not promise to read',
        message: `CloudFormation's YAML has neither aliases nor merge keys; here is ${problem.message}.`,
        remedy: 'Write the value out in full.',
        location,
      };
    default:
      return problem.kind satisfies never;
  }
}

/** A text that starts with a brace is JSON to CloudFormation, which is stricter than the YAML that it also is. */
function jsonFinding(source: SourceText): Finding | undefined {
  const problem = jsonSyntaxProblem(source.text);
  if (problem === undefined) return undefined;
  const message = `${source.file} starts with '{', so CloudFormation reads it as JSON, and it is not: ${problem.message}.`;
  return error('The template is not well-formed', message, source.at(problem.offset));
}

function locate(root: YamlNode, path: TemplatePath, source: SourceText): SourceLocation {
  let node = root;
  let offset = root.offset;
  let unwrapped = false;
  for (const segment of path) {
    if (!unwrapped && longForm(node.tag) !== undefined) {
      if (longForm(node.tag) !== String(segment)) break;
      unwrapped = true;
      continue;
    }
    const step = child(node, segment);
    if (step === undefined) break;
    ({ node, offset } = step);
    unwrapped = false;
  }
  return source.at(offset);
}

function child(node: YamlNode, segment: string | number): { node: YamlNode; offset: number } | undefined {
  switch (node.kind) {
    case 'scalar':
      return undefined;
    case 'sequence': {
      const item = /^\d+$/.test(String(segment)) ? node.items[Number(segment)] : undefined;
      return item && { node: item, offset: item.offset };
    }
    case 'mapping': {
      const entry = node.entries.get(String(segment));
      return entry && { node: entry.value, offset: entry.keyOffset };
    }
    default:
      return node satisfies never;
  }
}

/** "Template sections", CloudFormation User Guide. */
const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Hooks',
  'Resources',
  'Outputs',
];
const MAPPINGS = new Set(['Parameters', 'Rules', 'Mappings', 'Conditions', 'Hooks', 'Resources', 'Outputs']);

function structure(template: Template): Finding[] {
  const findings: Finding[] = [];
  const report = (path: TemplatePath, message: string, remedy?: string) => {
    if (findings.length > MOST_FINDINGS) return;
    findings.push({
      ...error('The template is not valid', message, template.locate(path)),
      ...(remedy === undefined ? {} : { remedy }),
    });
  };
  for (const [name, data] of Object.entries(template.data)) {
    if (findings.length > MOST_FINDINGS) break;
    if (!SECTIONS.includes(name)) {
      report(
        [name],
        `'${name}' is no section of a CloudFormation template.`,
        didYouMean(name, SECTIONS) ?? `There are ${listOf(SECTIONS)}.`,
      );
    } else if (MAPPINGS.has(name) && !isRecord(data)) {
      report([name], `The section ${name} has to be a mapping.`);
    }
  }
  const resources = template.data.Resources;
  if (resources === undefined || (isRecord(resources) && Object.keys(resources).length === 0)) {
    report(['Resources'], 'The template has no resources; CloudFormation needs at least one.');
  }
  if (isRecord(resources)) checkResources(resources, report);
  return findings;
}

function checkResources(resources: DataRecord, report: (path: TemplatePath, message: string) => void): void {
  for (const [logicalId, data] of Object.entries(resources)) {
    if (logicalId.startsWith('Fn::')) continue;
    const path = ['Resources', logicalId];
    if (!/^[A-Za-z0-9]+$/.test(logicalId))
      report(path, `The logical id '${logicalId}' may hold letters and digits only.`);
    if (!isRecord(data)) report(path, `The resource ${logicalId} has to be a mapping with a Type.`);
    else if (typeof data.Type !== 'string') report(path, `The resource ${logicalId} has no Type.`);
    else if (data.Properties !== undefined && !isRecord(data.Properties)) {
      report([...path, 'Properties'], `The Properties of ${logicalId} have to be a mapping.`);
    }
  }
}
