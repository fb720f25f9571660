import { storedParameters } from '../execution/parameter-store.ts';
import { isSupported } from '../execution/providers.ts';
import { liveValues, scopeFor } from '../execution/stack-scope.ts';
import type { Deployment, Stack } from '../model.ts';
import { constraintViolation, validationError } from '../protocol/errors.ts';
import type { Query } from '../protocol/query.ts';
import { requireCapabilities } from '../template/capabilities.ts';
import { evaluate } from '../template/evaluate.ts';
import type { Template } from '../template/model.ts';
import { chooseParameters, type GivenParameter, resolveStoredValues } from '../template/parameters.ts';
import { parseTemplate } from '../template/parse.ts';
import { fetchTemplate } from '../template/url.ts';
import { validateEvaluation, validateTemplate } from '../template/validate.ts';
import { type ApiRequest, tagsOf } from './request.ts';

const MAX_BODY_BYTES = 51_200;

/** The template's text that a request names: a body, the URL of an S3 object, or the stack's own. */
export async function templateText(request: ApiRequest, previous?: string): Promise<string> {
  const { query } = request;
  const body = query.text('TemplateBody');
  const url = query.text('TemplateURL');
  if (body !== undefined && url !== undefined)
    throw validationError('Both Template URL and Template Body cannot be specified.');
  if (query.flag('UsePreviousTemplate')) {
    if (body !== undefined || url !== undefined)
      throw validationError('You cannot specify both usePreviousTemplate and Template Body or URL.');
    if (previous === undefined) throw validationError('Template is not available for this stack.');
    return previous;
  }
  if (url !== undefined) return fetchTemplate(url, request.world.servicesFor(request.account));
  if (body === undefined) throw validationError('Either Template URL or Template Body must be specified.');
  if (Buffer.byteLength(body) > MAX_BODY_BYTES)
    throw constraintViolation(body, 'templateBody', `Member must have length less than or equal to ${MAX_BODY_BYTES}`);
  return body;
}

export function givenParameters(query: Query): GivenParameter[] {
  return query.structures('Parameters').map((parameter) => {
    const value = parameter.text('ParameterValue');
    return {
      key: parameter.text('ParameterKey') ?? '',
      usePrevious: parameter.flag('UsePreviousValue') ?? false,
      ...(value !== undefined && { value }),
    };
  });
}

/** A template whose types this engine has providers for. */
export function checkedTemplate(request: ApiRequest, body: string): Template {
  const template = parseTemplate(body);
  validateTemplate(template, (type) => isSupported(request.world, type));
  return template;
}

/** `AWS::EC2::*` and `AWS::*` stand for every type that begins so. */
function checkResourceTypes(template: Template, allowed: readonly string[]): void {
  if (allowed.length === 0) return;
  const fits = (type: string) =>
    allowed.some((pattern) => (pattern.endsWith('::*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern));
  for (const { type } of template.resources.values())
    if (!fits(type))
      throw validationError(`Resource type ${type} is not allowed by parameter ResourceTypes [${allowed.join(', ')}]`);
}

/**
 * The deployment that a request asks for, checked as far as CloudFormation checks before it answers. What an update
 * does not say stays as it was; an empty list clears.
 */
export async function requestedDeployment(request: ApiRequest, previous: Deployment | undefined): Promise<Deployment> {
  const { query } = request;
  const body = await templateText(request, previous?.body);
  const template = checkedTemplate(request, body);
  const parameters = chooseParameters(template, givenParameters(query), previous?.parameters);
  checkResourceTypes(template, query.list('ResourceTypes'));
  const capabilities = query.list('Capabilities');
  requireCapabilities(template, capabilities);
  const roleArn = query.text('RoleARN') ?? previous?.roleArn;
  return {
    body,
    template,
    parameters,
    capabilities,
    tags: tagsOf(query) ?? previous?.tags ?? {},
    notificationArns: query.has('NotificationARNs')
      ? query.list('NotificationARNs')
      : (previous?.notificationArns ?? []),
    ...(roleArn !== undefined && { roleArn }),
  };
}

/** The deployment with its parameters of Systems Manager read. */
export async function withStoredValues(
  request: Pick<ApiRequest, 'world' | 'account'>,
  deployment: Deployment,
): Promise<Deployment> {
  return {
    ...deployment,
    parameters: await resolveStoredValues(
      deployment.parameters,
      storedParameters(request.world.servicesFor(request.account)),
    ),
  };
}

/** Refuses circles, references to what conditions leave out, and resources whose type would change. */
export function checkEvaluation(
  request: ApiRequest,
  stack: Pick<Stack, 'id' | 'name' | 'resources'>,
  deployment: Deployment,
) {
  const retyped = [...stack.resources.values()].filter(({ logicalId, type, physicalId }) => {
    const wanted = deployment.template.resources.get(logicalId)?.type;
    return physicalId !== undefined && wanted !== undefined && wanted !== type;
  });
  if (retyped.length > 0)
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${retyped.map(({ logicalId }) => logicalId).join(', ')}]`,
    );
  const scope = scopeFor(request.store, stack, deployment, liveValues(stack), new Map());
  validateEvaluation(deployment.template, evaluate(deployment.template, scope));
}
