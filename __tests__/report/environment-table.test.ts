import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { EnvironmentList, KnownEnvironment } from '../../src/config/environment-list.ts';
import type { Run } from '../../src/outcome.ts';
import { environmentLines } from '../../src/report/environment-table.ts';
import { reportJson } from '../../src/report/json.ts';
import { verdictLines } from '../../src/report/log.ts';
import { outputsOf } from '../../src/report/outputs.ts';
import { summaryOf } from '../../src/report/summary.ts';
import { verdict } from '../../src/report/verdict.ts';
import { STARTED_AT } from './fixtures.ts';
import { extrasIn, seen } from './html.ts';

const DEV: KnownEnvironment = { name: 'dev', stack: 'todobackend-dev' };
const PROD: KnownEnvironment = {
  name: 'prod',
  stack: 'todobackend-prod',
  region: 'us-east-1',
  account: '385605022855',
  role: 'arn:aws:iam::385605022855:role/muster',
};

function run(environments: EnvironmentList): Run {
  const outcome = { outcome: 'succeeded', findings: [] } as const;
  const times = { startedAt: STARTED_AT, endedAt: STARTED_AT + 400 };
  return { mode: 'environments', ...times, outcome, ledger: { environments, findings: [] } };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `e${n}`, stack: `stack-${n}` }));
const textOf = (lines: ReturnType<typeof environmentLines>) =>
  lines.map((line) => line.map(({ text }) => text).join(''));

test.each([
  [{ all: [DEV, PROD], chosen: [DEV, PROD] }, '2 environments, checked as far as that goes without AWS.'],
  [
    { all: [DEV, PROD], chosen: [DEV, PROD], because: 'stack.yml changed' },
    'All 2 environments are touched: stack.yml changed.',
  ],
  [
    { all: [DEV, PROD], chosen: [PROD], because: 'env/prod.yml changed' },
    '1 of 2 environments is touched: env/prod.yml changed.',
  ],
  [
    { all: [DEV, PROD], chosen: [], because: 'nothing in env/ changed' },
    'None of 2 environments is touched: nothing in env/ changed.',
  ],
  [{ all: [DEV], chosen: [DEV], because: 'stack.yml changed' }, 'The one environment is touched: stack.yml changed.'],
  [
    { all: [DEV], chosen: [], because: 'nothing in env/ changed' },
    'The one environment is not touched: nothing in env/ changed.',
  ],
])('the verdict on %j', (list, sentence) => {
  expect(verdict(run(list))).toBe(sentence);
  expect(textOf(verdictLines(run(list))).join('\n')).toContain(sentence);
});

test('the outputs are the list and a matrix of it, also when it is empty', () => {
  const { values } = outputsOf(run({ all: [DEV, PROD], chosen: [PROD], because: 'x' }));
  expect(JSON.parse(values.get('environments') ?? '')).toEqual([PROD]);
  expect(JSON.parse(values.get('matrix') ?? '')).toEqual({ include: [{ ...PROD, environments: 'prod' }] });
  const none = outputsOf(run({ all: [DEV, PROD], chosen: [], because: 'x' })).values;
  expect([none.get('environments'), none.get('matrix')]).toEqual(['[]', '{"include":[]}']);
});

test('the log is an aligned table, with what is left out in it', () => {
  const lines = textOf(environmentLines({ all: [DEV, PROD], chosen: [PROD], because: 'x' }));
  expect(lines).toEqual([
    '  Environment  Stack             Region     Account       Role',
    '  dev          todobackend-dev  (not touched)',
    '  prod         todobackend-prod  us-east-1  385605022855  arn:aws:iam::385605022855:role/muster',
  ]);
});

test('the log has no column that is empty', () => {
  const [header] = textOf(environmentLines({ all: [DEV], chosen: [DEV] }));
  expect(header?.trimEnd()).toBe('  Environment  Stack');
});

test('more environments than a matrix has jobs are told as jobs', () => {
  const list = { all: many(300), chosen: many(300) };
  const said = 'GitHub starts at most 256 jobs of a matrix: 300 environments are 150 jobs.';
  expect(textOf(environmentLines(list)).at(-1)).toContain(said);
  expect(seen(summaryOf(run(list))).text).toContain(said);
});

describe('the summary', () => {
  test('has one table of what is touched, and what is not below it', () => {
    const { text, elements } = seen(
      summaryOf(run({ all: [DEV, PROD], chosen: [PROD], because: 'env/prod.yml changed' })),
    );
    expect(text).toMatch(/Touched .*prod\s*todobackend-prod\s*us-east-1 · 385605022855 · arn:aws:iam/);
    expect(text).toMatch(/Not touched .*dev\s*todobackend-dev/);
    expect(elements).toContain('table');
  });

  test('cannot be broken by what a repository calls its environments', () => {
    const name = 'a|b`c<img src=x>@octo-org #1 [x](https://example.com)';
    const page = seen(summaryOf(run({ all: [{ name, stack: name }], chosen: [{ name, stack: name }] })));
    expect(page.text).toContain(name);
    expect(page.elements).not.toContain('img');
    expect(extrasIn(page)).toEqual([]);
  });

  test('of very many environments stays within what GitHub takes', () => {
    const list = { all: many(12_000), chosen: many(12_000) };
    expect(Buffer.byteLength(summaryOf(run(list)))).toBeLessThan(1_000_000);
  });
});

test('the report file keeps to its schema', () => {
  const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv2020({ formats: { 'date-time': true } }).compile(schema);
  const report = JSON.parse(reportJson(run({ all: [DEV, PROD], chosen: [PROD], because: 'x' })));
  expect(validate(report) ? [] : validate.errors).toEqual([]);
  expect(report.environments.chosen).toEqual([PROD]);
});
