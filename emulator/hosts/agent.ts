import type { Services } from '../types.ts';
import type { HttpAnswer, HttpRequest } from './commands/curl.ts';
import { type Instance, identityDocument } from './instance.ts';

const VERSION = { agentVersion: '1.102.0', agentHash: '0a1b2c3d', dockerVersion: 'DockerVersion: 25.0.14' };
/** What the agent joins when its configuration names no cluster (ECS Developer Guide, "ECS_CLUSTER"). */
const DEFAULT_CLUSTER = 'default';

export interface AgentParts {
  readonly instance: Instance;
  readonly ecs: Services['ecs'];
  /** Adds a line to the agent's log. */
  log(line: string): void;
}

/** How the agent's process ends by itself: ecs-init starts it again after 1, and not after 5. */
export type AgentExit = 1 | 5;

/**
 * The ECS agent: reads its cluster when it starts, registers, and answers on its introspection endpoint. The local AWS
 * evaluates no policies: what the instance's role would not let it do, such as joining "default", it does here.
 */
export class Agent {
  readonly #parts: AgentParts;
  #cluster: string | undefined;
  #containerInstanceArn: string | undefined;
  #running = false;

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  /** Of the last registration. */
  get containerInstanceArn(): string | undefined {
    return this.#containerInstanceArn;
  }

  get cluster(): string | undefined {
    return this.#cluster;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Resolves when the agent ends: by itself, with an exit code, or because `gone` is aborted. */
  async start(config: string, gone: AbortSignal): Promise<AgentExit> {
    const cluster = clusterOf(config) ?? DEFAULT_CLUSTER;
    if (this.#cluster !== undefined && this.#containerInstanceArn !== undefined && this.#cluster !== cluster) {
      this.#parts.log(
        `level=critical msg="Data mismatch; saved cluster '${this.#cluster}' does not match configured cluster '${cluster}'. ` +
          'Perhaps you want to delete the configured checkpoint file?"',
      );
      return 5;
    }
    this.#cluster = cluster;
    this.#running = true;
    try {
      this.#containerInstanceArn ??= await this.register(cluster);
      await aborted(gone);
      return 1;
    } catch (error) {
      if (gone.aborted) return 1;
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      this.#parts.log(`level=error msg="Unable to register as a container instance with ECS" error="${reason}"`);
      // "Cluster not found" and the like are terminal for the agent; a service that fails is tried again.
      return isClientError(error) ? 5 : 1;
    } finally {
      this.#running = false;
    }
  }

  /** Registers with a cluster; only the one called "default" is made when it is missing. */
  async register(cluster: string): Promise<string> {
    const { ecs, instance, log } = this.#parts;
    log(`level=info msg="Registering Instance with ECS" cluster="${cluster}"`);
    const registration = {
      cluster,
      instanceIdentityDocument: identityDocument(instance),
      instanceIdentityDocumentSignature: 'local',
      versionInfo: VERSION,
    };
    const { containerInstance } = await ecs.registerContainerInstance(registration).catch(async (error: unknown) => {
      if (cluster !== DEFAULT_CLUSTER) throw error;
      await ecs.createCluster({ clusterName: DEFAULT_CLUSTER });
      return ecs.registerContainerInstance(registration);
    });
    const arn = containerInstance?.containerInstanceArn;
    if (arn === undefined) throw new Error('ECS answered without a container instance');
    this.#cluster = cluster;
    this.#containerInstanceArn = arn;
    log(
      `level=info msg="Instance registration completed successfully" containerInstanceARN="${arn}" cluster="${cluster}"`,
    );
    return arn;
  }

  /** What http://localhost:51678 answers; undefined while nothing listens there. */
  introspect({ url }: HttpRequest): HttpAnswer | undefined {
    if (!this.#running) return undefined;
    if (url.pathname === '/v1/metadata') {
      const { agentVersion, agentHash } = VERSION;
      return {
        status: 200,
        body: JSON.stringify({
          Cluster: this.#cluster,
          ContainerInstanceArn: this.#containerInstanceArn ?? null,
          Version: `Amazon ECS Agent - v${agentVersion} (${agentHash})`,
        }),
      };
    }
    if (url.pathname === '/v1/tasks') return { status: 200, body: '{"Tasks":[]}' };
    return { status: 200, body: '{"AvailableCommands":["/v1/metadata","/v1/tasks","/license"]}' };
  }
}

/** ECS_CLUSTER in an environment file: the last line counts, quotes do not. */
export function clusterOf(config: string): string | undefined {
  let cluster: string | undefined;
  for (const line of config.split(/\r?\n/)) {
    const [, value] = /^\s*ECS_CLUSTER=(.*)$/.exec(line) ?? [];
    if (value !== undefined) cluster = value.trim().replace(/^(["'])(.*)\1$/, '$2');
  }
  return cluster === '' ? undefined : cluster;
}

const isClientError = (error: unknown) =>
  error instanceof Error && '$fault' in error && error.$fault === 'client' && error.name !== 'ThrottlingException';

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
