import type { SourceLocation } from '../types.ts';

/** What, other than a deployment, moves a group's desired capacity. */
export type Scaling = 'managed-scaling' | 'scaling-policy' | 'scheduled-action';

/** How many container instances are expected: by the rule, from the template, from the live groups, or this many. */
export type DesiredCount = 'auto' | 'template' | 'live' | number;

/** An Auto Scaling group that feeds the cluster, as far as the template or the cluster itself tells. */
export interface RolledGroup {
  /** The group's name in AWS. */
  readonly name: string;
  readonly logicalId?: string;
  /** What the template's DesiredCapacity resolves to; absent when it has none. */
  readonly templateDesired?: number;
  /** Where the template says so, or where the group itself is. */
  readonly location?: SourceLocation;
  readonly scaledBy: readonly Scaling[];
  /** Its instances weigh differently, so that desired capacity is no number of instances. */
  readonly weighted: boolean;
}

export interface RollCallRequest {
  /** Name or ARN. */
  readonly cluster: string;
  readonly groups: readonly RolledGroup[];
  readonly desired: DesiredCount;
  /** How long hosts may take to answer. Milliseconds. */
  readonly rollCallTimeoutMs: number;
  /** How long hosts that are too many may take to leave, once nobody is missing any more. Milliseconds. */
  readonly drainTimeoutMs: number;
  /** Something was just deployed: three readings have to agree, and what is too many may still be leaving. */
  readonly afterChange: boolean;
  /** Between two readings that agree. Milliseconds; READING_SPACING unless a test says otherwise. */
  readonly spacingMs: number;
}

/** "A few seconds apart", as the roll call's rule has it. Milliseconds. */
export const READING_SPACING = 2_000;

/** One instance as its Auto Scaling group lists it. */
export interface GroupInstance {
  readonly instanceId: string;
  readonly lifecycleState: string;
  /** Absent in a group without weights. */
  readonly weight?: number;
}

/** An Auto Scaling group as it is now. */
export interface LiveGroup {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** Its capacity is counted in weights, vCPUs or memory, not in instances. */
  readonly weighted: boolean;
  readonly instances: readonly GroupInstance[];
}

/** One container instance as ECS describes it. */
export interface ContainerHost {
  readonly arn: string;
  /** Absent for an instance of ECS Anywhere. */
  readonly ec2InstanceId?: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly agentConnected: boolean;
}
