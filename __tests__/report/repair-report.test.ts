import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readIssueMarker, writeIssueMarker } from '../../src/drift/issue-marker.ts';
import type { EnvironmentDrift } from '../../src/drift/model.ts';
import type { Repair, RepairPlan } from '../../src/drift/repair-model.ts';
import type { Ledger, Outcome, Run } from '../../src/outcome.ts';
import { driftLines } from '../../src/report/drift-lines.ts';
import { reportJson } from '../../src/report/json.ts';
import { summaryOf } from '../../src/report/summary.ts';
import { tell } from '../../src/report/tell.ts';
import { verdict } from '../../src/report/verdict.ts';
import type { FailureReason } from '../../src/types.ts';
import { deployment, HOSTILE, rollCall } from './fixtures.ts';
import { seen } from './html.ts';
import { change, planRun, property } from './plan-fixtures.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true, formats: { 'date-time': true } }).compile(schema);

const REPAIR: Repair = {
  kind: 'planned',
  fingerprint: '3a9870587c95e22d8ab212d469cdf014',
  empty: false,
  impacts: [{ risk: 'safe', text: 'greatest size of Group 4 → 2', logicalId: 'Group' }],
  risk: 'removed',
  changes: [
    change('Doors', 'EC2::SecurityGroup', {
      risk: 'removed',
      properties: [property('Properties.SecurityGroupIngress', { kind: 'set', removed: ['22'], added: [], kept: 1 })],
    }),
    change('Group', 'AutoScaling::AutoScalingGroup', {
      properties: [property('Properties.MaxSize', { kind: 'changed', before: '4', after: '2' }, { drifted: true })],
    }),
  ],
  harms: [
    {
      kind: 'loses-item',
      path: ['Network', 'Doors'],
      resourceType: 'AWS::EC2::SecurityGroup',
      what: 'loses 1 item of SecurityGroupIngress',
      location: { file: 'stack.yml', line: 40 },
    },
  ],
  left: ['Group.Zones'],
  alsoIgnored: ['Group.MaxSize'],
  findings: [],
};

function drifted(repair: RepairPlan, more: Partial<EnvironmentDrift> = {}): EnvironmentDrift {
  return {
    environment: 'dev',
    stackName: 'todo',
    region: 'eu-west-1',
    templateFile: 'stack.yml',
    state: 'drifted',
    detections: [{ path: [], state: 'complete' }],
    resources: [{ path: ['Group'], resourceType: 'AWS::X::Y', state: 'modified', risk: 'safe', properties: [] }],
    ignored: [],
    byDesign: [],
    unchecked: [],
    stale: [],
    findings: [],
    repair,
    ...more,
  };
}

function lookFor(...drifts: readonly EnvironmentDrift[]): Run {
  const outcome = { outcome: 'failed', reason: 'drifted', findings: [] } as const;
  return planRun([], { mode: 'drift', outcome, ledger: { findings: [], drifts } });
}

const failed = (reason: FailureReason): Outcome => ({ outcome: 'failed', reason, findings: [] });

function reverted(outcome: Outcome, ledger: Partial<Ledger> = {}): Run {
  const known = { findings: [], environment: 'dev', stackName: 'todo', region: 'eu-west-1', repair: REPAIR };
  return planRun([], { mode: 'revert', outcome, ledger: { ...known, ...ledger } });
}
const done = { deployment: deployment([], 'UPDATE_COMPLETE', 9), rollCall: rollCall(), drifts: [drifted(REPAIR)] };

