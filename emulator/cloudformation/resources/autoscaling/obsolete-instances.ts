import type { AutoScalingGroup, Instance, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { Services } from '../../../types.ts';
import { instanceIds } from './described-group.ts';

/**
 * The group's instances that do not match what it would launch now, or are in a subnet that it no longer has: what a
 * rolling update replaces (CloudFormation User Guide, "UpdatePolicy attribute"). In the order the group lists them.
 */
export async function obsoleteInstances(services: Services, group: AutoScalingGroup): Promise<string[]> {
  const source = await launchSource(services, group);
  const outside = await outsideSubnets(services, group);
  return (group.Instances ?? [])
    .filter((instance) => sourceOf(instance) !== source || outside.has(instance.InstanceId))
    .flatMap((instance) => instance.InstanceId ?? []);
}

/** What the group launches from, comparable with `sourceOf`; a version such as $Latest is looked up. */
async function launchSource(services: Services, group: AutoScalingGroup): Promise<string> {
  const template = group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  if (!template) return `configuration ${group.LaunchConfigurationName}`;
  return `template ${template.LaunchTemplateId} ${await versionNumber(services, template)}`;
}

function sourceOf({ LaunchTemplate, LaunchConfigurationName }: Instance): string {
  return LaunchTemplate
    ? `template ${LaunchTemplate.LaunchTemplateId} ${LaunchTemplate.Version}`
    : `configuration ${LaunchConfigurationName}`;
}

async function versionNumber(services: Services, template: LaunchTemplateSpecification): Promise<string> {
  const version = template.Version ?? '$Default';
  if (!version.startsWith('$')) return version;
  const { LaunchTemplateVersions } = await services.ec2.describeLaunchTemplateVersions({
    LaunchTemplateId: template.LaunchTemplateId,
    Versions: [version],
  });
  return String(LaunchTemplateVersions?.[0]?.VersionNumber);
}

async function outsideSubnets(services: Services, group: AutoScalingGroup): Promise<ReadonlySet<string | undefined>> {
  const subnets = (group.VPCZoneIdentifier ?? '').split(',').filter(Boolean);
  const ids = instanceIds(group);
  if (subnets.length === 0 || ids.length === 0) return new Set();
  const { Reservations } = await services.ec2.describeInstances({ InstanceIds: ids });
  const instances = (Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
  return new Set(
    instances
      .filter((instance) => instance.SubnetId !== undefined && !subnets.includes(instance.SubnetId))
      .map((instance) => instance.InstanceId),
  );
}
