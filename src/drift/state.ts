import { DRIFT_STATES, type DriftState, type EnvironmentDrift, type ResourceDrift } from './model.ts';

/** A resource that runs otherwise than it was deployed. */
export function hasDrifted({ state }: ResourceDrift): boolean {
  return state === 'modified' || state === 'deleted';
}

/** The state of an environment that was looked at. Drift that was found is drift, whatever else is not known. */
export function stateOf({
  detections,
  resources,
  rollCall,
  rollCallFailed,
  undeployed,
}: Pick<EnvironmentDrift, 'detections' | 'resources' | 'rollCall' | 'undeployed'> & {
  /** The roll could not be called, though it should have been. */
  readonly rollCallFailed: boolean;
}): DriftState {
  if (resources.some(hasDrifted) || (rollCall !== undefined && rollCall.verdict !== 'complete')) return 'drifted';
  const isComplete = detections.length > 0 && detections.every(({ state }) => state === 'complete');
  const isKnown = resources.every(({ state }) => state !== 'unknown');
  if (!isComplete || !isKnown || rollCallFailed) return 'drift-unknown';
  return undeployed === undefined ? 'in-sync' : 'undeployed';
}

/** The worst of several states; undefined where there is none. */
export function worstOf(states: readonly DriftState[]): DriftState | undefined {
  return DRIFT_STATES.find((state) => states.includes(state));
}
