import { message } from './problems.ts';
import type { Answer, GitHubRule } from './types.ts';

/** Counts each rule's matches, so that `nth` means the same for as long as the rules are in force. */
export function ruleBook(rules: readonly GitHubRule[]) {
  const seen = rules.map(() => 0);
  return (operation: string | undefined): GitHubRule['then'] | undefined => {
    for (const [index, { when, then }] of rules.entries()) {
      if (when.operation !== undefined && when.operation !== operation) continue;
      const count = (seen[index] ?? 0) + 1;
      seen[index] = count;
      const [from, to] = typeof when.nth === 'number' ? [when.nth, when.nth] : (when.nth ?? [1, Infinity]);
      if (count >= from && count <= to) return then;
    }
    return undefined;
  };
}

/** The answer that a rule gives in place of the true one, when it gives one. */
export function faulty(fault: GitHubRule['then'] | undefined): Answer | undefined {
  if (fault === undefined) return undefined;
  if ('error' in fault) return message(fault.error, fault.message ?? 'Server Error');
  if (!('rateLimit' in fault)) return undefined;
  if (fault.rateLimit === 'secondary') {
    const headers = { 'retry-after': String(fault.retryAfterSeconds) };
    return { ...message(403, 'You have exceeded a secondary rate limit.'), headers };
  }
  const reset = Math.ceil(Date.now() / 1000) + fault.retryAfterSeconds;
  return {
    ...message(403, 'API rate limit exceeded for installation.'),
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
  };
}
