import type { LaunchTemplate, RequestLaunchTemplateData, ResourceType } from '@aws-sdk/client-ec2';
import type { ResourceState, Services } from '../../../types.ts';
import { changed } from '../changed.ts';
import { randomSuffix } from '../physical-name.ts';
import { provider } from '../provider.ts';
import { ifThere } from '../reading.ts';
import { unlessGone } from '../stabilize.ts';
import { mergedTags, type Tag } from '../tags.ts';
import { tagSpecifications, updateEc2Tags } from './tags.ts';

interface LaunchTemplateProperties {
  readonly LaunchTemplateName?: string;
  /** The template's shape is the EC2 API's. */
  readonly LaunchTemplateData: RequestLaunchTemplateData;
  readonly VersionDescription?: string;
  readonly TagSpecifications?: readonly { readonly ResourceType?: ResourceType; readonly Tags?: readonly Tag[] }[];
}

export const launchTemplate = provider<LaunchTemplateProperties>({
  type: 'AWS::EC2::LaunchTemplate',
  properties: ['LaunchTemplateName', 'LaunchTemplateData', 'VersionDescription', 'TagSpecifications'],

  async create({ services, properties, logicalId, tags }) {
    const { LaunchTemplate } = await services.ec2.createLaunchTemplate({
      // The one generated name without the stack's: `<logicalId>_<random>`.
      LaunchTemplateName: properties.LaunchTemplateName ?? `${logicalId.slice(0, 115)}_${randomSuffix()}`,
      LaunchTemplateData: properties.LaunchTemplateData,
      VersionDescription: properties.VersionDescription,
      ...tagSpecifications('launch-template', tags, ownTags(properties)),
    });
    return described(services, LaunchTemplate?.LaunchTemplateId ?? '');
  },

  /** A change of the data is a new version. The default version stays, as CloudFormation leaves it. */
  async update({ services, properties, tags }, previous) {
    if (changed(previous.properties, properties, 'LaunchTemplateData', 'VersionDescription')) {
      await services.ec2.createLaunchTemplateVersion({
        LaunchTemplateId: previous.physicalId,
        LaunchTemplateData: properties.LaunchTemplateData,
        VersionDescription: properties.VersionDescription,
      });
    }
    const after = mergedTags(tags, ownTags(properties));
    await updateEc2Tags(services, previous.physicalId, ownTags(previous.properties), after);
    return described(services, previous.physicalId);
  },

  async delete({ services }, { physicalId }) {
    await unlessGone(GONE, () => services.ec2.deleteLaunchTemplate({ LaunchTemplateId: physicalId }));
  },

  /** Its data are write-only in CloudFormation's schema of the type: of versions made by hand it learns nothing. */
  async read({ services }, { physicalId }) {
    const template = await lookUp(services, physicalId);
    return template && { LaunchTemplateName: template.LaunchTemplateName };
  },

  async find({ services }, id) {
    return (await lookUp(services, id)) && described(services, id);
  },
});

const GONE = ['InvalidLaunchTemplateId.NotFound', 'InvalidLaunchTemplateName.NotFoundException'];

async function lookUp(services: Services, id: string): Promise<LaunchTemplate | undefined> {
  const found = await ifThere([...GONE, 'InvalidLaunchTemplateId.Malformed'], () =>
    services.ec2.describeLaunchTemplates({ LaunchTemplateIds: [id] }),
  );
  return found?.LaunchTemplates?.[0];
}

function ownTags(properties: LaunchTemplateProperties): Tag[] {
  return (properties.TagSpecifications ?? [])
    .filter((specification) => specification.ResourceType === 'launch-template')
    .flatMap((specification) => specification.Tags ?? []);
}

async function described(services: Services, id: string): Promise<ResourceState> {
  const { LaunchTemplates } = await services.ec2.describeLaunchTemplates({ LaunchTemplateIds: [id] });
  const template = LaunchTemplates?.[0];
  return {
    physicalId: id,
    attributes: {
      LaunchTemplateId: id,
      LatestVersionNumber: String(template?.LatestVersionNumber ?? 1),
      DefaultVersionNumber: String(template?.DefaultVersionNumber ?? 1),
    },
  };
}
