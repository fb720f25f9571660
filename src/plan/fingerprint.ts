import { createHash } from 'node:crypto';
import { canonical } from '../diff/canonical.ts';
import type { StackParameter } from '../stack/model.ts';
import type { PlannedChangeSet, PlannedResource } from '../stack/planned-model.ts';
import { normalForm } from '../template/compare.ts';
import { parametersOf, type Template } from '../template/template.ts';
import { isMasked, maskedNames } from './masked.ts';
import type { PlanRecord } from './record.ts';

/** What a fingerprint is taken of. */
export interface Fingerprinted {
  readonly template: Template;
  readonly planned: PlannedChangeSet;
  /** SSM parameters that were looked up, by the stack parameter that they are for. */
  readonly lookedUp: Readonly<Record<string, string>>;
  /** The parameters of the live stack, which are masked where they were secret until now. */
  readonly live: Readonly<Record<string, StackParameter>>;
}

/** More text than this is not carried along in a comment, which has other things to say. Characters. */
const MOST_CARRIED = 6_000;

/** How the name of a parameter is told apart whose value is what an SSM parameter holds. */
const FROM_SSM = ' (SSM)';

/**
 * What two plans are compared by: the template as data, the parameters that are not secret, and the changes. A secret
 * is not in it, since the hash of a weak one can be guessed; nor are physical ids and times, which say nothing.
 */
export function fingerprintOf({
  template,
  planned,
  lookedUp,
  live,
}: Fingerprinted): Omit<PlanRecord, 'environment' | 'stackName' | 'region'> {
  const parameters = parameterHashes(template, planned, lookedUp, live);
  const changes = changeLines(planned.resources);
  const templateHash = sha256(canonical(normalForm(template)));
  const fingerprint = sha256(canonical({ template: templateHash, parameters, changes }));
  return {
    fingerprint,
    template: templateHash,
    parameters,
    ...(changes.join('\n').length <= MOST_CARRIED && { changes }),
  };
}

/** Of a parameter from SSM, whoever looks it up, both the name that is written and what it holds. */
function parameterHashes(
  template: Template,
  { parameters }: PlannedChangeSet,
  lookedUp: Fingerprinted['lookedUp'],
  live: Fingerprinted['live'],
): Record<string, string> {
  const declared = parametersOf(template);
  const wasSecret = new Set(maskedNames(live));
  const hashes = Object.entries(parameters).flatMap(([name, parameter]) => {
    const { value, resolvedValue } = parameter;
    // A parameter that the template does not declare is none of which it is known that it is no secret.
    if (declared.get(name)?.noEcho !== false || wasSecret.has(name) || isMasked(parameter)) return [];
    const source = Object.hasOwn(lookedUp, name) ? lookedUp[name] : undefined;
    const [written, held] = source === undefined ? [value, resolvedValue] : [source, value];
    const own = [[name, short(written)] as const];
    return held === undefined ? own : [...own, [`${name}${FROM_SSM}`, short(held)] as const];
  });
  return Object.fromEntries(hashes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The parameter whose SSM value a key of a record stands for; undefined for any other key. */
export function ssmParameter(key: string): string | undefined {
  return key.endsWith(FROM_SSM) ? key.slice(0, -FROM_SSM.length) : undefined;
}

/**
 * `Modify Group Properties.MaxSize False`: one line for each thing that changes, sorted; nested ones by their path. What
 * only a reading with values tells is left out: a deployment compares itself without them.
 */
export function changeLines(resources: readonly PlannedResource[], within = ''): string[] {
  const complete = resources.filter(({ onlyWithValues }) => onlyWithValues !== true);
  const lines = complete.flatMap((resource) => {
    const { action, logicalId, replacement = '-', details, nested } = resource;
    const id = `${within}${logicalId}`;
    const paths = new Set(
      details
        .filter(({ onlyWithValues }) => onlyWithValues !== true)
        .map(({ attribute, name }) => (name === undefined ? attribute : `${attribute}.${name}`)),
    );
    const own = paths.size === 0 ? ['-'] : [...paths];
    return [
      ...own.map((path) => `${action} ${id} ${path} ${replacement}`),
      ...(nested === undefined ? [] : changeLines(nested.resources, `${id}/`)),
    ];
  });
  return lines.sort();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function short(text: string): string {
  return sha256(text).slice(0, 16);
}
