import type { AwsCredentialIdentity, MiddlewareStack } from '@smithy/types';
import { underSignal } from './abortable.ts';
import { refuseForeignAnswers } from './answers.ts';
import type { Aws, AwsTarget } from './aws.ts';
import { RETRIES, TIME_LIMITS } from './limits.ts';
import { type Environment, type ProxyAgents, proxyAgents } from './proxy.ts';
import { roleCredentials, sessionName } from './role.ts';

export interface AwsSettings {
  readonly signal: AbortSignal;
  /** Proxies, the repository and the run are read from here; credentials and endpoints are the SDK's business. */
  readonly env: Environment;
  /** Product and version as they go into the User-Agent header. Default `ecs-muster`. */
  readonly userAgent?: string;
}

interface ClientConfig {
  readonly region: string;
  readonly credentials?: () => Promise<AwsCredentialIdentity>;
  readonly requestHandler: typeof TIME_LIMITS & Partial<ProxyAgents>;
  readonly retryMode: string;
  readonly maxAttempts: number;
  readonly customUserAgent: [string, string?][];
}

interface Stacked<Input extends object, Output extends object> {
  readonly middlewareStack: MiddlewareStack<Input, Output>;
}

/** The clients of one target before any signal is given to them. */
type Clients = Omit<Aws, 'region' | 'withSignal'>;

/** The world's AWS: one set of clients per region and role, each client imported and made when first asked for. */
export function createAws({ signal, env, userAgent = 'ecs-muster' }: AwsSettings): (target: AwsTarget) => Aws {
  const agents = once(() => proxyAgents(env));
  const targets = new Map<string, Aws>();

  const configure = async ({ region, role }: AwsTarget): Promise<ClientConfig> => ({
    region,
    ...(role && { credentials: assumed(region, role) }),
    requestHandler: { ...TIME_LIMITS, ...(await agents()) },
    ...RETRIES,
    customUserAgent: [userAgentOf(userAgent), ...(env.GITHUB_RUN_ID ? [runOf(env.GITHUB_RUN_ID)] : [])],
  });
  const assumed = (region: string, role: string) =>
    roleCredentials(role, sessionName(env), () => aws({ region }).sts());

  const aws = (target: AwsTarget): Aws => {
    const key = JSON.stringify([target.region, target.role]);
    const known = targets.get(key);
    if (known !== undefined) return known;
    const made = bind(
      target.region,
      clientsOf(() => configure(target), env),
      signal,
    );
    targets.set(key, made);
    return made;
  };
  return aws;
}

/** What these calls make has to be removed again when the job is cancelled. */
const MAKES_WHAT_IS_OWED = ['createChangeSet', 'executeChangeSet'] as const;

function bind(region: string, clients: Clients, signal: AbortSignal): Aws {
  return {
    region,
    cloudFormation: once(async () => underSignal(await clients.cloudFormation(), signal, MAKES_WHAT_IS_OWED)),
    ecs: once(async () => underSignal(await clients.ecs(), signal)),
    autoScaling: once(async () => underSignal(await clients.autoScaling(), signal)),
    ssm: once(async () => underSignal(await clients.ssm(), signal)),
    s3: once(async () => underSignal(await clients.s3(), signal)),
    sts: once(async () => underSignal(await clients.sts(), signal)),
    withSignal: (other) => bind(region, clients, other),
  };
}

function clientsOf(configure: () => Promise<ClientConfig>, env: Environment): Clients {
  const config = once(configure);
  return {
    cloudFormation: once(async () => {
      const [{ CloudFormation }, settings] = await Promise.all([import('@aws-sdk/client-cloudformation'), config()]);
      return ready(new CloudFormation(settings));
    }),
    ecs: once(async () => {
      const [{ ECS }, settings] = await Promise.all([import('@aws-sdk/client-ecs'), config()]);
      return ready(new ECS(settings));
    }),
    autoScaling: once(async () => {
      const [{ AutoScaling }, settings] = await Promise.all([import('@aws-sdk/client-auto-scaling'), config()]);
      return ready(new AutoScaling(settings));
    }),
    ssm: once(async () => {
      const [{ SSM }, settings] = await Promise.all([import('@aws-sdk/client-ssm'), config()]);
      return ready(new SSM(settings));
    }),
    s3: once(async () => {
      const [{ S3 }, settings] = await Promise.all([import('@aws-sdk/client-s3'), config()]);
      // An endpoint of one's own rarely answers at <bucket>.<host>.
      const forcePathStyle = Boolean(env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL);
      return ready(new S3({ ...settings, forcePathStyle }), { emptyIsForeign: false });
    }),
    sts: once(async () => {
      const [{ STS }, settings] = await Promise.all([import('@aws-sdk/client-sts'), config()]);
      return ready(new STS(settings));
    }),
  };
}

function ready<Input extends object, Output extends object, Client extends Stacked<Input, Output>>(
  client: Client & Stacked<Input, Output>,
  { emptyIsForeign } = { emptyIsForeign: true },
): Client {
  refuseForeignAnswers(client.middlewareStack, emptyIsForeign);
  return client;
}

function userAgentOf(userAgent: string): [string, string?] {
  const [name = 'ecs-muster', version] = userAgent.split('/', 2);
  return version === undefined ? [name] : [name, version];
}

function runOf(runId: string): [string, string] {
  return ['md/github-run', runId];
}

/** Remembers what the first call made. A rejection is not remembered. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
