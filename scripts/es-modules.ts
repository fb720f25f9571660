import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is read here of a package.json whose entries are offered under conditions. */
interface Manifest {
  readonly exports?: Readonly<Record<string, { readonly module?: string }>>;
}

/**
 * Where the AWS packages keep their ES modules, as `paths` of a tsconfig.json, which ncc resolves by.
 *
 * They offer them to bundlers, under the condition `module`. That one ncc does not ask for; under `node`, for which it
 * asks, they offer CommonJS, of which everything is bundled, used or not: the protocols of all services, for one.
 */
export function esModulePaths(modules: string): Record<string, readonly [string]> {
  const packages = ['@aws', '@aws-sdk', '@smithy'].flatMap((scope) =>
    readdirSync(join(modules, scope)).map((name) => `${scope}/${name}`),
  );
  const entries = packages.flatMap((name) => {
    const { exports = {} }: Manifest = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'));
    return Object.entries(exports).flatMap(([entry, { module }]): [string, readonly [string]][] =>
      module?.endsWith('.js') ? [[join(name, entry), [join(modules, name, module)]]] : [],
    );
  });
  return Object.fromEntries(entries);
}
