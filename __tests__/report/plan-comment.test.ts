import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readMarker } from '../../src/plan/comment-marker.ts';
import type { EnvironmentPlan } from '../../src/plan/model.ts';
import { planComment, planSummary, staleComment } from '../../src/report/plan-comment.ts';
import { summaryOf } from '../../src/report/summary.ts';
import { byteLength } from '../../src/text.ts';
import { hostileText } from '../runner/hostile.ts';
import { extrasIn, seen } from './html.ts';
import {
  ALL_PLANS,
  brandNew,
  change,
  failed,
  HEAD,
  hostilePlans,
  inPlace,
  large,
  nested,
  nothing,
  offline,
  outputsOnly,
  planned,
  planRun,
  property,
  replacing,
  rolling,
} from './plan-fixtures.ts';

const OPTIONS = { key: 'stack.yml\ndev', run: { id: 4711, attempt: 2 } };
const comment = (...plans: readonly EnvironmentPlan[]) => planComment(planRun(plans), OPTIONS);
const textOf = (...plans: readonly EnvironmentPlan[]) => seen(comment(...plans)).text;
const headingOf = (markdown: string) => seen(markdown.split('\n')[1] ?? '').text;

describe('the comment of a plan', () => {
  test.each<[string, readonly EnvironmentPlan[], string]>([
    ['in place', [inPlace], '🟢 todobackend-dev would change: 1 modified'],
    ['rolled', [rolling], '🔓 todobackend-prod would change: 2 modified, 1 maybe modified'],
    ['refused', [replacing], '⛔ todobackend-prod would change: 1 replaced, 2 removed, 1 let go, 1 maybe replaced'],
    ['a new stack', [brandNew], '🟢 todobackend-staging would be created with 7 resources'],
    ['nothing', [nothing], '✅ Nothing would change in todobackend-dev'],
    ['outputs alone', [outputsOnly], '🟢 todobackend-dev would change: no resource, 1 output'],
    ['a nested stack', [nested], '🟡 todobackend-dev would change: 1 replaced, 1 modified'],
    ['no change set', [offline], '📄 No change set was made for todobackend-dev'],
    ['no plan', [failed], '❌ todobackend-prod could not be planned'],
    ['several', [nothing, brandNew, rolling], '🔓 Plan: 2 of 3 environments would change'],
    ['several, one failed', [inPlace, failed], '❌ Plan: 1 of 2 environments could not be planned, 1 would change'],
    ['several, nothing', [nothing, nothing], '✅ Plan: nothing would change in any of 2 environments'],
  ])('says first what would happen: %s', (_, plans, heading) => {
    expect(headingOf(comment(...plans))).toBe(heading);
  });

  test('hides what was planned in its first line', () => {
    expect(readMarker(comment(nothing, rolling, failed))).toEqual({
      ...OPTIONS,
      commit: HEAD,
      records: [nothing.record, rolling.record],
    });
  });

  test('says what it means before any table, then shows what changes', () => {
    const text = textOf(rolling);
    const [meaning, table, values] = [
      'rolled: changes the launch template: all 3 container instances of ApplicationAutoscaling are rolled',
      'Change Resource',
      '@@ LaunchTemplateData.ImageId · from parameter EcsImage @@',
    ].map((words) => text.indexOf(words));
    expect(meaning).toBeGreaterThan(0);
    expect(table).toBeGreaterThan(meaning ?? 0);
    expect(values).toBeGreaterThan(table ?? 0);
  });

  test('names a risk once, with the verb of what happens where that says it', () => {
    const text = textOf(replacing);
    expect(text).toContain('data lost: deletes the bucket ArtifactBucket with what is in it');
    expect(text).toContain('🔴 replaces the cluster: its services stop');
    expect(text).toContain('maybe replaced: may replace the role EcsInstanceRole');
    expect(text).toContain('🔴 removes the alarm MemoryAlarm');
    expect(comment(replacing)).toContain('- 🔴 **removes** the alarm `MemoryAlarm`');
  });

  test('shows of equal risks what is certain first', () => {
    const maybe = change('Role', 'IAM::Role', {
      properties: [property('Properties.Policies', undefined, { certain: false })],
    });
    const changes = [
      maybe,
      change('Topic', 'SNS::Topic', { properties: [property('Properties.TopicName', undefined)] }),
    ];
    expect(textOf(planned('dev', { changes }))).toMatch(/modify Topic .*modify\? Role /);
  });

  test('tells what comes under the stack, what is synchronised with it, and what only the execution decides', () => {
    const changes = [
      change('Bucket', 'S3::Bucket', { action: 'Import', physicalId: 'artifacts', properties: [] }),
      change('Topic', 'SNS::Topic', {
        action: 'SyncWithActual',
        properties: [property('Properties.DisplayName', undefined, { action: 'SyncWithActual' })],
      }),
      change('Child', 'CloudFormation::Stack', { action: 'Dynamic', risk: 'maybe-replaced', properties: [] }),
    ];
    const text = textOf(planned('dev', { changes, risk: 'maybe-replaced' }));
    expect(text).toContain('todobackend-dev would change: 1 known at the execution, 1 synchronised, 1 imported');
    expect(text).toMatch(/🟠 depends Child .*🟢 import Bucket .*🟢 sync Topic /);
    expect(text).toContain('is synchronised; CloudFormation does not tell the values');
  });

  test('names the commit, the time and the run', () => {
    const page = seen(comment(inPlace));
    expect(page.text).toContain('ECS Muster plan · commit 0f9e8d7 · 2026-11-24 09:30 UTC · run');
    expect(page.addresses).toContain(`https://github.com/example/todobackend/commit/${HEAD}`);
    expect(page.addresses).toContain('https://github.com/example/todobackend/actions/runs/4711');
  });

  test('shows a removed rule as removed, and the ones that stay as a number', () => {
    const markdown = comment(rolling);
    expect(markdown).toContain('\n- - IpProtocol: tcp\n-   FromPort: 32768\n');
    expect(markdown).toContain('\n+ - IpProtocol: tcp\n+   FromPort: 22\n');
    expect(markdown).toContain('# 2 more stay as they are');
  });

  test('shows user data as the template’s own lines', () => {
    expect(comment(rolling)).toContain(
      '@@ LaunchTemplateData.UserData · as the template says it @@\n@@ line 4 @@\n  cat > /etc/ecs/ecs.config <<EOF\n',
    );
  });

  test('says what becomes of what goes, and what is refused', () => {
    const text = textOf(replacing);
    expect(text).toContain('fail-on-replacement refuses this: ApplicationCluster would be replaced stack.yml:96');
    expect(text).toMatch(/ArtifactBucket S3::Bucket\s*🔴/); // what is removed is deleted: nobody needs to be told
    expect(text).toMatch(/AccessLogs Logs::LogGroup\s*it is kept, outside of the stack/);
    expect(text).toContain('RoleName · perhaps · replaces · follows ApplicationCluster');
    expect(text).toContain('(known after apply)');
  });

  test('of parameters: from what to what, newer SSM values, secrets never', () => {
    expect(textOf(inPlace)).toMatch(/ApplicationDesiredCount\s*3 → 5/);
    const text = textOf(rolling);
    expect(text).toContain('a newer value of /aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id');
    expect(text).toMatch(/DbPassword\s*secret: nobody can tell whether it changes/);
    const gone = planned('dev', {
      parameters: [
        { name: 'Old', before: 'x', secret: false },
        { name: 'New', after: '', secret: false },
      ],
    });
    expect(textOf(gone)).toMatch(/Old\s*x goes\s*New\s*empty new/);
  });

  test('says where values are withheld or not known', () => {
    expect(textOf(brandNew)).toContain(
      '+ Secret: (withheld) # Secret: withheld, because it holds the NoEcho parameter DbPassword',
    );
    expect(textOf(nested)).toContain('# changes; CloudFormation does not tell the values');
  });

  test('names what is in a nested stack by its path', () => {
    expect(textOf(nested)).toMatch(/Network \/ Subnet EC2::Subnet\s*CidrBlock\s*the old one is kept/);
  });

  test('without a change set says so, and shows how the files differ', () => {
    const text = textOf(offline);
    expect(text).toContain(
      'No change set was made. This pull request comes from a fork, whose jobs get no AWS credentials.',
    );
    expect(text).toContain('Compared with main at 1a2b3c4, what differs: 2 resources, 1 parameter.');
    expect(text).toContain('+ InstanceType: !Ref InstanceType');
    expect(textOf({ ...offline, region: '' })).toContain('environment dev · stack.yml');
    expect(textOf({ ...offline, region: '' }, inPlace)).toMatch(/todobackend-dev\s*no change set was made/);
    const { comparedWith: _, ...alone } = offline;
    expect(textOf(alone)).toContain('There was nothing to compare the files with.');
    expect(textOf({ ...offline, resources: [], parameters: [] })).toContain('main at 1a2b3c4, nothing differs.');
  });

  test('tells the cause of a failure with its place and what to do', () => {
    const { text, addresses } = seen(comment(failed));
    expect(text).toContain('Unresolved resource dependencies [ApplicationSubnet]');
    expect(text).toContain('What to do: Define it, or name one that exists.');
    expect(addresses.some((url) => url.endsWith('/stack.yml#L79'))).toBe(true);
  });

  test('is cheerful when there is nothing to do', () => {
    expect(textOf(nothing)).toContain('todobackend-dev already is what stack.yml and env/dev.yml say.');
    expect(comment(nothing)).not.toContain('|');
  });
});

