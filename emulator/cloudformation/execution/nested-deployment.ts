import { randomBytes } from 'node:crypto';
import type { Services } from '../../types.ts';
import type { Deployment, Stack } from '../model.ts';
import type { RegionStore } from '../store.ts';
import { requireCapabilities } from '../template/capabilities.ts';
import { evaluate } from '../template/evaluate.ts';
import { isObject, type Json, scalarText } from '../template/model.ts';
import { chooseParameters, resolveStoredValues } from '../template/parameters.ts';
import { parseTemplate } from '../template/parse.ts';
import { fetchTemplate } from '../template/url.ts';
import { validateEvaluation, validateTemplate } from '../template/validate.ts';
import type { World } from '../world.ts';
import { storedParameters } from './parameter-store.ts';
import { isSupported } from './providers.ts';
import { liveValues, scopeFor } from './stack-scope.ts';

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** CloudFormation's names for nested stacks: the parent's, the logical id, and something random. */
export const childName = (stackName: string, logicalId: string) =>
  `${stackName}-${logicalId}-${Array.from(randomBytes(12), (byte) => SUFFIX[byte % SUFFIX.length]).join('')}`;

type Properties = Readonly<Record<string, unknown>>;

export interface NestedContext {
  readonly world: World;
  readonly store: RegionStore;
  readonly services: Services;
  readonly parent: Deployment | undefined;
}

/** A parameter of a nested stack: text, or a list that is joined by commas. */
function parameterText(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map((item) => scalarText(item) ?? '').join(',');
  return scalarText(value) ?? '';
}

function tagsOf(properties: Properties): Record<string, string> {
  const tags = Array.isArray(properties.Tags) ? properties.Tags : [];
  return Object.fromEntries(tags.map((tag) => [String(tag.Key), String(tag.Value)]));
}

/** What the properties of an AWS::CloudFormation::Stack ask for. Capabilities and role are the parent's. */
export async function nestedDeployment(
  context: NestedContext,
  properties: Properties,
  child: Pick<Stack, 'id' | 'name' | 'resources'>,
): Promise<Deployment> {
  const { store, services, parent, world } = context;
  const body = await fetchTemplate(String(properties.TemplateURL), services);
  const template = parseTemplate(body);
  validateTemplate(template, (type) => isSupported(world, type));
  const asked = properties.Parameters as Json | undefined;
  const given = isObject(asked) ? Object.entries(asked) : [];
  const chosen = chooseParameters(
    template,
    given.map(([key, value]) => ({ key, value: parameterText(value), usePrevious: false })),
    undefined,
  );
  requireCapabilities(template, parent?.capabilities ?? []);
  const arns = properties.NotificationARNs;
  const deployment: Deployment = {
    body,
    template,
    parameters: await resolveStoredValues(chosen, storedParameters(services)),
    capabilities: parent?.capabilities ?? [],
    tags: { ...parent?.tags, ...tagsOf(properties) },
    notificationArns: Array.isArray(arns) ? arns.map(String) : [],
    ...(parent?.roleArn !== undefined && { roleArn: parent.roleArn }),
  };
  const scope = scopeFor(store, child, deployment, liveValues(child), new Map());
  validateEvaluation(template, evaluate(template, scope));
  return deployment;
}
