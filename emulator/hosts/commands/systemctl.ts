import { quote, result } from '../machine/shell.ts';
import { journalFile } from '../systemd/command-line.ts';
import type { Systemd } from '../systemd/systemd.ts';

const WITHOUT_EFFECT = new Set([
  '-q',
  '--quiet',
  '--no-pager',
  '-l',
  '--full',
  '-f',
  '--force',
  '--system',
  '--no-ask-password',
]);

/** systemctl(1), for service units. */
export async function systemctl(systemd: Systemd, args: readonly string[]): Promise<string> {
  const options = args.filter((arg) => arg.startsWith('-'));
  const [verb, ...units] = args.filter((arg) => !arg.startsWith('-'));
  const unknown = options.find(
    (option) => !WITHOUT_EFFECT.has(option) && option !== '--no-block' && option !== '--now',
  );
  if (unknown !== undefined) {
    return result({ stderr: `systemctl: the local AWS does not know the option ${unknown}\n`, code: 1 });
  }
  const names = units.map((unit) => (/\.[a-z]+$/.test(unit) ? unit : `${unit}.service`));
  const block = !options.includes('--no-block');
  const missing = names.find((name) => !systemd.exists(name));
  switch (verb) {
    case 'daemon-reload':
    case 'daemon-reexec':
    case 'reset-failed':
      return result({});
    case 'start':
    case 'restart':
    case 'try-restart':
    case 'reload-or-restart':
      if (missing !== undefined) return notFound(verb, missing);
      return started(systemd, verb === 'start' ? 'start' : 'restart', names, block);
    case 'stop':
      if (missing !== undefined) return notFound(verb, missing);
      for (const name of names) await systemd.stop(name);
      return result({});
    case 'enable':
    case 'reenable': {
      if (missing !== undefined)
        return result({ stderr: `Failed to enable unit: Unit file ${missing} does not exist.\n`, code: 1 });
      const links = names.filter((name) => !systemd.isEnabled(name)).map((name) => linked(systemd, name));
      for (const name of names) systemd.enable(name);
      if (!options.includes('--now')) return result({ stderr: links.join('') });
      return `printf %s ${quote(links.join(''))} >&2\n${await started(systemd, 'start', names, block)}`;
    }
    case 'disable':
    case 'mask':
      for (const name of names) {
        systemd.disable(name);
        if (options.includes('--now')) await systemd.stop(name);
      }
      return result({});
    case 'is-active':
      return answer(names, (name) => systemd.state(name), 'active', 3);
    case 'is-failed':
      return answer(names, (name) => systemd.state(name), 'failed', 1);
    case 'is-enabled':
      return answer(names, (name) => (systemd.isEnabled(name) ? 'enabled' : 'disabled'), 'enabled', 1);
    case 'status':
      if (missing !== undefined) return result({ stderr: `Unit ${missing} could not be found.\n`, code: 4 });
      return status(systemd, names);
    default:
      return result({ stderr: `Unknown command verb ${verb ?? ''}.\n`, code: 1 });
  }
}

const notFound = (verb: string, name: string) =>
  result({ stderr: `Failed to ${verb} ${name}: Unit ${name} not found.\n`, code: 5 });

const linked = (systemd: Systemd, name: string) =>
  (systemd.unit(name)?.wantedBy ?? [])
    .map((target) => `Created symlink /etc/systemd/system/${target}.wants/${name} → /etc/systemd/system/${name}.\n`)
    .join('');

async function started(
  systemd: Systemd,
  verb: 'start' | 'restart',
  names: readonly string[],
  block: boolean,
): Promise<string> {
  const starting = verb === 'start' ? systemd.start(names) : systemd.restart(names);
  if (!block) return result({});
  const failures = [...(await starting)].filter(([, ended]) => ended !== 'done');
  const told = failures.map(([name, ended]) => {
    if (ended === 'dependency') return `A dependency job for ${name} failed. See 'journalctl -xe' for details.\n`;
    if (ended === 'canceled') return `Job for ${name} canceled.\n`;
    return (
      `Job for ${name} failed because the control process exited with error code.\n` +
      `See "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`
    );
  });
  return result({ stderr: told.join(''), code: failures.length === 0 ? 0 : 1 });
}

function answer(names: readonly string[], read: (name: string) => string, wanted: string, otherwise: number): string {
  const states = names.map(read);
  const fits = wanted === 'enabled' ? states.every((state) => state === wanted) : states.includes(wanted);
  return result({ stdout: states.map((state) => `${state}\n`).join(''), code: fits ? 0 : otherwise });
}

function status(systemd: Systemd, names: readonly string[]): string {
  const told = names.map((name) => {
    const code = systemd.exitCode(name);
    return (
      `* ${name} - ${systemd.unit(name)?.description ?? name}\n` +
      `     Loaded: loaded (${systemd.isEnabled(name) ? 'enabled' : 'disabled'})\n` +
      `     Active: ${systemd.state(name)}${code === undefined || code === 0 ? '' : ` (exit code ${code})`}\n`
    );
  });
  return result({ stdout: told.join('\n'), code: names.every((name) => systemd.state(name) === 'active') ? 0 : 3 });
}

/** journalctl(1): the output of one unit. */
export function journalctl(args: readonly string[]): string {
  const option = (...flags: string[]) => {
    const at = args.findIndex((arg) => flags.includes(arg));
    if (at >= 0) return args[at + 1];
    const joined = args.find((arg) => flags.some((flag) => flag.startsWith('--') && arg.startsWith(`${flag}=`)));
    return joined?.slice(joined.indexOf('=') + 1);
  };
  const unit = option('-u', '--unit', '-xeu', '-xu');
  if (unit === undefined)
    return result({ stderr: 'journalctl: the local AWS keeps journals by unit: -u UNIT\n', code: 1 });
  const name = /\.[a-z]+$/.test(unit) ? unit : `${unit}.service`;
  const lines = Number(option('-n', '--lines') ?? 1_000);
  return `tail -n ${Number.isInteger(lines) ? lines : 1_000} ${quote(journalFile(name))} 2>/dev/null || echo '-- No entries --'`;
}
