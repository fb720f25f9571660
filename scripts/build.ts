/**
 * Makes dist/ from src/: what `uses:` runs. TypeScript is erased, ncc bundles, terser minifies. With `--check` the
 * result is compared with dist/ instead of taking its place.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { minify } from 'terser';
import { esModulePaths } from './es-modules.ts';

const root = join(import.meta.dirname, '..');
/** A folder of this build's own, always as deep in the project: ncc numbers modules by their relative paths. */
const work = join(root, '.local', `build-${process.pid}`);

/** The part of ncc's programmatic interface (its readme) that is used here; it comes without types. */
type Ncc = (
  entry: string,
  options: { license: string; mainFields: readonly string[]; cache: false; quiet: true },
) => Promise<{ code: string; assets: Readonly<Record<string, { source: string | Buffer }>> }>;

const ncc: Ncc = createRequire(import.meta.url)('@vercel/ncc');

function eraseTypes(): void {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(
    process.execPath,
    [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', 'build'],
    { cwd: work, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
  );
  if (status === 0) return;
  console.error(`${stdout}The types could not be erased.`);
  process.exit(1);
}

/** Builds into the work folder's dist/. Returns the bytes of JavaScript. */
async function build(): Promise<number> {
  const out = join(work, 'dist');
  mkdirSync(out, { recursive: true });
  process.chdir(work);
  eraseTypes();
  const paths = esModulePaths(join(root, 'node_modules'));
  writeFileSync('tsconfig.json', JSON.stringify({ compilerOptions: { baseUrl: '.', paths } }));
  const { code, assets } = await ncc(join(work, 'build/index.js'), {
    license: 'licenses.txt',
    // ES modules where a package has them: of those only what is used is bundled.
    mainFields: ['module', 'main'],
    cache: false,
    quiet: true,
  });
  const files = Object.entries(assets).map(([name, { source }]) => [name, source.toString()] as const);
  let bytes = 0;
  for (const [name, source] of [['index.js', code] as const, ...files]) {
    const content = name.endsWith('.js') ? await minified(name, source) : source;
    if (name.endsWith('.js')) bytes += Buffer.byteLength(content);
    writeFileSync(join(out, name), content);
  }
  // An entry of its own, so that a `post` step is one whatever became of the main step before it.
  writeFileSync(join(out, 'post.js'), "process.argv.push('--post');\nawait import('./index.js');\n");
  writeFileSync(join(out, 'package.json'), '{"type":"module"}\n');
  return bytes;
}

/**
 * Webpack puts each module's function in parentheses, by which V8 knows that it will be called, and compiles it as it
 * reads it instead of reading it twice (https://v8.dev/blog/preparser#pife). Terser takes them away, so they are
 * disguised as a call while it works. ASCII alone keeps a source at one byte a character in memory.
 */
async function minified(name: string, source: string): Promise<string> {
  const disguised = source.replaceAll(/^(\/\*\*\*\/ )\((?=\(|function|async)/gm, '$1CALLED_AT_ONCE(');
  const { code } = await minify(disguised, { module: true, ecma: 2020, format: { ascii_only: true } });
  if (code === undefined) throw new Error(`${name} could not be minified`);
  return code.replaceAll('CALLED_AT_ONCE(', '(');
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
