import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Command, type ControlServer, createControlServer } from '../../../emulator/hosts/machine/control.ts';
import { type PreparedImage, prepareImage } from '../../../emulator/hosts/machine/image.ts';
import { findIsolation } from '../../../emulator/hosts/machine/isolation.ts';
import { type Machine, startMachine } from '../../../emulator/hosts/machine/machine.ts';
import { describeUserData, until } from './support.ts';

describeUserData('a host’s root', () => {
  let dir: string;
  let image: PreparedImage;
  let control: ControlServer;
  let machine: Machine;
  const called: Command[] = [];

  const start = () => {
    const isolation = findIsolation();
    if (isolation.kind !== 'namespace') throw new Error(isolation.why);
    const carryOut = async (command: Command) => {
      called.push(command);
      return `echo "as $1"; echo told >&2; exit 3`;
    };
    return startMachine({ image, unshare: isolation.unshare, control, carryOut });
  };

  beforeAll(async () => {
    const isolation = findIsolation();
    dir = await mkdtemp(join(tmpdir(), 'host-test-'));
    const oneUser = isolation.kind === 'namespace' && isolation.oneUser;
    image = await prepareImage(join(dir, 'with a space'), { packages: [], enabledUnits: [] }, { oneUser });
    control = createControlServer((line) => {
      throw new Error(line);
    });
    machine = await start();
  });

  afterAll(async () => {
    await machine?.end();
    await control?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** Runs a script and resolves with its exit code and what it wrote to the console. */
  const run = async (script: string) => {
    const before = machine.console().length;
    const code = await machine.run(`${script}\ncode=$?; echo; echo end; exit $code`).ended;
    const written = () => machine.console().slice(before);
    await until(() => written().endsWith('\nend\n') || undefined);
    return { code, output: written().slice(0, -'\nend\n'.length) };
  };

  test('holds Amazon Linux’s files and nothing of this machine', async () => {
    const { output } = await run('cat /etc/system-release-cpe /etc/os-release 2>/dev/null; ls -A / /home /root');
    expect(output).toMatch(/PRETTY_NAME="Amazon Linux 2023"/);
    expect(output).not.toContain(hostname());
    expect((await run(`ls ${dir} ${process.cwd()}`)).code).not.toBe(0);
    expect((await run('ls -A /.outside')).output).toBe('');
  });

  test('has the machine’s programs to read and run, not to change, and no way to mount', async () => {
    expect((await run('echo ok | grep -c ok')).output).toBe('1\n');
    expect((await run('touch /usr/lib/intruder')).output).toMatch(/Read-only file system/);
    expect((await run('/.machine/usr/bin/mount -t tmpfs tmpfs /mnt')).code).not.toBe(0);
    expect((await run('command -v apt-get dpkg ssh wget mount unshare')).code).not.toBe(0);
    expect(existsSync('/usr/lib/intruder')).toBe(false);
  });

  test('sees no process but its own', async () => {
    const { output } = await run(`cd /proc; ls -d [0-9]* | wc -l; kill -0 ${process.pid}`);
    expect(Number(output.split('\n')[0])).toBeLessThan(10);
    expect(output).toMatch(/No such process/);
  });

  test('a command that reaches outside is carried out there, with its words, its directory and its files', async () => {
    const unit = "[Unit]\nDescription=it's %s $HOME\n";
    await run(`printf %s '${unit.replaceAll("'", "'\\''")}' > /etc/systemd/system/a.service`);
    const { code, output } = await run(`cd /tmp; systemctl "two words" '' $'line\\nbreak'`);
    expect({ code, output }).toEqual({ code: 3, output: 'as two words\ntold\n' });
    expect(called.at(-1)).toMatchObject({ name: 'systemctl', cwd: '/tmp', args: ['two words', '', 'line\nbreak'] });
    // What $(<file) reads loses line breaks at its end.
    expect(called.at(-1)?.files.get('/etc/systemd/system/a.service')).toBe(unit.trimEnd());
  });

  test('a job can be killed with all it has started', async () => {
    const job = machine.run('(while :; do echo tick; read -t 0.02 <> <(:); done) & wait');
    await until(() => machine.console().includes('tick') || undefined);
    job.kill();
    expect(await job.ended).toBe(137);
    await run('true');
    const { output } = await run('cat /proc/[0-9]*/cmdline | tr "\\0" " "; jobs');
    expect(output).not.toMatch(/tick/);
  });

  test('/dev/console is the console', async () => {
    const { output } = await run('echo hello > /dev/console; echo again > /dev/stdout');
    expect(output).toBe('hello\nagain\n');
  });

  test('ends with everything in it, and leaves no mount and no file', async () => {
    const other = await start();
    const job = other.run('while :; do read -t 1 <> <(:); done');
    await other.run('echo data > /etc/left; mkdir -p /data/public').ended;
    await other.end();
    expect(await job.ended).toBe(137);
    expect(await other.run('true').ended).toBe(137);
    expect(readdirSync(image.mountPoint)).toEqual([]);
  });
});
