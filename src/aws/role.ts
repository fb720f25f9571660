import type { Environment } from './proxy.ts';
import type { STS } from './services/sts.ts';

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Credentials are taken anew this long before they expire, so that no call is signed with stale ones. Milliseconds. */
const REFRESH_BEFORE = 5 * 60_000;

/**
 * Credentials of `role`, assumed through STS when first asked for and again shortly before they expire. One session
 * serves all clients that share the provider.
 */
export function roleCredentials(
  role: string,
  sessionName: string,
  sts: () => Promise<Pick<STS, 'assumeRole'>>,
  now: () => number = Date.now,
): () => Promise<RoleCredentials> {
  let current: Promise<RoleCredentials> | undefined;
  let renewAt = 0;
  return () => {
    if (current !== undefined && now() < renewAt) return current;
    renewAt = Number.POSITIVE_INFINITY;
    const taken = assume(role, sessionName, sts);
    current = taken;
    taken.then(
      ({ expiration }) => {
        renewAt = expiration.getTime() - REFRESH_BEFORE;
      },
      () => {
        current = undefined;
      },
    );
    return taken;
  };
}

async function assume(
  role: string,
  sessionName: string,
  sts: () => Promise<Pick<STS, 'assumeRole'>>,
): Promise<RoleCredentials> {
  const { Credentials: granted } = await (await sts()).assumeRole({ RoleArn: role, RoleSessionName: sessionName });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = granted ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
    throw new Error(`STS answered without credentials for ${role}`);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/**
 * The name that CloudTrail shows for the session: the repository and the run. STS permits 2 to 64 of
 * `[\w+=,.@-]`.
 */
export function sessionName(env: Environment): string {
  const run = env.GITHUB_RUN_ID || 'local';
  const repository = (env.GITHUB_REPOSITORY || 'ecs-muster').replace(/[^\w+=,.@-]/g, '-');
  const tail = `-${run}`.slice(0, 32).replace(/[^\w+=,.@-]/g, '-');
  return `${repository.slice(0, 64 - tail.length)}${tail}`;
}
