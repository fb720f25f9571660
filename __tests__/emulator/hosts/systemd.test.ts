import { describe, expect, test } from '@jest/globals';
import { createClock } from '../../../emulator/clock.ts';
import type { Job } from '../../../emulator/hosts/machine/machine.ts';
import { Systemd } from '../../../emulator/hosts/systemd/systemd.ts';
import { milliseconds, parseUnit } from '../../../emulator/hosts/systemd/unit-file.ts';

const service = (lines: string) => `[Service]\n${lines}\n`;

/** Processes that end when the test says so, named by the word that their script echoes. */
function machine(units: Record<string, string>, enabled: string[] = []) {
  const running = new Map<string, (code: number) => void>();
  const begun: string[] = [];
  let console = '';
  const systemd = new Systemd({
    builtIn: new Map(Object.entries(units)),
    enabled,
    clock: createClock(Number.POSITIVE_INFINITY),
    signal: new AbortController().signal,
    print: (text) => {
      console += text;
    },
    run(script): Job {
      const name = /'\/bin\/(\w+)'/.exec(script)?.[1] ?? '';
      begun.push(name);
      const ended = new Promise<number>((resolve) => running.set(name, resolve));
      return { ended, kill: () => running.get(name)?.(137) };
    },
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  return {
    systemd,
    begun,
    console: () => console,
    settle,
    async end(name: string, code = 0) {
      running.get(name)?.(code);
      await settle();
    },
  };
}

const IMAGE = {
  'cloud-final.service': service('Type=oneshot\nExecStart=/bin/userdata\nRemainAfterExit=yes'),
  'docker.service': service('Type=notify\nExecStart=/bin/docker'),
  'ecs.service': `[Unit]\nRequires=docker.service\nAfter=docker.service cloud-final.service\n${service('ExecStart=/bin/ecs')}`,
  'proof.service': `[Unit]\nWants=ecs.service\nAfter=ecs.service\n${service('Type=oneshot\nExecStart=/bin/proof')}`,
};
const ENABLED = ['docker.service', 'ecs.service', 'cloud-final.service'];

describe('the order of units (systemd.unit(5), Before=, After=)', () => {
  test('ecs.service starts once cloud-final.service, which is the user data, has ended', async () => {
    const { systemd, begun, settle, end } = machine(IMAGE, ENABLED);
    systemd.boot();
    await settle();
    expect(begun.sort()).toEqual(['docker', 'userdata']);
    await end('userdata');
    expect(begun).toContain('ecs');
    expect(systemd.state('ecs.service')).toBe('active');
  });

  test('a start that is waited for from user data waits for ever', async () => {
    const { systemd, begun, settle, end } = machine(IMAGE, ENABLED);
    systemd.boot();
    await settle();
    let answered = false;
    void systemd.start(['proof.service']).then(() => {
      answered = true;
    });
    await settle();
    expect({ answered, began: begun.includes('proof') }).toEqual({ answered: false, began: false });
    await end('userdata');
    expect(begun.slice(-2)).toEqual(['ecs', 'proof']);
    await end('proof');
    expect(answered).toBe(true);
  });

  test('user data that fails holds nothing up: After= is an order, not a requirement', async () => {
    const { systemd, settle, end, console } = machine(IMAGE, ENABLED);
    systemd.boot();
    await settle();
    await end('userdata', 1);
    expect(systemd.state('cloud-final.service')).toBe('failed');
    expect(systemd.state('ecs.service')).toBe('active');
    expect(console()).toMatch(/\[FAILED\] Failed to start cloud-final.service/);
  });

  test('a unit without the order starts at once: a unit file in /etc takes the place of the image’s', async () => {
    const { systemd, begun, settle } = machine(IMAGE, ['cloud-final.service']);
    systemd.reload(new Map([['/etc/systemd/system/ecs.service', service('ExecStart=/bin/ecs')]]));
    systemd.boot();
    await settle();
    await systemd.start(['ecs.service']);
    expect(begun).toContain('ecs');
  });

  test('what requires a unit that failed does not start', async () => {
    const units = { ...IMAGE, 'docker.service': service('Type=oneshot\nExecStart=/bin/docker') };
    const { systemd, begun, settle, end } = machine(units);
    const started = systemd.start(['ecs.service']);
    await settle();
    await end('docker', 1);
    expect((await started).get('ecs.service')).toBe('dependency');
    expect(begun).not.toContain('ecs');
  });
});

describe('the life of a service (systemd.service(5))', () => {
  const units = { 'agent.service': service('ExecStart=/bin/agent\nRestart=on-failure\nRestartPreventExitStatus=5') };

  test('it is started again after a failure, not after an end or an exit code that is final', async () => {
    const { systemd, begun, end } = machine(units);
    const restarted = () => new Promise((resolve) => setTimeout(resolve, 60));
    await systemd.start(['agent.service']);
    await end('agent', 1);
    await restarted();
    expect(begun).toEqual(['agent', 'agent']);
    await end('agent', 5);
    await restarted();
    expect(begun).toHaveLength(2);
    expect(systemd.state('agent.service')).toBe('failed');
  });

  test('a oneshot that takes longer than TimeoutStartSec= is killed', async () => {
    const { systemd } = machine({
      'slow.service': service('Type=oneshot\nExecStart=/bin/slow\nTimeoutStartSec=10min'),
    });
    expect((await systemd.start(['slow.service'])).get('slow.service')).toBe('failed');
  });

  test('stopping ends its process', async () => {
    const { systemd } = machine(units);
    await systemd.start(['agent.service']);
    await systemd.stop('agent.service');
    expect(systemd.state('agent.service')).toBe('inactive');
  });
});

describe('a unit file', () => {
  test('is read with its drop-ins: lists grow, an empty value clears them, other values are replaced', () => {
    const unit = parseUnit('x.service', [
      '[Unit]\nDescription=one\nAfter=a.service\n# After=no.service\n[Service]\nType=oneshot\nExecStart=/bin/a\nEnvironment="A=1 2" B=3\n',
      '[Unit]\nDescription=two\nAfter=b.service c.service\n[Service]\nExecStart=\nExecStart=/bin/b \\\n  -x\nLimitCORE=1\n',
    ]);
    expect(unit).toMatchObject({
      description: 'two',
      after: ['a.service', 'b.service', 'c.service'],
      type: 'oneshot',
      commands: ['/bin/b    -x'],
      environment: ['A=1 2', 'B=3'],
      ignored: ['Service.LimitCORE'],
    });
  });

  test.each([
    ['90', 90_000],
    ['5min 20s', 320_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['infinity', undefined],
    ['0', undefined],
  ])('%s is a time span', (text, ms) => {
    expect(milliseconds(text)).toBe(ms);
  });
});