describe('several environments', () => {
  test('are in one table, then in a part each: folded where nothing changes', () => {
    const markdown = comment(nothing, rolling);
    expect(markdown).toContain('<details>\n<summary>✅ <b>dev</b> · nothing would change in todobackend-dev</summary>');
    expect(markdown).toContain('\n### 🔓 prod · todobackend-prod would change: 2 modified, 1 maybe modified\n');
    expect(seen(markdown).text).toMatch(/✅ dev\s*todobackend-dev · eu-west-1\s*nothing would change/);
  });

  test('what failed is never folded away', () => {
    const markdown = comment(nothing, failed);
    const after = markdown.slice(markdown.indexOf('### ❌ prod'));
    expect(after).toContain('[!CAUTION]');
    expect(after).not.toContain('<details');
  });

  test('what the run found beside the plans is told once', () => {
    const findings = [
      { level: 'warning' as const, title: 'Not in any plan', message: 'It is the run’s own.' },
      ...rolling.findings,
    ];
    const markdown = planComment(planRun([rolling], { outcome: { outcome: 'succeeded', findings } }), OPTIONS);
    expect(markdown.match(/Not in any plan/g)).toHaveLength(1);
    expect(markdown.match(/Port 22 is open/g)).toHaveLength(1);
  });
});

