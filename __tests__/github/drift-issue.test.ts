import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalGitHub, startLocalGitHub } from '../../emulator/github/local-github.ts';
import { issueKey, writeIssueMarker } from '../../src/drift/issue-marker.ts';
import type { Repository } from '../../src/github/client.ts';
import { keepIssues, type WantedIssue } from '../../src/github/drift-issue.ts';
import { FakeClock } from '../time/fake-clock.ts';

let github: LocalGitHub;
let target: Repository;
beforeEach(async () => {
  github = await startLocalGitHub();
  const [owner = '', repo = ''] = github.repository.split('/');
  target = { owner, repo, token: github.token, apiUrl: github.url };
});
afterEach(async () => github[Symbol.asyncDispose]()); // throws when a request was not as GitHub describes it

function issueOf(environment: string, wanted: WantedIssue['wanted'], fingerprint = 'one'): WantedIssue {
  const key = issueKey({ environment, stackName: environment, region: 'eu-west-1' });
  return {
    key,
    wanted,
    title: environment,
    fingerprint,
    body: (history) => `${writeIssueMarker({ key, fingerprint, history })}\n`,
    comment: (change) => `it is ${change}`,
    twin: (number) => `see #${number}`,
  };
}

async function keep(wanted: readonly WantedIssue[], clock = new FakeClock()) {
  const patience = { clock, signal: new AbortController().signal };
  const { kept, closed } = await keepIssues(target, { wanted, gone: () => undefined }, patience);
  return { kept: kept.map(({ outcome }) => outcome), why: kept.map((one) => ('why' in one ? one.why : '')), closed };
}

/** An issue as any other run, or any other program with this token, would open it. */
async function write(body: string): Promise<void> {
  await fetch(`${github.url}/repos/${github.repository}/issues`, {
    method: 'POST',
    headers: { authorization: `Bearer ${github.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'x', body, labels: ['drift'] }),
  });
}

const operationsSince = (n: number) =>
  github
    .requests()
    .slice(n)
    .flatMap(({ operation, method }) => (operation !== 'graphql' && method !== 'GET' ? [operation] : []));

test('of two issues that two runs at once have opened the older one stays', async () => {
  const dev = issueOf('dev', 'open');
  for (let n = 0; n < 2; n += 1) await write(dev.body([]));
  expect((await keep([dev])).kept).toEqual(['unchanged']);
  expect(github.issues()).toMatchObject([
    { number: 1, state: 'open' },
    { number: 2, state: 'closed', stateReason: 'not_planned' },
  ]);
  expect(github.comments()).toMatchObject([{ issue: 2, body: 'see #1' }]);
  const before = github.requests().length;
  await keep([dev]);
  expect(operationsSince(before)).toEqual([]);
});

test('an issue is found among all others with its label, on whatever page', async () => {
  await keep([issueOf('dev', 'open')]);
  for (let n = 0; n < 120; n += 1) await write('another program has this label too');
  expect((await keep([issueOf('dev', 'closed')])).kept).toEqual(['closed']);
  expect(github.issues()[0]).toMatchObject({ number: 1, state: 'closed' });
});

test('an issue that is locked is closed without a comment, which GitHub would refuse', async () => {
  await keep([issueOf('dev', 'open')]);
  github.lock(1);
  expect((await keep([issueOf('dev', 'closed'), issueOf('prod', 'open')])).kept).toEqual(['closed', 'opened']);
  expect(github.issues()).toMatchObject([{ state: 'closed' }, { state: 'open' }]);
  expect(github.comments()).toEqual([]);
});

describe('where GitHub refuses', () => {
  const all = ['a', 'b', 'c', 'd'].map((name) => issueOf(name, 'open'));

  test('one issue, the others are kept', async () => {
    github.play([{ when: { operation: 'issues/create', nth: 2 }, then: { error: 422 } }]);
    expect((await keep(all)).kept).toEqual(['opened', 'failed', 'opened', 'opened']);
  });

  test('one after the other, no more are tried; those that are right already are', async () => {
    await keep(all.slice(3));
    github.play([{ when: { operation: 'issues/create' }, then: { error: 422 } }]);
    const before = github.requests().length;
    expect((await keep(all)).kept).toEqual(['failed', 'failed', 'failed', 'unchanged']);
    expect(operationsSince(before)).toHaveLength(2);
  });
});

test('many issues are written a second apart, and end in time where GitHub is slow', async () => {
  const clock = new FakeClock();
  const many = Array.from({ length: 100 }, (_, n) => issueOf(`e${n}`, 'open'));
  const slow = many.map(
    (one): WantedIssue => ({
      ...one,
      body: (history) => {
        clock.pass(10_000);
        return one.body(history);
      },
    }),
  );
  const { kept, why } = await keep(slow, clock);
  expect(kept.filter((outcome) => outcome === 'opened')).toHaveLength(28);
  expect(kept.slice(28)).toEqual(kept.slice(28).map(() => 'failed'));
  expect(why[99]).toContain('5 minutes');
  expect(clock.now()).toBeLessThan(312_000);
  expect(new Set(clock.sleeps)).toEqual(new Set([1_000]));
});

test('a few issues are written at once', async () => {
  const clock = new FakeClock();
  const few = Array.from({ length: 40 }, (_, n) => issueOf(`e${n}`, 'open'));
  expect(new Set((await keep(few, clock)).kept)).toEqual(new Set(['opened']));
  expect(clock.now()).toBe(0);
});
