/** ECS and Auto Scaling as plain data. Instants are epoch milliseconds. */

/** One instance that the roll call knows of, from either side. */
export interface RolledInstance {
  /** EC2 instance id; a container instance without one (ECS Anywhere) is known by its own id. */
  readonly instanceId: string;
  /** The Auto Scaling group it belongs to; none: a stranger. */
  readonly group?: string;
  readonly lifecycleState?: string;
  readonly containerInstanceArn?: string;
  /** The container instance's status: ACTIVE, DRAINING, REGISTERING, … */
  readonly status?: string;
  /** What ECS says about a status such as REGISTRATION_FAILED. */
  readonly statusReason?: string;
  readonly agentConnected?: boolean;
}

/** Where the expected number came from, in words that a report can use as they are. */
export interface Expectation {
  readonly count: number;
  readonly source: string;
}

/** One reading of the cluster while the roll is called. */
export interface RollCallReading {
  readonly at: number;
  readonly clusterStatus: string;
  readonly registeredCount: number;
  readonly expected: Expectation;
  /** Every instance of the groups and of the cluster once, joined by EC2 instance id; only when they were listed. */
  readonly instances?: readonly RolledInstance[];
  /** Further registrations of the same instances. */
  readonly again?: readonly RolledInstance[];
}

export type RollCallVerdict = 'complete' | 'short' | 'over';

export interface RollCall {
  readonly verdict: RollCallVerdict;
  readonly clusterArn: string;
  readonly clusterName: string;
  readonly clusterStatus: string;
  readonly expected: Expectation;
  readonly registeredCount: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** How many readings agreed at the end. */
  readonly stableReadings: number;
  /** In service in a group, registered and ACTIVE, agent connected. */
  readonly answered: readonly RolledInstance[];
  /** Expected but not registered and ACTIVE. */
  readonly missing: readonly RolledInstance[];
  readonly draining: readonly RolledInstance[];
  /** Registered, but of none of the groups. */
  readonly strangers: readonly RolledInstance[];
  /** Registered, but the agent was disconnected in every reading of two minutes, or when time ran out. */
  readonly disconnected: readonly RolledInstance[];
  /** Registered and of a group, but not in service there (Pending, Standby), or registered a second time. */
  readonly unexpected?: readonly RolledInstance[];
}
