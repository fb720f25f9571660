import { formatDuration } from '../time/duration.ts';
import type { StackEvent } from './model.ts';
import { resourcePath } from './resource-path.ts';
import { timingsOf } from './timings.ts';

/** What is still being worked on, longest first: `ApplicationAutoscaling CREATE_IN_PROGRESS for 14m 30s`. */
export function underWay(events: readonly StackEvent[], now: number): string[] {
  return timingsOf(events)
    .filter(({ endedAt }) => endedAt === undefined)
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .map(
      ({ nestedIn, logicalId, status, startedAt }) =>
        `${resourcePath({ nestedIn, logicalId })} ${status} for ${formatDuration(now - startedAt)}`,
    );
}

/** The same as a sentence for a finding, at most five resources long. */
export function underWaySentence(events: readonly StackEvent[], now: number): string {
  const all = underWay(events, now);
  if (all.length === 0) return 'No resource was being worked on.';
  const more = all.length > 5 ? `, and ${all.length - 5} more` : '';
  return `Under way: ${all.slice(0, 5).join('; ')}${more}.`;
}
