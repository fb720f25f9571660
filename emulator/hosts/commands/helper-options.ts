/** The options of the CloudFormation helper scripts, or the words in which they are refused. */
export function helperOptions(
  args: readonly string[],
  known: Readonly<Record<string, 'switch' | 'value'>>,
): ReadonlyMap<string, string> | string {
  const given = new Map<string, string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [name = '', inline] = arg.startsWith('--') ? splitOnce(arg, '=') : [arg];
    const long = SHORT[name] ?? name.replace(/^--/, '');
    const kind = arg.startsWith('-') ? known[long] : undefined;
    if (kind === undefined) return arg.startsWith('-') ? `no such option: ${name}` : `unexpected argument: ${arg}`;
    if (kind === 'switch') given.set(long, 'true');
    else {
      const value = inline ?? rest.shift();
      if (value === undefined) return `${name} option requires 1 argument`;
      given.set(long, value);
    }
  }
  return given;
}

const SHORT: Readonly<Record<string, string>> = {
  '-s': 'stack',
  '-r': 'resource',
  '-c': 'configsets',
  '-v': 'verbose',
  '-e': 'exit-code',
  '-i': 'id',
  '-d': 'data',
};

function splitOnce(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

/** An AWS error in the words in which the helper scripts tell it. */
export const awsError = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : `Error: ${error}`;
