import { randomUUID } from 'node:crypto';
import type { Account } from '../types.ts';
import type { ChangeSet } from './change-sets/model.ts';
import { DriftRecords } from './drift/records.ts';
import type { Deployment, Operation, OperationType, OutputValue, Stack } from './model.ts';
import { changeSetMissing, stackMissing } from './protocol/errors.ts';
import { partitionOf } from './template/scope.ts';

/** All stacks of one account in one region. */
export class RegionStore {
  readonly accountId: string;
  readonly region: string;
  readonly drift = new DriftRecords();
  readonly #stacks = new Map<string, Stack>();
  readonly #names = new Map<string, Stack>();

  constructor(accountId: string, region: string) {
    this.accountId = accountId;
    this.region = region;
  }

  arn(kind: 'stack' | 'changeSet', name: string, id: string): string {
    return `arn:${partitionOf(this.region)}:cloudformation:${this.region}:${this.accountId}:${kind}/${name}/${id}`;
  }

  /** Newest first, the deleted ones included. */
  stacks(): Stack[] {
    return [...this.#stacks.values()].reverse();
  }

  add(stack: Stack): void {
    this.#stacks.set(stack.id, stack);
    this.#names.set(stack.name, stack);
  }

  /** A stack by its name, which finds no deleted ones, or by its id, which does. */
  find(nameOrId: string): Stack | undefined {
    const stack = this.latest(nameOrId);
    return stack?.status === 'DELETE_COMPLETE' && stack.id !== nameOrId ? undefined : stack;
  }

  /** The last stack that had the name, or the one that has the id, be it deleted. */
  latest(nameOrId: string): Stack | undefined {
    return nameOrId.startsWith('arn:') ? this.#stacks.get(nameOrId) : this.#names.get(nameOrId);
  }

  require(nameOrId: string, missing: (name: string) => Error = stackMissing): Stack {
    const stack = this.find(nameOrId);
    if (stack === undefined) throw missing(nameOrId);
    return stack;
  }

  childrenOf(stack: Stack): Stack[] {
    return this.stacks().filter((child) => child.parentId === stack.id);
  }

  changeSetById(id: string): { stack: Stack; changeSet: ChangeSet } {
    for (const stack of this.#stacks.values())
      for (const changeSet of stack.changeSets.values()) if (changeSet.id === id) return { stack, changeSet };
    throw changeSetMissing(id);
  }

  /** Every export of the region's live stacks, by name. */
  exports(): Map<string, { stack: Stack; output: OutputValue }> {
    const exports = new Map<string, { stack: Stack; output: OutputValue }>();
    for (const stack of this.#stacks.values()) {
      if (stack.status === 'DELETE_COMPLETE') continue;
      for (const output of stack.outputs)
        if (output.exportName !== undefined) exports.set(output.exportName, { stack, output });
    }
    return exports;
  }

  /** The live stacks that import a name. */
  importers(exportName: string): Stack[] {
    return this.stacks().filter((stack) => stack.status !== 'DELETE_COMPLETE' && stack.imports.has(exportName));
  }
}

export interface NewStack {
  readonly name: string;
  readonly account: Account;
  readonly status: string;
  readonly deployment: Deployment | undefined;
  readonly disableRollback?: boolean;
  readonly terminationProtection?: boolean;
  readonly timeoutInMinutes?: number;
  readonly parent?: Stack;
  readonly parentResource?: string;
  readonly now: Date;
}

/** Makes a stack and puts it into the store. */
export function addStack(store: RegionStore, wanted: NewStack): Stack {
  const { parent, parentResource, timeoutInMinutes } = wanted;
  const stack: Stack = {
    id: store.arn('stack', wanted.name, randomUUID()),
    name: wanted.name,
    creationTime: wanted.now,
    account: wanted.account,
    status: wanted.status,
    deployment: wanted.deployment,
    resources: new Map(),
    outputs: [],
    imports: new Set(),
    disableRollback: wanted.disableRollback ?? false,
    retainExceptOnCreate: false,
    terminationProtection: wanted.terminationProtection ?? false,
    ...(timeoutInMinutes !== undefined && { timeoutInMinutes }),
    events: [],
    versions: [],
    operations: [],
    changeSets: new Map(),
    leftovers: [],
    ...(parent && { parentId: parent.id, rootId: parent.rootId ?? parent.id }),
    ...(parentResource !== undefined && { parentResource }),
  };
  store.add(stack);
  return stack;
}

export function addOperation(stack: Stack, type: OperationType, now: Date, token?: string): Operation {
  const operation: Operation = {
    id: randomUUID(),
    type,
    startTime: now,
    status: 'IN_PROGRESS',
    events: [],
    ...(token !== undefined && { token }),
  };
  stack.operations.push(operation);
  return operation;
}

/** Keeps what a stack is like now, for reads that are behind. */
export function keepVersion(stack: Stack, since: Date): void {
  stack.versions.push({ since, stack: { ...stack, operations: [...stack.operations] } });
}
