import { orFailure } from '../aws/errors.ts';
import type { SSM } from '../aws/services/ssm.ts';
import { chunks } from '../chunks.ts';
import type { Calls } from './context.ts';

/** Where a parameter's value comes from: a CloudFormation export, or a parameter of Systems Manager. */
export type ParameterSource = { readonly kind: 'export' | 'ssm'; readonly name: string };

export interface SourceMiss {
  readonly parameter: string;
  readonly source: ParameterSource;
  readonly why: string;
}

export interface ResolvedSources {
  /** Values by parameter. */
  readonly values: Readonly<Record<string, string>>;
  /** Every source that has no usable value. */
  readonly misses: readonly SourceMiss[];
}

/** GetParameters takes at most ten names a call. */
const SSM_BATCH = 10;

type Found = { readonly value: string } | { readonly why: string };

/**
 * Looks up the values of parameters that name a source, all misses at once. SecureStrings are not decrypted: they are a
 * miss that says how to use one. Each client is asked for only when there is something to look up with it.
 */
export async function resolveParameterSources(
  sources: Readonly<Record<string, ParameterSource>>,
  clients: {
    readonly cloudFormation: () => Promise<Calls<'listExports'>>;
    readonly ssm: () => Promise<Pick<SSM, 'getParameters'>>;
  },
): Promise<ResolvedSources> {
  const wanted = Object.entries(sources);
  const names = (kind: ParameterSource['kind']) =>
    new Set(wanted.flatMap(([, source]) => (source.kind === kind ? [source.name] : [])));
  const [exports, parameters] = await Promise.all([
    readExports(names('export'), clients.cloudFormation),
    readParameters(names('ssm'), clients.ssm),
  ]);
  const values: Record<string, string> = {};
  const misses: SourceMiss[] = [];
  for (const [parameter, source] of wanted) {
    const found = (source.kind === 'export' ? exports : parameters).get(source.name) ?? { why: missing(source) };
    if ('value' in found) values[parameter] = found.value;
    else misses.push({ parameter, source, why: found.why });
  }
  return { values, misses };
}

function missing({ kind, name }: ParameterSource): string {
  return kind === 'export'
    ? `There is no CloudFormation export ${name} in this account and region.`
    : `There is no SSM parameter ${name} in this account and region.`;
}

async function readExports(
  names: ReadonlySet<string>,
  cloudFormation: () => Promise<Calls<'listExports'>>,
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  if (names.size === 0) return found;
  const cfn = await cloudFormation();
  let token: string | undefined;
  do {
    const page = await orFailure(
      'list the CloudFormation exports',
      cfn.listExports({ ...(token && { NextToken: token }) }),
    );
    for (const { Name, Value } of page.Exports ?? [])
      if (Name !== undefined && Value !== undefined && names.has(Name)) found.set(Name, { value: Value });
    token = page.NextToken;
  } while (token !== undefined && found.size < names.size);
  return found;
}

async function readParameters(
  names: ReadonlySet<string>,
  ssm: () => Promise<Pick<SSM, 'getParameters'>>,
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  if (names.size === 0) return found;
  const client = await ssm();
  const batches = chunks([...names], SSM_BATCH);
  const pages = await Promise.all(
    batches.map((Names) =>
      orFailure('read the SSM parameters', client.getParameters({ Names, WithDecryption: false })),
    ),
  );
  for (const { Name, Value, Type, ARN, Selector = '' } of pages.flatMap((page) => page.Parameters ?? [])) {
    if (Name === undefined || Value === undefined) continue;
    const answer: Found = Type === 'SecureString' ? { why: secure(Name) } : { value: Value };
    // A name may have been asked for with a version or label, or as an ARN.
    for (const asked of [`${Name}${Selector}`, `${ARN}${Selector}`, ARN ?? ''])
      if (names.has(asked)) found.set(asked, answer);
  }
  return found;
}

function secure(name: string): string {
  return `SSM parameter ${name} is a SecureString, which is not decrypted into a stack's parameters. Use the dynamic reference {{resolve:ssm-secure:${name}}} in the template.`;
}
