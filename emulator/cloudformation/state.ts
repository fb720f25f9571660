import type { RegionStore } from './store.ts';

/** The engine's stacks as plain data. */
export interface EngineState {
  readonly stacks: readonly StackState[];
}

export interface StackState {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly parentId?: string;
  readonly resources: readonly ResourceStateRow[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly changeSets: readonly { id: string; name: string; status: string; executionStatus: string }[];
}

export interface ResourceStateRow {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly status: string;
}

export function stateOf(stores: readonly RegionStore[]): EngineState {
  return {
    stacks: stores.flatMap((store) =>
      store.stacks().map((stack) => ({
        id: stack.id,
        name: stack.name,
        accountId: store.accountId,
        region: store.region,
        status: stack.status,
        ...(stack.statusReason !== undefined && { statusReason: stack.statusReason }),
        ...(stack.parentId !== undefined && { parentId: stack.parentId }),
        resources: [...stack.resources.values()].map(({ logicalId, type, physicalId, status }) => ({
          logicalId,
          type,
          status,
          ...(physicalId !== undefined && { physicalId }),
        })),
        outputs: Object.fromEntries(stack.outputs.map(({ key, value }) => [key, value])),
        changeSets: [...stack.changeSets.values()].map(({ id, name, status, executionStatus }) => ({
          id,
          name,
          status,
          executionStatus,
        })),
      })),
    ),
  };
}
