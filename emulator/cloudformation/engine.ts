import type { Account } from '../types.ts';
import { changeSetActions } from './api/change-sets.ts';
import { changeSetDescriptions } from './api/describe-change-sets.ts';
import { driftActions } from './api/drift.ts';
import { eventActions } from './api/events.ts';
import { operationActions } from './api/operations.ts';
import type { ApiAction } from './api/request.ts';
import { resourceActions } from './api/resources.ts';
import { stackActions } from './api/stacks.ts';
import { templateActions } from './api/templates.ts';
import { SignalDesk } from './execution/signals.ts';
import { CloudFormationError, invalidAction } from './protocol/errors.ts';
import { Query } from './protocol/query.ts';
import { xmlAnswer, xmlError } from './protocol/xml.ts';
import { type EngineState, stateOf } from './state.ts';
import { RegionStore } from './store.ts';
import type { CloudFormationOptions, World } from './world.ts';

/** A request of CloudFormation's query protocol, its form decoded into names and values. */
export interface CloudFormationRequest {
  readonly action: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly account: Account;
  readonly requestId: string;
}

export interface CloudFormationResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface CloudFormationEngine {
  /** Answers a request; refusals are answers too. Operations go on after the answer. */
  handle(request: CloudFormationRequest): Promise<CloudFormationResponse>;
  state(): EngineState;
  /** Ends every operation where it is. Resolves when none is left. */
  stop(): Promise<void>;
}

const ACTIONS: Readonly<Record<string, ApiAction>> = {
  ...stackActions,
  ...changeSetActions,
  ...changeSetDescriptions,
  ...driftActions,
  ...eventActions,
  ...resourceActions,
  ...templateActions,
  ...operationActions,
};

export function createCloudFormation(options: CloudFormationOptions): CloudFormationEngine {
  const stopping = new AbortController();
  const world: World = { ...options, signalDesk: new SignalDesk(options.clock), stopped: stopping.signal };
  const stores = new Map<string, RegionStore>();

  const storeOf = ({ accountId, region }: Account) => {
    const key = `${accountId} ${region}`;
    let store = stores.get(key);
    if (store === undefined) {
      store = new RegionStore(accountId, region);
      stores.set(key, store);
    }
    return store;
  };

  return {
    async handle({ action, parameters, account, requestId }) {
      const contentType = 'text/xml';
      try {
        const carryOut = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
        if (carryOut === undefined) throw invalidAction(action);
        const result = await carryOut({
          action,
          query: Query.parse(parameters),
          store: storeOf(account),
          account,
          world,
        });
        return { status: 200, contentType, body: xmlAnswer(action, result, requestId) };
      } catch (error) {
        const told = error instanceof CloudFormationError ? error : internalFailure(error);
        const type = told.status >= 500 ? 'Receiver' : 'Sender';
        return {
          status: told.status,
          contentType,
          body: xmlError({ type, code: told.code, message: told.message }, requestId),
        };
      }
    },
    state: () => stateOf([...stores.values()]),
    async stop() {
      stopping.abort(new Error('The local AWS is stopping'));
      const running = [...stores.values()]
        .flatMap((store) => store.stacks())
        .flatMap((stack) => stack.running?.done ?? []);
      await Promise.allSettled(running);
    },
  };
}

const internalFailure = (error: unknown) =>
  new CloudFormationError(
    'InternalFailure',
    error instanceof Error ? (error.stack ?? error.message) : String(error),
    500,
  );
