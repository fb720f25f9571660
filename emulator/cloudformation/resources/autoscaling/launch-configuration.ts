import type { BlockDeviceMapping, InstanceMetadataOptions } from '@aws-sdk/client-auto-scaling';
import { physicalName } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { unkept } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';

interface LaunchConfigurationProperties {
  readonly LaunchConfigurationName?: string;
  readonly ImageId: string;
  readonly InstanceType: string;
  readonly KeyName?: string;
  readonly SecurityGroups?: readonly string[];
  readonly UserData?: string;
  readonly IamInstanceProfile?: string;
  readonly AssociatePublicIpAddress?: boolean;
  readonly BlockDeviceMappings?: readonly BlockDeviceMapping[];
  readonly MetadataOptions?: InstanceMetadataOptions;
  readonly EbsOptimized?: boolean;
  readonly InstanceMonitoring?: boolean;
  readonly KernelId?: string;
  readonly RamDiskId?: string;
  readonly PlacementTenancy?: string;
  readonly SpotPrice?: string;
}

/** Every property of a launch configuration replaces it, so there is nothing that an update could change. */
export const launchConfiguration = provider<LaunchConfigurationProperties>({
  type: 'AWS::AutoScaling::LaunchConfiguration',
  properties: [
    'LaunchConfigurationName',
    'ImageId',
    'InstanceType',
    'KeyName',
    'SecurityGroups',
    'UserData',
    'IamInstanceProfile',
    'AssociatePublicIpAddress',
    'BlockDeviceMappings',
    'MetadataOptions',
    'EbsOptimized',
    'InstanceMonitoring',
    'KernelId',
    'RamDiskId',
    'PlacementTenancy',
    'SpotPrice',
  ],

  async create({ services, properties, ...request }) {
    const { RamDiskId, InstanceMonitoring, SecurityGroups, BlockDeviceMappings, ...same } = properties;
    const name = properties.LaunchConfigurationName ?? physicalName(request, 255);
    await services.autoScaling.createLaunchConfiguration({
      ...same,
      LaunchConfigurationName: name,
      RamdiskId: RamDiskId,
      SecurityGroups: SecurityGroups && [...SecurityGroups],
      BlockDeviceMappings: BlockDeviceMappings && [...BlockDeviceMappings],
      // "Detailed monitoring is enabled by default" (Amazon EC2 Auto Scaling API, CreateLaunchConfiguration).
      InstanceMonitoring: { Enabled: InstanceMonitoring ?? true },
    });
    return { physicalId: name, attributes: {} };
  },

  async update(_request, previous) {
    return { physicalId: previous.physicalId, attributes: previous.attributes };
  },

  async delete({ services }, { physicalId }) {
    await unlessGone(['ValidationError'], () =>
      services.autoScaling.deleteLaunchConfiguration({ LaunchConfigurationName: physicalId }),
    );
  },

  async read({ services, properties }, { physicalId }) {
    const LaunchConfigurationNames = [physicalId];
    const found = await services.autoScaling.describeLaunchConfigurations({ LaunchConfigurationNames });
    const now = found.LaunchConfigurations?.[0];
    return (
      now && {
        ...unkept(properties, 'PlacementTenancy'),
        ...now,
        InstanceMonitoring: now.InstanceMonitoring?.Enabled,
        RamDiskId: now.RamdiskId,
      }
    );
  },
});
