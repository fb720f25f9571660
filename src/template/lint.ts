import type { Finding, FindingLevel } from '../types.ts';
import { landscapeOf } from './cluster.ts';
import { isList, isRecord } from './data.ts';
import { capacityProvidersOf, type Landscape, member, ofType } from './groups.ts';
import type { Values } from './resolve.ts';
import type { Resource, Template, TemplatePath } from './template.ts';

type Report = (level: FindingLevel, path: TemplatePath, title: string, message: string, remedy?: string) => void;

/** What AWS accepts, or accepts at first, and what then goes wrong with clusters of EC2 instances. */
export function lintCluster(template: Template, values: Values): Finding[] {
  const landscape = landscapeOf(template, values);
  const findings: Finding[] = [];
  const report: Report = (level, path, title, message, remedy) =>
    findings.push({
      level,
      title,
      message,
      ...(remedy === undefined ? {} : { remedy }),
      location: template.locate(path),
    });
  for (const { logicalId } of ofType(landscape, 'AWS::AutoScaling::LaunchConfiguration'))
    launchConfiguration(logicalId, report);
  for (const group of ofType(landscape, 'AWS::AutoScaling::AutoScalingGroup')) {
    launchTemplateVersion(group, landscape, report);
    updatePolicy(group, landscape, report);
    terminationProtection(group, landscape, report);
  }
  return findings;
}

/** "Migrate from launch configurations", Amazon EC2 Auto Scaling User Guide. */
function launchConfiguration(logicalId: string, report: Report): void {
  report(
    'warning',
    ['Resources', logicalId],
    'Launch configurations are at their end',
    `${logicalId} is a launch configuration. Accounts opened since 2024-10-01 cannot create one, and newer instance types do not work with it.`,
    'Make it an AWS::EC2::LaunchTemplate, with Version: !GetAtt <template>.LatestVersionNumber in the group.',
  );
}

function launchTemplateVersion({ logicalId, properties }: Resource, { evaluate }: Landscape, report: Report): void {
  const version = evaluate.text(member(properties.LaunchTemplate, 'Version'));
  if (version !== '$Latest' && version !== '$Default') return;
  report(
    'warning',
    ['Resources', logicalId, 'Properties', 'LaunchTemplate', 'Version'],
    'A new launch template version will not reach the hosts',
    `The group takes version ${version}, a text that never changes: CloudFormation sees no change of the group and replaces no instance.`,
    'Use Version: !GetAtt <template>.LatestVersionNumber.',
  );
}

/** "UpdatePolicy attribute", CloudFormation User Guide. */
function updatePolicy({ logicalId, updatePolicy: policy }: Resource, { evaluate }: Landscape, report: Report): void {
  if (!isRecord(policy)) return;
  const path = ['Resources', logicalId, 'UpdatePolicy'];
  if (policy.AutoScalingRollingUpdate !== undefined && policy.AutoScalingInstanceRefresh !== undefined) {
    const message = `${logicalId} has both AutoScalingRollingUpdate and AutoScalingInstanceRefresh, and CloudFormation fails an update that finds both.`;
    report('error', [...path, 'AutoScalingInstanceRefresh'], 'Two update policies', message, 'Keep one of them.');
  }
  const suspended = evaluate.resolve(member(policy.AutoScalingRollingUpdate, 'SuspendProcesses'));
  if (suspended.kind !== 'known' || !isList(suspended.value)) return;
  for (const process of suspended.value) {
    if (process !== 'Launch' && process !== 'Terminate') continue;
    const message = `A rolling update replaces instances by launching and terminating them, and this suspends ${process}.`;
    report(
      'error',
      [...path, 'AutoScalingRollingUpdate', 'SuspendProcesses'],
      'A rolling update that cannot roll',
      message,
      `Take ${process} off the list.`,
    );
  }
}

/** "AutoScalingGroupProvider", Amazon ECS API: managed termination protection needs managed scaling and protected instances. */
function terminationProtection(group: Resource, landscape: Landscape, report: Report): void {
  const { evaluate } = landscape;
  for (const provider of capacityProvidersOf(group, landscape)) {
    const settings = provider.properties.AutoScalingGroupProvider;
    if (evaluate.text(member(settings, 'ManagedTerminationProtection')) !== 'ENABLED') continue;
    const path = [
      'Resources',
      provider.logicalId,
      'Properties',
      'AutoScalingGroupProvider',
      'ManagedTerminationProtection',
    ];
    const title = 'Managed termination protection that ECS refuses';
    const scaling = evaluate.resolve(member(settings, 'ManagedScaling'));
    const status = evaluate.text(member(member(settings, 'ManagedScaling'), 'Status'));
    if (scaling.kind === 'absent' || status === 'DISABLED') {
      report(
        'error',
        path,
        title,
        `${provider.logicalId} has managed termination protection without managed scaling.`,
        'Enable ManagedScaling, or disable the protection.',
      );
    }
    const protection = evaluate.resolve(group.properties.NewInstancesProtectedFromScaleIn);
    const isProtected =
      protection.kind === 'unknown' || (protection.kind === 'known' && String(protection.value) === 'true');
    if (!isProtected) {
      const message = `${provider.logicalId} has managed termination protection, and the instances of ${group.logicalId} are not protected from scale-in.`;
      report('error', path, title, message, `Set NewInstancesProtectedFromScaleIn: true on ${group.logicalId}.`);
    }
  }
}
