import { Failure, type Finding } from '../types.ts';
import { failureFindings } from './explain.ts';
import type { Deployment, Locate } from './model.ts';
import { failuresOf } from './root-cause.ts';

/** The failure `rolled-back` of a deployment that did not succeed: its root causes, each at its place, then the rest. */
export function deploymentFailure(deployment: Deployment, stackName: string, locate: Locate): Failure {
  const causes = failureFindings(failuresOf(deployment.events), locate);
  const unknown: Finding = {
    level: 'error',
    title: `Stack ${stackName} ended in ${deployment.finalStatus}`,
    message: 'CloudFormation told no reason in the events that could be read.',
    remedy: 'Look at the events of the stack in the CloudFormation console.',
  };
  const hasCause = causes.some(({ level }) => level === 'error');
  return new Failure('rolled-back', [...(hasCause ? causes : [unknown, ...causes]), ...deployment.findings]);
}
