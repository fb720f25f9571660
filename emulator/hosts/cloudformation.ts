import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { HOST_ROLE } from '../accounts.ts';
import type { Account, ServicesFor } from '../types.ts';

/** The calls that a host's helper scripts make, on the endpoint that everyone calls. */
export interface StackCalls {
  signal(signal: {
    region: string;
    stackName: string;
    logicalId: string;
    uniqueId: string;
    status: 'SUCCESS' | 'FAILURE';
  }): Promise<void>;
  /** A resource's Metadata as JSON; undefined when it has none. */
  metadata(resource: { region: string; stackName: string; logicalId: string }): Promise<string | undefined>;
  clusters(stack: { region: string; stackName: string }): Promise<string[]>;
  close(): void;
}

/** With credentials of a role in the account, as an instance has them: hosts' calls are not those of whoever deploys. */
export function createStackCalls(
  account: Account,
  servicesFor: ServicesFor,
  gatewayEndpoint: () => string,
): StackCalls {
  const clients = new Map<string, CloudFormation>();

  const credentials = async () => {
    const { Credentials } = await servicesFor(account).sts.assumeRole({
      RoleArn: `arn:aws:iam::${account.accountId}:role/${HOST_ROLE}`,
      RoleSessionName: HOST_ROLE,
    });
    return {
      accessKeyId: Credentials?.AccessKeyId ?? account.credentials.accessKeyId,
      secretAccessKey: Credentials?.SecretAccessKey ?? account.credentials.secretAccessKey,
      ...(Credentials?.SessionToken === undefined ? {} : { sessionToken: Credentials.SessionToken }),
    };
  };
  let known: ReturnType<typeof credentials> | undefined;

  const clientIn = (region: string) => {
    let client = clients.get(region);
    if (client === undefined) {
      known ??= credentials();
      const shared = known;
      client = new CloudFormation({ endpoint: gatewayEndpoint(), region, credentials: () => shared });
      clients.set(region, client);
    }
    return client;
  };

  return {
    async signal({ region, stackName, logicalId, uniqueId, status }) {
      await clientIn(region).signalResource({
        StackName: stackName,
        LogicalResourceId: logicalId,
        UniqueId: uniqueId,
        Status: status,
      });
    },
    async metadata({ region, stackName, logicalId }) {
      const { StackResourceDetail } = await clientIn(region).describeStackResource({
        StackName: stackName,
        LogicalResourceId: logicalId,
      });
      return StackResourceDetail?.Metadata;
    },
    async clusters({ region, stackName }) {
      const { StackResources } = await clientIn(region).describeStackResources({ StackName: stackName });
      return (StackResources ?? [])
        .filter(({ ResourceType }) => ResourceType === 'AWS::ECS::Cluster')
        .flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []);
    },
    close() {
      for (const client of clients.values()) client.destroy();
    },
  };
}
