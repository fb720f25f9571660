import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { createJournal } from '../../../emulator/journal.ts';
import { createLocalApi, parseScenario } from '../../../emulator/local-api.ts';
import { createScenarios } from '../../../emulator/scenario.ts';

const docs = readFileSync('docs/emulator.md', 'utf8');

test('the scenario in docs/emulator.md plays as it says', () => {
  const [, text = ''] = /```json\n(.*?)```/s.exec(docs) ?? [];
  const scenarios = createScenarios(parseScenario(text));
  const describe = { service: 'cloudformation', action: 'DescribeStacks' };
  expect([1, 2, 3].map(() => scenarios.call(describe)).at(-1)).toEqual({ error: 'Throttling' });
  const onCluster = { service: 'ecs', action: 'DescribeClusters', resource: 'todobackend-x' };
  expect(scenarios.call(onCluster)).toEqual({ error: 'AccessDenied' });
  expect(scenarios.host({ groupName: 'g', ordinal: 2 })).toEqual([{ kind: 'signals-only' }]);
  const template = { stackName: 'todobackend', logicalId: 'ApplicationLaunchTemplate' };
  expect(scenarios.leftOut(template)).toBe('failed property validation');
  expect(scenarios.leftOut({ ...template, logicalId: 'ApplicationCluster' })).toBeUndefined();
  expect(scenarios.behind({ action: 'ExecuteChangeSet', stackName: 'todobackend' })).toBeUndefined();
  const reads = Array.from({ length: 20 }, () =>
    scenarios.behind({ action: 'DescribeStacks', stackName: 'todobackend' })?.({}, new Date()),
  );
  expect(new Set(reads)).toEqual(new Set([undefined, false]));
});

test('each request that it lists is answered', async () => {
  const journal = createJournal();
  const local = createLocalApi({ journal, scenarios: createScenarios(), state: () => ({}) });
  const rows = [...docs.matchAll(/^\| `(GET|POST) (\/_local\/\w+)`/gm)];
  expect(rows).toHaveLength(4);
  for (const [, method = '', url = ''] of rows) {
    expect((await local({ method, url, body: Buffer.from('{}') }))?.status).toBe(200);
  }
});
