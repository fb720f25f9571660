import { Failure, type Finding } from '../types.ts';
import { failureFindings } from './explain.ts';
import type { Deployment, Locate } from './model.ts';
import { failuresOf } from './root-cause.ts';

/**
 * The failure `rolled-back` of a deployment that did not succeed: its root causes, each at its place, then the rest.
 * `next` is what the stack needs before another deployment, told with the first cause.
 */
export function deploymentFailure(deployment: Deployment, stackName: string, locate: Locate, next?: string): Failure {
  const causes = failureFindings(failuresOf(deployment.events), locate);
  const unknown: Finding = {
    level: 'error',
    title: `Stack ${stackName} ended in ${deployment.finalStatus}`,
    message: 'CloudFormation told no reason in the events that could be read.',
    remedy: 'Look at the events of the stack in the CloudFormation console.',
  };
  const hasCause = causes.some(({ level }) => level === 'error');
  const [first = unknown, ...more] = hasCause ? causes : [unknown, ...causes];
  return new Failure('rolled-back', [withRemedy(first, next), ...more, ...deployment.findings]);
}

function withRemedy(finding: Finding, next: string | undefined): Finding {
  if (next === undefined) return finding;
  return { ...finding, remedy: finding.remedy === undefined ? next : `${finding.remedy}\n${next}` };
}
