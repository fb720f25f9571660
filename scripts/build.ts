/**
 * Makes dist/ from src/: what `uses:` runs. TypeScript is erased, ncc bundles, and the lazy chunks, which ncc leaves as
 * they are, are minified after it.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minify } from 'terser';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

function run(script: string, ...args: string[]): void {
  execFileSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

rmSync(join(root, 'build'), { recursive: true, force: true });
rmSync(dist, { recursive: true, force: true });
run('typescript/bin/tsc', '-p', 'tsconfig.build.json');
run('@vercel/ncc/dist/ncc/cli.js', 'build', 'build/index.js', '-o', 'dist', '--license', 'licenses.txt', '--quiet');

let bytes = 0;
for (const name of readdirSync(dist).filter((file) => file.endsWith('.js'))) {
  const file = join(dist, name);
  const { code } = await minify(readFileSync(file, 'utf8'), { module: true, ecma: 2020, mangle: { keep_classnames: /Error|Exception/ } });
  if (code === undefined) throw new Error(`${name} could not be minified`);
  writeFileSync(file, code);
  bytes += Buffer.byteLength(code);
}
console.log(`dist/ is ${(bytes / 1e6).toFixed(2)} MB of JavaScript`);
