import { type Accounts, createAccounts } from '../../../emulator/accounts.ts';
import { openGateway } from '../../../emulator/gateway.ts';
import { createJournal, type Journal } from '../../../emulator/journal.ts';
import { createLocalApi } from '../../../emulator/local-api.ts';
import { type Moto, startMoto } from '../../../emulator/moto.ts';
import { createScenarios } from '../../../emulator/scenario.ts';
import type { Account, Scenarios } from '../../../emulator/types.ts';

/** A gateway before a real moto, whose CloudFormation and hosts are these few lines. */
export interface TestGateway extends AsyncDisposable {
  readonly endpoint: string;
  readonly moto: Moto;
  readonly journal: Journal;
  readonly scenarios: Scenarios;
  /** What the engine was asked. */
  readonly asked: { action: string; parameters: Readonly<Record<string, string>>; account: Account }[];
  readonly reconciled: Account[];
  readonly told: string[];
  readonly agents: Map<string, boolean>;
  readonly consoles: Map<string, string>;
  readonly client: { endpoint: string; region: string; credentials: Account['credentials']; maxAttempts: number };
}

export async function startTestGateway(): Promise<TestGateway> {
  const moto = await startMoto();
  const journal = createJournal();
  const scenarios = createScenarios();
  const asked: TestGateway['asked'] = [];
  const reconciled: Account[] = [];
  const told: string[] = [];
  const agents = new Map<string, boolean>();
  const consoles = new Map<string, string>();
  const accounts: Accounts = createAccounts(moto.endpoint);
  const gateway = await openGateway();
  gateway.serve({
    moto: moto.endpoint,
    accounts,
    journal,
    scenarios,
    cloudFormation: {
      handle: async ({ action, parameters, account }) => {
        asked.push({ action, parameters, account });
        if (action === 'ListTypes') throw new Error('a fault of the engine');
        const body = `<${action}Response><${action}Result/></${action}Response>`;
        return { status: 200, contentType: 'text/xml', body };
      },
    },
    hosts: {
      reconcile: (account) => void reconciled.push(account),
      agentConnected: (arn) => agents.get(arn),
      consoleOutput: (instanceId) => consoles.get(instanceId),
    },
    local: createLocalApi({ journal, scenarios, state: () => ({ stacks: [] }) }),
    tell: (line) => void told.push(line),
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    endpoint: gateway.endpoint,
    moto,
    journal,
    scenarios,
    asked,
    reconciled,
    told,
    agents,
    consoles,
    client: { endpoint: gateway.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 },
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await moto[Symbol.asyncDispose]();
    },
  };
}
