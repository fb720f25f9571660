import { didYouMean } from '../did-you-mean.ts';
import type { Finding, SourceLocation } from '../types.ts';
import { type Data, isList, isRecord } from './data.ts';
import { firstFindings, MOST_FINDINGS } from './most-findings.ts';
import { subParts } from './sub-parts.ts';
import { resourcesOf, section, type Template, type TemplatePath } from './template.ts';

/** "Pseudo parameters reference", CloudFormation User Guide. */
const PSEUDO_PARAMETERS = [
  'AWS::AccountId',
  'AWS::NotificationARNs',
  'AWS::NoValue',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];

/**
 * References to what the template does not have, each at its line. A template with a transform or a module is passed
 * over: those make resources that are not written down.
 */
export function checkReferences(template: Template): Finding[] {
  if (template.data.Transform !== undefined || hasModule(template)) return [];
  const walk = new ReferenceWalk(template);
  for (const [name, data] of Object.entries(section(template, 'Conditions')))
    walk.conditionExpression(['Conditions', name], data);
  for (const [logicalId, data] of Object.entries(section(template, 'Resources'))) {
    const path = ['Resources', logicalId];
    walk.expression(path, data);
    if (!isRecord(data)) continue;
    walk.condition([...path, 'Condition'], data.Condition);
    const dependsOn = isList(data.DependsOn) ? data.DependsOn : [data.DependsOn];
    for (const other of dependsOn) if (typeof other === 'string') walk.resource([...path, 'DependsOn'], other);
  }
  for (const [name, data] of Object.entries(section(template, 'Outputs'))) {
    walk.expression(['Outputs', name], data);
    if (isRecord(data)) walk.condition(['Outputs', name, 'Condition'], data.Condition);
  }
  return firstFindings(walk.findings);
}

function hasModule(template: Template): boolean {
  return [...resourcesOf(template).values()].some(({ type }) => type.endsWith('::MODULE'));
}

class ReferenceWalk {
  readonly findings: Finding[] = [];
  readonly #template: Template;
  readonly #conditions: ReadonlySet<string>;
  readonly #mappings: ReadonlySet<string>;
  readonly #resources: ReadonlySet<string>;
  readonly #referable: ReadonlySet<string>;
  readonly #done = new Set<Data>();

  constructor(template: Template) {
    this.#template = template;
    this.#conditions = new Set(Object.keys(section(template, 'Conditions')));
    this.#mappings = new Set(Object.keys(section(template, 'Mappings')));
    this.#resources = new Set(Object.keys(section(template, 'Resources')));
    this.#referable = new Set([
      ...this.#resources,
      ...Object.keys(section(template, 'Parameters')),
      ...PSEUDO_PARAMETERS,
    ]);
  }

  expression(path: TemplatePath, data: Data): void {
    if (typeof data !== 'object' || data === null || this.#done.has(data)) return;
    this.#done.add(data);
    if (isList(data)) {
      for (const [index, item] of data.entries()) this.expression([...path, index], item);
      return;
    }
    if (!isRecord(data)) return;
    for (const [name, argument] of Object.entries(data)) {
      this.#call([...path, name], name, argument);
      this.expression([...path, name], argument);
    }
  }

  conditionExpression(path: TemplatePath, data: Data): void {
    this.expression(path, data);
    const visit = (at: TemplatePath, item: Data): void => {
      if (isList(item)) {
        for (const [index, inner] of item.entries()) visit([...at, index], inner);
      } else if (isRecord(item)) {
        this.condition([...at, 'Condition'], item.Condition);
        for (const [name, inner] of Object.entries(item)) visit([...at, name], inner);
      }
    };
    visit(path, data);
  }

  condition(path: TemplatePath, name: Data | undefined): void {
    if (typeof name === 'string') this.#known(path, name, this.#conditions, 'condition');
  }

  resource(path: TemplatePath, name: string): void {
    this.#known(path, name, this.#resources, 'resource');
  }

  #call(path: TemplatePath, name: string, argument: Data): void {
    const first = isList(argument) ? argument[0] : argument;
    if (typeof first !== 'string') return;
    switch (name) {
      case 'Ref':
        if (!isList(argument)) this.#known(path, first, this.#referable, 'parameter or resource');
        break;
      case 'Fn::GetAtt':
        this.resource(path, first.split('.')[0] ?? '');
        break;
      case 'Fn::If':
        this.condition(path, first);
        break;
      case 'Fn::FindInMap':
        this.#known(path, first, this.#mappings, 'mapping');
        break;
      case 'Fn::Sub': {
        const variables = isList(argument) && isRecord(argument[1]) ? Object.keys(argument[1]) : [];
        for (const part of subParts(first)) {
          if ('name' in part && !variables.includes(part.name)) this.#substituted(path, part.name);
        }
        break;
      }
      default:
    }
  }

  #substituted(path: TemplatePath, name: string): void {
    const [target = '', ...attribute] = name.split('.');
    const ofResource = attribute.length > 0;
    const names = ofResource ? this.#resources : this.#referable;
    if (names.has(target) || this.findings.length > MOST_FINDINGS) return;
    const what = ofResource ? 'resource' : 'parameter or resource';
    const shell = `What is meant for the shell is written \${!${name}} inside Fn::Sub.`;
    this.#report(target, what, didYouMean(target, names) ?? shell, this.#placeholder(path, name));
  }

  #known(path: TemplatePath, name: string, names: ReadonlySet<string>, what: string): void {
    if (names.has(name) || this.findings.length > MOST_FINDINGS) return;
    this.#report(name, what, didYouMean(name, names), this.#template.locate(path));
  }

  /** A placeholder may be many lines into the text of an Fn::Sub. */
  #placeholder(path: TemplatePath, name: string): SourceLocation {
    const start = this.#template.locate(path);
    const lines = this.#template.text.split(/\r\n|\n|\r/).slice(start.line - 1);
    const offset = lines.findIndex((line) => line.includes(`\${${name}}`));
    return offset <= 0 ? start : { file: start.file, line: start.line + offset };
  }

  #report(name: string, what: string, remedy: string | undefined, location: SourceLocation): void {
    this.findings.push({
      level: 'error',
      title: `No ${what} '${name}' in the template`,
      message: `This refers to '${name}', and the template has no ${what} of that name.`,
      ...(remedy === undefined ? {} : { remedy }),
      location,
    });
  }
}
