/**
 * What the action costs: `npm run bench`, or `npm run bench -- --quick` for fewer runs. Prints a table and writes the same
 * as JSON to .local/bench.json. It measures and compares with the aims; what is missed is told, and fails nothing, since a
 * machine that others use is no judge.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EquipmentError } from '../emulator/python.ts';
import { dist, root } from './action-process.ts';
import { deploys } from './deploys.ts';
import { driftNight } from './drift-night.ts';
import { largePlan } from './large-plan.ts';
import { startUp } from './start-up.ts';
import { table } from './table.ts';
import { memory, watching } from './watching.ts';

const quick = process.argv.includes('--quick');

/** Bytes of JavaScript that a `uses:` downloads, and of the file that the runner starts. */
function bundle(): { readonly bytes: number; readonly entryBytes: number; readonly files: number } {
  const sizes = readdirSync(dist)
    .filter((name) => name.endsWith('.js'))
    .map((name) => statSync(join(dist, name)).size);
  return {
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    entryBytes: statSync(join(dist, 'index.js')).size,
    files: sizes.length,
  };
}

async function bench() {
  const told = <T>(what: string, measured: T): T => {
    console.error(`  ${what}: measured after ${Math.round(performance.now() / 1_000)} s`);
    return measured;
  };
  console.error('Measuring; a machine that does nothing else gives the truest numbers.');
  // One after another where speed is measured; what only waits goes on together.
  const start = told('start-up', await startUp(11));
  const deploying = told('deploys', await deploys(quick ? { first: 1, unchanged: 5 } : { first: 5, unchanged: 15 }));
  const planned = told('plan', await largePlan(quick ? 3 : 7));
  const night = told('drift', await driftNight(40, quick ? 3 : 9));
  const [watched, remembered] = await Promise.all([
    quick ? watching(12, 24) : watching(60, 120),
    quick ? memory(10) : memory(60),
  ]);
  told('watching', watched);
  return {
    startUp: start,
    bundle: bundle(),
    ...deploying,
    plan: planned,
    drift: night,
    watching: watched,
    memory: remembered,
  };
}

export type Bench = Awaited<ReturnType<typeof bench>>;

try {
  const measured = await bench();
  const file = join(root, '.local', 'bench.json');
  mkdirSync(join(root, '.local'), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ node: process.version, quick, ...measured }, undefined, 2)}\n`);
  console.log(`\n${table(measured)}\n\nWritten to .local/bench.json.`);
} catch (error) {
  if (!(error instanceof EquipmentError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
