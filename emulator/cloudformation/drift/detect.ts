import { randomUUID } from 'node:crypto';
import type { ResourceRecord } from '../model.ts';
import { type Check, type Checked, checkResource } from './check.ts';
import type { Detection, ResourceDrift, StackDriftStatus } from './records.ts';

/** How long a detection takes at least, milliseconds of AWS's time: "can take up to several minutes". */
const DETECTION_MS = 5_000;

/** So many resources are read at once. */
const AT_ONCE = 8;

const isDrifted = ({ status }: ResourceDrift) => status === 'MODIFIED' || status === 'DELETED';

function stackStatus(drifts: readonly ResourceDrift[]): StackDriftStatus {
  if (drifts.some(isDrifted)) return 'DRIFTED';
  return drifts.some(({ status }) => status === 'UNKNOWN') ? 'UNKNOWN' : 'IN_SYNC';
}

interface Failure {
  readonly logicalId: string;
  readonly reason: string;
}

/** A JSON text, as it is seen in answers of AWS. */
const failureText = (failures: readonly Failure[]) =>
  JSON.stringify({
    Summary: `Failed to detect drift on resources [${failures.map(({ logicalId }) => logicalId).join(', ')}]`,
    Failures: failures.map(({ logicalId, reason }) => ({ Resource: logicalId, FailureReason: reason })),
  });

/**
 * Starts to compare resources of a stack with their templates; the answer comes with the detection's `done`. Results
 * of resources that could be checked stand whatever became of the others (CloudFormation API Reference,
 * DescribeStackDriftDetectionStatus, DETECTION_FAILED).
 */
export function startDetection(check: Check, records: readonly ResourceRecord[]): Detection {
  const { world, store, stack } = check;
  const drift = store.drift.of(stack.id);
  const detection: Detection = {
    id: randomUUID(),
    stackId: stack.id,
    startTime: world.clock.now(),
    status: 'DETECTION_IN_PROGRESS',
    done: Promise.resolve(),
  };
  store.drift.add(detection);
  drift.running = detection;
  drift.lastCheck = detection.startTime;

  const carryOut = async () => {
    await world.clock.sleep(DETECTION_MS, world.stopped);
    const found: ResourceDrift[] = [];
    const failures: Failure[] = [];
    const take = ({ drift: one, failure }: Checked) => {
      if (one === undefined) return;
      drift.resources.set(one.logicalId, one);
      found.push(one);
      if (failure !== undefined) failures.push({ logicalId: one.logicalId, reason: failure });
    };
    const waiting = [...records];
    const worker = async () => {
      for (let record = waiting.shift(); record !== undefined; record = waiting.shift())
        take(await checkResource(check, record));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    detection.stackStatus = stackStatus(found);
    detection.driftedCount = found.filter(isDrifted).length;
    if (failures.length > 0) detection.reason = failureText(failures);
    detection.status = failures.length > 0 ? 'DETECTION_FAILED' : 'DETECTION_COMPLETE';
    drift.status = detection.stackStatus;
  };
  detection.done = carryOut()
    .catch((error) => {
      if (world.stopped.aborted) return;
      detection.status = 'DETECTION_FAILED';
      detection.reason = `Internal Failure: ${error instanceof Error ? error.stack : error}`;
    })
    .finally(() => {
      if (drift.running === detection) delete drift.running;
    });
  return detection;
}
