import type { Values } from '../template/resolve.ts';
import { expressionSecrecy } from '../template/secrets.ts';
import { resourcesOf, type Template } from '../template/template.ts';
import type { ResourceDrift, Unchecked } from './model.ts';

/**
 * What nobody checks: resources that CloudFormation does not look at, and properties that hold secrets, which it does
 * not compare (CloudFormation User Guide, drift: "Considerations when detecting drift").
 */
export function uncheckedOf(
  resources: readonly ResourceDrift[],
  deployed: Template | undefined,
  values: Values,
): Unchecked[] {
  return [
    ...resources.flatMap(uncheckedResource),
    ...(deployed === undefined ? [] : secretProperties(deployed, values)),
  ];
}

function uncheckedResource({ path, resourceType, state }: ResourceDrift): Unchecked[] {
  switch (state) {
    case 'unsupported':
      return [{ what: path.join('/'), why: `CloudFormation does not detect drift of ${resourceType}` }];
    case 'not-checked':
      return [{ what: path.join('/'), why: 'CloudFormation has not checked it' }];
    case 'in-sync':
    case 'modified':
    case 'deleted':
    case 'unknown':
      return [];
    default:
      return state satisfies never;
  }
}

function secretProperties(template: Template, values: Values): Unchecked[] {
  const secrecy = expressionSecrecy(template, values);
  return [...resourcesOf(template).values()].flatMap(({ logicalId, properties }) =>
    Object.entries(properties).flatMap(([name, expression]) => {
      const why = secrecy(expression);
      return why === undefined ? [] : [{ what: `${logicalId}.${name}`, why }];
    }),
  );
}
