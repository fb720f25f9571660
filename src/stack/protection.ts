import { Failure, type Finding } from '../types.ts';
import type { Locate, ResourceChange } from './model.ts';

/**
 * Refuses a change set that replaces or removes what is protected: resource types, logical ids, or `any`. A replacement
 * that CloudFormation only holds possible counts as one. Throws Failure `replacement-refused` with one finding each.
 */
export function refuseReplacement(
  changes: readonly ResourceChange[],
  protectedNames: readonly string[],
  locate: Locate,
): void {
  const refused = changes.filter(
    (change) =>
      harmOf(change) !== undefined &&
      protectedNames.some((name) => name === 'any' || name === change.logicalId || name === change.resourceType),
  );
  if (refused.length === 0) return;
  throw new Failure(
    'replacement-refused',
    refused.map((change): Finding => {
      const location = locate(['Resources', change.logicalId]);
      const because = change.changed.length > 0 ? ` because of ${change.changed.join(', ')}` : '';
      return {
        level: 'error',
        title: `The deployment ${harmOf(change)} ${change.logicalId} (${change.resourceType})`,
        message: `The change set ${harmOf(change)} it${because}, and fail-on-replacement protects it. Nothing was changed.`,
        remedy: 'If that is meant, take it out of `fail-on-replacement` for this deployment.',
        ...(location && { location }),
      };
    }),
  );
}

function harmOf({ action, replacement, policyAction }: ResourceChange): string | undefined {
  if (action === 'Remove') return policyAction === 'Retain' ? undefined : 'removes';
  if (replacement === 'True') return 'replaces';
  return replacement === 'Conditional' ? 'may replace' : undefined;
}