describe('without any plan', () => {
  test('the cause of the failure is all there is to say', () => {
    const finding = { level: 'error' as const, title: 'There is no environment qa', message: 'env/ has dev and prod.' };
    const outcome = { outcome: 'failed', reason: 'invalid-config', findings: [finding] } as const;
    const markdown = planComment(planRun([], { outcome }), OPTIONS);
    expect(headingOf(markdown)).toBe('❌ Nothing was planned: 1 problem in the configuration.');
    expect(seen(markdown).text).toContain('There is no environment qa');
    expect(readMarker(markdown)?.records).toEqual([]);
  });
});

describe('size', () => {
  const big = planRun([large(500)]);

  test('500 resources are within what GitHub takes', () => {
    const markdown = planComment(big, OPTIONS);
    expect(markdown.length).toBeLessThanOrEqual(65_536 - 1_000);
    expect(markdown.length).toBeGreaterThan(50_000);
  });

  test('the least important gives way, and it is said what, and where everything is', () => {
    const markdown = planComment(big, OPTIONS);
    expect(markdown).toMatch(/Left out, because GitHub shows no more: the details of resources \(\d+\)\./);
    expect(markdown).toContain(
      'The [job summary](https://github.com/example/todobackend/actions/runs/4711) has everything.',
    );
    expect(markdown).toContain('**replaces** `Resource0`');
    const detailsOf = (mark: string) => markdown.match(new RegExp(`<summary>${mark} `, 'g'))?.length ?? 0;
    expect(detailsOf('🔴')).toBeGreaterThan(0);
    expect(detailsOf('🟢')).toBe(0);
  });

  test('a table that had to be shortened is long, and folded away', () => {
    const added = Array.from({ length: 500 }, (_, n) => change(`Resource${n}`, 'SNS::Topic', { action: 'Add' }));
    const markdown = comment(planned('dev', { changes: added }));
    expect(markdown).toContain('<details>\n<summary>500 resources, the first 250 of them</summary>');
    expect(markdown.match(/^\| 🟢&nbsp;add/gm)).toHaveLength(250);
    expect(markdown).toContain('\n\nand 250 more\n\n</details>');
  });

  test('the summary has everything, up to its own limit', () => {
    const summary = planSummary(big, 1_000_000);
    expect(summary).not.toContain('Left out');
    expect(summary.match(/<details/g)?.length).toBeGreaterThan(500);
    expect(summary).toContain('VARIABLE_11');
    const small = planSummary(big, 100_000);
    expect(byteLength(small)).toBeLessThanOrEqual(100_000);
    expect(small).toContain('The report file has everything.');
    expect(
      byteLength(planSummary(planRun(Array.from({ length: 8 }, () => large(500))), 1_000_000)),
    ).toBeLessThanOrEqual(1_000_000);
  });

  test.each([2, 40, 400])('of %d environments is within it too', (n) => {
    const plans = Array.from({ length: n }, (_, i) => ({
      ...large(n < 10 ? 500 : 5),
      environment: `environment-${i}`,
    }));
    const markdown = planComment(planRun(plans), OPTIONS);
    expect(markdown.length).toBeLessThanOrEqual(65_536 - 1_000);
    const opened = markdown.match(/<details/g)?.length ?? 0;
    expect(markdown.match(/<\/details>/g)?.length ?? 0).toBe(opened);
    expect(seen(markdown).text).toContain('ECS Muster plan · commit');
  });

  test('a single huge value folds', () => {
    const plan = large(1);
    const [only] = plan.changes;
    const huge = { kind: 'changed', before: 'a', after: `${'x'.repeat(300_000)}\n${'y\n'.repeat(50_000)}` } as const;
    const changes = [
      {
        ...plan.changes[0],
        ...only,
        properties: [{ ...(only?.properties[0] ?? inPlace.changes[0]?.properties[0]), diff: huge }],
      },
    ];
    const markdown = comment({ ...plan, changes } as typeof plan);
    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown).toMatch(/… \(300,000 characters\)/);
    expect(markdown).toMatch(/… [\d,]+ more lines/);
  });
});