describe('a repair that is shown', () => {
  const { text } = seen(summaryOf(lookFor(drifted(REPAIR))));

  test('is words first, then differences, then how to have it done', () => {
    const parts = [
      'What a repair would do',
      'A repair would change 2 resources back to what was deployed.',
      'Refused unless revert-allow names it:',
      'Network/Doors loses 1 item of SecurityGroupIngress',
      'greatest size of Group 4 → 2',
      'It leaves as it is, since CloudFormation does not change it back: Group.Zones',
      'It changes back as well what drift-ignore passes over: Group.MaxSize',
      'Fingerprint 3a9870587c95e22d8ab212d469cdf014',
      'gh workflow run revert.yml -f environment=dev -f fingerprint=3a9870587c95e22d8ab212d469cdf014',
    ].map((part) => text.indexOf(part));
    expect(parts).not.toContain(-1);
    expect(parts).toEqual(parts.toSorted((a, b) => a - b));
  });

  test('tells apart what is changed back and what only the execution shows to change', () => {
    const perhaps = change('Launch', 'EC2::LaunchTemplate', {
      properties: [property('Properties.LaunchTemplateData', undefined, { certain: false })],
    });
    const headline = (changes: Repair['changes']) => seen(summaryOf(lookFor(drifted({ ...REPAIR, changes })))).text;
    expect(headline([...REPAIR.changes, perhaps])).toContain(
      'would change 2 resources back to what was deployed, and perhaps 1 more that follows.',
    );
    expect(headline([perhaps])).toContain('A repair would perhaps change 1 resource.');
  });

  test('folds the differences that are those of the drift turned round, and no others', () => {
    const path = ['MaxSize'];
    const group = { path: ['Group'], resourceType: 'AWS::X::Y', state: 'modified', risk: 'safe' } as const;
    const diff = { kind: 'changed', before: '2', after: '4' } as const;
    const drift = drifted(REPAIR, { resources: [{ ...group, properties: [{ path, diff }] }] });
    const markdown = summaryOf(lookFor(drift));
    expect(markdown).toMatch(/<details>\n<summary>[^\n]*<b>Group<\/b>[^\n]*modify/);
    expect(markdown).toMatch(/<details open>\n<summary>[^\n]*<b>Doors<\/b>[^\n]*modify/);
  });

  test('is in the log', () => {
    const log = driftLines(drifted(REPAIR)).map((line) =>
      typeof line === 'string' ? line : line.map((span) => span.text).join(''),
    );
    expect(log.join('\n')).toMatch(/a repair would change 2 resources[\s\S]*⛔[\s\S]*fingerprint 3a98/);
  });

  test('that changes nothing is not to be run', () => {
    const empty = seen(summaryOf(lookFor(drifted({ ...REPAIR, empty: true, changes: [], harms: [] })))).text;
    expect(empty).toContain('CloudFormation would change nothing back.');
    expect(empty).not.toContain('gh workflow run');
  });

  test('that nobody knows is said to be unknown, and why', () => {
    const why = { level: 'warning', title: 'It was denied', message: 'Because.', remedy: 'By hand.' } as const;
    const unknown = seen(summaryOf(lookFor(drifted({ kind: 'impossible', findings: [why] })))).text;
    expect(unknown).toMatch(/What a repair would do[\s\S]*Nobody knows\.[\s\S]*It was denied[\s\S]*By hand\./);
  });

  test("quotes an environment's name for the shell", () => {
    const name = "a b'; rm -rf $HOME #";
    expect(summaryOf(lookFor(drifted(REPAIR, { environment: name })))).toContain(
      `-f 'environment=a b'\\''; rm -rf $HOME #' -f`,
    );
  });
});

