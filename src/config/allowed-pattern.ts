import { Script } from 'node:vm';

export type Match = 'yes' | 'no' | 'unknown';

/** Long enough for every honest pattern, short enough for one that backtracks for ever. Milliseconds. */
const PATIENCE = 100;

/** How many patterns may be too slow before no more are tried: a hostile template has as many as it likes. */
const MOST_SLOW_PATTERNS = 3;
const slowPatterns = new Set<string>();

/**
 * Whether all values, each as a whole, match an AllowedPattern. CloudFormation's patterns are Java's: what JavaScript
 * cannot read the same way, and what takes too long, is unknown.
 */
export function matchAll(pattern: string, values: readonly string[]): Match {
  if (isJavaOnly(pattern) || slowPatterns.has(pattern) || slowPatterns.size >= MOST_SLOW_PATTERNS) return 'unknown';
  return tryPattern(pattern, values);
}

/** Anchors \A \z \Z \G, quotes \Q \E, classes \h \R \X and POSIX ones, class intersections, flags at the start. */
function isJavaOnly(pattern: string): boolean {
  const withoutEscapes = pattern.replace(/\\[\s\S]/g, '');
  return (
    /\\[AZzGQEhHRXpP]/.test(pattern) || /&&|\(\?[a-zA-Z]+\)/.test(withoutEscapes) || /\[[^\]]*\[/.test(withoutEscapes)
  );
}

/** A regular expression can only be stopped from outside: a script of its own has a time limit. */
function tryPattern(pattern: string, values: readonly string[]): Match {
  const whole = `^(?:${pattern})$`;
  const flags = compiles(whole, 'u') ? 'u' : compiles(whole, '') ? '' : undefined;
  if (flags === undefined || !compiles(pattern, flags)) return 'unknown';
  const expression = `new RegExp(${JSON.stringify(whole)}, '${flags}')`;
  const script = new Script(`${JSON.stringify(values)}.every((value) => ${expression}.test(value))`);
  try {
    return script.runInThisContext({ timeout: PATIENCE }) === true ? 'yes' : 'no';
  } catch {
    slowPatterns.add(pattern);
    return 'unknown';
  }
}

function compiles(pattern: string, flags: string): boolean {
  try {
    return new RegExp(pattern, flags) !== undefined;
  } catch {
    return false;
  }
}
