import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8's young generation grow no more. Most of what a large plan reads and renders is garbage at once, and V8 would
 * rather hold more memory than collect it. For what starts up it is the other way round: there it would cost time.
 */
export function growNoMore(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
