import { asFailure } from '../aws/errors.ts';
import { Failure, type Finding } from '../types.ts';
import type { Calls } from './context.ts';

export interface DeployedTemplate {
  /** As it was given to CloudFormation, before any transform; undefined where it cannot be read. */
  readonly text?: string;
  readonly findings: readonly Finding[];
}

/** The template that a stack was last deployed with. That it may not be read is a warning: it is for comparison only. */
export async function deployedTemplate(cfn: Calls<'getTemplate'>, stackId: string): Promise<DeployedTemplate> {
  try {
    const { TemplateBody } = await cfn.getTemplate({ StackName: stackId, TemplateStage: 'Original' });
    return TemplateBody === undefined ? { findings: [] } : { text: TemplateBody, findings: [] };
  } catch (error) {
    const failure = error instanceof Failure ? error : asFailure(error, 'read the deployed template');
    if (failure.reason === 'cancelled') throw failure;
    return {
      findings: failure.findings.map((finding) => ({
        ...finding,
        level: 'warning',
        message: `${finding.message}\nChanges of outputs, conditions, mappings and user data are not shown.`,
      })),
    };
  }
}