describe('hostile text', () => {
  /** What plans that mean no harm make. */
  const ours = new Set(
    Object.entries(ALL_PLANS)
      .filter(([name]) => name !== 'hostile')
      .flatMap(([, plans]) => [...seen(comment(...plans)).elements]),
  );
  const isOurs = (url: string) => url.startsWith('https://github.com/example/todobackend/');

  const check = (evil: string) => {
    const plans = hostilePlans(evil);
    for (const shown of [plans, ...plans.map((plan) => [plan])]) {
      const markdown = comment(...shown);
      const page = seen(markdown);
      expect([...ours, 'span', 'h4', 'del']).toEqual(expect.arrayContaining([...page.elements]));
      expect(page.addresses.filter((url) => !isOurs(url))).toEqual([]);
      expect(page.comments).toBe(1);
      expect(extrasIn(page)).toEqual([]);
      const opened = markdown.split('\n').filter((line) => line.startsWith('<details'));
      expect(markdown.split('\n').filter((line) => line === '</details>')).toHaveLength(opened.length);
      expect(page.text).toContain('ECS Muster plan · commit');
    }
  };

  test('of every kind at once makes no element, no address, no mention', () => {
    check((ALL_PLANS.hostile?.[0]?.environment ?? '').concat(''));
  });

  test('whatever it is', () => {
    fc.assert(fc.property(hostileText, check), { numRuns: 40 });
  }, 60_000);
});

describe('the summary', () => {
  test('of a run with plans is the plan', () => {
    const run = planRun([inPlace]);
    expect(summaryOf(run)).toBe(planSummary(run, 1_000_000));
  });
});

describe('a comment that is out of date', () => {
  const moved = {
    from: HEAD,
    to: 'abcdef0123456789',
    runUrl: 'https://github.com/example/todobackend/actions/runs/4712',
  };

  test('says so above all, and keeps what it says', () => {
    const markdown = comment(rolling);
    const stale = staleComment(markdown, moved);
    expect(readMarker(stale)).toEqual(readMarker(markdown));
    const { text, addresses } = seen(stale);
    expect(text).toMatch(/^Important ⏳ The pull request has moved on to abcdef0 since this plan of 0f9e8d7 was made/);
    expect(addresses).toContain(moved.runUrl);
    expect(stale.endsWith(markdown.slice(markdown.indexOf('\n') + 1))).toBe(true);
  });

  test('says it once, however often it is said', () => {
    const markdown = comment(rolling);
    const once = staleComment(markdown, moved);
    const again = staleComment(once.replaceAll('\n', '\r\n'), { to: '1234567890' });
    expect(again).toContain('`1234567`');
    expect(again).not.toContain('abcdef0');
    expect(again.endsWith(markdown.slice(markdown.indexOf('\n') + 1))).toBe(true);
  });

  test('says that the new plan was cancelled, in place of that it was begun', () => {
    const begun = staleComment(comment(rolling), moved);
    expect(begun).toContain(' was begun.');
    const cancelled = staleComment(begun, { ...moved, cancelled: true });
    expect(cancelled).toBe(begun.replace('⏳', '⏹️').replace(' was begun.', ' was cancelled.'));
  });

  test('is within what GitHub takes', () => {
    expect(staleComment(planComment(planRun([large(500)]), OPTIONS), moved).length).toBeLessThanOrEqual(65_536);
  });
});
