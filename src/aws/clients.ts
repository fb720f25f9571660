import type { Aws, AwsTarget } from './aws.ts';
import { RETRIES, TIME_LIMITS } from './limits.ts';
import { type Environment, proxyAgents } from './proxy.ts';
import { roleCredentials, sessionName } from './role.ts';
import type { ClientSettings } from './settings.ts';

export interface AwsSettings {
  readonly signal: AbortSignal;
  /** Proxies, the repository and the run are read from here; credentials and endpoints are the SDK's business. */
  readonly env: Environment;
  /** Product and version as they go into the User-Agent header. Default `ecs-muster`. */
  readonly userAgent?: string;
}

type Services = Omit<Aws, 'region' | 'withSignal'>;

/** The services of one target before any signal is given to them. */
type Connections = {
  readonly [Name in keyof Services]: () => Promise<Connection<Awaited<ReturnType<Services[Name]>>>>;
};
type Connection<Service> = (signal: AbortSignal) => Service;

/** What a module of services/ exports. It is a chunk of its own, with what it needs of the SDK. */
interface ServiceModule<Service> {
  connect(settings: ClientSettings, env: Environment): Connection<Service>;
}

/** The world's AWS: one set of clients per region and role, each service imported and connected to when first asked for. */
export function createAws({ signal, env, userAgent = 'ecs-muster' }: AwsSettings): (target: AwsTarget) => Aws {
  const agents = once(() => proxyAgents(env));
  const targets = new Map<string, Aws>();

  const configure = async ({ region, role }: AwsTarget): Promise<ClientSettings> => ({
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
      connectionsOf(() => configure(target), env),
      signal,
    );
    targets.set(key, made);
    return made;
  };
  return aws;
}

function bind(region: string, connections: Connections, signal: AbortSignal): Aws {
  const under = <Service>(connection: () => Promise<Connection<Service>>) =>
    once(async () => (await connection())(signal));
  return {
    region,
    cloudFormation: under(connections.cloudFormation),
    ecs: under(connections.ecs),
    autoScaling: under(connections.autoScaling),
    ssm: under(connections.ssm),
    s3: under(connections.s3),
    sts: under(connections.sts),
    cloudTrail: under(connections.cloudTrail),
    withSignal: (other) => bind(region, connections, other),
  };
}

function connectionsOf(configure: () => Promise<ClientSettings>, env: Environment): Connections {
  const settings = once(configure);
  const connection = <Service>(load: () => Promise<ServiceModule<Service>>) =>
    once(async () => {
      const [{ connect }, given] = await Promise.all([load(), settings()]);
      return connect(given, env);
    });
  return {
    cloudFormation: connection(() => import('./services/cloudformation.ts')),
    ecs: connection(() => import('./services/ecs.ts')),
    autoScaling: connection(() => import('./services/auto-scaling.ts')),
    ssm: connection(() => import('./services/ssm.ts')),
    s3: connection(() => import('./services/s3.ts')),
    sts: connection(() => import('./services/sts.ts')),
    cloudTrail: connection(() => import('./services/cloudtrail.ts')),
  };
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
