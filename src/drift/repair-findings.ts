import type { ValueDiff } from '../diff/model.ts';
import type { PlannedChange } from '../plan/model.ts';
import { clip, count, oneLine } from '../text.ts';
import type { Finding } from '../types.ts';
import type { EnvironmentDrift } from './model.ts';
import { changedPlaces } from './repair.ts';
import type { Harm, Repair } from './repair-model.ts';

/** More changes than this are only counted. */
const MOST_CHANGES = 12;
const VALUE_LENGTH = 60;

/** The resource that a harm is done to, as `revert-allow` names it. */
export function harmedName({ path }: Harm): string {
  return path.join('/');
}

/** What a repair may not do: its harms to resources that `revert-allow` does not name, one finding each. */
export function refusedHarms({ harms }: Repair, allowed: readonly string[]): Finding[] {
  const refused = harms.filter((harm) => !allowed.includes(harmedName(harm)));
  const names = [...new Set(harms.map(harmedName))].join(', ');
  return refused.map((harm): Finding => {
    const name = harmedName(harm);
    return {
      level: 'error',
      title: `The repair is refused: ${name} ${harm.what}`,
      message: `That is more than to change something back, and revert-allow does not name ${name} (${harm.resourceType}). Nothing was changed.`,
      remedy: `If that is meant, run it again with revert-allow: ${names}. Otherwise change back by hand what may be changed back.`,
      ...(harm.location && { location: harm.location }),
    };
  });
}

/** Names in `revert-allow` for which there is nothing to allow. */
export function needlessAllowances({ harms }: Repair, allowed: readonly string[]): Finding[] {
  const harmed = new Set(harms.map(harmedName));
  return allowed
    .filter((name) => !harmed.has(name))
    .map((name) => ({
      level: 'warning',
      title: `revert-allow names ${name}, for which there is nothing to allow`,
      message: 'The repair does nothing to it that would be refused, or there is no such resource in the change set.',
    }));
}

/** That a repair is not the one that was shown, and how it differs, or at least what it would do now. */
export function notAsShown({ fingerprint, changes }: Repair, { given, file, does }: Shown): Finding {
  const now = changeSentences(changes);
  return {
    level: 'error',
    title: 'The repair is not the one that was shown',
    message: [
      `Asked for was ${given}. What is there has changed since, or what it was deployed from.`,
      ...(does === undefined ? [`Now the repair would be ${fingerprint}:`, ...limited(now)] : differences(does, now)),
      'Nothing was changed.',
    ].join('\n'),
    remedy: `Look at it again. If that is what is meant, run it with fingerprint: ${fingerprint}`,
    location: { file, line: 1 },
  };
}

interface Shown {
  /** The fingerprint that was asked for. */
  readonly given: string;
  /** The template. */
  readonly file: string;
  /** What the repair of that fingerprint was to do; absent where nobody can tell any more. */
  readonly does?: readonly string[];
}

function differences(shown: readonly string[], now: readonly string[]): string[] {
  const added = now.filter((line) => !shown.includes(line));
  const gone = shown.filter((line) => !now.includes(line));
  const told = [
    ...(added.length > 0 ? ['Now, and not shown:', ...limited(added)] : []),
    ...(gone.length > 0 ? ['Shown, and not now:', ...limited(gone)] : []),
  ];
  return told.length > 0 ? told : ['The same properties change, from or to other values than those that were shown.'];
}

function limited(lines: readonly string[]): string[] {
  const more = lines.length > MOST_CHANGES ? [`- and ${lines.length - MOST_CHANGES} more`] : [];
  return [...lines.slice(0, MOST_CHANGES).map((line) => `- ${line}`), ...more];
}

/** `change Group: MaxSize 4 → 2`: one line for each resource, those of nested stacks by their path. */
export function changeSentences(changes: readonly PlannedChange[], within = ''): string[] {
  return changes.flatMap((change) => {
    const { logicalId, resourceType, action, replacement, properties, nested } = change;
    const name = `${within}${logicalId}`;
    const inside = nested === undefined ? [] : changeSentences(nested.changes, `${name}/`);
    if (nested !== undefined && action === 'Modify') return inside;
    if (action === 'Add') return [`make ${name} (${resourceType}) again`, ...inside];
    if (action === 'Remove') return [`remove ${name} (${resourceType})`, ...inside];
    const what = properties.map(({ path, diff }) => [path.at(1) ?? path.at(0) ?? '', ...valuesOf(diff)].join(' '));
    const verb = replacement === 'True' ? 'replace' : 'change';
    return [`${verb} ${name}: ${what.join(', ') || resourceType}`, ...inside];
  });
}

function valuesOf(diff: ValueDiff | undefined): string[] {
  if (diff?.kind === 'set') {
    const parts = [
      ...(diff.removed.length > 0 ? [`${count(diff.removed.length, 'item')} away`] : []),
      ...(diff.added.length > 0 ? [`${count(diff.added.length, 'item')} back`] : []),
    ];
    return [`(${parts.join(', ')})`];
  }
  if (diff?.kind !== 'changed' || typeof diff.before === 'object' || typeof diff.after === 'object') return [];
  const [before, after] = [diff.before, diff.after].map((value) => clip(oneLine(String(value)), VALUE_LENGTH));
  return [`${before} → ${after}`];
}

/** What was to be changed back, and of which nobody can say that it was. What still differs is told as drift. */
export function unprovedRepairs({ changes }: Repair, { resources, ignored }: EnvironmentDrift): Finding[] {
  return [...changedPlaces(changes.flatMap(driftedOf))].flatMap(([name, properties]): Finding[] => {
    const found = resources.find(({ path }) => path.join('/') === name);
    const passed = ignored.find(
      ({ path, property }) =>
        path.join('/') === name && (properties === 'all' || properties.has(property[0] ?? '') || property.length === 0),
    );
    const at = found?.location && { location: found.location };
    if (passed !== undefined)
      return [
        {
          level: 'error',
          title: `${[name, ...passed.property].join('.')} still differs`,
          message: `It was to be changed back, and is not what was deployed. The rule ${passed.why} of drift-ignore passes over it.`,
          ...at,
        },
      ];
    if (found !== undefined && (found.state === 'in-sync' || found.state === 'modified' || found.state === 'deleted'))
      return [];
    return [
      {
        level: 'error',
        title: `Whether ${name} was changed back is not known`,
        message: `CloudFormation executed the repair, and drift detection does not tell whether ${name} is what was deployed now: ${found?.reason ?? found?.state ?? 'it is not among the resources'}.`,
        remedy: 'Look at it, then run mode: drift.',
        ...at,
      },
    ];
  });
}

/** What of a change is the repair itself; what merely follows it is not. */
function driftedOf(change: PlannedChange): PlannedChange[] {
  const { action, properties, nested } = change;
  const drifted = properties.filter((property) => property.drifted === true);
  const inside = nested && { nested: { ...nested, changes: nested.changes.flatMap(driftedOf) } };
  if (action !== 'Add' && drifted.length === 0 && (inside?.nested.changes.length ?? 0) === 0) return [];
  return [{ ...change, ...(action !== 'Add' && { properties: drifted }), ...inside }];
}
