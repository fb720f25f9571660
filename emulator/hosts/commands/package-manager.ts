import { dirname } from 'node:path';
import { packageCommands, STAND_IN } from '../machine/packages.ts';
import { quote, quoteAll, result } from '../machine/shell.ts';

/** dnf(8) and yum: `install` makes a package's commands exist. */
export function packageManager(args: readonly string[]): string {
  const [verb, ...names] = args.filter((arg) => !arg.startsWith('-'));
  switch (verb) {
    case 'install':
    case 'reinstall':
    case 'localinstall':
      return install(names);
    case 'update':
    case 'upgrade':
    case 'update-minimal':
    case 'check-update':
    case 'makecache':
    case 'clean':
      return result({ stdout: 'Dependencies resolved.\nNothing to do.\nComplete!\n' });
    default:
      return result({ stderr: `No such command: ${verb ?? ''}. The local AWS installs and updates.\n`, code: 1 });
  }
}

function install(names: readonly string[]): string {
  const unknown = names.filter((name) => packageCommands(name) === undefined);
  if (names.length === 0 || unknown.length > 0) {
    const told = unknown.map((name) => `No match for argument: ${name}\n`).join('');
    return result({ stdout: told, stderr: `Error: Unable to find a match: ${unknown.join(' ')}\n`, code: 1 });
  }
  const commands = names.flatMap((name) => packageCommands(name) ?? []);
  const directories = [...new Set(commands.map((path) => dirname(path)))];
  return [
    ...(directories.length === 0 ? [] : [`mkdir -p ${quoteAll(directories)} || exit 1`]),
    ...commands.map((path) => `ln -sf ${STAND_IN} ${quote(path)} || exit 1`),
    result({ stdout: `Installed:\n${names.map((name) => `  ${name}\n`).join('')}Complete!\n` }),
  ].join('\n');
}
