import { describe, expect, test } from '@jest/globals';
import { withinBytes } from '../../src/report/fit.ts';
import { summaryOf } from '../../src/report/summary.ts';
import { byteLength } from '../../src/text.ts';
import { ALL_RUNS, capacityOver, capacityShort, hostile, large, rolledBack, succeeded, unchanged } from './fixtures.ts';
import { extrasIn, seen } from './html.ts';

const SMALLEST = 3_000;

describe('the job summary', () => {
  test.each(Object.entries(ALL_RUNS))('of the run %s says the verdict first', (_, told) => {
    const [first = ''] = summaryOf(told).split('\n');
    expect(first).toMatch(told.outcome.outcome === 'failed' ? /^## ❌ / : /^## ✅ /);
  });

  test('a success: who answered, what changed, how long it took, what came out', () => {
    const { text } = seen(summaryOf(succeeded));
    expect(text).toContain('todobackend-dev is deployed: all 3 container instances answered the roll call.');
    expect(text).toContain('registered 3 of 3');
    expect(text).toContain('Expected 3: DesiredCapacity of ApplicationAutoscaling is ApplicationDesiredCount');
    expect(text).toMatch(/i-001a9e4c7d1b3f85\s*✅ answered/);
    expect(text).toMatch(/\+ add\s*ApplicationCluster\s*ECS::Cluster/);
    expect(text).toMatch(/ClusterName\s*The ECS cluster\s*todobackend-dev-cluster/);
    expect(text).toContain('withheld: its expression reaches the NoEcho parameter DbPassword');
  });

  test('a failure: the root cause before all else, its line, what to do, the command to paste', () => {
    const summary = summaryOf(rolledBack);
    const { text, addresses } = seen(summary);
    expect(text.indexOf('ApplicationAutoscaling could not be created')).toBeLessThan(
      text.indexOf('What was to change'),
    );
    expect(addresses).toContain(
      'https://github.com/example/todobackend/blob/5d6e0c1f7a9b3e2d4c8f0a1b2c3d4e5f60718293/stack.yml#L70-L94',
    );
    expect(summary).toContain('> ```sh\n> aws ec2 get-console-output --region eu-west-1 --latest');
    expect(text).not.toContain('Resource creation cancelled');
  });

  test('a roll call that fell short or over names who is missing, strange or leaving', () => {
    expect(seen(summaryOf(capacityShort)).text).toMatch(/i-003a9e4c7d1b3f85\s*❌ missing \(never registered\)/);
    const over = seen(summaryOf(capacityOver)).text;
    expect(over).toContain('5 container instances are registered with todobackend-dev-cluster. Expected 3: ');
    expect(over).toContain('⚠️ stranger (in none of the groups)');
    expect(over).toContain('⚠️ draining (Terminating:Wait)');
    expect(over).toContain('⚠️ not in service (Standby)');
  });

  test('nothing to change: no table of changes, no timeline', () => {
    const summary = summaryOf(unchanged);
    expect(summary).toContain('Nothing to change in todobackend-dev: the one container instance answered');
    expect(summary).not.toContain('mermaid');
    expect(summary).not.toContain('change</summary>');
  });

  test('a remedy that is a command alone is a block of its own', () => {
    const [cause] = rolledBack.outcome.findings;
    if (cause === undefined) throw new Error('no cause');
    const findings = [{ ...cause, remedy: 'aws cloudformation delete-stack --stack-name x' }];
    const summary = summaryOf({ ...rolledBack, outcome: { outcome: 'failed', reason: 'rolled-back', findings } });
    expect(summary).toContain(
      '> **What to do:**\n>\n> ```sh\n> aws cloudformation delete-stack --stack-name x\n> ```\n',
    );
  });

  test('without a repository, places are told as text', () => {
    const { repositoryUrl: _, ...elsewhere } = rolledBack;
    const { addresses, text } = seen(summaryOf(elsewhere));
    expect(text).toContain('stack.yml:70');
    expect(addresses.filter((url) => url.includes('/blob/'))).toEqual([]);
  });

  test('long tables are folded away', () => {
    expect(summaryOf(large)).toContain('<summary>500 changes</summary>');
    expect(summaryOf(large)).toContain('<summary>60 instances</summary>');
    expect(summaryOf(succeeded)).not.toContain('changes</summary>');
  });

  test('hostile text makes no element, no address, no mention', () => {
    const page = seen(summaryOf(hostile));
    const ours = seen(
      Object.values({ succeeded, rolledBack, capacityOver })
        .map((one) => summaryOf(one))
        .join('\n'),
    );
    expect([...ours.elements, 'span']).toEqual(expect.arrayContaining([...page.elements]));
    expect(page.addresses.filter((url) => !url.startsWith('https://github.com/example/todobackend/'))).toEqual([]);
    expect(page.comments).toBe(0);
    expect(extrasIn(page)).toEqual([]);
  });

  test('is within GitHub’s limit, and names what it left out', () => {
    for (const bytes of [1_000_000, 100_000, 30_000, 10_000, SMALLEST]) {
      const summary = summaryOf(large, bytes);
      expect(byteLength(summary)).toBeLessThanOrEqual(bytes);
      expect(summary).toMatch(/^## ✅ todobackend-dev is deployed/);
      expect(summary).toContain('ECS Muster deploy');
    }
    expect(summaryOf(large)).not.toContain('Left out');
    expect(summaryOf(large, SMALLEST)).toContain('Left out, because GitHub shows no more: ');
    expect(summaryOf(rolledBack, SMALLEST)).toContain('get-console-output');
  });
});

describe('withinBytes', () => {
  const sections = [
    { name: 'the verdict', renderings: ['verdict'], importance: 9 },
    { name: 'the outputs', renderings: ['o'.repeat(500), 'o'.repeat(100)], importance: 1 },
    { name: 'the changes', renderings: ['c'.repeat(500), 'c'.repeat(100)], importance: 5 },
  ] as const;

  test.each([
    [2_000, 500, 500, false],
    [700, 100, 500, false],
    [600, 0, 500, true],
    [250, 0, 100, true],
    [110, 0, 0, true],
  ])('in %d bytes the least important part is shortened first', (bytes, outputs, changes, left) => {
    const document = withinBytes(sections, bytes);
    expect(byteLength(document)).toBeLessThanOrEqual(bytes);
    expect(document.startsWith('verdict\n\n')).toBe(true);
    expect(document.match(/o{50,}/)?.[0].length ?? 0).toBe(outputs);
    expect(document.match(/c{50,}/)?.[0].length ?? 0).toBe(changes);
    expect(document.includes('Left out')).toBe(left);
  });
});

describe('withinBytes, of many parts', () => {
  const parts = Array.from({ length: 300 }, (_, n) => ({
    name: 'the details',
    renderings: [`${n}${'x'.repeat(200)}`, `${n}${'x'.repeat(50)}`] as const,
    importance: 2,
    shortened: 1,
  }));
  const table = {
    name: 'the table',
    renderings: ['t'.repeat(900), 't'.repeat(90)],
    importance: 5,
    shortened: 1.5,
  } as const;

  test('shortens all of them before it leaves any out, the last first', () => {
    const document = withinBytes([table, ...parts], 20_000, { more: 'The rest is elsewhere.' });
    expect(document.match(/x{200}/g)?.length).toBeGreaterThan(0);
    expect(document).toMatch(/^t{900}\n\n0x{200}/);
    expect(document).toContain('299x');
    expect(document).not.toContain('Left out');
    expect(document).toContain('The rest is elsewhere.');
  });

  test('counts what it leaves out', () => {
    const document = withinBytes([table, ...parts], 10_000);
    const left = 300 - (document.match(/\dx{50}/g)?.length ?? 0);
    expect(document).toContain(`Left out, because GitHub shows no more: the details (${left}).`);
    expect(document).toMatch(/^t{90}\n\n0x{50}/);
  });

  test('by another measure', () => {
    const wide = [{ name: 'wide', renderings: ['€'.repeat(100)], importance: 1 }] as const;
    expect(withinBytes(wide, 120, { measure: (text) => text.length })).toContain('€');
    expect(withinBytes(wide, 120)).not.toContain('€');
  });
});