describe('the verdict of a repair', () => {
  test.each<[Outcome, Partial<Ledger>, string]>([
    [
      { outcome: 'succeeded', findings: [] },
      done,
      'todo is what was deployed again, 2 resources changed back. All 3 container instances answered the roll call.',
    ],
    [{ outcome: 'unchanged', findings: [] }, { rollCall: rollCall() }, 'Nothing to change back in todo. All 3'],
    [failed('plan-changed'), {}, 'Nothing was changed back: the repair of todo is not the one that was shown.'],
    [
      failed('replacement-refused'),
      {},
      'Nothing was changed back: the repair of todo does what revert-allow does not name.',
    ],
    [failed('drifted'), done, '2 resources of todo changed back, but not all of todo is what was deployed.'],
    [failed('drifted'), {}, 'todo has drifted, and CloudFormation would change nothing of it back.'],
    [
      failed('drift-unknown'),
      done,
      '2 resources of todo changed back, but whether todo is what was deployed is not known.',
    ],
    [failed('capacity-short'), done, '2 resources of todo changed back, but the roll call of todo is not complete.'],
    [failed('stack-busy'), {}, 'Nothing was changed back: another operation held todo for too long.'],
  ])('%j', (outcome, ledger, words) => {
    expect(verdict(reverted(outcome, ledger))).toContain(words);
  });

  test('has what was done below it, or what would have been', () => {
    const changes = [
      { action: 'Modify', logicalId: 'Group', resourceType: 'AWS::X::Y', changed: ['MaxSize'] },
    ] as const;
    expect(summaryOf(reverted(failed('plan-changed'), { changes }))).not.toContain('### What was to change');
    expect(seen(summaryOf(reverted({ outcome: 'succeeded', findings: [] }, done))).text).toMatch(
      /What the repair did[\s\S]*Allowed by revert-allow:/,
    );
    expect(seen(summaryOf(reverted(failed('plan-changed')))).text).toMatch(
      /What the repair would do[\s\S]*Refused unless revert-allow names it:/,
    );
  });
});

const hostile: Repair = {
  ...REPAIR,
  impacts: [{ risk: 'safe', text: HOSTILE }],
  changes: [
    change(HOSTILE, HOSTILE, {
      properties: [property(HOSTILE, { kind: 'changed', before: HOSTILE, after: HOSTILE }, { withheld: HOSTILE })],
    }),
  ],
  harms: [{ kind: 'replaced', path: [HOSTILE], resourceType: HOSTILE, what: HOSTILE }],
  left: [HOSTILE],
  alsoIgnored: [HOSTILE],
};

test.each([
  ['look for drift', summaryOf(lookFor(drifted(hostile)))],
  [
    'look that knows no repair',
    summaryOf(
      lookFor(drifted({ kind: 'impossible', findings: [{ level: 'warning', title: HOSTILE, message: HOSTILE }] })),
    ),
  ],
  ['repair', summaryOf(reverted(failed('plan-changed'), { repair: hostile }))],
])('foreign text forges nothing in the summary of a %s', (_, markdown) => {
  const page = seen(markdown);
  expect([...page.elements]).not.toContain('img');
  expect(page.addresses.filter((url) => url.includes('evil.example'))).toEqual([]);
  for (const text of page.plainTexts) expect(text).not.toMatch(/@octocat|#1\b|:tada:|\$x\$/);
});

test('the report file keeps to the schema', () => {
  const runs = [
    lookFor(drifted(REPAIR), drifted(hostile), drifted({ kind: 'impossible', findings: [] })),
    reverted({ outcome: 'succeeded', findings: [] }, done),
  ];
  for (const run of runs) expect(validate(JSON.parse(reportJson(run))) ? [] : validate.errors).toEqual([]);
});

test('everything is masked, and stays what it is otherwise', () => {
  const secret = { ...REPAIR, left: ['hunter2'], impacts: [{ risk: 'safe', text: 'hunter2' }] } as const;
  const told = tell(reverted(failed('plan-changed'), { repair: secret, drifts: [drifted(secret)] }), (text) =>
    text.replaceAll(/hunter2|planned|loses-item/g, '***'),
  );
  expect(JSON.stringify([told.summary, told.json])).not.toContain('hunter2');
  expect(told.run.ledger.repair).toMatchObject({ kind: 'planned', harms: [{ kind: 'loses-item' }] });
});

test('the issue remembers the repair that it shows, unless that is too long', () => {
  const known = { key: 'k', fingerprint: 'f', history: [] };
  const repair = { fingerprint: REPAIR.fingerprint, does: ['change Group: MaxSize 4 → 2'] };
  expect(readIssueMarker(writeIssueMarker({ ...known, repair }))).toEqual({ ...known, repair });
  const long = { ...repair, does: ['x'.repeat(5_000)] };
  expect(readIssueMarker(writeIssueMarker({ ...known, repair: long }))).toEqual(known);
});
