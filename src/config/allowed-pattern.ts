import { Script } from 'node:vm';

export type Match = 'yes' | 'no' | 'unknown';

/** Long enough for every honest pattern, short enough for one that backtracks for ever. Milliseconds. */
const PATIENCE = 100;

const answers = new Map<string, Match>();

/**
 * Whether a whole value matches an AllowedPattern. CloudFormation's patterns are Java's: what JavaScript cannot read
 * the same way, and what takes too long, is unknown.
 */
export function matchesWhole(pattern: string, value: string): Match {
  const key = JSON.stringify([pattern, value]);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = isJavaOnly(pattern) ? 'unknown' : tryPattern(pattern, value);
  answers.set(key, answer);
  return answer;
}

/** Anchors \A \z \Z \G, quotes \Q \E, classes \h \R \X and POSIX ones, class intersections, flags at the start. */
function isJavaOnly(pattern: string): boolean {
  const withoutEscapes = pattern.replace(/\\[\s\S]/g, '');
  return (
    /\\[AZzGQEhHRXpP]/.test(pattern) || /&&|\(\?[a-zA-Z]+\)/.test(withoutEscapes) || /\[[^\]]*\[/.test(withoutEscapes)
  );
}

/** A regular expression can only be stopped from outside: a script of its own has a time limit. */
function tryPattern(pattern: string, value: string): Match {
  const whole = `^(?:${pattern})$`;
  const flags = compiles(whole, 'u') ? 'u' : compiles(whole, '') ? '' : undefined;
  if (flags === undefined || !compiles(pattern, flags)) return 'unknown';
  const script = new Script(`new RegExp(${JSON.stringify(whole)}, '${flags}').test(${JSON.stringify(value)})`);
  try {
    return script.runInThisContext({ timeout: PATIENCE }) === true ? 'yes' : 'no';
  } catch {
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
