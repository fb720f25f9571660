import type { Stack, StackParameter } from '../stack/model.ts';
import type { PlannedChangeSet } from '../stack/planned-model.ts';
import type { ParameterValue, Values } from '../template/resolve.ts';
import type { Template } from '../template/template.ts';
import type { Finding } from '../types.ts';
import { plannedChanges } from './changes.ts';
import { planContext } from './context.ts';
import { fingerprintOf } from './fingerprint.ts';
import { fleetOf } from './fleet.ts';
import { impactsOf } from './impact.ts';
import { dynamicNames, maskedNames } from './masked.ts';
import type { ChangeSetPlan, EnvironmentPlan } from './model.ts';
import { nestedContexts, type TemplatesByPath } from './nested.ts';
import { parameterChanges } from './parameters.ts';
import { highest } from './risk.ts';
import { sectionChanges } from './sections.ts';

/** Which environment a plan is of, as far as it is told with every plan. */
export type PlanSubject = Pick<
  EnvironmentPlan,
  'environment' | 'stackName' | 'region' | 'templateFile' | 'environmentFile'
>;

/** What was read for a plan. */
export interface PlanMaterial {
  readonly subject: PlanSubject;
  /** The live stack; undefined where there is none, or only its empty shell. */
  readonly stack: Stack | undefined;
  readonly planned: PlannedChangeSet;
  /** The deployed template; undefined for a new stack, and where it cannot be read. */
  readonly before: Template | undefined;
  readonly after: Template;
  /** Of the nested stacks in which something changes. */
  readonly nested: TemplatesByPath;
  readonly values: Values;
  /** The values of secret parameters. */
  readonly secrets: readonly string[];
  /** SSM parameters that were looked up, by the stack parameter that they are for. */
  readonly lookedUp: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
  readonly refused: readonly Finding[];
  readonly commit?: string;
  /** Name of the change set, where it was kept. */
  readonly keptChangeSet?: string;
}

/** The plan of one environment, fit to be shown. */
export function changeSetPlan(material: PlanMaterial): ChangeSetPlan {
  const { subject, stack, planned, before, after, values, secrets, commit, keptChangeSet } = material;
  const isNew = stack === undefined;
  const deployed = stack?.parameters ?? {};
  const context = planContext(before, after, values, secrets, [...maskedNames(deployed), ...dynamicNames(deployed)]);
  const changes = plannedChanges(planned, context, nestedContexts(context, planned.resources, material.nested));
  const sections = planned.empty ? [] : sectionChanges(context);
  const fleet = fleetOf(
    before === undefined ? undefined : { template: before, values: { ...values, parameters: liveValues(deployed) } },
    { template: after, values: { ...values, parameters: liveValues(planned.parameters) } },
  );
  const impacts = impactsOf({ isNew, empty: planned.empty, changes, sections: sections.length, fleet });
  return {
    kind: 'change-set',
    ...subject,
    isNew,
    empty: planned.empty,
    impacts,
    risk: highest([...impacts, ...changes].map(({ risk }) => risk)),
    changes,
    sections,
    parameters: planned.empty
      ? []
      : parameterChanges(deployed, planned.parameters, {
          secretParameters: context.secretParameters,
          secrets,
          lookedUp: material.lookedUp,
        }),
    findings: material.findings,
    refused: material.refused,
    ...(keptChangeSet && { keptChangeSet }),
    record: {
      environment: subject.environment,
      stackName: subject.stackName,
      region: subject.region,
      ...(commit && { commit }),
      ...fingerprintOf({ template: after, planned, lookedUp: material.lookedUp, live: deployed }),
      ...(keptChangeSet && { changeSet: keptChangeSet }),
    },
  };
}

function liveValues(parameters: Readonly<Record<string, StackParameter>>): Map<string, ParameterValue> {
  return new Map(
    Object.entries(parameters).map(([name, { value, resolvedValue }]) => [name, { value: resolvedValue ?? value }]),
  );
}
