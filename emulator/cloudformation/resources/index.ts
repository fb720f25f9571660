import type { ResourceProvider } from '../../types.ts';
import { autoScalingGroup } from './autoscaling/group.ts';
import { launchConfiguration } from './autoscaling/launch-configuration.ts';
import { lifecycleHook } from './autoscaling/lifecycle-hook.ts';
import { scalingPolicy } from './autoscaling/scaling-policy.ts';
import { scheduledAction } from './autoscaling/scheduled-action.ts';
import { eip } from './ec2/eip.ts';
import { gatewayAttachment, internetGateway } from './ec2/internet-gateway.ts';
import { launchTemplate } from './ec2/launch-template.ts';
import { natGateway } from './ec2/nat-gateway.ts';
import { route } from './ec2/route.ts';
import { routeTable, subnetRouteTableAssociation } from './ec2/route-table.ts';
import { securityGroup } from './ec2/security-group.ts';
import { securityGroupEgress } from './ec2/security-group-egress.ts';
import { securityGroupIngress } from './ec2/security-group-ingress.ts';
import { subnet } from './ec2/subnet.ts';
import { vpc } from './ec2/vpc.ts';
import { capacityProvider } from './ecs/capacity-provider.ts';
import { capacityProviderAssociations } from './ecs/capacity-provider-associations.ts';
import { cluster } from './ecs/cluster.ts';
import { instanceProfile } from './iam/instance-profile.ts';
import { managedPolicy } from './iam/managed-policy.ts';
import { policy } from './iam/policy.ts';
import { role } from './iam/role.ts';
import { logGroup } from './log-group.ts';
import { s3Bucket } from './s3-bucket.ts';
import { ssmParameter } from './ssm-parameter.ts';

const all: readonly ResourceProvider[] = [
  autoScalingGroup,
  capacityProvider,
  capacityProviderAssociations,
  cluster,
  eip,
  gatewayAttachment,
  instanceProfile,
  internetGateway,
  launchConfiguration,
  launchTemplate,
  lifecycleHook,
  logGroup,
  managedPolicy,
  natGateway,
  policy,
  role,
  route,
  routeTable,
  s3Bucket,
  scalingPolicy,
  scheduledAction,
  securityGroup,
  securityGroupEgress,
  securityGroupIngress,
  ssmParameter,
  subnet,
  subnetRouteTableAssociation,
  vpc,
];

/** The resource types that are carried out through the services' own APIs, by type name. */
export const providers: ReadonlyMap<string, ResourceProvider> = new Map(all.map((one) => [one.type, one]));
