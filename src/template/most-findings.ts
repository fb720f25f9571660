import type { Finding } from '../types.ts';

/** Who has more to mend than this in one file mends these first. */
export const MOST_FINDINGS = 50;

/** The first findings, and one that says that there are more. */
export function firstFindings(findings: readonly Finding[]): Finding[] {
  const [last] = findings.slice(MOST_FINDINGS);
  if (last === undefined) return [...findings];
  const message = `The first ${MOST_FINDINGS} problems are told; there are more.`;
  return [
    ...findings.slice(0, MOST_FINDINGS),
    { ...last, title: 'And more of them', message, remedy: 'Mend these first.' },
  ];
}
