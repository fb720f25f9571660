/** A first deploy with its roll call, and deploys that change nothing, on a local AWS that does not keep one waiting. */
import { type LocalAws, startLocalAws } from '../emulator/local-aws.ts';
import { type ActionProcess, root, runActionProcess } from './action-process.ts';
import { requestFloor } from './request-floor.ts';
import { median } from './statistics.ts';

/** AWS's waits pass so many times faster; the fifteen minutes that hosts have to signal still have to suffice. */
const SPEED = 600;
/** A roll call after a change takes three readings, two seconds apart, however fast AWS is. Milliseconds. */
const READINGS_SPACING = 4_000;

export interface DeployCost {
  /** AWS calls of one deploy. */
  readonly calls: number;
  readonly wallMs: number;
  /** The part of it that the local AWS took to answer, one call after another. */
  readonly answersMs: number;
  /** A bare Node that makes as many requests, one after another, of the same local AWS. */
  readonly floorMs: number;
  readonly ratio: number;
}

export interface Deploys {
  readonly unchanged: DeployCost;
  /** Without the time that the readings are apart by intent. */
  readonly first: DeployCost & { readonly readingsSpacingMs: number };
}

export async function deploys(runs: { readonly first: number; readonly unchanged: number }): Promise<Deploys> {
  await using aws = await startLocalAws({ speed: SPEED, scenario: { hosts: [{ behaviour: { kind: 'scripted' } }] } });
  await deploy(aws, 'bench-warm'); // the local AWS reads its resource specification once
  const first: Measured[] = [];
  const unchanged: Measured[] = [];
  for (let run = 0; run < runs.first; run += 1) first.push(await deploy(aws, `bench-${run}`));
  for (let run = 0; run < runs.unchanged; run += 1) unchanged.push(await deploy(aws, 'bench-0'));
  return {
    unchanged: await cost(aws, unchanged, 0),
    first: { ...(await cost(aws, first, READINGS_SPACING)), readingsSpacingMs: READINGS_SPACING },
  };
}

type Measured = Pick<ActionProcess, 'wallMs'> & { readonly calls: number; readonly answersMs: number };

async function deploy(aws: LocalAws, stackName: string): Promise<Measured> {
  const before = aws.calls().length;
  const run = await runActionProcess(root, { environment: 'dev', 'stack-name': stackName }, aws.env);
  if (run.exitCode !== 0) throw new Error(`A deploy failed:\n${run.lines.map(({ text }) => text).join('\n')}`);
  const calls = aws.calls().slice(before);
  return {
    wallMs: run.wallMs,
    calls: calls.length,
    answersMs: calls.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}

async function cost(aws: LocalAws, runs: readonly Measured[], spacingMs: number): Promise<DeployCost> {
  const calls = median(runs.map((run) => run.calls));
  const wallMs = median(runs.map((run) => run.wallMs)) - spacingMs;
  const floorMs = await requestFloor(aws.endpoint, calls, runs.length);
  return { calls, wallMs, answersMs: median(runs.map((run) => run.answersMs)), floorMs, ratio: wallMs / floorMs };
}
