import { quoteAll } from '../machine/shell.ts';

/** sudo(8): everyone on a host is root. */
export function sudo(args: readonly string[]): string {
  let at = 0;
  while (args[at]?.startsWith('-')) at += ['-u', '-g', '--user', '--group'].includes(args[at] ?? '') ? 2 : 1;
  return `exec env ${quoteAll(args.slice(at))}`;
}

/** logger(1): the message, or each line of standard input; with -s also on standard error. */
export function logger(args: readonly string[]): string {
  const words: string[] = [];
  let tag = 'root';
  let toError = false;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '-t' || arg === '--tag') tag = args[++at] ?? tag;
    else if (arg === '-p' || arg === '--priority') at += 1;
    else if (arg === '-s' || arg === '--stderr') toError = true;
    else if (!arg.startsWith('-')) words.push(arg);
  }
  const source = words.length === 0 ? 'cat' : `printf '%s\\n' ${quoteAll([words.join(' ')])}`;
  const prefix = `while IFS= read -r line; do printf '%s: %s\\n' ${quoteAll([tag])} "$line"; done`;
  return `${source} | ${prefix} | tee -a /run/journal/syslog ${toError ? '>&2' : '> /dev/null'}`;
}
