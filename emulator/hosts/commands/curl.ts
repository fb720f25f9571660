import { quote, result } from '../machine/shell.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: ReadonlyMap<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Undefined: nothing listens there. */
export type Ask = (request: HttpRequest) => Promise<HttpAnswer | undefined>;

interface Options {
  readonly method: string;
  readonly urls: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
  readonly output: string | undefined;
  readonly fail: boolean;
  readonly silent: boolean;
  readonly showError: boolean;
  readonly writeOut: string | undefined;
  readonly head: boolean;
}

const SWITCHES: Readonly<Record<string, string>> = {
  s: 'silent',
  S: 'show-error',
  f: 'fail',
  L: 'location',
  k: 'insecure',
  O: 'remote-name',
  I: 'head',
  v: 'verbose',
  '4': 'ipv4',
  q: 'disable',
};
const WITH_VALUE: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  d: 'data',
  o: 'output',
  m: 'max-time',
  w: 'write-out',
  A: 'user-agent',
};
const LONG_SWITCHES = new Set([
  ...Object.values(SWITCHES),
  'retry-connrefused',
  'compressed',
  'fail-with-body',
  'retry-all-errors',
]);
const LONG_WITH_VALUE = new Set([
  ...Object.values(WITH_VALUE),
  'connect-timeout',
  'retry',
  'retry-delay',
  'retry-max-time',
  'noproxy',
  'proxy',
  'data-raw',
  'url',
]);

/** curl(1), as scripts on a host call it. */
export async function curl(ask: Ask, args: readonly string[], signal: AbortSignal): Promise<string> {
  const options = parse(args);
  if (typeof options === 'string') return result({ stderr: `curl: ${options}\n`, code: 2 });
  const script: string[] = [];
  for (const text of options.urls) {
    const { answer, code, error } = await get(ask, options, text, signal);
    const told = error !== undefined && (!options.silent || options.showError) ? `curl: (${code}) ${error}\n` : '';
    if (answer !== undefined) {
      script.push(
        `printf %s ${quote(answer.body)}${options.output === undefined ? '' : ` > ${quote(options.output)} || exit 23`}`,
      );
    }
    const written = (options.writeOut ?? '')
      .replaceAll('%{http_code}', String(answer?.status ?? 0).padStart(3, '0'))
      .replaceAll('\\n', '\n');
    if (code !== 0) return [...script, result({ stdout: written, stderr: told, code })].join('\n');
    if (written !== '') script.push(`printf %s ${quote(written)}`);
  }
  return [...script, 'exit 0'].join('\n');
}

async function get(
  ask: Ask,
  options: Options,
  text: string,
  signal: AbortSignal,
): Promise<{ answer?: HttpAnswer; code: number; error?: string }> {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null) return { code: 3, error: 'URL rejected: Malformed input to a URL function' };
  const { method, headers, body } = options;
  const answer = await ask({ method, url, headers, signal, ...(body === undefined ? {} : { body }) });
  if (answer === undefined) {
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return {
      code: 7,
      error: `Failed to connect to ${url.hostname} port ${port} after 0 ms: Couldn't connect to server`,
    };
  }
  if (options.fail && answer.status >= 400) {
    return { code: 22, error: `The requested URL returned error: ${answer.status}` };
  }
  return { answer: options.head ? { ...answer, body: '' } : answer, code: 0 };
}

function parse(args: readonly string[]): Options | string {
  const given = new Map<string, string[]>();
  const urls: string[] = [];
  const rest = [...args];
  const note = (name: string, value = '') => given.set(name, [...(given.get(name) ?? []), value]);
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!arg.startsWith('-') || arg === '-') {
      urls.push(arg);
      continue;
    }
    if (arg.startsWith('--')) {
      const name = arg.slice(2);
      if (LONG_SWITCHES.has(name)) note(name);
      else if (LONG_WITH_VALUE.has(name)) note(name, rest.shift());
      else return `option ${arg}: is unknown to the local AWS`;
      continue;
    }
    for (let at = 1; at < arg.length; at += 1) {
      const letter = arg[at] ?? '';
      const long = SWITCHES[letter];
      const valued = WITH_VALUE[letter];
      if (long !== undefined) note(long);
      else if (valued !== undefined) {
        note(valued, arg.slice(at + 1) || rest.shift());
        break;
      } else return `option -${letter}: is unknown to the local AWS`;
    }
  }
  urls.push(...(given.get('url') ?? []));
  if (urls.length === 0) return 'no URL specified';
  const last = (name: string) => given.get(name)?.at(-1);
  const body = last('data') ?? last('data-raw');
  const output = last('output') ?? (given.has('remote-name') ? urls[0]?.split('/').at(-1) : undefined);
  const headers = new Map<string, string>();
  for (const header of given.get('header') ?? []) {
    const colon = header.indexOf(':');
    if (colon > 0) headers.set(header.slice(0, colon).trim().toLowerCase(), header.slice(colon + 1).trim());
  }
  return {
    method: last('request') ?? (given.has('head') ? 'HEAD' : body === undefined ? 'GET' : 'POST'),
    urls,
    headers,
    body,
    output: output === '-' ? undefined : output,
    fail: given.has('fail'),
    silent: given.has('silent'),
    showError: given.has('show-error'),
    writeOut: last('write-out'),
    head: given.has('head'),
  };
}
