import { asFailure } from '../aws/errors.ts';
import { Failure, type Finding } from '../types.ts';
import type { Calls } from './context.ts';
import type { PlannedChangeSet } from './planned-model.ts';

export interface DeployedTemplate {
  /** As it was given to CloudFormation, before any transform; undefined where it cannot be read. */
  readonly text?: string;
  readonly findings: readonly Finding[];
}

/** The template that a stack was last deployed with. That it may not be read is a warning: it is for comparison only. */
export async function deployedTemplate(cfn: Calls<'getTemplate'>, stackId: string): Promise<DeployedTemplate> {
  const read = await original(cfn, { StackName: stackId }, 'read the deployed template');
  if (!(read instanceof Failure)) return { ...read, findings: [] };
  return {
    findings: read.findings.map((finding) => ({
      ...finding,
      level: 'warning',
      message: `${finding.message}\nChanges of outputs, conditions, mappings and user data are not shown.`,
    })),
  };
}

/** The template that a change set brings; undefined where it cannot be read. */
export async function proposedTemplate(
  cfn: Calls<'getTemplate'>,
  { id, stackId }: Pick<PlannedChangeSet, 'id' | 'stackId'>,
): Promise<string | undefined> {
  const which = { ChangeSetName: id, ...(stackId !== '' && { StackName: stackId }) };
  const read = await original(cfn, which, 'read the template of a change set');
  return read instanceof Failure ? undefined : read.text;
}

/** The failure where it cannot be read. Throws Failure `cancelled` alone. */
async function original(
  cfn: Calls<'getTemplate'>,
  which: { readonly StackName?: string; readonly ChangeSetName?: string },
  doing: string,
): Promise<{ readonly text?: string } | Failure> {
  try {
    const { TemplateBody } = await cfn.getTemplate({ ...which, TemplateStage: 'Original' });
    return TemplateBody === undefined ? {} : { text: TemplateBody };
  } catch (error) {
    const failure = error instanceof Failure ? error : asFailure(error, doing);
    if (failure.reason === 'cancelled') throw failure;
    return failure;
  }
}
