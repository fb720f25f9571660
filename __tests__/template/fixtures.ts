import type { Data } from '../../src/template/data.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import type { Values } from '../../src/template/resolve.ts';
import type { Template } from '../../src/template/template.ts';

/** A template that has to be readable; whatever else is wrong with it is not told. */
export function templateOf(text: string, file = 'stack.yml'): Template {
  const { template, findings } = parseTemplate(text, file);
  if (template === undefined) throw new Error(findings.map(({ message }) => message).join('\n'));
  return template;
}

/** A template with nothing but these sections and one resource, so that expressions can be evaluated against it. */
export function templateWith(sections: Readonly<Record<string, Data>>): Template {
  return templateOf(JSON.stringify({ Resources: { Cluster: { Type: 'AWS::ECS::Cluster' } }, ...sections }));
}

/** Parameter values; undefined: only AWS knows. */
export function valuesWith(
  parameters: Readonly<Record<string, string | undefined>> = {},
  pseudo: Readonly<Record<string, string>> = {},
): Values {
  const entries = Object.entries(parameters).map(
    ([name, value]) => [name, value === undefined ? {} : { value }] as const,
  );
  return { parameters: new Map(entries), pseudo };
}
