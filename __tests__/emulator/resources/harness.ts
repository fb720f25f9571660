import { createClock } from '../../../emulator/clock.ts';
import { providers } from '../../../emulator/cloudformation/resources/index.ts';
import { attributesOf } from '../../../emulator/cloudformation/resources/replacement.ts';
import { type Moto, startMoto } from '../../../emulator/moto.ts';
import { createServices } from '../../../emulator/services.ts';
import type {
  Account,
  ResourceRequest,
  ResourceState,
  Services,
  Signal,
  SignalInbox,
} from '../../../emulator/types.ts';

export const STACK_ID =
  'arn:aws:cloudformation:us-east-1:123456789012:stack/todobackend/6a1a3d40-0000-11f0-8000-0a0000000000';

const account: Account = {
  accountId: '123456789012',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

/** Signals as the group's hosts send them: each instance that is asked for once, in the order it was launched. */
export class HostSignals implements SignalInbox {
  readonly #services: Services;
  readonly #group: string;
  readonly #answered: Set<string>;
  readonly #status: (ordinal: number) => Signal['status'] | undefined;
  #ordinal = 0;

  /**
   * @param silent instances that have signalled before
   * @param status what the nth new host signals, from 1; undefined: nothing
   */
  constructor(
    services: Services,
    group: string,
    silent: readonly string[],
    status: (ordinal: number) => Signal['status'] | undefined = () => 'SUCCESS',
  ) {
    this.#services = services;
    this.#group = group;
    this.#answered = new Set(silent);
    this.#status = status;
  }

  async next(): Promise<Signal | undefined> {
    const fresh = (await instancesOf(this.#services, this.#group)).filter((id) => !this.#answered.has(id));
    for (const uniqueId of fresh) {
      this.#answered.add(uniqueId);
      this.#ordinal += 1;
      const status = this.#status(this.#ordinal);
      if (status) return { uniqueId, status };
    }
    return undefined;
  }
}

export async function instancesOf(services: Services, group: string): Promise<string[]> {
  const { AutoScalingGroups } = await services.autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: [group],
  });
  return (AutoScalingGroups?.[0]?.Instances ?? []).flatMap((instance) => instance.InstanceId ?? []);
}

export interface Lab extends AsyncDisposable {
  readonly services: Services;
  /** Default VPC and its subnets. */
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly imageId: string;
  resource(type: string, logicalId?: string): TestedResource;
}

export interface TestedResource {
  /** The reasons of its progress events, in order. */
  readonly progress: string[];
  create(properties: Record<string, unknown>, extra?: Partial<ResourceRequest>): Promise<ResourceState>;
  /** From the properties of the last creation or update. */
  update(properties: Record<string, unknown>, extra?: Partial<ResourceRequest>): Promise<ResourceState>;
  delete(extra?: Partial<ResourceRequest>): Promise<void>;
  /** As an import looks for it. */
  find(identifier: string): Promise<ResourceState | undefined>;
  readonly state: ResourceState;
}

/** A moto of its own for one test file, and requests as the engine makes them. */
export async function startLab(): Promise<Lab> {
  const moto: Moto = await startMoto();
  const services = createServices(moto.endpoint, () => undefined)(account);
  const { Vpcs } = await services.ec2.describeVpcs({ Filters: [{ Name: 'is-default', Values: ['true'] }] });
  const { Subnets } = await services.ec2.describeSubnets({});
  const vpcId = Vpcs?.[0]?.VpcId ?? '';
  return {
    services,
    vpcId,
    subnetIds: (Subnets ?? []).filter((subnet) => subnet.VpcId === vpcId).flatMap((subnet) => subnet.SubnetId ?? []),
    imageId: 'ami-12c6146b',
    resource: (type, logicalId = type.split('::')[2] ?? type) => testedResource(services, type, logicalId),
    [Symbol.asyncDispose]: () => moto[Symbol.asyncDispose](),
  };
}

function testedResource(services: Services, type: string, logicalId: string): TestedResource {
  const provider = providers.get(type);
  if (!provider) throw new Error(`There is no provider for ${type}`);
  const progress: string[] = [];
  let current: { state: ResourceState; properties: Record<string, unknown> } | undefined;
  const made = () => {
    if (!current) throw new Error(`${logicalId} has not been created`);
    return current;
  };
  const request = (properties: Record<string, unknown>, extra: Partial<ResourceRequest>): ResourceRequest => ({
    account,
    services,
    clock: createClock(Number.POSITIVE_INFINITY),
    signal: new AbortController().signal,
    stackId: STACK_ID,
    stackName: 'todobackend',
    logicalId,
    properties,
    tags: {
      team: 'platform',
      'aws:cloudformation:stack-name': 'todobackend',
      'aws:cloudformation:stack-id': STACK_ID,
      'aws:cloudformation:logical-id': logicalId,
    },
    signals: { next: async () => undefined },
    progress: (reason) => progress.push(reason),
    ...extra,
  });
  return {
    progress,
    async create(properties, extra = {}) {
      const state = await provider.create(request(properties, extra));
      const unknown = Object.keys(state.attributes).filter((name) => !attributesOf(type).includes(name));
      if (unknown.length > 0) throw new Error(`${type} has no attribute ${unknown.join(', ')} in the specification`);
      current = { state, properties };
      return state;
    },
    async update(properties, extra = {}) {
      const { state, properties: before } = made();
      // The engine's record has the new properties from the moment an update is tried.
      current = { state, properties };
      current.state = await provider.update(request(properties, extra), { ...state, properties: before });
      return current.state;
    },
    delete: (extra = {}) => provider.delete(request(made().properties, extra), made().state),
    async find(identifier) {
      if (!provider.find) throw new Error(`${type} cannot be imported`);
      return provider.find({ account, services }, identifier);
    },
    get state() {
      return made().state;
    },
  };
}
