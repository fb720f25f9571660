/**
 * Says whether package-lock.json names every optional package of every platform. npm 11's `npm ci` stops when one is
 * missing ("Missing: … from lock file"), and npm leaves them out when the lock file is made where a registry does not
 * serve them. With `--write` the missing ones are added as npm would have.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Record<string, string>;
}
interface Lock {
  packages: Record<string, LockedPackage & Record<string, unknown>>;
}

const file = join(import.meta.dirname, '..', 'package-lock.json');

/** Where Node would look for `name` from the package at `path`, nearest first. */
function candidates(path: string, name: string): string[] {
  const found: string[] = [];
  let base = path;
  for (;;) {
    found.push(`${base === '' ? '' : `${base}/`}node_modules/${name}`);
    if (base === '') return found;
    base = base.includes('/node_modules/') ? base.slice(0, base.lastIndexOf('/node_modules/')) : '';
  }
}

export function missingOptional(lock: Lock): { path: string; name: string; range: string }[] {
  return Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !candidates(path, name).some((candidate) => candidate in lock.packages))
      .map(([name, range]) => ({ path, name, range })),
  );
}

if (process.argv[1] === import.meta.filename) {
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  const missing = missingOptional(lock);
  if (missing.length > 0 && process.argv.includes('--write')) {
    for (const { name, range } of missing) {
      const facts = JSON.parse(
        execFileSync('npm', ['view', `${name}@${range}`, 'version', 'os', 'cpu', 'license', '--json'], {
          encoding: 'utf8',
        }),
      );
      lock.packages[`node_modules/${name}`] = { ...facts, dev: true, optional: true };
    }
    const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  } else if (missing.length > 0) {
    for (const { path, name, range } of missing)
      console.error(`package-lock.json lacks ${name}@${range}, wanted by ${path}`);
    console.error('Run `node scripts/lock.ts --write`: without them `npm ci` of npm 11 stops.');
    process.exitCode = 1;
  }
}
