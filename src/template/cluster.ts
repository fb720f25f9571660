import { didYouMean, listOf } from '../did-you-mean.ts';
import type { Finding, SourceLocation } from '../types.ts';
import { type Data, isList, isRecord } from './data.ts';
import {
  capacityProvidersOf,
  describeGroup,
  type Landscape,
  member,
  ofType,
  refersTo,
  type TemplateGroup,
} from './groups.ts';
import { referenceMark, render } from './render.ts';
import { evaluator, type Values } from './resolve.ts';
import { type Resource, resourcesOf, type Template } from './template.ts';

/** The cluster whose roll is called, and the groups whose instances are expected to answer. */
export interface TemplateCluster {
  /** Absent when the cluster is not made by this template. */
  readonly logicalId?: string;
  /** ClusterName, when it is given and can be told; the stack's resource has the name otherwise. */
  readonly name?: string;
  readonly location: SourceLocation;
  readonly groups: readonly TemplateGroup[];
}

export interface FoundCluster {
  readonly cluster?: TemplateCluster;
  readonly findings: readonly Finding[];
}

/** What the template holds under these values: resources whose condition is false are not in it. */
export function landscapeOf(template: Template, values: Values): Landscape {
  const evaluate = evaluator(template, values);
  const resources = new Map<string, Resource>();
  for (const [logicalId, resource] of resourcesOf(template)) {
    if (resource.condition === undefined || evaluate.condition(resource.condition) !== false)
      resources.set(logicalId, resource);
  }
  return { template, evaluate, resources };
}

/**
 * Finds the ECS cluster of a template and the Auto Scaling groups that feed it. `requested` is a logical id or a
 * cluster name; it is needed when the template has several clusters.
 */
export function findCluster(template: Template, values: Values, requested?: string): FoundCluster {
  const landscape = landscapeOf(template, values);
  const clusters = ofType(landscape, 'AWS::ECS::Cluster');
  const chosen = choose(clusters, landscape, requested);
  if ('finding' in chosen) return { findings: [chosen.finding] };
  const { cluster } = chosen;
  const identity = identify(cluster, landscape, requested);
  const groups = feeding(identity, clusters.length, landscape);
  const location = template.locate(cluster === undefined ? ['Resources'] : ['Resources', cluster.logicalId]);
  return {
    cluster: {
      ...(cluster === undefined ? {} : { logicalId: cluster.logicalId }),
      ...(identity.name === undefined ? {} : { name: identity.name }),
      location,
      groups,
    },
    findings: groups.length > 0 ? [] : [noGroups(template, location)],
  };
}

type Choice = { readonly cluster: Resource | undefined } | { readonly finding: Finding };

function choose(
  clusters: readonly Resource[],
  { template, evaluate }: Landscape,
  requested: string | undefined,
): Choice {
  const [first, second] = clusters;
  const ids = clusters.map((cluster) => cluster.logicalId);
  const location = template.locate(first === undefined ? ['Resources'] : ['Resources', first.logicalId]);
  if (requested !== undefined) {
    if (first === undefined) return { cluster: undefined };
    const named = clusters.find(
      ({ logicalId, properties }) => logicalId === requested || evaluate.text(properties.ClusterName) === requested,
    );
    if (named !== undefined) return { cluster: named };
    const message = `The input 'cluster' is '${requested}', and the template has no cluster of that logical id or name.`;
    const remedy = didYouMean(requested, ids) ?? `Clusters of this template: ${listOf(ids)}.`;
    return { finding: { level: 'error', title: 'No such cluster in the template', message, remedy, location } };
  }
  if (first === undefined) {
    const message = 'There is no AWS::ECS::Cluster in the template, so nobody can be called to answer.';
    const remedy = "Name the cluster that the instances register with in the input 'cluster'.";
    return { finding: { level: 'error', title: 'The template has no ECS cluster', message, remedy, location } };
  }
  if (second !== undefined) {
    const message = `The template has ${clusters.length} ECS clusters: ${listOf(ids)}. The roll is called for one.`;
    const remedy = "Say which one in the input 'cluster'.";
    return { finding: { level: 'error', title: 'Which cluster?', message, remedy, location } };
  }
  return { cluster: first };
}

interface ClusterIdentity {
  readonly logicalId?: string;
  readonly name?: string;
  /** The name as `render` shows it: text, or the mark of what it refers to. */
  readonly renderedName?: string;
  /** Capacity providers that the cluster resource itself lists. */
  readonly capacityProviders?: Data;
}

function identify(
  cluster: Resource | undefined,
  { evaluate }: Landscape,
  requested: string | undefined,
): ClusterIdentity {
  if (cluster === undefined) return requested === undefined ? {} : { name: requested, renderedName: requested };
  const { ClusterName, CapacityProviders } = cluster.properties;
  const name = evaluate.text(ClusterName);
  const renderedName = render(ClusterName, evaluate);
  return {
    logicalId: cluster.logicalId,
    ...(name === undefined ? {} : { name }),
    ...(renderedName === '' ? {} : { renderedName }),
    ...(CapacityProviders === undefined ? {} : { capacityProviders: CapacityProviders }),
  };
}

