import { compareTemplates } from '../template/compare.ts';
import { isSameValue } from '../template/same-value.ts';
import { parametersOf, type Template } from '../template/template.ts';
import type { DeploymentRequest } from './request.ts';

/** What a change set was made with, as CloudFormation tells it. Values of NoEcho parameters are masked. */
export interface MadeWith {
  /** Undefined where it could not be read. */
  readonly template: Template | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
}

type Wanted = Pick<DeploymentRequest, 'template' | 'parameters' | 'tags' | 'capabilities' | 'notificationArns'>;

/** More places of a template than these are only counted. */
const MOST_PLACES = 8;

/**
 * What a change set was made with and is not what is asked for: one sentence each, without its full stop and without any
 * value. What was looked up or kept when it was made is not in it, since nobody has written it down, nor is a secret.
 */
export function differencesFrom(wanted: Wanted, made: MadeWith): string[] {
  const { template, tags, capabilities, notificationArns } = wanted;
  const excess = made.capabilities.filter((capability) => !includes(capabilities, capability));
  const isNotified = [...made.notificationArns].sort().join() === [...(notificationArns ?? [])].sort().join();
  return [
    ...(made.template === undefined ? [] : templateDifferences(made.template, template)),
    ...parameterDifferences(wanted, made.parameters),
    ...(tags === undefined ? [] : tagDifferences(tags, made.tags)),
    ...excess.map((capability) => `it was given ${capability}`),
    ...(notificationArns === undefined || isNotified ? [] : ['others are notified']),
  ];
}

function templateDifferences(made: Template, wanted: Template): string[] {
  const places = compareTemplates(made, wanted).map(({ section, name }) =>
    name === '' ? section : `${section}.${name}`,
  );
  if (places.length === 0) return [];
  const more = places.length > MOST_PLACES ? ` and ${places.length - MOST_PLACES} more` : '';
  return [`the template has another ${places.slice(0, MOST_PLACES).join(', ')}${more}`];
}

function parameterDifferences({ template, parameters }: Wanted, made: MadeWith['parameters']): string[] {
  const given = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  return [...parametersOf(template).values()].flatMap((declaration) => {
    const { name, noEcho } = declaration;
    const written = given.get(name);
    if (noEcho || !Object.hasOwn(made, name) || (written !== undefined && written.kind !== 'value')) return [];
    const [was, is] = [made[name], written === undefined ? declaration.default : written.value];
    if (was === undefined || is === undefined || isSameValue(declaration, was, is)) return [];
    return [`parameter ${name} has another value`];
  });
}

function tagDifferences(wanted: MadeWith['tags'], made: MadeWith['tags']): string[] {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(made)])].sort();
  const own = (tags: MadeWith['tags'], key: string) => (Object.hasOwn(tags, key) ? tags[key] : undefined);
  return keys.filter((key) => own(wanted, key) !== own(made, key)).map((key) => `tag ${key} is another`);
}

/** CAPABILITY_NAMED_IAM includes CAPABILITY_IAM. */
function includes(capabilities: readonly string[], capability: string): boolean {
  if (capabilities.includes(capability)) return true;
  return capability === 'CAPABILITY_IAM' && capabilities.includes('CAPABILITY_NAMED_IAM');
}
