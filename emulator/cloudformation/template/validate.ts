import { findCircle } from '../execution/graph.ts';
import { validationError } from '../protocol/errors.ts';
import type { Evaluation } from './evaluate.ts';
import type { Json, Template } from './model.ts';
import { type Choose, type Reference, referencesIn } from './references.ts';
import { pseudoParameters } from './scope.ts';

const PSEUDO = new Set([
  ...pseudoParameters({ accountId: '', region: '', stackId: '', stackName: '', notificationArns: [] }).keys(),
  'AWS::NoValue',
]);

interface Found {
  readonly refs: Set<string>;
  readonly attributes: Set<string>;
  readonly conditions: Set<string>;
}

function collect(parts: Iterable<Json | undefined>, choose?: Choose): Found {
  const found: Found = { refs: new Set(), attributes: new Set(), conditions: new Set() };
  const add = (reference: Reference) => {
    if (reference.kind === 'ref') found.refs.add(reference.name);
    else if (reference.kind === 'attribute') found.attributes.add(reference.name);
    else if (reference.kind === 'condition') found.conditions.add(reference.name);
  };
  for (const part of parts) for (const reference of referencesIn(part, choose)) add(reference);
  return found;
}

const isKnownRef = (template: Template, name: string) =>
  template.parameters.has(name) || template.resources.has(name) || PSEUDO.has(name);

function checkConditions(template: Template): void {
  const unresolved = [...collect(template.conditions.values()).refs].filter(
    (name) => !template.parameters.has(name) && !PSEUDO.has(name),
  );
  if (unresolved.length > 0)
    throw validationError(
      `Template format error: Unresolved dependencies [${unresolved.join(', ')}]. Cannot reference resources in the Conditions block of the template`,
    );
}

function checkNames(template: Template, block: 'Resources' | 'Outputs', found: Found): void {
  for (const name of found.attributes)
    if (!template.resources.has(name))
      throw validationError(`Template error: instance of Fn::GetAtt references undefined resource ${name}`);
  const unresolved = [...found.refs].filter((name) => !isKnownRef(template, name));
  if (unresolved.length > 0) throw unresolvedDependencies(unresolved, block);
  for (const name of found.conditions)
    if (!template.conditions.has(name))
      throw validationError(`Template error: unresolved condition dependency ${name} in Fn::If`);
}

/** The two blocks are worded differently by CloudFormation. */
function unresolvedDependencies(names: readonly string[], block: 'Resources' | 'Outputs'): Error {
  const message = `Unresolved resource dependencies [${names.join(', ')}] in the ${block} block of the template`;
  return validationError(block === 'Resources' ? `Template format error: ${message}` : message);
}

/**
 * What can be said of a template before its parameters are known.
 *
 * Errors: ValidationError, the first that is found, in CloudFormation's words.
 */
export function validateTemplate(template: Template, isSupported: (type: string) => boolean): void {
  const unknown = new Set(
    [...template.resources.values()].map(({ type }) => type).filter((type) => !isSupported(type)),
  );
  if (unknown.size > 0)
    throw validationError(`Template format error: Unrecognized resource types: [${[...unknown].join(', ')}]`);
  checkConditions(template);
  const resources = [...template.resources.values()];
  checkNames(
    template,
    'Resources',
    collect(
      resources.flatMap(({ properties, metadata, creationPolicy, updatePolicy }) => [
        properties,
        metadata,
        creationPolicy,
        updatePolicy,
      ]),
    ),
  );
  const dangling = resources.flatMap(({ dependsOn }) => dependsOn).filter((name) => !template.resources.has(name));
  if (dangling.length > 0) throw unresolvedDependencies([...new Set(dangling)], 'Resources');
  const outputs = [...template.outputs.values()];
  checkNames(template, 'Outputs', collect(outputs.flatMap(({ value, exportName }) => [value, exportName])));
  const used = [...resources, ...outputs].flatMap(({ condition }) => condition ?? []);
  for (const name of used)
    if (!template.conditions.has(name))
      throw validationError(
        `Template format error: Unresolved condition dependency [${name}] in the Resources block of the template`,
      );
}

/**
 * What can be said once the conditions are decided: no circle, and nothing that is left refers to what is not.
 *
 * Errors: ValidationError in CloudFormation's words.
 */
export function validateEvaluation(template: Template, evaluation: Evaluation): void {
  const { active, dependencies, scope } = evaluation;
  const circle = findCircle(active.keys(), (id) => dependencies.get(id) ?? []);
  if (circle !== undefined) throw validationError(`Circular dependency between resources: [${circle.join(', ')}]`);
  const inactive = (found: Found) =>
    [...found.refs, ...found.attributes].filter((name) => template.resources.has(name) && !active.has(name));
  const inResources = inactive(
    collect(
      [...active.values()].map(({ properties }) => properties),
      scope.condition,
    ),
  );
  if (inResources.length > 0) throw unresolvedDependencies([...new Set(inResources)], 'Resources');
  const outputs = [...template.outputs.values()].filter(
    ({ condition }) => condition === undefined || scope.condition(condition),
  );
  const inOutputs = inactive(
    collect(
      outputs.map(({ value }) => value),
      scope.condition,
    ),
  );
  if (inOutputs.length > 0) throw unresolvedDependencies([...new Set(inOutputs)], 'Outputs');
}
