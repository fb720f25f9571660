import type { Finding } from '../types.ts';
import type { Locate } from './model.ts';
import { resourcePath } from './resource-path.ts';
import type { Failures, RootCause } from './root-cause.ts';

interface Explanation {
  readonly when: RegExp;
  readonly means: string;
  readonly mend: string;
}

// What CloudFormation passes on, in its words or in those of the service.
const EXPLANATIONS: readonly Explanation[] = [
  {
    when: /Received \d+ FAILURE signal\(s\)/i,
    means: 'An instance ran its start-up commands and reported that they failed.',
    mend: "Look at the instance's console output or /var/log/cfn-init-cmd.log and /var/log/cloud-init-output.log. With `on-failure: keep` the instance stays for that.",
  },
  {
    when: /Received \d+ SUCCESS signal\(s\) out of|Failed to receive \d+ resource signal\(s\)/i,
    means:
      'Fewer instances than CreationPolicy or UpdatePolicy asks for sent a success signal in time: they did not start, or their user data did not come as far as cfn-signal.',
    mend: 'Usual reasons: no route to the internet or to the VPC endpoints, aws-cfn-bootstrap not installed, user data that waits for the ECS agent, a timeout that is too short. With `on-failure: keep` the instance stays for a look.',
  },
  {
    when: /is not authorized to perform: ([\w-]+:\w+)|You are not authorized to perform this operation|AccessDenied/i,
    means: 'The role that CloudFormation works with lacks a permission.',
    mend: 'Add the action that the message names to that role: `role-arn` where it is given, otherwise the role of the job.',
  },
  {
    when: /already exists/i,
    means: 'Something of this name exists outside the stack.',
    mend: 'Remove or rename the other one, or leave the name to CloudFormation.',
  },
  {
    when: /^User Initiated$|Rollback requested by user/i,
    means: 'A person or another program asked for the rollback.',
    mend: 'CloudTrail tells who: look for CancelUpdateStack or RollbackStack.',
  },
];

/**
 * Root causes as errors, at the resource in the template: of a nested stack's resource, at the nested stack. What failed
 * during the rollback follows as warnings. `locate` finds places in the root template.
 */
export function failureFindings({ causes, aftermath }: Failures, locate: Locate): Finding[] {
  return [
    ...causes.map((cause) => findingOf(cause, 'error', locate)),
    ...aftermath.map((cause) => duringRollback(findingOf(cause, 'warning', locate))),
  ];
}

/** The same resource often fails twice: once as the cause, once as it is taken back. */
function duringRollback(finding: Finding): Finding {
  return { ...finding, title: `During the rollback, ${finding.title}` };
}

function findingOf(cause: RootCause, level: Finding['level'], locate: Locate): Finding {
  const explanation = EXPLANATIONS.find(({ when }) => when.test(cause.reason));
  const reason = unwrapped(cause.reason);
  const location = locate(['Resources', cause.nestedIn[0] ?? cause.logicalId]);
  return {
    level,
    title: `${resourcePath(cause)}: ${cause.status} (${cause.resourceType})`,
    message: explanation === undefined ? reason : `${reason}\n${explanation.means}`,
    ...(explanation && { remedy: explanation.mend }),
    ...(location && { location }),
  };
}

// How CloudFormation passes on what the handler of a resource type said.
const WRAPPED = /^Resource handler returned message: "([\s\S]*)" \(RequestToken: [\w-]+, HandlerErrorCode: (\w+)\)$/;

/** The handler's own words and its error code, without the identifiers around them. */
export function unwrapped(reason: string): string {
  const [, message, code] = WRAPPED.exec(reason) ?? [];
  if (message === undefined || code === undefined) return reason;
  const said = message.replace(/ ?\(Service: (\w+), Status Code: \d+, Request ID: [^)]*\)/, ' (Service: $1)');
  return `${said} [${code}]`;
}

/** The nearest place that is known: the path itself, or the closest one around it. */
export function locateNearest(path: readonly string[], locate: Locate): ReturnType<Locate> {
  for (let length = path.length; length > 0; length -= 1) {
    const location = locate(path.slice(0, length));
    if (location !== undefined) return location;
  }
  return undefined;
}