function feeding(identity: ClusterIdentity, clusterCount: number, landscape: Landscape): TemplateGroup[] {
  const groups = ofType(landscape, 'AWS::AutoScaling::AutoScalingGroup');
  const found = groups.flatMap((group) => {
    const evidence = evidenceFor(group, identity, landscape);
    return evidence === undefined ? [] : [describeGroup(group, evidence, landscape)];
  });
  if (found.length > 0 || clusterCount > 1) return found;
  return groups.map((group) => describeGroup(group, 'the only cluster of the template', landscape));
}

function evidenceFor(group: Resource, identity: ClusterIdentity, landscape: Landscape): string | undefined {
  const provider = capacityProvidersOf(group, landscape).find((candidate) =>
    isAttached(candidate, identity, landscape),
  );
  if (provider !== undefined) return `the capacity provider ${provider.logicalId}`;
  const boot = bootText(group, landscape);
  return boot.some((text) => namesCluster(text, identity)) ? 'its user data' : undefined;
}

/** A capacity provider belongs to a cluster that lists it, or that an association ties it to. */
function isAttached(provider: Resource, identity: ClusterIdentity, landscape: Landscape): boolean {
  const { evaluate } = landscape;
  const providerName = evaluate.text(provider.properties.Name);
  const listed = (data: Data | undefined) =>
    refersTo(data, provider.logicalId, evaluate) ||
    (providerName !== undefined && isList(data) && data.some((item) => evaluate.text(item) === providerName));
  if (listed(identity.capacityProviders)) return true;
  return ofType(landscape, 'AWS::ECS::ClusterCapacityProviderAssociations').some(
    ({ properties }) => isCluster(properties.Cluster, identity, landscape) && listed(properties.CapacityProviders),
  );
}

function isCluster(
  data: Data | undefined,
  { logicalId, renderedName }: ClusterIdentity,
  { evaluate }: Landscape,
): boolean {
  if (logicalId !== undefined && refersTo(data, logicalId, evaluate)) return true;
  return renderedName !== undefined && render(data, evaluate) === renderedName;
}

/**
 * All that a group's instances run when they boot: user data and CloudFormation Init metadata of the group and of its
 * launch template or launch configuration, and of resources that the user data asks cfn-init for.
 */
function bootText(group: Resource, landscape: Landscape): string[] {
  const { resources, evaluate } = landscape;
  const { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy } = group.properties;
  const launches = ofType(landscape, 'AWS::EC2::LaunchTemplate', 'AWS::AutoScaling::LaunchConfiguration').filter(
    ({ logicalId, properties }) => {
      const name = evaluate.text(properties.LaunchTemplateName ?? properties.LaunchConfigurationName);
      return [LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy].some(
        (data) => refersTo(data, logicalId, evaluate) || (name !== undefined && mentions(data, name, landscape)),
      );
    },
  );
  const userData = launches.map(({ properties }) =>
    render(properties.UserData ?? member(properties.LaunchTemplateData, 'UserData'), evaluate),
  );
  const initialised = userData.flatMap((text) =>
    [...text.matchAll(/(?:--resource|-r)[\s=]+["']?(\w+)/g)].map(([, logicalId = '']) => resources.get(logicalId)),
  );
  const metadata = [group, ...launches, ...initialised].map((resource) =>
    render(member(resource?.metadata, 'AWS::CloudFormation::Init'), evaluate),
  );
  return [...userData, ...metadata];
}

function mentions(data: Data | undefined, name: string, landscape: Landscape): boolean {
  if (isList(data)) return data.some((item) => mentions(item, name, landscape));
  if (isRecord(data) && landscape.evaluate.text(data) === undefined) {
    return Object.values(data).some((item) => mentions(item, name, landscape));
  }
  return landscape.evaluate.text(data) === name;
}

function namesCluster(text: string, { logicalId, renderedName }: ClusterIdentity): boolean {
  if (logicalId !== undefined && text.includes(referenceMark(logicalId))) return true;
  if (renderedName === undefined) return false;
  return [...text.matchAll(/ECS_CLUSTER\s*=\s*["']?([^\s"';]+)/g)].some(([, value]) => value === renderedName);
}

function noGroups(template: Template, location: SourceLocation): Finding {
  const message = `No Auto Scaling group of ${template.file} feeds this cluster, so no instance is expected to answer the roll call.`;
  const remedy =
    "Give the instances' user data the cluster's name (ECS_CLUSTER), attach a capacity provider, or say how many are expected with 'desired-count'.";
  return { level: 'warning', title: 'No Auto Scaling group feeds the cluster', message, remedy, location };
}
