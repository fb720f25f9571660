import type { ResourceProvider } from '../../types.ts';
import { autoScalingGroup } from './autoscaling/group.ts';
import { launchConfiguration } from './autoscaling/launch-configuration.ts';
import { launchTemplate } from './ec2/launch-template.ts';
import { securityGroup } from './ec2/security-group.ts';
import { cluster } from './ecs/cluster.ts';
import { instanceProfile } from './iam/instance-profile.ts';
import { role } from './iam/role.ts';
import { logGroup } from './log-group.ts';

const all: readonly ResourceProvider[] = [
  autoScalingGroup,
  launchConfiguration,
  launchTemplate,
  securityGroup,
  cluster,
  role,
  instanceProfile,
  logGroup,
];

/** The resource types that are carried out through the services' own APIs, by type name. */
export const providers: ReadonlyMap<string, ResourceProvider> = new Map(all.map((one) => [one.type, one]));
