import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createAccounts } from './accounts.ts';
import { createClock } from './clock.ts';
import { createCloudFormation, type EngineState } from './cloudformation/index.ts';
import { providers } from './cloudformation/resources/index.ts';
import { replacement } from './cloudformation/resources/replacement.ts';
import { createTrail } from './cloudtrail/trail.ts';
import { openGateway } from './gateway.ts';
import { createHosts } from './hosts/hosts.ts';
import { type CallFilter, createJournal } from './journal.ts';
import { createLocalApi } from './local-api.ts';
import { clientEnvironment, startMoto } from './moto.ts';
import { LOCAL_DIRECTORY, type Tell, tellStandardError } from './python.ts';
import { DEFAULT_REGION } from './request.ts';
import { createScenarios } from './scenario.ts';
import { createServices } from './services.ts';
import type { Hosts, JournalEntry, Scenario, Services } from './types.ts';

export interface LocalAwsOptions {
  /** How many times faster than AWS's its waits pass; Infinity: none at all. Default 60. */
  readonly speed?: number;
  readonly scenario?: Scenario;
  /** Default: any free one. */
  readonly port?: number;
  /** Told what is being installed and what goes wrong inside. Default: standard error. */
  readonly tell?: Tell;
}

export interface LocalAws extends AsyncDisposable {
  readonly endpoint: string;
  /** The variables with which an AWS SDK or CLI talks to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Straight to moto, as the account that `env` has the keys of: neither journalled nor met by faults. */
  readonly services: Services;
  readonly hosts: Hosts['mode'];
  /** Puts a scenario in the place of the one in force; `{}` makes all well. */
  play(scenario: Scenario): void;
  /** The calls so far that fit, oldest first. */
  calls(filter?: CallFilter): JournalEntry[];
  state(): LocalAwsState;
}

export interface LocalAwsState extends EngineState {
  /** The word for no waits at all, which is no number in JSON. */
  readonly speed: number | 'Infinity';
  readonly hosts: Hosts['mode'];
}

/**
 * Brings up a local AWS on the loopback interface: moto, the CloudFormation engine and the hosts behind one endpoint.
 *
 * Throws EquipmentError when this machine lacks something, with a message for the person at it.
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { speed = 60, scenario = {}, port, tell = tellStandardError } = options;
  const clock = createClock(speed);
  const journal = createJournal();
  const trail = createTrail(journal);
  const scenarios = createScenarios(scenario);

  await using stack = new AsyncDisposableStack();
  const moto = stack.use(await startMoto({ tell }));
  const accounts = createAccounts(moto.endpoint);
  const gateway = stack.use(await openGateway(port));
  const { endpoint } = gateway;

  const servicesFor = createServices(moto.endpoint, (account) => hosts.reconcile(account));
  const engineServicesFor = createServices(
    moto.endpoint,
    (account) => hosts.reconcile(account),
    (account, call) => void trail.addByCloudFormation(accounts, account, call),
  );
  const cloudFormation = createCloudFormation({
    servicesFor: engineServicesFor,
    clock,
    scenarios,
    providers,
    replacement,
  });
  stack.defer(() => cloudFormation.stop());
  const dir = path.join(LOCAL_DIRECTORY, 'hosts', randomUUID());
  const hosts = createHosts({ servicesFor, clock, scenarios, gatewayEndpoint: () => endpoint, dir, tell });
  stack.defer(() => hosts.stop());
  const state = (): LocalAwsState => ({
    speed: Number.isFinite(speed) ? speed : 'Infinity',
    hosts: hosts.mode,
    ...cloudFormation.state(),
  });
  const local = createLocalApi({ journal, scenarios, state });
  gateway.serve({
    moto: moto.endpoint,
    accounts,
    journal: trail.journal,
    trail,
    scenarios,
    cloudFormation,
    hosts,
    local,
    tell,
  });

  const env = clientEnvironment(endpoint);
  const { account } = await accounts.callerOf({ region: DEFAULT_REGION, accessKeyId: env.AWS_ACCESS_KEY_ID });
  const running = stack.move();
  return {
    endpoint,
    env,
    services: servicesFor(account),
    hosts: hosts.mode,
    play: scenarios.play,
    calls: journal.calls,
    state,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
