/**
 * Loaded before the action, with `--import`: collects all garbage a few times a second, and writes to LIVE_HEAP_FILE the
 * most bytes that were then still in use. What V8 leaves lying about is no leak, and hides one.
 */
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds. */
const PERIOD = 400;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
let most = 0;

function sample(): void {
  collectGarbage();
  most = Math.max(most, process.memoryUsage().heapUsed);
}

setInterval(sample, PERIOD).unref();
process.on('exit', () => {
  sample();
  writeFileSync(process.env.LIVE_HEAP_FILE ?? '/dev/null', String(most));
});
