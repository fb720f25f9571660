import { stackMissing, validationError } from '../protocol/errors.ts';
import type { XmlObject } from '../protocol/xml.ts';
import { neededCapability } from '../template/capabilities.ts';
import type { Template } from '../template/model.ts';
import { checkedTemplate, templateText } from './deployment.ts';
import { findChangeSet } from './find-change-set.ts';
import type { ApiAction, ApiRequest } from './request.ts';

/** CloudFormation keeps templates in ASCII: GetTemplate has a question mark for every other character. */
const asciiOnly = (text: string) => text.replace(/[\u{80}-\u{10ffff}]/gu, '?');

const getTemplate: ApiAction = (request) => {
  const { query, store } = request;
  const stage = query.text('TemplateStage') ?? 'Original';
  if (stage !== 'Original' && stage !== 'Processed') throw validationError(`Invalid TemplateStage ${stage}`);
  const deployment = query.has('ChangeSetName')
    ? findChangeSet(request).changeSet.deployment
    : store.require(query.text('StackName') ?? '').deployment;
  if (deployment === undefined) throw stackMissing(query.text('StackName') ?? '');
  return { TemplateBody: asciiOnly(deployment.body), StagesAvailable: ['Original', 'Processed'] };
};

function capabilities(template: Template): XmlObject {
  const needed = neededCapability(template);
  return needed === undefined ? {} : { Capabilities: [needed.capability], CapabilitiesReason: needed.reason };
}

function textOf(request: ApiRequest): Promise<string> | string {
  const { query, store } = request;
  const stackName = query.text('StackName');
  if (stackName === undefined) return templateText(request);
  const stack = store.require(stackName);
  if (stack.deployment === undefined)
    throw validationError('GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.');
  return stack.deployment.body;
}

const getTemplateSummary: ApiAction = async (request) => {
  const template = checkedTemplate(request, await textOf(request));
  const types = [...new Set([...template.resources.values()].map(({ type }) => type))];
  return {
    Parameters: [...template.parameters].map(([key, parameter]) => ({
      ParameterKey: key,
      DefaultValue: parameter.default,
      ParameterType: parameter.type,
      NoEcho: parameter.noEcho,
      Description: parameter.description,
      ParameterConstraints:
        parameter.allowedValues === undefined ? {} : { AllowedValues: [...parameter.allowedValues] },
    })),
    Description: template.description,
    ...capabilities(template),
    ResourceTypes: types,
    Version: '2010-09-09',
    Metadata: template.metadata === undefined ? undefined : JSON.stringify(template.metadata),
    DeclaredTransforms: [],
  };
};

const validateTemplate: ApiAction = async (request) => {
  const template = checkedTemplate(request, await templateText(request));
  return {
    Parameters: [...template.parameters].map(([key, parameter]) => ({
      ParameterKey: key,
      DefaultValue: parameter.default,
      NoEcho: parameter.noEcho,
      Description: parameter.description,
    })),
    Description: template.description,
    ...capabilities(template),
    DeclaredTransforms: [],
  };
};

export const templateActions: Readonly<Record<string, ApiAction>> = {
  GetTemplate: getTemplate,
  GetTemplateSummary: getTemplateSummary,
  ValidateTemplate: validateTemplate,
};
