import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { stackYml } from './support.ts';

const devCfg = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const only = (pattern: RegExp) => {
  const found = pattern.exec(stackYml());
  if (found === null) throw new Error(`stack.yml does not match ${pattern}`);
  return found.slice(1).map(Number);
};

describe('stack.yml', () => {
  test('the unit gives up, and says so, inside the time that the group waits for its signal', () => {
    const [attempts = 0] = only(/for attempt in \{1\.\.(\d+)\}; do\n\s+metadata=/);
    const [seconds = 0] = only(/sleep (\d+)\n\s+done\n\s+echo "The ECS agent has not registered/);
    const [minutes = 0] = only(/Timeout: PT(\d+)M/);
    // Two minutes for the boot before it. A refused connection takes no time.
    expect(attempts * seconds).toBeLessThanOrEqual((minutes - 2) * 60);
  });

  // CloudFormation Template Reference, "UpdatePolicy": MinInstancesInService "must be less than the MaxSize".
  test('a rolling update has room for one more host, whatever the desired count', () => {
    const [most = 0] = only(/ApplicationDesiredCount:\n(?: {4}.*\n)*? {4}MaxValue: (\d+)/);
    const [maxSize = 0] = only(/MaxSize: (\d+)/);
    expect(stackYml()).toMatch(/MinInstancesInService: !Ref ApplicationDesiredCount/);
    expect(maxSize).toBeGreaterThan(most);
  });

  // EC2 API Reference, IpRange: which characters a rule's description may have.
  test('descriptions of security group rules have no character that EC2 refuses', () => {
    const descriptions = [...stackYml().matchAll(/- Description: (.+)\n\s+IpProtocol/g)].map(([, text]) => text);
    expect(descriptions.length).toBeGreaterThan(3);
    for (const description of descriptions) expect(description).toMatch(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/);
  });
});

// aws cloudformation deploy --parameter-overrides $(cat env/dev.cfg): the shell splits at white space.
test.each(['env/dev.cfg', 'examples/todobackend/env/dev.cfg'])(
  '%s has four parameters and survives a shell',
  (path) => {
    const lines = devCfg(path).trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).toMatch(/^[A-Za-z]+=[^\s'"#]+$/);
  },
);
