import type { CloudFormation, ResourceToImport } from '@aws-sdk/client-cloudformation';
import type { LocalAws } from '../../emulator/local-aws.ts';
import { SMALL_FILES, SMALL_TEMPLATE } from './small-stack.ts';

/** What a person does to stacks beside the action. Each begins something and does not wait for its end. */

const KEPT_PASSWORD = { ParameterKey: 'Password', UsePreviousValue: true };

/** Changes how long the small stack's log group keeps, and the template where there is another one. */
export const updateByHand = (cfn: CloudFormation, stack: string, TemplateBody?: string) =>
  cfn.updateStack({
    StackName: stack,
    ...(TemplateBody === undefined ? { UsePreviousTemplate: true } : { TemplateBody }),
    Parameters: [{ ParameterKey: 'Retention', ParameterValue: '30' }, KEPT_PASSWORD],
  });

interface Outsider {
  readonly name: string;
  /** Of the resource `Outsider`, a line of a template. */
  readonly declaration: string;
  readonly toImport: ResourceToImport;
}

/** Makes a log group that no stack holds. */
async function makeOutsider({ services }: LocalAws, stack: string): Promise<Outsider> {
  const name = `${stack}-outsider`;
  await services.logs.createLogGroup({ logGroupName: name });
  return {
    name,
    declaration: `  Outsider: { Type: AWS::Logs::LogGroup, DeletionPolicy: Retain, Properties: { LogGroupName: ${name} } }`,
    toImport: {
      LogicalResourceId: 'Outsider',
      ResourceType: 'AWS::Logs::LogGroup',
      ResourceIdentifier: { LogGroupName: name },
    },
  };
}

/** Imports a log group into a small stack that is up, or into a new one. Returns the files that deploy both. */
export async function importByHand(
  cfn: CloudFormation,
  aws: LocalAws,
  stack: string,
  { isNew = false } = {},
): Promise<Record<string, string>> {
  const { declaration, toImport } = await makeOutsider(aws, stack);
  const template = SMALL_TEMPLATE.replace('Outputs:', `${declaration}\nOutputs:`);
  const { Id } = await cfn.createChangeSet({
    StackName: stack,
    ChangeSetName: 'adopt',
    ChangeSetType: 'IMPORT',
    ResourcesToImport: [toImport],
    ...(isNew
      ? { TemplateBody: `Resources:\n${declaration}\n` }
      : {
          TemplateBody: template,
          Parameters: [{ ParameterKey: 'Retention', UsePreviousValue: true }, KEPT_PASSWORD],
        }),
  });
  const isMade = async () => (await cfn.describeChangeSet({ ChangeSetName: Id })).Status === 'CREATE_COMPLETE';
  while (!(await isMade())) await new Promise((resolve) => setTimeout(resolve, 20));
  await cfn.executeChangeSet({ ChangeSetName: Id });
  return { ...SMALL_FILES, 'stack.yml': template };
}
