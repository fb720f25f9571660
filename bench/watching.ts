/** What watching a deployment costs AWS, how soon its events are told, and what remembering them costs the runner. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActionProcess, runActionProcess } from './action-process.ts';
import { type Script, type ScriptedStack, scriptedStack, scriptedTemplate } from './scripted-stack.ts';
import { median } from './statistics.ts';

/** A template has at most 500 resources (CloudFormation quotas); three are the cluster's. */
const RESOURCES = 497;
const EVENTS = 5_000;
/** All that resource goes through, in ten events: it is updated, and rolled back. */
const UPDATE = [
  'UPDATE_IN_PROGRESS',
  'UPDATE_IN_PROGRESS',
  'UPDATE_IN_PROGRESS',
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE',
];

export interface Watching {
  readonly busy: { readonly seconds: number; readonly callsPerMinute: number; readonly eventsPerMinute: number };
  readonly quiet: { readonly seconds: number; readonly callsPerMinute: number };
  /** From an event's time to its line in the log, while busy. Seconds. */
  readonly delay: { readonly median: number; readonly longest: number; readonly events: number };
}

/** An event a second for a while, nothing at all for a while, and the end. */
export async function watching(busySeconds: number, quietSeconds: number): Promise<Watching> {
  const logicalIds = Array.from({ length: busySeconds }, (_, index) => nameOf(index));
  const events = logicalIds.flatMap((logicalId, second) => [
    { afterMs: second * 1_000, logicalId, status: 'UPDATE_IN_PROGRESS' },
    { afterMs: second * 1_000 + 700, logicalId, status: 'UPDATE_COMPLETE' },
  ]);
  const busyMs = busySeconds * 1_000;
  const endsAfterMs = busyMs + quietSeconds * 1_000;
  const { run, stack } = await play({ logicalIds, events, endsAfterMs });
  const executedAt = stack.executedAt() ?? Number.NaN;
  const polls = stack.calls.map(({ at }) => at - executedAt).filter((at) => at >= 0);
  const perMinute = (count: number, ms: number) => (count * 60_000) / ms;
  const delays = delaysOf(run, events, executedAt);
  return {
    busy: {
      seconds: busySeconds,
      callsPerMinute: perMinute(polls.filter((at) => at < busyMs).length, busyMs),
      eventsPerMinute: perMinute(events.length, busyMs),
    },
    quiet: {
      seconds: quietSeconds,
      callsPerMinute: perMinute(polls.filter((at) => at >= busyMs && at < endsAfterMs).length, endsAfterMs - busyMs),
    },
    delay: { median: median(delays) / 1_000, longest: Math.max(...delays) / 1_000, events: delays.length },
  };
}

export interface Memory {
  readonly resources: number;
  readonly events: number;
  /** Bytes; undefined where the system does not tell. */
  readonly peak: number | undefined;
}

/** The most memory that a deployment of a template as large as there are takes, all its events told and reported. */
export async function memory(seconds: number): Promise<Memory> {
  const logicalIds = Array.from({ length: RESOURCES }, (_, index) => nameOf(index));
  const each = [...UPDATE, ...UPDATE];
  const events = Array.from({ length: EVENTS }, (_, index) => ({
    afterMs: (index / EVENTS) * seconds * 1_000,
    logicalId: nameOf(index % RESOURCES),
    status: each[Math.floor(index / RESOURCES) % each.length] ?? '',
  }));
  const { run } = await play({ logicalIds, events, endsAfterMs: seconds * 1_000 });
  const told = run.lines.filter(({ text }) => / UPDATE_\w+ .* Parameter\d/.test(text)).length;
  if (told !== EVENTS) throw new Error(`Of ${EVENTS} events ${told} were told`);
  return { resources: RESOURCES + 3, events: EVENTS, peak: run.peakMemory };
}

const nameOf = (index: number) => `Parameter${String(index).padStart(3, '0')}`;

/** Deploys the script's template while the script plays. It ends rolled back, so the run is to fail for that reason. */
async function play(script: Script): Promise<{ run: ActionProcess; stack: ScriptedStack }> {
  const workspace = await mkdtemp(join(tmpdir(), 'ecs-muster-bench-'));
  try {
    await mkdir(join(workspace, 'env'));
    await writeFile(join(workspace, 'stack.yml'), scriptedTemplate(script.logicalIds));
    await writeFile(join(workspace, 'env', 'bench.cfg'), '');
    await using stack = await scriptedStack(script);
    const run = await runActionProcess(workspace, { environment: 'bench', 'stack-name': 'bench' }, stack.env);
    const told = run.lines.map(({ text }) => text).join('\n');
    if (run.exitCode !== 1 || !told.includes('(rolled-back)'))
      throw new Error(`The scripted deployment went another way:\n${told.slice(-4_000)}`);
    return { run, stack };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

/** How long after each event its line came, milliseconds. A resource's events are told in their order. */
function delaysOf({ lines }: ActionProcess, events: Script['events'], executedAt: number): number[] {
  const told = lines.filter(({ text }) => / UPDATE_\w+ /.test(text));
  const next = new Map<string, number>();
  return events.map(({ afterMs, logicalId }) => {
    const from = next.get(logicalId) ?? 0;
    const index = told.findIndex(({ text }, at) => at >= from && text.includes(logicalId));
    const line = told[index];
    if (line === undefined) throw new Error(`An event of ${logicalId} was never told`);
    next.set(logicalId, index + 1);
    return line.at - executedAt - afterMs;
  });
}
