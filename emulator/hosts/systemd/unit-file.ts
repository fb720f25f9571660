/** A service unit, as far as hosts use it (systemd.unit(5), systemd.service(5), systemd.exec(5)). */
export interface Unit {
  readonly name: string;
  readonly description: string;
  readonly requires: readonly string[];
  readonly wants: readonly string[];
  readonly after: readonly string[];
  readonly before: readonly string[];
  readonly type: 'simple' | 'oneshot';
  readonly commandsBefore: readonly string[];
  readonly commands: readonly string[];
  readonly commandsAfter: readonly string[];
  readonly restart: 'no' | 'on-failure' | 'always';
  readonly restartDelayMs: number;
  readonly finalExitCodes: readonly number[];
  /** Undefined: no limit. */
  readonly startLimitMs: number | undefined;
  readonly remainAfterExit: boolean;
  readonly environment: readonly string[];
  readonly environmentFiles: readonly string[];
  readonly workingDirectory: string;
  readonly toConsole: boolean;
  readonly wantedBy: readonly string[];
  /** What the file asks for and a host does not do. */
  readonly ignored: readonly string[];
}

/** What has no effect on whether and when a host's services run. */
const WITHOUT_EFFECT = new Set([
  'Unit.Documentation',
  'Unit.ConditionPathExists',
  'Unit.PartOf',
  'Unit.StartLimitIntervalSec',
  'Unit.StartLimitBurst',
  'Service.StandardError',
  'Service.SyslogIdentifier',
  'Service.User',
  'Service.Group',
  'Service.KillMode',
  'Service.ExecStop',
  'Service.ExecStopPost',
  'Service.ExecReload',
  'Service.TimeoutStopSec',
  'Service.LimitNOFILE',
  'Service.PIDFile',
  'Service.NotifyAccess',
  'Install.Also',
]);

type Settings = ReadonlyMap<string, readonly string[]>;

/** Reads a unit from its file and then its drop-ins: a later value is added to a list and replaces anything else. */
export function parseUnit(name: string, texts: readonly string[]): Unit {
  const settings = new Map<string, string[]>();
  for (const text of texts) readSettings(text, settings);
  const list = (key: string) => (settings.get(key) ?? []).flatMap((value) => value.split(/\s+/)).filter(Boolean);
  const last = (key: string) => settings.get(key)?.at(-1);
  const all = (key: string) => settings.get(key) ?? [];
  const oneshot = last('Service.Type') === 'oneshot';
  const output = last('Service.StandardOutput') ?? '';
  return {
    name,
    description: last('Unit.Description') ?? name,
    requires: [...list('Unit.Requires'), ...list('Unit.BindsTo')],
    wants: list('Unit.Wants'),
    after: list('Unit.After'),
    before: list('Unit.Before'),
    type: oneshot ? 'oneshot' : 'simple',
    commandsBefore: all('Service.ExecStartPre'),
    commands: all('Service.ExecStart'),
    commandsAfter: all('Service.ExecStartPost'),
    restart: restartOf(last('Service.Restart')),
    restartDelayMs: milliseconds(last('Service.RestartSec')) ?? 100,
    finalExitCodes: list('Service.RestartPreventExitStatus').map(Number),
    startLimitMs: milliseconds(last('Service.TimeoutStartSec') ?? last('Service.TimeoutSec')),
    remainAfterExit: /^(yes|true|1|on)$/i.test(last('Service.RemainAfterExit') ?? ''),
    environment: all('Service.Environment').flatMap(unquotedWords),
    environmentFiles: all('Service.EnvironmentFile'),
    workingDirectory: last('Service.WorkingDirectory') ?? '/',
    toConsole: output.includes('console') || output === 'tty',
    wantedBy: list('Install.WantedBy'),
    ignored: ignoredOf(settings),
  };
}

const UNDERSTOOD = new Set(
  (
    'Unit.Description Unit.Requires Unit.BindsTo Unit.Wants Unit.After Unit.Before Service.Type Service.ExecStartPre ' +
    'Service.ExecStart Service.ExecStartPost Service.Restart Service.RestartSec Service.RestartPreventExitStatus ' +
    'Service.TimeoutStartSec Service.TimeoutSec Service.RemainAfterExit Service.Environment Service.EnvironmentFile ' +
    'Service.WorkingDirectory Service.StandardOutput Install.WantedBy'
  ).split(' '),
);

const ignoredOf = (settings: Settings) =>
  [...settings.keys()].filter((key) => !UNDERSTOOD.has(key) && !WITHOUT_EFFECT.has(key));

function readSettings(text: string, settings: Map<string, string[]>): void {
  let section = '';
  // A backslash at the end of a line joins it with the next.
  for (const raw of text.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const header = /^\[(.+)\]$/.exec(line);
    if (header !== null) {
      section = header[1] ?? '';
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 0) continue;
    const key = `${section}.${line.slice(0, equals).trim()}`;
    const value = line.slice(equals + 1).trim();
    // An empty value clears the list (systemd.unit(5)).
    if (value === '') settings.set(key, []);
    else settings.set(key, [...(settings.get(key) ?? []), value]);
  }
}

function restartOf(value = 'no'): Unit['restart'] {
  if (value === 'always') return 'always';
  return ['on-failure', 'on-abnormal', 'on-abort'].includes(value) ? 'on-failure' : 'no';
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, sec: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/** A time span such as `90`, `5min 20s` or `infinity`, in milliseconds; 0 and infinity are no limit (systemd.time(7)). */
export function milliseconds(value: string | undefined): number | undefined {
  if (value === undefined || value === 'infinity') return undefined;
  let total = 0;
  for (const [, number, unit] of value.matchAll(/(\d+(?:\.\d+)?)\s*(ms|sec|s|min|m|h)?/g)) {
    total += Number(number) * (UNITS[unit ?? 's'] ?? 1_000);
  }
  return total === 0 ? undefined : total;
}

/** The words of a value, where quotes keep white space together. */
export function unquotedWords(value: string): string[] {
  const words: string[] = [];
  for (const [, double, single, plain] of value.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+)/g)) {
    words.push((double ?? plain ?? '').replaceAll(/\\(.)/g, '$1') || (single ?? ''));
  }
  return words;
}
