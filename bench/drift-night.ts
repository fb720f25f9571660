/** A night's look at many environments in one job, every tenth of which somebody has changed by hand. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { startLocalGitHub } from '../emulator/github/local-github.ts';
import { type LocalAws, startLocalAws } from '../emulator/local-aws.ts';
import { type ActionProcess, runActionProcess } from './action-process.ts';
import { createStack, PERSON } from './created-stack.ts';
import { scriptedTemplate } from './scripted-stack.ts';
import { median } from './statistics.ts';

/** AWS's waits pass so many times faster: a detection still takes a moment, and has to be asked after twice. */
const SPEED = 60;
const REPOSITORY = 'muster/bench';
const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-2'] as const;
/** What docs/drift.md says: so many environments at once, and so many of them in one region of one account. */
const AT_ONCE = 12;
const AT_ONCE_IN_REGION = 4;
const FEW = 4;
const LIVE_HEAP = join(import.meta.dirname, 'live-heap.ts');

const TEMPLATE = scriptedTemplate(['Setting']).replace(
  'VPCZoneIdentifier: [subnet-a5d3ecee]', // it is of one region
  "AvailabilityZones: !GetAZs ''",
);

export interface DriftNight {
  readonly environments: number;
  /** How many of them may be looked at at once. */
  readonly atOnce: number;
  readonly drifted: number;
  readonly issues: number;
  /** Tables of the summary that have environments for rows. */
  readonly tables: number;
  readonly wallMs: number;
  /** What each environment took in this job, from its first call to the answer of its last, added up. */
  readonly workMs: number;
  /** The same of environments that were looked at alone, times their number: nothing else had the machine then. */
  readonly workAloneMs: number;
  readonly calls: number;
  /** The most calls of one action in one region that any second had; what it was. */
  readonly busiest: { readonly calls: number; readonly action: string };
  /** Bytes; undefined where the system does not tell. */
  readonly peak: number | undefined;
  /** The most bytes in use after all garbage was collected, of four environments (one has drifted) and of all. */
  readonly live: { readonly few: number; readonly all: number };
}

export async function driftNight(environments: number, alone: number): Promise<DriftNight> {
  const names = Array.from({ length: environments }, (_, index) => `e${String(index + 1).padStart(2, '0')}`);
  const workspace = await mkdtemp(join(tmpdir(), 'ecs-muster-bench-'));
  try {
    await mkdir(join(workspace, 'env'));
    await writeFile(join(workspace, 'stack.yml'), TEMPLATE);
    for (const [index, name] of names.entries())
      await writeFile(join(workspace, 'env', `${name}.yml`), `region: ${regionOf(index)}\n`);
    await using aws = await startLocalAws({ speed: SPEED });
    await Promise.all(names.map((name, index) => deployed(aws, name, index)));
    const look = (chosen: readonly string[], env = {}) => drift(aws, workspace, chosen.join(','), env);
    const singles: number[] = [];
    for (const name of names.slice(0, alone)) singles.push(workOf((await look([name])).calls, [name]));
    const { run, calls, issues } = await look(['all']);
    const liveHeap = async (chosen: readonly string[]) => {
      const file = join(workspace, 'live-heap');
      await look(chosen, { NODE_OPTIONS: `--import=${LIVE_HEAP}`, LIVE_HEAP_FILE: file });
      return Number(await readFile(file, 'utf8'));
    };
    const live = { few: await liveHeap(names.slice(10 - FEW, 10)), all: await liveHeap(['all']) };
    return {
      environments,
      atOnce: Math.min(AT_ONCE, REGIONS.length * AT_ONCE_IN_REGION),
      drifted: names.filter((_, index) => isDrifted(index)).length,
      issues,
      tables: tablesOf(run.summary),
      wallMs: run.wallMs,
      workMs: workOf(calls, names),
      workAloneMs: median(singles) * environments,
      calls: calls.length,
      busiest: busiestOf(calls),
      peak: run.peakMemory,
      live,
    };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

type Calls = ReturnType<LocalAws['calls']>;

const regionOf = (index: number) => REGIONS[index % REGIONS.length] ?? REGIONS[0];
const isDrifted = (index: number) => index % 10 === 9;

/** The stack of an environment; of every tenth the group is changed by hand. */
async function deployed(aws: LocalAws, name: string, index: number): Promise<void> {
  const region = regionOf(index);
  const ids = await createStack(aws, { name: `bench-${name}`, region, template: TEMPLATE });
  if (!isDrifted(index)) return;
  const autoScaling = new AutoScaling({ endpoint: aws.endpoint, region, credentials: PERSON });
  await autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: ids.get('Group'), MaxSize: 3 });
  autoScaling.destroy();
}

interface Night {
  readonly run: ActionProcess;
  readonly calls: Calls;
  /** How many issues there are after it, none having been there before. */
  readonly issues: number;
}

async function drift(
  aws: LocalAws,
  workspace: string,
  environment: string,
  env: Readonly<Record<string, string>>,
): Promise<Night> {
  await using github = await startLocalGitHub({ repository: REPOSITORY });
  const before = aws.calls().length;
  const run = await runActionProcess(
    workspace,
    { mode: 'drift', environment, 'github-token': github.token },
    { ...aws.env, ...env, GITHUB_API_URL: github.url, GITHUB_SHA: 'c'.repeat(40), GITHUB_REF: 'refs/heads/main' },
  );
  const told = run.lines.map(({ text }) => text).join('\n');
  if (run.exitCode !== 0 && !told.includes('failed (drifted)')) throw new Error(`Drift was not found out:\n${told}`);
  return { run, calls: aws.calls().slice(before), issues: github.issues().length };
}

/** What each environment took, from its first call to the answer of its last; all of it added up. Milliseconds. */
function workOf(calls: Calls, names: readonly string[]): number {
  const spans = names.map((name) => {
    const own = calls.filter(({ parameters }) => JSON.stringify(parameters).includes(`bench-${name}`));
    const ended = own.map(({ at }) => Date.parse(at));
    const begun = own.map(({ at, durationMs }) => Date.parse(at) - durationMs);
    return Math.max(...ended) - Math.min(...begun);
  });
  return spans.reduce((sum, span) => sum + span, 0);
}

function busiestOf(calls: Calls): DriftNight['busiest'] {
  const byAction = Map.groupBy(calls, ({ region, service, action }) => JSON.stringify([region, service, action]));
  const most = [...byAction.values()].map((of) => {
    const times = of.map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
    const within = times.map((time, index) => times.slice(index).filter((later) => later < time + 1_000).length);
    return { calls: Math.max(...within), action: `${of[0]?.service}:${of[0]?.action}` };
  });
  return most.toSorted((a, b) => b.calls - a.calls)[0] ?? { calls: 0, action: 'none' };
}

/** Neighbouring lines that begin with a bar are one table. */
function tablesOf(summary: string): number {
  const tables = summary.split(/\n(?!\|)/).filter((block) => block.includes('\n|'));
  return tables.filter((table) => /\*\*e\d\d\*\*/.test(table)).length;
}
