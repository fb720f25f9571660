/**
 * Makes dist/ from src/: what `uses:` runs. TypeScript is erased, ncc bundles, and the lazy chunks, which ncc leaves as
 * they are, are minified after it. With `--check` the result goes to a folder of its own and is compared with dist/.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minify } from 'terser';

const root = join(import.meta.dirname, '..');
/** A folder of this build's own, always as deep in the project: ncc numbers modules by their relative paths. */
const work = join(root, '.local', `build-${process.pid}`);

function run(script: string, ...args: string[]): void {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: work,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status === 0) return;
  console.error(`${stdout}${script} failed.`);
  process.exit(1);
}

/** Builds into the work folder's dist/. Returns the bytes of JavaScript. */
async function build(): Promise<number> {
  mkdirSync(work, { recursive: true });
  run('typescript/bin/tsc', '-p', join(root, 'tsconfig.build.json'), '--outDir', 'build');
  run('@vercel/ncc/dist/ncc/cli.js', 'build', 'build/index.js', '-o', 'dist', '--license', 'licenses.txt', '--quiet');
  const out = join(work, 'dist');
  let bytes = 0;
  for (const name of readdirSync(out).filter((file) => file.endsWith('.js'))) {
    const file = join(out, name);
    const { code } = await minify(readFileSync(file, 'utf8'), { module: true, ecma: 2020 });
    if (code === undefined) throw new Error(`${name} could not be minified`);
    writeFileSync(file, code);
    bytes += Buffer.byteLength(code);
  }
  return bytes;
}

function differences(a: string, b: string): string[] {
  const names = new Set([a, b].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : [])));
  const read = (folder: string, name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined;
  return [...names].filter((name) => read(a, name) !== read(b, name));
}

process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const bytes = await build();
const [fresh, dist] = [join(work, 'dist'), join(root, 'dist')];
if (process.argv.includes('--check')) {
  const different = differences(fresh, dist);
  if (different.length > 0) {
    console.error(`dist/ is not what src/ builds to (${different.join(', ')}); run \`npm run build\` and commit it.`);
    process.exitCode = 1;
  }
} else {
  // A run of the action meanwhile finds the old dist/ or the new one, never half of one.
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
  console.log(`dist/ is ${(bytes / 1e6).toFixed(2)} MB of JavaScript`);
}
