import type {
  BucketLocationConstraint,
  OwnershipControls,
  PublicAccessBlockConfiguration,
  ServerSideEncryption,
  VersioningConfiguration,
} from '@aws-sdk/client-s3';
import type { Account, ResourceState, Services } from '../../types.ts';
import { changed } from './changed.ts';
import { physicalName } from './physical-name.ts';
import { provider } from './provider.ts';
import { ifThere, templateTags } from './reading.ts';
import { unlessGone } from './stabilize.ts';
import { mergedTags, type Tag, withoutReserved } from './tags.ts';

interface BucketProperties {
  readonly BucketName?: string;
  readonly VersioningConfiguration?: VersioningConfiguration;
  readonly PublicAccessBlockConfiguration?: PublicAccessBlockConfiguration;
  readonly OwnershipControls?: OwnershipControls;
  readonly BucketEncryption?: {
    readonly ServerSideEncryptionConfiguration: readonly {
      readonly BucketKeyEnabled?: boolean;
      readonly ServerSideEncryptionByDefault?: {
        readonly SSEAlgorithm: ServerSideEncryption;
        readonly KMSMasterKeyID?: string;
      };
    }[];
  };
  readonly Tags?: readonly Tag[];
}

export const s3Bucket = provider<BucketProperties>({
  type: 'AWS::S3::Bucket',
  properties: [
    'BucketName',
    'VersioningConfiguration',
    'PublicAccessBlockConfiguration',
    'OwnershipControls',
    'BucketEncryption',
    'Tags',
  ],

  async create({ services, account, properties, ...request }) {
    const Bucket = properties.BucketName ?? physicalName(request, 63).toLowerCase();
    const location = bucketLocation(account.region);
    await services.s3.createBucket({
      Bucket,
      ...(location && { CreateBucketConfiguration: { LocationConstraint: location } }),
    });
    request.initiated(stateOf(Bucket, account));
    await configure(services, Bucket, {}, properties);
    await putTags(services, Bucket, mergedTags(request.tags, properties.Tags));
    return stateOf(Bucket, account);
  },

  async update({ services, account, properties, tags }, { physicalId, properties: before }) {
    await configure(services, physicalId, before, properties);
    await putTags(services, physicalId, mergedTags(tags, properties.Tags));
    return stateOf(physicalId, account);
  },

  async delete({ services }, { physicalId }) {
    await unlessGone(['NoSuchBucket'], () => services.s3.deleteBucket({ Bucket: physicalId }));
  },

  async read({ services: { s3 } }, { physicalId: Bucket }) {
    if (!(await isThere(s3, Bucket))) return undefined;
    const versioning = await s3.getBucketVersioning({ Bucket });
    const access = await ifThere(['NoSuchPublicAccessBlockConfiguration'], () => s3.getPublicAccessBlock({ Bucket }));
    const ownership = await ifThere(['OwnershipControlsNotFoundError'], () =>
      s3.getBucketOwnershipControls({ Bucket }),
    );
    const encryption = await ifThere(['ServerSideEncryptionConfigurationNotFoundError'], () =>
      s3.getBucketEncryption({ Bucket }),
    );
    const tagging = await ifThere(['NoSuchTagSet'], () => s3.getBucketTagging({ Bucket }));
    return {
      BucketName: Bucket,
      VersioningConfiguration: versioning.Status && { Status: versioning.Status },
      PublicAccessBlockConfiguration: access?.PublicAccessBlockConfiguration,
      OwnershipControls: ownership?.OwnershipControls,
      BucketEncryption: encryption && {
        ServerSideEncryptionConfiguration: (encryption.ServerSideEncryptionConfiguration?.Rules ?? []).map((rule) => ({
          BucketKeyEnabled: rule.BucketKeyEnabled,
          ServerSideEncryptionByDefault: rule.ApplyServerSideEncryptionByDefault && {
            SSEAlgorithm: rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm,
          },
        })),
      },
      Tags: templateTags(tagging?.TagSet),
    };
  },

  async find({ services: { s3 }, account }, Bucket) {
    return (await isThere(s3, Bucket)) ? stateOf(Bucket, account) : undefined;
  },
});

async function isThere(s3: Services['s3'], Bucket: string): Promise<boolean> {
  return (await ifThere(['NotFound', 'NoSuchBucket'], () => s3.headBucket({ Bucket }))) !== undefined;
}

/** us-east-1 is where a bucket is without a location. */
function bucketLocation(region: string): BucketLocationConstraint | undefined {
  return region === 'us-east-1' ? undefined : isLocation(region) ? region : undefined;
}

function isLocation(region: string): region is BucketLocationConstraint {
  return /^[a-z]{2}-[a-z-]+-\d$/.test(region);
}

async function configure(services: Services, Bucket: string, before: BucketProperties, after: BucketProperties) {
  if (changed(before, after, 'VersioningConfiguration')) {
    const VersioningConfiguration = after.VersioningConfiguration ?? { Status: 'Suspended' };
    await services.s3.putBucketVersioning({ Bucket, VersioningConfiguration });
  }
  if (changed(before, after, 'PublicAccessBlockConfiguration')) {
    const { PublicAccessBlockConfiguration } = after;
    await (PublicAccessBlockConfiguration
      ? services.s3.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration })
      : services.s3.deletePublicAccessBlock({ Bucket }));
  }
  if (changed(before, after, 'OwnershipControls')) {
    const { OwnershipControls } = after;
    await (OwnershipControls
      ? services.s3.putBucketOwnershipControls({ Bucket, OwnershipControls })
      : services.s3.deleteBucketOwnershipControls({ Bucket }));
  }
  if (changed(before, after, 'BucketEncryption')) {
    const rules = after.BucketEncryption?.ServerSideEncryptionConfiguration;
    await (rules
      ? services.s3.putBucketEncryption({
          Bucket,
          ServerSideEncryptionConfiguration: {
            Rules: rules.map(({ BucketKeyEnabled, ServerSideEncryptionByDefault: byDefault }) => ({
              BucketKeyEnabled,
              ...(byDefault && {
                ApplyServerSideEncryptionByDefault: {
                  SSEAlgorithm: byDefault.SSEAlgorithm,
                  KMSMasterKeyID: byDefault.KMSMasterKeyID,
                },
              }),
            })),
          },
        })
      : services.s3.deleteBucketEncryption({ Bucket }));
  }
}

async function putTags(services: Services, Bucket: string, tags: readonly Tag[]): Promise<void> {
  const TagSet = withoutReserved(tags);
  await (TagSet.length > 0
    ? services.s3.putBucketTagging({ Bucket, Tagging: { TagSet } })
    : services.s3.deleteBucketTagging({ Bucket }));
}

function stateOf(name: string, { region }: Account): ResourceState {
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
    },
  };
}
