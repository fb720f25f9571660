import type { PropertyDifference } from './differences.ts';

export type ResourceDriftStatus = 'IN_SYNC' | 'MODIFIED' | 'DELETED' | 'UNKNOWN';
export type StackDriftStatus = 'DRIFTED' | 'IN_SYNC' | 'UNKNOWN' | 'NOT_CHECKED';

/** What the latest check of one resource found. */
export interface ResourceDrift {
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly status: ResourceDriftStatus;
  /** Why it is UNKNOWN. */
  readonly reason?: string;
  /** JSON; absent of what is deleted or unknown. */
  readonly expected?: string;
  readonly actual?: string;
  readonly differences: readonly PropertyDifference[];
  readonly timestamp: Date;
}

/** One DetectStackDrift. */
export interface Detection {
  readonly id: string;
  readonly stackId: string;
  readonly startTime: Date;
  status: 'DETECTION_IN_PROGRESS' | 'DETECTION_COMPLETE' | 'DETECTION_FAILED';
  reason?: string;
  stackStatus?: StackDriftStatus;
  driftedCount?: number;
  /** Settles when the detection has ended, however. */
  done: Promise<void>;
}

export interface StackDrift {
  status: StackDriftStatus;
  lastCheck?: Date;
  readonly resources: Map<string, ResourceDrift>;
  running?: Detection;
}

/** What is known of the drift of one region's stacks. */
export class DriftRecords {
  readonly #stacks = new Map<string, StackDrift>();
  readonly #detections = new Map<string, Detection>();

  of(stackId: string): StackDrift {
    let drift = this.#stacks.get(stackId);
    if (drift === undefined) {
      drift = { status: 'NOT_CHECKED', resources: new Map() };
      this.#stacks.set(stackId, drift);
    }
    return drift;
  }

  /** What is known of a stack holds no more; when it was last looked at does. */
  forget(stackId: string): void {
    const drift = this.of(stackId);
    drift.status = 'NOT_CHECKED';
    drift.resources.clear();
  }

  add(detection: Detection): void {
    this.#detections.set(detection.id, detection);
  }

  detection(id: string): Detection | undefined {
    return this.#detections.get(id);
  }
}
