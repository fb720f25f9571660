import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { exampleWorkflows, OUR_ACTION } from '../../scripts/workflows.ts';
import { INPUT_DEFAULTS } from '../../src/config/input-defaults.ts';
import { readInputs } from '../../src/config/inputs.ts';
import { lines, stepWith } from '../config/fixtures.ts';
import { projectFolder } from '../e2e/runner/workspace.ts';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

interface Job {
  readonly name?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly concurrency?: object;
  readonly environment?: string;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly text: string;
  readonly permissions?: object;
  readonly concurrency?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const action = load(readFileSync(join(projectFolder, 'action.yml'), 'utf8')) as Action;
const workflows = new Map(
  [...(await exampleWorkflows(projectFolder))].map(([name, text]) => [name, { ...(load(text) as Workflow), text }]),
);
const steps = ({ jobs }: Workflow) => Object.values(jobs).flatMap((job) => job.steps);
const ours = (workflow: Workflow) => steps(workflow).filter(({ uses }) => uses === OUR_ACTION);

test('there is one to deploy, to plan, to find drift, to repair it and to verify, and those to call', () => {
  expect([...workflows.keys()]).toEqual([
    'deploy-matrix.yml',
    'deploy.yml',
    'drift.yml',
    'plan-fan-in.yml',
    'plan.yml',
    'reusable-deploy.yml',
    'reusable-drift.yml',
    'reusable-plan.yml',
    'revert.yml',
    'verify-nightly.yml',
  ]);
});

describe.each([...workflows])('%s', (_, workflow) => {
  test('gives this action only inputs that it has, and reads only its outputs', () => {
    expect(ours(workflow).length).toBeGreaterThan(0);
    for (const step of ours(workflow)) {
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
      const read = [...workflow.text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(
        ([, id]) => id === step.id,
      );
      expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(read.map(([, , output]) => output)));
    }
  });

  test('gives it values that it takes', () => {
    for (const step of ours(workflow)) {
      const written = Object.entries(step.with ?? {}).map(
        ([name, value]) => [name, exemplified(String(value))] as const,
      );
      const { findings } = readInputs(stepWith({ ...INPUT_DEFAULTS, ...Object.fromEntries(written) }));
      expect(lines(findings)).toEqual([]);
    }
  });

  test('pins every other action to a commit, and says which version that is', () => {
    const used = [...workflow.text.matchAll(/uses: (.*)$/gm)].map(([, what = '']) => what);
    for (const what of used.filter((one) => one !== OUR_ACTION && !one.startsWith('./')))
      expect(what).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('grants nothing to all jobs, and to each only what it says', () => {
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) expect(Object.keys(job.permissions ?? {})).toContain('contents');
  });

  test('gives a token for AWS only to jobs that ask AWS', () => {
    for (const job of Object.values(workflow.jobs)) {
      const asks = job.steps.some(({ uses }) => uses?.startsWith('aws-actions/'));
      expect(job.permissions?.['id-token']).toBe(asks ? 'write' : undefined);
    }
  });

  test('names its jobs, and lets none run for hours', () => {
    for (const job of Object.values(workflow.jobs)) {
      expect(job.name).toBeDefined();
      expect(job['timeout-minutes']).toBeLessThanOrEqual(150);
    }
  });

  test('never runs twice at once where it would be in its own way', () => {
    const jobs = Object.values(workflow.jobs);
    const asking = jobs.filter(({ permissions }) => permissions?.['id-token'] === 'write');
    for (const job of asking) expect(job.concurrency ?? workflow.concurrency).toHaveProperty('group');
  });

  test('deploys and repairs only behind the protection of an environment', () => {
    for (const job of Object.values(workflow.jobs)) {
      const acts = job.steps.some(
        (step) => step.uses === OUR_ACTION && ['deploy', 'revert'].includes(String(step.with?.mode ?? 'deploy')),
      );
      if (acts) expect(job.environment).toBeDefined();
    }
  });
});

test('every commit is pinned under one version, and every version at one commit', () => {
  const pins = [...workflows.values()].flatMap(({ text }) =>
    [...text.matchAll(/uses: ([\w/-]+@[0-9a-f]{40} # v.*)$/gm)].map(([, pin = '']) => pin),
  );
  const actions = new Set(pins.map((pin) => pin.split('@')[0]));
  expect(new Set(pins).size).toBe(actions.size);
});

/** A value that an expression of these workflows may have. */
function exemplified(value: string): string {
  if (!value.includes('${{')) return value;
  const expression = value.replace(/^\$\{\{ | \}\}$/g, '');
  if (expression === 'inputs.require-plan') return 'false';
  if (expression === 'inputs.template') return 'stack.yml';
  if (expression === 'inputs.fail-on-replacement') return 'any';
  if (expression === 'inputs.drift-ignore') return 'Group.MaxSize';
  if (expression === 'inputs.drift-revert') return 'plan';
  if (expression === 'inputs.fingerprint') return '0'.repeat(32);
  if (expression === 'inputs.revert-allow') return 'Group, Nested/Doors';
  return 'dev';
}
