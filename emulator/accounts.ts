import type { ApiCall } from './request.ts';
import type { Account } from './types.ts';

export interface Caller {
  readonly account: Account;
  /** The ARN of the user or the assumed role. */
  readonly arn: string;
}

/** The role whose credentials hosts call with. */
export const HOST_ROLE = 'ecs-host';

/** Any text will do: moto does not check signatures. */
const SECRET = 'local';

const scope = (accessKeyId: string, region: string) =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261124/${region}/sts/aws4_request, SignedHeaders=host, Signature=local`;

/** Asks moto, once for each access key, whose it is: the keys of an assumed role belong to the role's account. */
export function createAccounts(endpoint: string) {
  const identities = new Map<string, Promise<{ accountId: string; arn: string }>>();

  const ask = async (accessKeyId: string, region: string) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: scope(accessKeyId, region) },
      body: new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' }),
    });
    const xml = await response.text();
    const accountId = /<Account>(\d{12})<\/Account>/.exec(xml)?.[1];
    const arn = /<Arn>([^<]+)<\/Arn>/.exec(xml)?.[1];
    if (accountId === undefined || arn === undefined) throw new Error(`moto does not know ${accessKeyId}: ${xml}`);
    return { accountId, arn };
  };

  return {
    async callerOf(call: Pick<ApiCall, 'accessKeyId' | 'region' | 'sessionToken'>): Promise<Caller> {
      const { accessKeyId, region, sessionToken } = call;
      let identity = identities.get(accessKeyId);
      if (identity === undefined) {
        identity = ask(accessKeyId, region);
        identities.set(accessKeyId, identity);
        identity.catch(() => identities.delete(accessKeyId));
      }
      const { accountId, arn } = await identity;
      const credentials = {
        accessKeyId,
        secretAccessKey: SECRET,
        ...(sessionToken === undefined ? {} : { sessionToken }),
      };
      return { account: { accountId, region, credentials }, arn };
    },
  };
}

export type Accounts = ReturnType<typeof createAccounts>;
