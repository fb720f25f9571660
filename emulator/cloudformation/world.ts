import type { EmulatorClock, ResourceProvider, Scenarios, ServicesFor } from '../types.ts';
import type { SignalDesk } from './execution/signals.ts';

export type Replacement = (type: string, property: string) => 'yes' | 'no' | 'maybe';

/** What the engine is built with. */
export interface CloudFormationOptions {
  readonly servicesFor: ServicesFor;
  readonly clock: EmulatorClock;
  readonly scenarios: Scenarios;
  readonly providers: ReadonlyMap<string, ResourceProvider>;
  /** Whether a change of a property replaces the resource. */
  readonly replacement: Replacement;
}

/** What every part of the engine shares. */
export interface World extends CloudFormationOptions {
  readonly signalDesk: SignalDesk;
  /** Aborted when the engine stops. */
  readonly stopped: AbortSignal;
}
