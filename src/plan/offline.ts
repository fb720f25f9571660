import type { DeploymentRequest } from '../config/request.ts';
import type { Values } from '../template/resolve.ts';
import { planContext } from './context.ts';
import type { OfflinePlan, ParameterChange } from './model.ts';
import type { PlanSubject } from './plan.ts';
import { resourceDefinitionChanges, sectionChanges } from './sections.ts';
import { reasonInText } from './withhold.ts';

type Written = Pick<DeploymentRequest, 'template' | 'parameters'>;

export interface OfflineMaterial {
  readonly subject: PlanSubject;
  /** The same environment as it is on the base branch; undefined where that is not known. */
  readonly before: Written | undefined;
  readonly after: Written;
  readonly values: Values;
  readonly secrets: readonly string[];
  /** What `before` is, in words, or in a sentence why there is none. */
  readonly comparedWith?: string;
  readonly notCompared?: string;
}

const WHY =
  'GitHub gives the pull requests of forks and of Dependabot no credentials, so AWS could not be asked what would change.';

/** What can be said about an environment without AWS. */
export function offlinePlan(material: OfflineMaterial): OfflinePlan {
  const { subject, before, after, values, secrets, comparedWith, notCompared } = material;
  const context = planContext(before?.template, after.template, values, secrets);
  return {
    kind: 'offline',
    ...subject,
    why: WHY,
    ...(comparedWith !== undefined && { comparedWith }),
    ...(notCompared !== undefined && { notCompared }),
    resources: resourceDefinitionChanges(context),
    sections: sectionChanges(context),
    parameters: before === undefined ? [] : writtenChanges(before, after, context.secretParameters, secrets),
    findings: [],
  };
}

/** Parameters that are written in another way than on the base branch. */
function writtenChanges(
  before: Written,
  after: Written,
  secretParameters: ReadonlySet<string>,
  secrets: readonly string[],
): ParameterChange[] {
  const [was, is] = [before, after].map(
    ({ parameters }) => new Map(parameters.map((one) => [one.name, writtenAs(one)])),
  );
  const names = new Set([...(is?.keys() ?? []), ...(was?.keys() ?? [])]);
  return [...names].flatMap((name): ParameterChange[] => {
    const [old, now] = [was?.get(name), is?.get(name)];
    if (old === now) return [];
    const isSecret = [old, now].some((text) => text !== undefined && reasonInText(text, secrets) !== undefined);
    if (secretParameters.has(name) || isSecret) return [{ name, secret: true }];
    return [
      { name, secret: false, ...(old !== undefined && { before: old }), ...(now !== undefined && { after: now }) },
    ];
  });
}

/** A parameter's value as it is written in an environment file. */
function writtenAs(parameter: Written['parameters'][number]): string {
  switch (parameter.kind) {
    case 'value':
      return parameter.value;
    case 'import':
      return `!ImportValue ${parameter.exportName}`;
    case 'ssm':
      return `!Ssm ${parameter.parameterName}`;
    case 'previous':
      return '!PreviousValue';
    default:
      return parameter satisfies never;
  }
}
