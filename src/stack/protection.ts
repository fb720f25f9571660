import { Failure, type Finding } from '../types.ts';
import type { Locate, ResourceChange } from './model.ts';

/** Throws Failure `replacement-refused` with one finding for each protected resource that would be replaced or removed. */
export function refuseReplacement(
  changes: readonly ResourceChange[],
  protectedNames: readonly string[],
  locate: Locate,
): void {
  const refused = refusedReplacements(changes, protectedNames, locate);
  if (refused.length > 0) throw new Failure('replacement-refused', refused);
}

/**
 * What a change set replaces or removes that is protected: by resource type, logical id, or `any`. A replacement that
 * CloudFormation only holds possible counts as one. `Child/Inner` is told at the resource that its nested stack is.
 */
export function refusedReplacements(
  changes: readonly ResourceChange[],
  protectedNames: readonly string[],
  locate: Locate,
): Finding[] {
  const refused = changes.filter(
    (change) =>
      harmOf(change) !== undefined &&
      protectedNames.some(
        (name) =>
          name === 'any' ||
          name === change.logicalId ||
          name === change.logicalId.split('/').at(-1) ||
          name === change.resourceType,
      ),
  );
  return refused.map((change): Finding => {
    const location = locate(['Resources', change.logicalId.split('/')[0] ?? '']);
    const because = change.changed.length > 0 ? ` because of ${change.changed.join(', ')}` : '';
    return {
      level: 'error',
      title: `The deployment ${harmOf(change)} ${change.logicalId} (${change.resourceType})`,
      message: `The change set ${harmOf(change)} it${because}, and fail-on-replacement protects it. Nothing was changed.`,
      remedy: 'If that is meant, take it out of `fail-on-replacement` for this deployment.',
      ...(location && { location }),
    };
  });
}

function harmOf({ action, replacement, policyAction }: ResourceChange): string | undefined {
  if (action === 'Remove') return policyAction === 'Retain' ? undefined : 'removes';
  if (replacement === 'True') return 'replaces';
  return replacement === 'Conditional' ? 'may replace' : undefined;
}
